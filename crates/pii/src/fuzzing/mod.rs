//! What the fuzz targets do, so that ordinary tests do the same. Not part of the API.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use crate::{Context, Engine, Key, Operator, Policy};

/// An engine for each operator.
static ENGINES: LazyLock<Vec<Engine>> = LazyLock::new(|| {
    let Ok(key) = Key::new("k1", b"a key for nothing but tests") else { return Vec::new() };
    let operators = [
        Operator::default(),
        Operator::Mask { fill: '*', length: Some(8) },
        Operator::Keep { first: 0, last: 4 },
        Operator::Pseudonym(key.clone()),
        Operator::Encrypt(key.clone()),
        Operator::Fpe(key),
    ];
    let engine = |operator| Engine::new(&Policy { operator, ..Policy::default() }).ok();
    operators.into_iter().filter_map(engine).collect()
});

/// Scans and redacts `input` with the operator that its first byte picks.
///
/// # Panics
///
/// When a finding lies outside of the text, when findings overlap, or when what stands between them changed.
pub fn redact_anything(input: &[u8]) {
    let (pick, text) = input.split_first().map_or((0, input), |(first, rest)| (*first, rest));
    let Some(engine) = ENGINES.get(usize::from(pick) % ENGINES.len().max(1)) else { return };
    let context = Context::default();
    let findings = engine.scan(text, &context);
    let mut end = 0;
    for finding in &findings {
        assert!(finding.start >= end && finding.start < finding.end, "{finding:?} overlaps");
        end = finding.end;
    }
    assert!(end <= text.len(), "a finding ends outside");
    let mut out = Vec::new();
    if engine.redact(text, &context, &mut out).is_none() {
        assert!(out.is_empty(), "nothing changed, but something was written");
    }
    let mut rest = out.as_slice();
    if out.is_empty() {
        return;
    }
    // What stands between the findings is there, in order.
    let mut at = 0;
    for finding in &findings {
        let between = text.get(at..finding.start).unwrap_or_default();
        let place = memchr::memmem::find(rest, between);
        assert!(place.is_some(), "what was between findings is gone");
        rest = rest.get(place.unwrap_or(0) + between.len()..).unwrap_or_default();
        at = finding.end;
    }
    assert!(rest.ends_with(text.get(at..).unwrap_or_default()), "the end is gone");
}

/// Plants a secret into `input` and looks for it afterwards.
///
/// # Panics
///
/// When the secret is still there.
pub fn plant_anything(input: &[u8]) {
    const SECRET: &[u8] = b"sk-ant-api03-hT3kZq9Lw2Xv7Rb5Nc8Jm4Pd6Sg1Yf0Ae-uKiOlQxWzVtBnMrHj_3GyDsFp7E9aC5UqT2L8oX4vN6bZ1mK0jR-wAA";
    let Some(engine) = ENGINES.first() else { return };
    let (before, after) = input.split_at(input.len() / 2);
    let text = [before, b" ", SECRET, b" ", after].concat();
    let mut out = Vec::new();
    let changed = engine.redact(&text, &Context::default(), &mut out);
    assert!(
        changed.is_some() && memchr::memmem::find(&out, SECRET).is_none(),
        "a secret came through"
    );
}
