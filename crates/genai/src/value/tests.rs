//! Values, held against the standard library where it can say.

use proptest::prelude::*;

use super::*;

#[test]
fn times_are_read_with_and_without_zones() {
    for (text, nanos) in [
        ("1970-01-01T00:00:00Z", Some(0)),
        ("1970-01-01 00:00:01.5", Some(1_500_000_000)),
        ("2026-11-22T07:38:07.476035+00:00", Some(1_795_333_087_476_035_000)),
        ("\"2026-11-22T08:38:07.476035+01:00\"", Some(1_795_333_087_476_035_000)),
        ("2026-11-22T02:08:07.476035-0530", Some(1_795_333_087_476_035_000)),
        ("2000-02-29T12:00:00Z", Some(951_825_600_000_000_000)),
        ("1969-12-31T23:59:59Z", None),
        ("2026-13-01T00:00:00Z", None),
        ("2026-11-22", None),
        ("yesterday", None),
        ("", None),
        ("9999-01-01T00:00:00Z", None),
    ] {
        assert_eq!(unix_nanos(text.as_bytes()), nanos, "{text}");
    }
}

#[test]
fn flags_come_in_words() {
    for (value, flag_of) in [
        (AnyValue::Bool(true), Some(true)),
        (AnyValue::Str(b"True"), Some(true)),
        (AnyValue::Str(b"false"), Some(false)),
        (AnyValue::Int(1), Some(true)),
        (AnyValue::Int(2), None),
        (AnyValue::Str(b"yes"), None),
        (AnyValue::Empty, None),
    ] {
        assert_eq!(flag(value), flag_of, "{value:?}");
    }
}

#[test]
fn quoted_text_loses_its_quotes_and_nothing_else() {
    assert_eq!(quoted(AnyValue::Str(b"\"gpt-4o\"")), Some(&b"gpt-4o"[..]));
    assert_eq!(quoted(AnyValue::Str(b"gpt-4o")), Some(&b"gpt-4o"[..]));
    assert_eq!(quoted(AnyValue::Str(b"\"a\\\"b\"")), Some(&b"\"a\\\"b\""[..]));
    assert_eq!(quoted(AnyValue::Str(b"\"None\"")), None);
    assert_eq!(text(AnyValue::Str(b"  x ")), Some(&b"x"[..]));
}

proptest! {
    #[test]
    fn whole_numbers_come_back_from_any_form(number in 0u64..=COUNT_MAX) {
        let plain = number.to_string();
        for text in [plain.clone(), format!("\"{plain}\""), format!(" {plain} "), format!("{{\"intValue\":\"{plain}\"}}")] {
            prop_assert_eq!(count(AnyValue::Str(text.as_bytes())), Some(number));
        }
        prop_assert_eq!(count(AnyValue::Int(number as i64)), Some(number));
        prop_assert_eq!(count(AnyValue::Double(number as f64)), Some(number));
    }

    #[test]
    fn nothing_negative_or_boundless_is_a_count(number in any::<f64>(), int in i64::MIN..0) {
        prop_assert_eq!(count(AnyValue::Int(int)), None);
        let expected = (number >= 0.0 && number <= COUNT_MAX as f64).then_some(number as u64);
        prop_assert_eq!(count(AnyValue::Double(number)), expected);
        let text = number.to_string();
        if text.len() <= NUMBER_MAX {
            prop_assert_eq!(count(AnyValue::Str(text.as_bytes())), expected);
        }
    }

    #[test]
    fn any_text_is_looked_at_without_harm(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let value = AnyValue::Str(&text);
        let _ = (count(value), number(value), flag(value), quoted(value), unix_nanos(&text));
        prop_assert!(self::text(value).is_none_or(|inner| inner.len() <= text.len()));
    }
}
