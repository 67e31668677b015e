//! Attribute values as they are met in the wild.
//!
//! Numbers come as integers, doubles, text, text in quotes and JSON; "nothing" comes as an empty
//! value, `""`, `"None"`, `-1` or NaN. Everything here gives `None` for what says nothing, allocates
//! nothing and looks at a bounded number of bytes.

#[cfg(test)]
mod tests;
mod time;

use pdata::AnyValue;

pub use self::time::unix_nanos;
use crate::pick::{Scalar, pick};

/// The longest text that is read as a number.
const NUMBER_MAX: usize = 64;
/// The largest count believed: beyond 2^53 a double no longer counts.
const COUNT_MAX: u64 = 1 << 53;

/// Text that says something, without blanks around it.
#[must_use]
pub fn text(value: AnyValue<'_>) -> Option<&[u8]> {
    meaningful(value.as_str()?)
}

/// Text that may be a JSON string of its own, as `"\"gpt-4o\""`.
#[must_use]
pub fn quoted(value: AnyValue<'_>) -> Option<&[u8]> {
    let text = text(value)?;
    match text {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => meaningful(inner),
        _ => Some(text),
    }
}

/// The bytes without blanks, unless they are a word for nothing.
#[must_use]
pub(crate) fn meaningful(text: &[u8]) -> Option<&[u8]> {
    // Blanks are looked for only where they can be.
    let text = match text {
        [first, .., last] if *first > b' ' && *last > b' ' => text,
        _ => text.trim_ascii(),
    };
    let nothing = match text.len() {
        0 => true,
        2 => text == b"\"\"",
        3 => text == b"N/A" || text == b"nil",
        4 => matches!(text, b"None" | b"null" | b"NULL" | b"none"),
        9 => text == b"undefined",
        _ => false,
    };
    (!nothing).then_some(text)
}

/// Whether two short texts are equal. In line, for hot paths: the library's comparison is a call that is
/// made for long ones.
#[inline]
#[must_use]
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && match (one.last_chunk::<8>(), other.last_chunk::<8>()) {
            (Some(tail), Some(other_tail)) => {
                let (heads, _) = one.as_chunks::<8>();
                let (other_heads, _) = other.as_chunks::<8>();
                tail == other_tail && heads.iter().eq(other_heads)
            }
            _ => one.iter().eq(other),
        }
}

/// A count: not negative, whole or cut to whole.
#[must_use]
pub fn count(value: AnyValue<'_>) -> Option<u64> {
    match value {
        AnyValue::Int(number) => u64::try_from(number).ok().filter(|number| *number <= COUNT_MAX),
        AnyValue::Double(number) => whole(number),
        AnyValue::Str(text) => count_in(text),
        _ => None,
    }
}

/// A number that is finite and not negative.
#[must_use]
pub fn number(value: AnyValue<'_>) -> Option<f64> {
    let number = match value {
        AnyValue::Int(number) => number as f64,
        AnyValue::Double(number) => number,
        AnyValue::Str(text) => number_in(text)?,
        _ => return None,
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// A truth value, also as `"True"`, `"false"`, `1`.
#[must_use]
pub fn flag(value: AnyValue<'_>) -> Option<bool> {
    match value {
        AnyValue::Bool(flag) => Some(flag),
        AnyValue::Int(0) => Some(false),
        AnyValue::Int(1) => Some(true),
        AnyValue::Str(text) => match text.trim_ascii() {
            b"true" | b"True" | b"TRUE" | b"1" => Some(true),
            b"false" | b"False" | b"FALSE" | b"0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A count in text: digits, digits in quotes, a number with a fraction, or `{"intValue": …}`.
pub(crate) fn count_in(text: &[u8]) -> Option<u64> {
    if text.len() > NUMBER_MAX {
        return None;
    }
    let text = text.trim_ascii();
    if text.first() == Some(&b'{') {
        let mut found = None;
        pick(text, &mut |path, scalar| {
            if matches!(path, [b"intValue" | b"doubleValue" | b"stringValue"]) {
                found = match scalar {
                    Scalar::Word(word) | Scalar::Text(word) => plain_count(word),
                };
            }
        });
        return found;
    }
    plain_count(text)
}

fn plain_count(text: &[u8]) -> Option<u64> {
    let text = unquoted(text);
    let digits = !text.is_empty() && text.len() < 17 && text.iter().all(u8::is_ascii_digit);
    if digits {
        let fold = |sum, digit: &u8| sum * 10 + u64::from(digit - b'0');
        return Some(text.iter().fold(0, fold)).filter(|count| *count <= COUNT_MAX);
    }
    whole(number_in(text)?)
}

/// A number in text, perhaps in quotes.
pub(crate) fn number_in(text: &[u8]) -> Option<f64> {
    let text = unquoted(text.trim_ascii());
    // `parse` would also take `inf` and `nan`.
    let is_number = text.len() <= NUMBER_MAX && text.first().is_some_and(|byte| *byte <= b'9');
    if is_number { str::from_utf8(text).ok()?.parse().ok() } else { None }
}

fn unquoted(text: &[u8]) -> &[u8] {
    match text {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        _ => text,
    }
}

fn whole(number: f64) -> Option<u64> {
    (number >= 0.0 && number <= COUNT_MAX as f64).then_some(number as u64)
}
