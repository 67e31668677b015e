#![no_main]
//! `pii_redaction` on any bytes, and a secret among any bytes.

#[path = "../redact.rs"]
mod redact;

libfuzzer_sys::fuzz_target!(|input: &[u8]| redact::anything(input));
