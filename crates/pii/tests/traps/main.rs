//! The ways in which what is private hides in telemetry, and what looks private and is not. The table of traps in
//! `docs/pii.md` names each of these tests; a test at the end holds the two together.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a failed read should fail the test")]

mod evasions;
mod ids;
mod places;
mod table;

use pii::{Context, Engine, Policy};

const SECRET: &str = "sk-ant-api03-hT3kZq9Lw2Xv7Rb5Nc8Jm4Pd6Sg1Yf0Ae-uKiOlQxWzVtBnMrHj_3GyDsFp7E9aC5UqT2L8oX4vN6bZ1mK0jR-wAA";
const CARD: &str = "4111111111111111";

/// What is found by default, as `TYPE:text`.
fn found(text: &str) -> Vec<String> {
    found_under("", text)
}

fn found_under(key: &str, text: &str) -> Vec<String> {
    let engine = Engine::new(&Policy::default()).unwrap();
    let findings = engine.scan(text.as_bytes(), &Context::of_key(key.as_bytes()));
    let shown = |f: &pii::Finding| format!("{}:{}", engine.name(f.kind), &text[f.start..f.end]);
    findings.iter().map(shown).collect()
}

/// The text with what is private replaced.
fn redacted(text: &str) -> String {
    let engine = Engine::new(&Policy::default()).unwrap();
    let mut out = Vec::new();
    match engine.redact(text.as_bytes(), &Context::default(), &mut out) {
        Some(_) => String::from_utf8(out).unwrap(),
        None => text.to_owned(),
    }
}

/// Asserts that each text is found whole, as a value of that type, among other words.
fn all_found(kind: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(found(&format!("see {text} there")), [format!("{kind}:{text}")], "{text}");
    }
}
