//! What must hold for any bytes whatever; also the body of the fuzz target.

use bytes::Bytes;
use pdata::{Signal, check, json};

/// Decodes the bytes as every signal. What is accepted passes the structural check, and once it
/// has been through JSON again it stays as it is.
pub(crate) fn decode_anything(input: &[u8]) {
    for signal in Signal::ALL {
        let bytes = match json::decode(signal, input) {
            Ok(bytes) => bytes,
            Err(error) => {
                assert!(error.offset <= input.len());
                continue;
            }
        };
        assert!(bytes.len() <= 4 * input.len());
        let checked = check(signal, Bytes::from(bytes)).unwrap().bytes;
        let first = encoded(signal, &checked);
        let again = json::decode(signal, &first).unwrap();
        assert_eq!(encoded(signal, &again), first);
    }
}

fn encoded(signal: Signal, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    json::encode(signal, bytes, &mut out);
    out
}

#[test]
fn odd_bytes_neither_panic_nor_slip_through() {
    let deep = |open: &str, close: &str| {
        let head = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":"#;
        format!("{head}{}{}}}]}}]}}]}}", open.repeat(45), close.repeat(45))
    };
    for input in [
        "",
        " ",
        "{",
        "[",
        "null",
        "{}",
        "{}{}",
        "\u{feff}{}",
        "\"",
        "{\"\":",
        "{\"a\":[[[[",
        "nul",
        &deep(r#"{"arrayValue":{"values":["#, "]}}"),
        &deep(r#"{"kvlistValue":{"values":[{"value":"#, "}]}}"),
        &"[".repeat(100_000),
        &format!("{{\"x\":{}", "[{\"x\":".repeat(100_000)),
        &deep(&r#"{"arrayValue":{"values":["#.repeat(1_000), ""),
        r#"{"resourceLogs":[null,{"scopeLogs":[null,{"logRecords":[null]}]}]}"#,
    ] {
        decode_anything(input.as_bytes());
    }
    decode_anything(&[0xff, 0xfe, b'{', b'}']);
    decode_anything(b"{\"\xff\":1,\"resourceLogs\":[{\"schemaUrl\":\"\xed\xa0\x80\xff\"}]}");
}
