//! Tokens: secrets by their prefixes, wallets, account numbers, identifiers of letters and digits.

mod blob;
mod crypto;
mod families;
mod iban;
mod mac;
mod pattern;
mod prefix;
mod said;
mod special;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    mac::colons as mac,
    pattern::{Pattern, bic, grouped},
};
use crate::{
    bytes::{at as byte, before, ends_colour, from, is_escape, is_token, part, run, run_long},
    engine::{LONG, Scan},
    number,
};

/// The longest token whose inside is looked at; what is longer is a blob, of which only the start counts.
const INSIDE_MAX: usize = 4096;
/// From this length on a run of base64 characters is a blob.
const BLOB_MIN: usize = 1024;

/// Looks at a run of at least sixteen token characters that begins at `start`.
pub(crate) fn long(scan: &mut Scan<'_>, start: usize) {
    if start < scan.token_end || start < scan.blob_end || scan.is_in_blob(start) {
        return;
    }
    let text = scan.text;
    let start = if is_escape(text, start + 1) { start + 1 } else { start };
    let start = behind_colour(text, start);
    let end = start + run_long(text, start, is_token);
    scan.token_end = end;
    if byte(text, end) == b'~' && special::azure(scan, end + 1) {
        return;
    }
    // One that is long only with the letter of an escape.
    if end - start < LONG && touches(part(text, start..end)) {
        short(scan, start, end);
    }
    prefix::at(scan, start, end);
    if end - start <= INSIDE_MAX {
        inside(scan, start, end);
    }
    // What may stand before the run belongs to some secrets: `SG.`, `1//`, `123456:`.
    special::around(scan, start, end);
    crypto::wallet(scan, start, end);
    blob::at(scan, start, end, BLOB_MIN);
    if end - start <= iban::LONGEST {
        iban::compact(scan, start, end);
        pattern::token(scan, start, end);
        mac::dashed(scan, start, end);
    }
}

/// The place behind what colours a terminal, of which the last letters begin at `start`.
fn behind_colour(text: &[u8], start: usize) -> usize {
    if !matches!(before(text, start, 1), b'[' | b';') {
        return start;
    }
    let end = start + 1 + run(text, start, 3, |byte| byte.is_ascii_digit());
    if ends_colour(text, end) { end } else { start }
}

/// Looks for prefixes after each hyphen and underscore.
fn inside(scan: &mut Scan<'_>, start: usize, end: usize) {
    let token = part(scan.text, start..end);
    for at in memchr::memchr2_iter(b'-', b'_', token) {
        prefix::at(scan, start + at + 1, end);
    }
}

/// Looks at a token in which a letter and a digit touch at `place`.
pub(crate) fn mixed(scan: &mut Scan<'_>, place: usize) {
    if place < scan.mixed_end || place < scan.blob_end {
        return;
    }
    let (start, end) = scan.token_around(place, LONG + 2);
    scan.mixed_end = end;
    let length = end - start;
    if byte(scan.text, end) == b'~' && special::azure(scan, end + 1) {
        return;
    }
    let is_inside = before(scan.text, start, 1) == b'.' && is_token(before(scan.text, start, 2));
    // `2026-03-14T09`
    let is_time = length == 13 && number::is_time(scan.text, start);
    if length < LONG && !is_inside && !is_time {
        short(scan, start, end);
    }
}

/// Whether a letter and a digit touch somewhere.
fn touches(token: &[u8]) -> bool {
    let is_touch = |pair: &[u8]| {
        matches!(pair, [a, b] if (a.is_ascii_digit() && b.is_ascii_alphabetic())
            || (a.is_ascii_alphabetic() && b.is_ascii_digit()))
    };
    token.windows(2).any(is_touch)
}

/// Looks at a token shorter than [`LONG`] of letters and digits.
fn short(scan: &mut Scan<'_>, start: usize, end: usize) {
    let length = end - start;
    if length == 4 && byte(scan.text, end) == b' ' {
        iban::spaced(scan, start);
        return;
    }
    if length == 8 {
        pattern::spaced(scan, start, end);
    }
    if length >= 7 {
        pattern::token(scan, start, end);
    }
    if length == 4 {
        mac::dotted(scan, start);
    }
    // A prefix before a separator: `SG.`, `dp.pt.`; the run behind it is looked at on its own.
    if length >= 15 {
        iban::compact(scan, start, end);
    }
    said::at(scan, start, end);
}

/// What follows `at`, as far as a secret goes.
fn rest(text: &[u8], at: usize) -> &[u8] {
    let rest = from(text, at);
    rest.get(..INSIDE_MAX.min(rest.len())).unwrap_or_default()
}
