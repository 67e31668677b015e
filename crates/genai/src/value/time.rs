//! Points in time written as ISO 8601.

/// Nanoseconds since 1970 of `2026-11-22T07:38:07.476035+00:00` and the like, quotes allowed. Without
/// a zone UTC is meant. `None` before 1970 and after 2500.
#[must_use]
pub fn unix_nanos(text: &[u8]) -> Option<u64> {
    let text = match text.trim_ascii() {
        [b'"', inner @ .., b'"'] => inner,
        text => text,
    };
    let (year, text) = digits(text, 4)?;
    let (month, text) = digits(text.strip_prefix(b"-")?, 2)?;
    let (day, text) = digits(text.strip_prefix(b"-")?, 2)?;
    let text = text.strip_prefix(b"T").or_else(|| text.strip_prefix(b" "))?;
    let (hour, text) = digits(text, 2)?;
    let (minute, text) = digits(text.strip_prefix(b":")?, 2)?;
    let (second, text) = digits(text.strip_prefix(b":")?, 2)?;
    let (nanos, text) = fraction(text);
    let offset = zone(text)?;
    let is_date = (1970..=2500).contains(&year) && (1..=12).contains(&month);
    if !is_date || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    u64::try_from(seconds - offset).ok()?.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// Days since 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let era = year / 400;
    let of_era = year % 400;
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn digits(text: &[u8], width: usize) -> Option<(i64, &[u8])> {
    let (head, rest) = text.split_at_checked(width)?;
    let all = head.iter().all(u8::is_ascii_digit);
    all.then(|| (head.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')), rest))
}

/// `.476035` as nanoseconds.
fn fraction(text: &[u8]) -> (u64, &[u8]) {
    let Some(rest) = text.strip_prefix(b".") else { return (0, text) };
    let width = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(width).unwrap_or((&[], rest));
    let nanos = (0..9)
        .fold(0, |sum, at| sum * 10 + digits.get(at).map_or(0, |digit| u64::from(digit - b'0')));
    (nanos, rest)
}

/// The seconds that a zone is ahead of UTC.
fn zone(text: &[u8]) -> Option<i64> {
    let (sign, text) = match text {
        [] | b"Z" | b"z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = digits(text, 2)?;
    let (minutes, _) = digits(rest.strip_prefix(b":").unwrap_or(rest), 2).unwrap_or((0, &[]));
    Some(sign * (hours * 3600 + minutes * 60))
}
