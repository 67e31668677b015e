#![no_main]
//! A secret among any bytes: it never comes through.

libfuzzer_sys::fuzz_target!(|input: &[u8]| pii::fuzzing::plant_anything(input));
