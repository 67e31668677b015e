//! How the decoder says no.

use pdata::{
    json,
    schema::{ANY_VALUE, LOG_RECORD, Message, SPAN, TRACES_REQUEST},
};

use crate::leniency::{read, table};

/// Rows where only the end of the error is told.
fn refused(message: &'static Message, rows: &[(&str, &str)]) {
    for (input, expected) in rows {
        let error = read(message, input.as_bytes());
        assert!(error.starts_with("malformed OTLP JSON at line "), "{input}: {error}");
        assert!(error.ends_with(expected), "{input}: {error}");
    }
}

const TRACE_ID: &str = "an id of 32 hex digits, or an empty string";
const WHOLE: &str = "a whole 64-bit number, or its digits as a string";
const SMALL: &str = "a whole 32-bit number from 0 upwards, or its digits as a string";

#[test]
fn a_refusal_says_where_and_what_but_never_quotes() {
    table(
        &TRACES_REQUEST,
        &[
            (
                "{\"resourceSpans\":[{\"scopeSpans\":[{\n\"spans\":[{},{\"traceId\":\"secret\"}]}]}]}",
                "malformed OTLP JSON at line 2, column 31 (byte 66), in `resourceSpans[0].scopeSpans[0].spans[1].traceId`: expected an id of 32 hex digits, or an empty string, found a string of 6 bytes",
            ),
            (
                "",
                "malformed OTLP JSON at line 1, column 1 (byte 0), in `(root)`: the body is empty; send at least `{}`",
            ),
            (
                "{",
                "malformed OTLP JSON at line 1, column 1 (byte 1), in `(root)`: EOF while parsing an object; the body is cut short",
            ),
            (
                "{1}",
                "malformed OTLP JSON at line 1, column 2 (byte 2), in `(root)`: key must be a string; send valid JSON",
            ),
            (
                "[]",
                "malformed OTLP JSON at line 1, column 2 (byte 2), in `(root)`: expected an object, found an array",
            ),
            (
                "\"x\"",
                "malformed OTLP JSON at line 1, column 3 (byte 3), in `(root)`: expected an object, found a string",
            ),
        ],
    );
}

#[test]
fn a_refused_field_of_a_span_is_told_by_its_type() {
    refused(
        &SPAN,
        &[
            (r#"{"name":5}"#, "in `name`: expected a string, found a number"),
            (r#"{"name":true}"#, "in `name`: expected a string, found a boolean"),
            (r#"{"name":{"a":1}}"#, "in `name`: expected a string, found an object"),
            (r#"{"name":["a"]}"#, "in `name`: expected a string, found an array"),
            (r#"{"name":"\q"}"#, "in `name`: invalid escape; send valid JSON"),
            (r#"{"events":{}}"#, "in `events`: expected an array, found an object"),
            (r#"{"events":"x"}"#, "in `events`: expected an array, found a string"),
            (r#"{"events":[3]}"#, "in `events[0]`: expected an object, found a number"),
            (r#"{"status":[]}"#, "in `status`: expected an object, found an array"),
            (r#"{"traceId":5}"#, &format!("expected {TRACE_ID}, found a number")),
            (
                r#"{"traceId":"zz8efff798038103d269b633813fc60c"}"#,
                &format!("expected {TRACE_ID}, found a string with other characters"),
            ),
            (
                r#"{"kind":"CLIENT"}"#,
                "expected the number or the name of an enum value, found another string",
            ),
            (r#"{"kind":null}"#, "expected the number or the name of an enum value, found null"),
            (r#"{"flags":-1}"#, &format!("expected {SMALL}, found a number out of range")),
            (r#"{"flags":4294967296}"#, &format!("expected {SMALL}, found a number out of range")),
            (
                r#"{"flags":"4294967296"}"#,
                &format!("expected {SMALL}, found a number out of range"),
            ),
            (r#"{"flags":null}"#, &format!("expected {SMALL}, found null")),
            (r#"{"flags":false}"#, &format!("expected {SMALL}, found a boolean")),
        ],
    );
}

#[test]
fn a_refused_value_is_told_by_its_type() {
    refused(
        &ANY_VALUE,
        &[
            (r#"{"intValue":"3.f14"}"#, &format!("expected {WHOLE}, found another string")),
            (r#"{"intValue":""}"#, &format!("expected {WHOLE}, found another string")),
            (
                r#"{"intValue":1.5}"#,
                &format!(
                    "expected {WHOLE}, found a number with a fraction, an exponent or too many digits"
                ),
            ),
            (
                r#"{"intValue":1e3}"#,
                &format!(
                    "expected {WHOLE}, found a number with a fraction, an exponent or too many digits"
                ),
            ),
            (
                r#"{"intValue":9223372036854775808}"#,
                &format!("expected {WHOLE}, found a number out of range"),
            ),
            (r#"{"intValue":[]}"#, &format!("expected {WHOLE}, found an array")),
            (r#"{"boolValue":"true"}"#, "expected true or false, found a string"),
            (r#"{"boolValue":1}"#, "expected true or false, found a number"),
            (r#"{"boolValue":null}"#, "expected true or false, found null"),
            (r#"{"doubleValue":"1e999"}"#, "found another string"),
            (r#"{"doubleValue":1e999}"#, "in `doubleValue`: number out of range; send valid JSON"),
            (
                r#"{"bytesValue":"*"}"#,
                "in `bytesValue`: expected base64 in a string, found another string",
            ),
        ],
    );
    refused(
        &LOG_RECORD,
        &[(
            r#"{"severityNumber":"INFO"}"#,
            "in `severityNumber`: expected the number or the name of an enum value, found another string",
        )],
    );
}

#[test]
fn values_nest_as_deep_as_on_the_wire_and_no_deeper() {
    let nested = |depth: usize| {
        format!("{}{}", r#"{"arrayValue":{"values":["#.repeat(depth), "]}}".repeat(depth))
    };
    // Each array is an `ArrayValue` in an `AnyValue`; the outermost `AnyValue` is the root here.
    assert!(json::decode_message(&ANY_VALUE, nested(50).as_bytes()).is_ok());
    let error = read(&ANY_VALUE, nested(51).as_bytes());
    assert!(error.ends_with("messages nest more than 100 deep; send flatter values"), "{error}");
}
