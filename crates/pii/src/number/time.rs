//! Times as machines write them: `2026-03-14T09:26:53.123Z`. What stands in logs most is nothing private, and is
//! passed over as a whole.

use crate::bytes::{at as byte, is_word, part, run};

/// Digits of a fraction of a second.
const FRACTION: usize = 12;

/// How long the date at `start` is with the time behind it, if one stands there; else none.
pub(super) fn length(text: &[u8], start: usize) -> usize {
    let Some(date) = part(text, start..start + 10).first_chunk::<10>() else { return 0 };
    let [a, b, c, d, x, e, f, y, g, h] = *date;
    let is_date = matches!((a, b), (b'1', b'9') | (b'2', b'0'))
        && matches!((x, y), (b'-', b'-') | (b'/', b'/'))
        && [c, d, e, f, g, h].iter().all(u8::is_ascii_digit)
        && matches!((e, f), (b'0', b'1'..=b'9') | (b'1', b'0'..=b'2'))
        && matches!((g, h), (b'0', b'1'..=b'9') | (b'1' | b'2', _) | (b'3', b'0' | b'1'));
    let end = start + 10;
    if !is_date {
        return 0;
    }
    let next = byte(text, end);
    if matches!(next, b'T' | b't' | b' ')
        && let Some(time) = time(text, end + 1)
    {
        return end + 1 + time - start;
    }
    // `2026-03-14-15`
    let goes_on =
        is_word(next) || (matches!(next, b'-' | b'/' | b'.') && is_word(byte(text, end + 1)));
    if goes_on { 0 } else { 10 }
}

/// How long `09:26:53.123` at `start` is.
fn time(text: &[u8], start: usize) -> Option<usize> {
    let [a, b, x, c, d, y, e, f] = *part(text, start..start + 8).first_chunk::<8>()?;
    let is_time = (x, y) == (b':', b':')
        && [a, b, c, d, e, f].iter().all(u8::is_ascii_digit)
        && a <= b'2'
        && c <= b'5'
        && e <= b'6';
    if !is_time {
        return None;
    }
    let point = matches!(byte(text, start + 8), b'.' | b',');
    let fraction = run(text, start + 9, FRACTION, |byte| byte.is_ascii_digit());
    let length = if point && fraction > 0 { 9 + fraction } else { 8 };
    let next = byte(text, start + length);
    // `09:26:53:00`, `09:26:53.1.2` and digits without end are no times.
    let goes_on = next.is_ascii_digit()
        || (matches!(next, b':' | b'.') && byte(text, start + length + 1).is_ascii_digit());
    (!goes_on).then_some(length)
}

/// Whether `2026-03-14T09:26:53` stands at `start`.
pub(crate) fn is_time(text: &[u8], start: usize) -> bool {
    length(text, start) > 10
}
