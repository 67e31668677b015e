//! Any bytes as JSON of every signal: no panic, and what is accepted is well formed and stable.
#![no_main]

#[path = "../../tests/json/fuzz.rs"]
mod fuzz;

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::decode_anything(input));
