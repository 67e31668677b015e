//! IPv4 addresses.

use super::Groups;
use crate::{
    bytes::{at as byte, before, from, is_word, part},
    engine::{Proof, Scan},
    entity::Entity,
};

/// Notes an IPv4 address; whether the groups were four octets, even if none was noted.
pub(super) fn v4(scan: &mut Scan<'_>, groups: &Groups) -> bool {
    let Some(four) = groups.first(4) else { return false };
    if four.separator != super::Separator::Dot {
        return false;
    }
    let octets = part(scan.text, four.start..four.end);
    let Some(octets) = parse(octets) else { return false };
    let (next, after) = (byte(scan.text, four.end), byte(scan.text, four.end + 1));
    let goes_on =
        is_word(next) || (next == b'.' && is_word(after)) || (next == b'-' && is_word(after));
    let last = before(scan.text, four.start, 1);
    let is_version = matches!(last, b'v' | b'V' | b'/' | b'~' | b'^')
        && !part(scan.text, four.start.saturating_sub(3)..four.start).ends_with(b"//");
    scan.number_end = four.end;
    if goes_on || is_version || is_unspecific(octets) || follows_version(scan.text, four.start) {
        return true;
    }
    if scan.engine.policy.ignore_local_addresses && is_local(octets) {
        return true;
    }
    scan.find(Entity::IpAddress, four.start, four.end, Proof::Shape);
    true
}

/// Four numbers up to 255 without leading zeros.
fn parse(text: &[u8]) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let mut parts = text.split(|byte| *byte == b'.');
    for octet in &mut octets {
        let digits = parts.next()?;
        if digits.len() > 3 || (digits.len() > 1 && digits.first() == Some(&b'0')) {
            return None;
        }
        let value = digits.iter().fold(0u32, |sum, byte| sum * 10 + u32::from(byte - b'0'));
        *octet = u8::try_from(value).ok()?;
    }
    Some(octets)
}

/// Addresses that name no machine: `0.0.0.0`, masks, and four small numbers, which are versions.
fn is_unspecific(octets: [u8; 4]) -> bool {
    let [a, b, c, d] = octets;
    a == 0
        || octets == [255; 4]
        || (a == 255 && b == 255)
        || (a < 10 && a != 8 && a != 1 && a != 9 && a != 4 && b < 20 && c < 20 && d < 20)
}

fn is_local(octets: [u8; 4]) -> bool {
    let ip = std::net::Ipv4Addr::from(octets);
    ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation()
}

/// `version 1.2.3.4`, `Chrome/120.0.0.0`.
fn follows_version(text: &[u8], start: usize) -> bool {
    let words = part(text, start.saturating_sub(12)..start);
    let lower: Vec<u8> = words.iter().map(u8::to_ascii_lowercase).collect();
    let holds = |word: &[u8]| crate::bytes::find(&lower, word).is_some();
    holds(b"version")
        || holds(b"firmware")
        || holds(b"driver")
        || holds(b"ver ")
        || holds(b"build")
        || holds(b"release")
}

/// Where the IPv6 address around the colon at `colon` starts and ends.
pub(crate) fn v6(text: &[u8], colon: usize) -> Option<(usize, usize)> {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
    let start = colon - crate::bytes::run_back(text, colon, 40, is_part);
    // `Ip:260a:6ac6:…`
    let is_key = byte(text, start) == b':' && byte(text, start + 1) != b':';
    let start = start + usize::from(is_key && start < colon);
    // `std::fmt`
    if is_word(before(text, start, 1)) || before(text, start, 1) == b'.' {
        return None;
    }
    let mut end = colon + crate::bytes::run(text, colon, 46, |byte| is_part(byte) || byte == b'.');
    while end > colon && matches!(byte(text, end - 1), b'.') {
        end -= 1;
    }
    if end > start + 3 && byte(text, end - 1) == b':' && byte(text, end - 2) != b':' {
        end -= 1;
    }
    let joined = is_word(byte(text, end));
    let bytes = part(text, start..end);
    let is_full = bytes.iter().filter(|byte| **byte == b':').count() == 7;
    if !is_full && memchr::memmem::find(bytes, b"::").is_none() {
        return None;
    }
    let address = std::str::from_utf8(bytes).ok()?;
    let digits = address.bytes().filter(u8::is_ascii_hexdigit).count();
    let groups = address.bytes().filter(|byte| *byte == b':').count();
    // `a::b` is C++, `::` is nothing.
    if joined || digits < 4 || groups < 2 || (groups < 4 && !has_numbers(address)) {
        return None;
    }
    let parsed: std::net::Ipv6Addr = address.parse().ok()?;
    if parsed.is_unspecified() {
        return None;
    }
    // A zone or the length of a prefix belongs to it.
    if byte(text, end) == b'%' {
        let zone = from(text, end + 1);
        let length = zone.iter().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let is_zone =
            zone.starts_with(b"eth") || zone.starts_with(b"en") || zone.starts_with(b"wl");
        end += if is_zone { length + 1 } else { 0 };
    }
    Some((start, end))
}

fn has_numbers(address: &str) -> bool {
    address.bytes().any(|byte| byte.is_ascii_digit())
}
