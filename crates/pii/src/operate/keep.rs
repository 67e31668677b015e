//! Values of which a part stays.

use crate::{bytes::part, entity::Entity};

/// Characters below which nothing stays.
const SHORT: usize = 8;

pub(super) fn write(entity: Option<Entity>, value: &[u8], keep: (usize, usize), out: &mut Vec<u8>) {
    match entity {
        Some(Entity::EmailAddress) => email(value, out),
        Some(Entity::IpAddress) => address(value, out),
        _ => ends(value, keep, out),
    }
}

/// Letters and digits become `*`, but for the first and last ones; separators stay.
fn ends(value: &[u8], (first, last): (usize, usize), out: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(value);
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    // Of a short value, and of one of which little would be hidden, nothing stays.
    let shows = letters >= SHORT && (first + last) * 2 <= letters;
    let mut at = 0;
    for letter in text.chars() {
        let counts = letter.is_alphanumeric();
        let stays = shows && (at < first || at + last >= letters);
        let separates = !counts && matches!(letter, ' ' | '-' | '.' | '/');
        let shown = if separates || (counts && stays) { letter } else { '*' };
        out.extend(shown.encode_utf8(&mut [0; 4]).bytes());
        at += usize::from(counts);
    }
}

/// `j***@d***.com`.
fn email(value: &[u8], out: &mut Vec<u8>) {
    let at = memchr::memchr(b'@', value).unwrap_or(0);
    let dot = memchr::memrchr(b'.', value).filter(|dot| *dot > at).unwrap_or(value.len());
    let first = |from: usize| value.get(from).filter(|byte| byte.is_ascii_alphanumeric()).copied();
    out.extend(first(0));
    out.extend_from_slice(b"***@");
    out.extend(first(at + 1));
    out.extend_from_slice(b"***");
    out.extend_from_slice(part(value, dot..value.len()));
}

/// The network: the first three numbers of four, the first three groups of eight.
fn address(value: &[u8], out: &mut Vec<u8>) {
    let text = std::str::from_utf8(value).unwrap_or_default();
    let address = text.split(['%', '/']).next().unwrap_or_default();
    match address.parse() {
        Ok(std::net::IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            out.extend(std::net::Ipv4Addr::new(a, b, c, 0).to_string().bytes());
        }
        Ok(std::net::IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            out.extend(std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string().bytes());
        }
        Err(_) => out.extend_from_slice(b"[IP_ADDRESS]"),
    }
}
