#![no_main]
//! Any bytes as a gRPC request body; the first one says how they are cut.

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some((cut, body)) = input.split_first() {
        net::fuzzing::read_any_frames(body, usize::from(*cut));
    }
});
