#![no_main]
//! Any bytes, to every decompressor.

libfuzzer_sys::fuzz_target!(|input: &[u8]| net::fuzzing::decompress_anything(input));
