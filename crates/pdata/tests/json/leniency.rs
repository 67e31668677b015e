//! What the decoder accepts, row by row (C§5.6).

use pdata::{
    json,
    schema::{
        ANY_VALUE, EXPONENTIAL_HISTOGRAM_DATA_POINT, HISTOGRAM_DATA_POINT, KEY_VALUE, METRIC,
        Message, NUMBER_DATA_POINT, SPAN, SUM, TRACES_REQUEST,
    },
};

/// The canonical JSON of what was read, or the error.
pub(crate) fn read(message: &'static Message, input: &[u8]) -> String {
    match json::decode_message(message, input) {
        Ok(bytes) => {
            let mut out = Vec::new();
            json::encode_message(message, &bytes, &mut out);
            String::from_utf8(out).unwrap()
        }
        Err(error) => error.to_string(),
    }
}

pub(crate) fn table(message: &'static Message, rows: &[(&str, &str)]) {
    for (input, expected) in rows {
        assert_eq!(read(message, input.as_bytes()), *expected, "{input}");
    }
}

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
}

#[test]
fn arrays_of_numbers_and_optional_zeros() {
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
