//! Any bytes as every signal: views read them to some end and see every record of what passed the check.
#![no_main]

#[path = "../../tests/structure/views.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|input: &[u8]| body::views(input));
