#![no_main]
//! Any bytes as OpenSLO and as a snapshot of a budget.

libfuzzer_sys::fuzz_target!(|input: &[u8]| slo::fuzzing::read_anything(input));
