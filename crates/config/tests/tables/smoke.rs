//! A short run of the fuzz targets' work: mutations of a small corpus, the same ones every time.

use config::parse;

use crate::support::{one, resolve};

const CORPUS: &[&str] = &[
    "receivers:\n  otlp:\n    protocols:\n      grpc:\n        endpoint: 0.0.0.0:4317\n",
    "a: &x {k: [1, 2.5, ~, true, 0x1F, 2024-01-02]}\nb: *x\nc: {<<: *x, k: z}\n",
    "s: |\n  literal\n   text\nf: >-\n  folded\n  text\nq: \"\\u00e9\\n\"\nr: 'it''s'\n",
    "? complex\n: value\n- not\n... \n--- !!map\nx: !!binary aGk=\n",
    "%YAML 1.2\n---\n!t &a [!u b, *a]\n",
    "k: ${env:A:-${B}} $${C} ${test:x}${${}}\n",
    "a::b: 1\na: {b: 2}\n8080: x\n\t",
];

/// Replaces, inserts, deletes, doubles and splices bytes; what is no longer UTF-8 is mended.
fn mutate(random: &mut fastrand::Rng, text: &str) -> String {
    const SPICE: &[u8] = b"{}[]:,&*!|>'\"#%@`-?<.~$ \n\t0\\\xff";
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..random.usize(1..6) {
        let at = random.usize(0..=bytes.len());
        let spice = SPICE[random.usize(0..SPICE.len())];
        match random.u8(0..5) {
            0 if at < bytes.len() => bytes[at] = spice,
            1 => bytes.insert(at, spice),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 => bytes.extend_from_within(at..),
            _ => {
                let other = CORPUS[random.usize(0..CORPUS.len())].as_bytes();
                bytes.splice(at.., other[random.usize(0..other.len())..].iter().copied());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn mutated_documents_never_panic_and_print_what_they_read() {
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..6000 {
        let text = mutate(&mut random, CORPUS[round % CORPUS.len()]);
        let Ok(value) = parse(&text, "t") else { continue };
        let printed = config::to_yaml(&value);
        let back = parse(&printed, "t").unwrap_or_else(|e| panic!("{text:?}\n{printed}\n{e}"));
        // JSON prints whole floats as YAML does, without a point.
        assert_eq!(config::to_json(&back), config::to_json(&value), "{text:?}\n{printed}");
    }
}

#[test]
fn mutated_references_never_panic() {
    let mut random = fastrand::Rng::with_seed(11);
    for round in 0..3000 {
        let text = mutate(&mut random, CORPUS[5 + round % 2]);
        let inner = mutate(&mut random, "${env:B}-[${test:y}]");
        let env = [("A", inner.as_str()), ("B", "{b: [\"$$\", 1]}")];
        let _ = resolve(&one("k", &text), &env);
        let _ = resolve(&text, &env);
    }
}
