#![no_main]
//! Any bytes as a span and as a log record of every scope: read, written, rebuilt, counted.

libfuzzer_sys::fuzz_target!(|input: &[u8]| genai::fuzzing::read_anything(input));
