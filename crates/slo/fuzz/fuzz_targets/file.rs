#![no_main]
//! Any text as a file of objectives; rules are made of what is fine.

libfuzzer_sys::fuzz_target!(|input: &[u8]| slo::fuzzing::read_any_file(input));
