//! Passwords and secrets in URLs.

use super::value::is_placeholder;
use crate::{
    bytes::{at as byte, from, part},
    engine::{Proof, Scan},
    entity::Entity,
};

/// The longest name and password before the host.
const LOGIN: usize = 512;

/// Looks at the URL whose name and host begin at `start`, behind `://`.
pub(super) fn at(scan: &mut Scan<'_>, start: usize) {
    let text = scan.text;
    if start < scan.url_clear || !has_at_sign(scan, start) {
        return;
    }
    let is_part = |byte: u8| {
        byte > b' ' && byte < 0x7F && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`')
    };
    // A URL may stand in the query of another one; it is looked at on its own.
    let is_nested = |at: usize| part(text, at..at + 3) == b"://";
    let all = part(text, start..start + LOGIN);
    let ends =
        |(at, byte): (usize, &u8)| !is_part(*byte) || (*byte == b':' && is_nested(start + at));
    let length = all.iter().enumerate().position(ends).unwrap_or(all.len());
    let all = part(all, 0..length);
    // The name and password end at the last `@` before the path.
    let host = |at: &usize| {
        !part(all, 0..*at).iter().any(|byte| matches!(byte, b'/' | b'?' | b'#'))
            || is_escaped_login(part(all, 0..*at))
    };
    let Some(at) = memchr::memrchr_iter(b'@', all).find(host) else {
        // No other URL inside of these bytes has a login either.
        scan.url_clear = start + length;
        return;
    };
    scan.url_end = start + at + 1;
    let login = part(all, 0..at);
    let Some(split) = memchr::memchr(b':', login) else {
        // A token in place of the name.
        if login.len() >= 20
            && crate::checksum::entropy(login) > 3.5
            && login.iter().any(u8::is_ascii_digit)
        {
            scan.find(Entity::UrlCredentials, start, start + at, Proof::Shape);
        }
        return;
    };
    let password = from(login, split + 1);
    if !password.is_empty() && !is_placeholder(password) {
        scan.find(Entity::UrlCredentials, start + split + 1, start + at, Proof::Shape);
        scan.value_end = scan.value_end.max(start + at);
    }
}

/// Whether an `@` stands where a login may end. Each byte is asked once, however many URLs there are.
fn has_at_sign(scan: &mut Scan<'_>, start: usize) -> bool {
    let from = scan.at_clear.max(start);
    let until = start + LOGIN;
    let found = memchr::memchr(b'@', part(scan.text, from..until));
    scan.at_clear = found.map_or(until, |at| from + at);
    scan.at_clear < until
}

/// A password may hold a slash that should have been escaped: `name:pa/ss@host`.
fn is_escaped_login(login: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', login) else { return false };
    let name = part(login, 0..colon);
    let port = from(login, colon + 1).iter().take_while(|byte| byte.is_ascii_digit()).count();
    let after = byte(login, colon + 1 + port);
    let is_host = port > 0 && matches!(after, b'/' | b'?' | b'#');
    !is_host && !name.iter().any(|byte| matches!(byte, b'/' | b'.'))
}
