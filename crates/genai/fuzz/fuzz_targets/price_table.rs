#![no_main]
//! Any bytes as a table of prices.

libfuzzer_sys::fuzz_target!(|input: &[u8]| genai::fuzzing::load_any_table(input));
