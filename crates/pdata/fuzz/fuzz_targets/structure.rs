//! Any bytes as every signal: what passes the check is counted, split, joined and regrouped without loss.
#![no_main]

#[path = "../../tests/structure/structure.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|input: &[u8]| body::structure(input));
