#![no_main]
//! Any text as a condition: read, printed, folded, evaluated.

libfuzzer_sys::fuzz_target!(|input: &[u8]| slo::fuzzing::read_any_condition(input));
