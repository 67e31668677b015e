//! An attribute value as one string.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::text;
use crate::{AnyValue, KvList, check::NESTING_MAX};

/// The value as the Go collector's `AsString` gives it (C§8).
///
/// Text is itself; nothing is the empty string; booleans and numbers as JSON writes them, `NaN`,
/// `Infinity` and `-Infinity` by name; bytes in base64; lists and maps as plain JSON, keys sorted,
/// the last of equal keys, without HTML escapes. Values nested deeper than 100 levels are
/// written `null`.
pub fn value_to_string(value: AnyValue<'_>) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    match value {
        AnyValue::Empty => return Cow::Borrowed(&[]),
        AnyValue::Str(bytes) => return Cow::Borrowed(bytes),
        AnyValue::Bool(true) => return Cow::Borrowed(b"true"),
        AnyValue::Bool(false) => return Cow::Borrowed(b"false"),
        AnyValue::Bytes(bytes) => return Cow::Owned(BASE64_STANDARD.encode(bytes).into_bytes()),
        AnyValue::Double(number) => text::put_double(&mut out, number),
        AnyValue::Int(_) | AnyValue::Array(_) | AnyValue::KvList(_) => {
            put_value(&mut out, value, NESTING_MAX);
        }
    }
    Cow::Owned(out)
}

fn put_value(out: &mut Vec<u8>, value: AnyValue<'_>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return out.extend_from_slice(b"null") };
    match value {
        AnyValue::Empty => out.extend_from_slice(b"null"),
        AnyValue::Str(bytes) => text::put_string(out, bytes),
        AnyValue::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        AnyValue::Int(value) => text::put_signed(out, value),
        AnyValue::Double(value) if value.is_finite() => text::put_double(out, value),
        AnyValue::Double(value) => {
            out.push(b'"');
            text::put_double(out, value);
            out.push(b'"');
        }
        AnyValue::Bytes(bytes) => text::put_string(out, BASE64_STANDARD.encode(bytes).as_bytes()),
        AnyValue::Array(list) => {
            out.push(b'[');
            for (index, value) in list.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                put_value(out, value, depth);
            }
            out.push(b']');
        }
        AnyValue::KvList(map) => put_map(out, map, depth),
    }
}

fn put_map(out: &mut Vec<u8>, map: KvList<'_>, depth: usize) {
    let mut pairs: Vec<_> = map.iter().collect();
    // Reversed before a stable sort, so that the last of equal keys comes first and stays.
    pairs.reverse();
    pairs.sort_by_key(|pair| pair.key);
    pairs.dedup_by_key(|pair| pair.key);
    out.push(b'{');
    for (index, pair) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        text::put_string(out, pair.key);
        out.push(b':');
        put_value(out, pair.value(), depth);
    }
    out.push(b'}');
}
