use super::{text::put_double, value_to_string};
use crate::{AnyValue, Array, KeyValue, KvList, wire};

fn double(value: f64) -> String {
    let mut out = Vec::new();
    put_double(&mut out, value);
    String::from_utf8(out).unwrap()
}

#[test]
fn floating_point_numbers_are_spelled_as_ecmascript_does() {
    for (value, expected) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-12.0, "-12"),
        (0.1, "0.1"),
        (123.456, "123.456"),
        (1e-6, "0.000001"),
        (1.5e-6, "0.0000015"),
        (9.99e-7, "9.99e-7"),
        (-1e-7, "-1e-7"),
        (1e20, "100000000000000000000"),
        (123_456_789_012_345_680_000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (1.25e22, "1.25e+22"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (9_007_199_254_740_993.0, "9007199254740992"),
        (4.5e15, "4500000000000000"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ] {
        assert_eq!(double(value), expected);
    }
}

#[test]
fn any_value_is_one_string() {
    let pair = |key: &[u8], value| {
        let mut out = Vec::new();
        wire::put_message(&mut out, 1, |out| KeyValue::write(key, value, out));
        out
    };
    let list = [AnyValue::Empty, AnyValue::Str(b"<&>\""), AnyValue::Bytes(b"hi")];
    let mut array = Vec::new();
    for value in list {
        wire::put_message(&mut array, 1, |out| value.write(out));
    }
    let map = [
        pair(b"b", AnyValue::Int(-1)),
        pair(b"a", AnyValue::Double(f64::NAN)),
        pair(b"b", AnyValue::Array(Array(&array))),
    ]
    .concat();
    for (value, expected) in [
        (AnyValue::Empty, ""),
        (AnyValue::Str(b"<x>"), "<x>"),
        (AnyValue::Bool(true), "true"),
        (AnyValue::Bool(false), "false"),
        (AnyValue::Int(i64::MIN), "-9223372036854775808"),
        (AnyValue::Double(1e21), "1e+21"),
        (AnyValue::Double(f64::NEG_INFINITY), "-Infinity"),
        (AnyValue::Bytes(b"hi"), "aGk="),
        (AnyValue::Array(Array(&array)), r#"[null,"<&>\"","aGk="]"#),
        (AnyValue::KvList(KvList(&map)), r#"{"a":"NaN","b":[null,"<&>\"","aGk="]}"#),
        (AnyValue::KvList(KvList(b"")), "{}"),
    ] {
        assert_eq!(value_to_string(value), expected.as_bytes());
    }
}

#[test]
fn a_value_nested_without_end_is_cut() {
    let mut message = Vec::new();
    for _ in 0..300 {
        let mut outer = Vec::new();
        wire::put_message(&mut outer, 5, |out| wire::put_len(out, 1, &message));
        message = outer;
    }
    let text = value_to_string(AnyValue::read(&message)).into_owned();
    assert_eq!(text, format!("{}null{}", "[".repeat(100), "]".repeat(100)).into_bytes());
}
