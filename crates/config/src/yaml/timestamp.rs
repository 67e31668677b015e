//! Unquoted dates become timestamps (C§2.3), spelled here as RFC 3339 text.

use std::fmt::Write as _;

use jiff::civil::{Date, Time};

/// The RFC 3339 form of one of the four layouts the collector's YAML library knows, or `None`:
/// `2006-1-2`, `2006-1-2 15:4:5[.9]`, and `2006-1-2T15:4:5[.9]` or `t` with `Z` or `±hh:mm`.
pub(super) fn to_rfc3339(text: &str) -> Option<String> {
    let (year, rest) = text.split_at_checked(4)?;
    let year = digits(year, 4)?;
    let rest = rest.strip_prefix('-')?;
    let (month, rest) = rest.split_once('-')?;
    let day_len = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, rest) = rest.split_at_checked(day_len)?;
    let date = Date::new(i16::try_from(year).ok()?, short(month)?, short(day)?).ok()?;
    let (clock, zone) = match rest.chars().next() {
        None => return Some(format!("{date}T00:00:00Z")),
        Some(' ') => (rest.trim_start_matches(' '), "Z"),
        Some('T' | 't') => split_zone(rest.get(1..)?)?,
        Some(_) => return None,
    };
    let mut out = format!("{date}T{}", clock_text(clock)?);
    write!(out, "{zone}").ok()?;
    Some(out)
}

/// Splits `15:04:05Z` or `15:04:05+02:00`.
fn split_zone(text: &str) -> Option<(&str, &str)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, "Z"));
    }
    let (clock, zone) = text.split_at_checked(text.find(['+', '-'])?)?;
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let fits = digits(hours, 2)? <= 24 && digits(minutes, 2)? < 60;
    let zone = if hours == "00" && minutes == "00" { "Z" } else { zone };
    fits.then_some((clock, zone))
}

/// `hh:m:s[.fraction]` as `hh:mm:ss[.fraction]`, without trailing zeros in the fraction.
fn clock_text(text: &str) -> Option<String> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let (second, fraction) = match second.split_once('.') {
        Some((second, fraction)) => (second, Some(fraction)),
        None => (second, None),
    };
    let time = Time::new(short(hour)?, short(minute)?, short(second)?, 0).ok()?;
    let mut out = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    if let Some(fraction) = fraction {
        let fits = (1..=9).contains(&fraction.len());
        if !fits || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            write!(out, ".{fraction}").ok()?;
        }
    }
    Some(out)
}

/// One or two digits.
fn short(text: &str) -> Option<i8> {
    digits(text, 1).or_else(|| digits(text, 2)).and_then(|n| i8::try_from(n).ok())
}

/// Exactly `len` digits.
fn digits(text: &str, len: usize) -> Option<u32> {
    let fits = text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}
