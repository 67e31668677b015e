//! Reads JSON lines `{"text": …, "key": …}` and writes each finding as one JSON line.
//!
//! `cargo run -p pii --example scan [-- --explain]`. The key may be left out. `line` is the number of the line
//! read, from 0 on; offsets are bytes.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::io::BufRead as _;

use pii::{Context, Engine, Policy};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::new(&Policy::default())?;
    let explain = std::env::args().any(|argument| argument == "--explain");
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line: Value = serde_json::from_str(&line?)?;
        let text = line.get("text").and_then(Value::as_str).unwrap_or_default();
        let key = line.get("key").and_then(Value::as_str).unwrap_or_default();
        for finding in engine.scan(text.as_bytes(), &Context::of_key(key.as_bytes())) {
            let why = engine.explain(text.as_bytes(), &finding);
            let word = why.context.map(String::from_utf8_lossy);
            let shown = json!({
                "line": number,
                "type": why.name,
                "start": finding.start,
                "end": finding.end,
                "tier": why.tier.name(),
                "why": explain.then(|| format!("{:?}, {:?}, {word:?}: {}", why.proof, why.view, why.about)),
            });
            println!("{shown}");
        }
    }
    Ok(())
}
