//! What the decoder accepts and how it says no, row by row (C§5.6).

use pdata::{
    json,
    schema::{
        ANY_VALUE, EXPONENTIAL_HISTOGRAM_DATA_POINT, HISTOGRAM_DATA_POINT, KEY_VALUE, LOG_RECORD,
        METRIC, Message, NUMBER_DATA_POINT, SPAN, SUM, TRACES_REQUEST,
    },
};

/// The canonical JSON of what was read, or the error.
fn read(message: &'static Message, input: &[u8]) -> String {
    match json::decode_message(message, input) {
        Ok(bytes) => {
            let mut out = Vec::new();
            json::encode_message(message, &bytes, &mut out);
            String::from_utf8(out).unwrap()
        }
        Err(error) => error.to_string(),
    }
}

fn table(message: &'static Message, rows: &[(&str, &str)]) {
    for (input, expected) in rows {
        assert_eq!(read(message, input.as_bytes()), *expected, "{input}");
    }
}

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
fn names_orders_and_duplicates() {
    table(
        &SPAN,
        &[
            ("{}", r#"{"status":{}}"#),
            ("null", r#"{"status":{}}"#),
            (" \n{ } trailing", r#"{"status":{}}"#),
            (r#"{"nope":{"a":[1,{"b":null}]},"name":"n"}"#, r#"{"name":"n","status":{}}"#),
            (r#"{"Name":"n","NAME":"n"}"#, r#"{"status":{}}"#),
            (r#"{"trace_state":"s"}"#, r#"{"traceState":"s","status":{}}"#),
            (r#"{"traceState":"s"}"#, r#"{"traceState":"s","status":{}}"#),
            (r#"{"trace_state":"a","traceState":"b"}"#, r#"{"traceState":"b","status":{}}"#),
            (r#"{"name":"a","name":""}"#, r#"{"status":{}}"#),
            (r#"{"name":"a","name":null}"#, r#"{"status":{}}"#),
            (r#"{"flags":5,"flags":0}"#, r#"{"status":{}}"#),
            (r#"{"n\u0061me":"a"}"#, r#"{"name":"a","status":{}}"#),
            (
                r#"{"events":[{"name":"a"}],"name":"n","events":[{"name":"b"}]}"#,
                r#"{"name":"n","events":[{"name":"a"},{"name":"b"}],"status":{}}"#,
            ),
            (
                r#"{"status":{"code":1},"status":{"message":"m"}}"#,
                r#"{"status":{"message":"m","code":1}}"#,
            ),
            (r#"{"status":null}"#, r#"{"status":{}}"#),
            (r#"{"events":null}"#, r#"{"status":{}}"#),
            (r#"{"events":[]}"#, r#"{"status":{}}"#),
            (r#"{"events":[null,{}]}"#, r#"{"events":[{},{}],"status":{}}"#),
        ],
    );
    table(
        &TRACES_REQUEST,
        &[
            (
                r#"{"resourceSpans":[{"deprecatedScopeSpans":[{}]}]}"#,
                r#"{"resourceSpans":[{"resource":{}}]}"#,
            ),
            (
                r#"{"resource_spans":[{"scope_spans":[{}]}]}"#,
                r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{}}]}]}"#,
            ),
        ],
    );
}

#[test]
fn numbers_come_as_numbers_or_strings() {
    table(
        &SPAN,
        &[
            (
                r#"{"startTimeUnixNano":18446744073709551615}"#,
                r#"{"startTimeUnixNano":"18446744073709551615","status":{}}"#,
            ),
            (
                r#"{"startTimeUnixNano":"18446744073709551615"}"#,
                r#"{"startTimeUnixNano":"18446744073709551615","status":{}}"#,
            ),
            (r#"{"startTimeUnixNano":0}"#, r#"{"status":{}}"#),
            (r#"{"startTimeUnixNano":-0}"#, r#"{"status":{}}"#),
            (r#"{"flags":"257"}"#, r#"{"status":{},"flags":257}"#),
            (
                r#"{"droppedLinksCount":4294967295}"#,
                r#"{"droppedLinksCount":4294967295,"status":{}}"#,
            ),
            (r#"{"kind":3}"#, r#"{"kind":3,"status":{}}"#),
            (r#"{"kind":"SPAN_KIND_CLIENT"}"#, r#"{"kind":3,"status":{}}"#),
            (r#"{"kind":99}"#, r#"{"kind":99,"status":{}}"#),
            (r#"{"kind":-1}"#, r#"{"kind":-1,"status":{}}"#),
            (r#"{"status":{"code":"STATUS_CODE_ERROR"}}"#, r#"{"status":{"code":2}}"#),
        ],
    );
    table(
        &ANY_VALUE,
        &[
            (r#"{"intValue":-9223372036854775808}"#, r#"{"intValue":"-9223372036854775808"}"#),
            (r#"{"intValue":"-7"}"#, r#"{"intValue":"-7"}"#),
            (r#"{"doubleValue":1}"#, r#"{"doubleValue":1}"#),
            (r#"{"doubleValue":"1.5"}"#, r#"{"doubleValue":1.5}"#),
            (r#"{"doubleValue":"NaN"}"#, r#"{"doubleValue":"NaN"}"#),
            (r#"{"doubleValue":"Infinity"}"#, r#"{"doubleValue":"Infinity"}"#),
            (r#"{"doubleValue":"-Infinity"}"#, r#"{"doubleValue":"-Infinity"}"#),
            (r#"{"doubleValue":-0.0}"#, r#"{"doubleValue":-0}"#),
            (r#"{"doubleValue":1e-7}"#, r#"{"doubleValue":1e-7}"#),
            (r#"{"doubleValue":1E+21}"#, r#"{"doubleValue":1e+21}"#),
            (
                r#"{"doubleValue":1.7976931348623157e308}"#,
                r#"{"doubleValue":1.7976931348623157e+308}"#,
            ),
        ],
    );
    table(
        &EXPONENTIAL_HISTOGRAM_DATA_POINT,
        &[(
            r#"{"scale":-3,"positive":{"offset":"-2","bucketCounts":["1",2]},"sum":0}"#,
            r#"{"sum":0,"scale":-3,"positive":{"offset":-2,"bucketCounts":["1","2"]},"negative":{}}"#,
        )],
    );
    table(
        &HISTOGRAM_DATA_POINT,
        &[
            (
                r#"{"bucketCounts":[1,"2"],"bucket_counts":[0]}"#,
                r#"{"bucketCounts":["1","2","0"]}"#,
            ),
            (
                r#"{"explicitBounds":[0,"0.5",1e3],"min":0,"max":null}"#,
                "malformed OTLP JSON at line 1, column 50 (byte 50), in `max`: expected a number, or a string such as \"1.5\" or \"NaN\", found null",
            ),
            (
                r#"{"explicitBounds":[0,"0.5",1e3],"min":0}"#,
                r#"{"explicitBounds":[0,0.5,1000],"min":0}"#,
            ),
        ],
    );
    table(
        &SUM,
        &[(
            r#"{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA","isMonotonic":true}"#,
            r#"{"aggregationTemporality":1,"isMonotonic":true}"#,
        )],
    );
}

#[test]
fn oneofs_keep_zeros_and_the_last_member() {
    table(
        &ANY_VALUE,
        &[
            ("{}", "{}"),
            (r#"{"stringValue":""}"#, r#"{"stringValue":""}"#),
            (r#"{"stringValue":null}"#, r#"{"stringValue":""}"#),
            (r#"{"bytesValue":null}"#, r#"{"bytesValue":""}"#),
            (r#"{"boolValue":false}"#, r#"{"boolValue":false}"#),
            (r#"{"intValue":0}"#, r#"{"intValue":"0"}"#),
            (r#"{"doubleValue":0}"#, r#"{"doubleValue":0}"#),
            (r#"{"arrayValue":null}"#, r#"{"arrayValue":{}}"#),
            (r#"{"kvlistValue":{}}"#, r#"{"kvlistValue":{}}"#),
            (r#"{"stringValue":"a","intValue":1}"#, r#"{"intValue":"1"}"#),
            (r#"{"intValue":1,"stringValue":"a"}"#, r#"{"stringValue":"a"}"#),
            (r#"{"intValue":1,"int_value":2}"#, r#"{"intValue":"2"}"#),
            (
                r#"{"arrayValue":{"values":[{"intValue":1}]},"arrayValue":{"values":[{"intValue":2}]}}"#,
                r#"{"arrayValue":{"values":[{"intValue":"2"}]}}"#,
            ),
            (
                r#"{"arrayValue":{"values":[{},{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}}]}}]}}"#,
                r#"{"arrayValue":{"values":[{},{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}}]}}]}}"#,
            ),
        ],
    );
    table(
        &NUMBER_DATA_POINT,
        &[
            (r#"{"asInt":"0"}"#, r#"{"asInt":"0"}"#),
            (r#"{"asDouble":0.0}"#, r#"{"asDouble":0}"#),
            (r#"{"asInt":"1","asDouble":2.5}"#, r#"{"asDouble":2.5}"#),
        ],
    );
    table(
        &METRIC,
        &[
            (
                r#"{"gauge":{"dataPoints":[{}]},"name":"m","sum":{"isMonotonic":true}}"#,
                r#"{"name":"m","sum":{"isMonotonic":true}}"#,
            ),
            (r#"{"gauge":null}"#, r#"{"gauge":{}}"#),
        ],
    );
    table(
        &KEY_VALUE,
        &[(
            r#"{"key":"k","value":{"stringValue":"a"},"value":{}}"#,
            r#"{"key":"k","value":{"stringValue":"a"}}"#,
        )],
    );
}

#[test]
fn ids_bytes_and_text() {
    table(
        &SPAN,
        &[
            (
                r#"{"traceId":"5B8EFFF798038103D269B633813FC60C"}"#,
                r#"{"traceId":"5b8efff798038103d269b633813fc60c","status":{}}"#,
            ),
            (
                r#"{"spanId":"EEE19b7ec3c1b174","parentSpanId":""}"#,
                r#"{"spanId":"eee19b7ec3c1b174","status":{}}"#,
            ),
            (r#"{"traceId":null}"#, r#"{"status":{}}"#),
            (r#"{"parentSpanId":"0000000000000000"}"#, r#"{"status":{}}"#),
            (
                r#"{"name":"\"\\\/\b\f\n\r\t\u0001<>&é\ud83d\ude00"}"#,
                "{\"name\":\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0001<>&é😀\",\"status\":{}}",
            ),
            (r#"{"name":"\ud800"}"#, "{\"name\":\"\u{fffd}\",\"status\":{}}"),
            (r#"{"name":"a\ude00b\ud83dc"}"#, "{\"name\":\"a\u{fffd}b\u{fffd}c\",\"status\":{}}"),
        ],
    );
    table(
        &ANY_VALUE,
        &[
            (r#"{"bytesValue":"aGk="}"#, r#"{"bytesValue":"aGk="}"#),
            (r#"{"bytesValue":"aGk"}"#, r#"{"bytesValue":"aGk="}"#),
            (r#"{"bytesValue":"+/+/"}"#, r#"{"bytesValue":"+/+/"}"#),
            (r#"{"bytesValue":"-_-_"}"#, r#"{"bytesValue":"+/+/"}"#),
            (r#"{"bytesValue":"aG\r\nk="}"#, r#"{"bytesValue":"aGk="}"#),
        ],
    );
    let broken = json::decode_message(&ANY_VALUE, b"{\"stringValue\":\"a\xff\"}").unwrap();
    assert_eq!(broken, b"\x0a\x02a\xff");
    assert_eq!(read(&ANY_VALUE, b"{\"stringValue\":\"a\xff\"}"), "{\"stringValue\":\"a\u{fffd}\"}");
}

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
