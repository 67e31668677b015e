//! HTTP headers with credentials.

use super::value::is_placeholder;
use crate::{
    bytes::{part, run},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// The longest header.
const LONGEST: usize = 8192;

/// The value of an `Authorization` header at `start`: the scheme stays, the credentials go.
pub(super) fn authorization(scan: &mut Scan<'_>, start: usize) -> bool {
    let value = line(scan, start);
    let text = part(scan.text, start..start + value);
    let scheme = text.iter().position(|byte| *byte == b' ').filter(|at| *at <= 16).unwrap_or(0);
    let skip = if scheme == 0 { 0 } else { scheme + 1 };
    let credentials = part(text, skip..text.len());
    let length = if is_many(part(text, 0..scheme)) {
        credentials.len()
    } else {
        run(credentials, 0, LONGEST, |byte| byte > b' ' && byte != b',')
    };
    let credentials = part(credentials, 0..length);
    let digits = credentials.iter().filter(|byte| byte.is_ascii_digit()).count();
    // `'Authorization': auth` is a variable, `Authorization: Basic auth` a sentence.
    let is_word = match scheme {
        0 => digits < 3 || credentials.len() < 12,
        _ => digits == 0 && credentials.len() < 16,
    };
    if credentials.len() < 4 || is_word || is_placeholder(credentials) {
        return false;
    }
    let (start, end) = (start + skip, start + skip + length);
    scan.note(Entity::AuthHeader, (start, end), Tier::A, Proof::Key, None);
    scan.value_end = scan.value_end.max(end);
    true
}

/// Schemes whose credentials are a list.
fn is_many(scheme: &[u8]) -> bool {
    let known: [&[u8]; 3] = [b"Digest", b"AWS4-HMAC-SHA256", b"OAuth"];
    known.iter().any(|name| scheme.eq_ignore_ascii_case(name))
}

/// The value of a `Cookie` or `Set-Cookie` header at `start`.
pub(super) fn cookie(scan: &mut Scan<'_>, start: usize) -> bool {
    let length = line(scan, start);
    let text = part(scan.text, start..start + length);
    if text.len() < 6
        || text.first() == Some(&b'{')
        || !has_session(scan, start, text)
        || is_placeholder(text)
        || is_code(scan, start, text)
    {
        return false;
    }
    scan.note(Entity::Cookie, (start, start + length), Tier::A, Proof::Key, None);
    scan.value_end = scan.value_end.max(start + length);
    true
}

/// Whether one of the cookies of `text`, which begins at `start`, may open something.
fn has_session(scan: &mut Scan<'_>, start: usize, text: &[u8]) -> bool {
    let first = memchr::memchr(b';', text).unwrap_or(text.len());
    if is_session(part(text, 0..first)) {
        return true;
    }
    // What follows the first one was looked at, if it stood behind another `Cookie:` of the line; but the last of
    // it may have been cut.
    let (from, to) = scan.cookies_clear;
    let end = start + text.len();
    let is_known = from <= start && start + first < to;
    let read = if is_known { part(text, first..to - start) } else { b"" };
    let next = first + memchr::memrchr(b';', read).map_or(0, |last| last + 1);
    let found = part(text, next..text.len()).split(|byte| *byte == b';').any(is_session);
    if !found {
        scan.cookies_clear = (if is_known { from } else { start }, end.max(to));
    }
    found
}

/// Whether ` = ` stands in `text`, which begins at `start`.
fn is_code(scan: &mut Scan<'_>, start: usize, text: &[u8]) -> bool {
    let is_within = scan.equals >= start && scan.equals + 3 <= start + text.len();
    if is_within {
        return true;
    }
    let found = memchr::memmem::find(text, b" = ");
    scan.equals = found.map_or(scan.equals, |at| start + at);
    found.is_some()
}

/// Whether a cookie's value may open something: not what says how long and where it counts, and longer
/// than a setting.
fn is_session(pair: &[u8]) -> bool {
    const ATTRIBUTES: [&[u8]; 6] =
        [b"path", b"domain", b"expires", b"max-age", b"samesite", b"version"];
    let Some(equals) = memchr::memchr(b'=', pair) else { return false };
    let name = part(pair, 0..equals).trim_ascii();
    let value = part(pair, equals + 1..pair.len()).trim_ascii();
    let is_attribute = ATTRIBUTES.iter().any(|known| name.eq_ignore_ascii_case(known));
    let is_long = value.len() >= 16 || (value.len() >= 6 && value.iter().any(u8::is_ascii_digit));
    !is_attribute && is_long && !is_placeholder(value)
}

/// How long the value at `start` is: to the end of the line or of the string.
fn line(scan: &mut Scan<'_>, start: usize) -> usize {
    let length = scan.line.run(scan.text, start, LONGEST, |byte| {
        !matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'\\' | b'`' | b'<')
    });
    let text = part(scan.text, start..start + length);
    text.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1)
}
