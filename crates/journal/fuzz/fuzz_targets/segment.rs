#![no_main]
//! Any bytes as a file of records and as marks.

libfuzzer_sys::fuzz_target!(|input: (u32, &[u8])| journal::fuzzing::segment(input.1, input.0));
