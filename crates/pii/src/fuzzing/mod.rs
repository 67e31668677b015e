//! What the fuzz targets do, so that ordinary tests do the same. Not part of the API.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

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

/// Plants a secret into `input`, written in one of the ways in which secrets hide, and looks for it afterwards.
/// The first byte picks the way, the second the operator, the third where the secret is broken up.
///
/// # Panics
///
/// When the secret is still there, as it was written or in plain letters.
pub fn plant_anything(input: &[u8]) {
    let Some(([way, operator, place], around)) = input.split_first_chunk::<3>() else { return };
    let Some(engine) = ENGINES.get(usize::from(*operator) % ENGINES.len().max(1)) else { return };
    let planted = written(*way, *place);
    let (before, after) = around.split_at(around.len() / 2);
    let text = [before, b" ", &planted, b" ", after].concat();
    let mut out = Vec::new();
    let changed = engine.redact(&text, &Context::default(), &mut out);
    let holds = |secret: &[u8]| memchr::memmem::find(&out, secret).is_some();
    assert!(
        changed.is_some() && !holds(&planted) && !holds(SECRET),
        "a secret came through that was written in way {way}"
    );
}

const SECRET: &[u8] = b"sk-ant-api03-hT3kZq9Lw2Xv7Rb5Nc8Jm4Pd6Sg1Yf0Ae-uKiOlQxWzVtBnMrHj_3GyDsFp7E9aC5UqT2L8oX4vN6bZ1mK0jR-wAA";

/// The secret as it may be written.
fn written(way: u8, place: u8) -> Vec<u8> {
    let place = 1 + usize::from(place) % (SECRET.len() - 1);
    let (head, tail) = SECRET.split_at(place);
    let broken = |by: &str| [head, by.as_bytes(), tail].concat();
    let each = |write: fn(u8) -> String| SECRET.iter().copied().map(write).collect::<String>();
    let escaped = |depth: usize| {
        let marks = "\\".repeat((1 << depth) - 1);
        format!("{{{marks}\"key{marks}\":{marks}\"{}{marks}\"}}", String::from_utf8_lossy(SECRET))
    };
    match way % 14 {
        0 => SECRET.to_vec(),
        1..=3 => escaped(usize::from(way % 14)).into_bytes(),
        4 => STANDARD.encode(SECRET).into_bytes(),
        5 => URL_SAFE_NO_PAD.encode(SECRET).into_bytes(),
        6 => STANDARD.encode(STANDARD.encode(SECRET)).into_bytes(),
        7 => broken("\u{200b}"),
        8 => broken("\u{ad}"),
        9 => each(|byte| format!("%{byte:02X}")).into_bytes(),
        10 => each(|byte| format!("\\u{byte:04x}")).into_bytes(),
        11 => each(|byte| format!("&#{byte};")).into_bytes(),
        12 => {
            // Forms as wide as Chinese characters.
            let wide = |byte: &u8| char::from_u32(0xFEE0 + u32::from(*byte));
            SECRET.iter().filter_map(wide).collect::<String>().into_bytes()
        }
        _ => [b"\x1b[31m", SECRET, b"\x1b[0m"].concat(),
    }
}
