//! Addresses of network interfaces.

use crate::{
    bytes::{at as byte, before, is_token, is_word, part},
    engine::{Proof, Scan},
    entity::Entity,
};

/// Six pairs of hex digits, all with the same separator, that name one interface.
fn is_mac(text: &[u8], separator: u8) -> bool {
    if text.len() != 17 || text.get(5) != Some(&separator) || text.get(14) != Some(&separator) {
        return false;
    }
    let pairs: Vec<&[u8]> = text.split(|byte| *byte == separator).collect();
    let hex = |pair: &&[u8]| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
    let all = |letters: &[u8]| text.iter().all(|byte| *byte == separator || letters.contains(byte));
    pairs.len() == 6 && pairs.iter().all(hex) && !all(b"0") && !all(b"fF")
}

/// `00-1A-2B-3C-4D-5E` as one token.
pub(super) fn dashed(scan: &mut Scan<'_>, start: usize, end: usize) {
    if is_mac(part(scan.text, start..end), b'-') {
        scan.find(Entity::MacAddress, start, end, Proof::Shape);
    }
}

/// `001a.2b3c.4d5e`, of which the first group begins at `start`.
pub(super) fn dotted(scan: &mut Scan<'_>, start: usize) {
    if byte(scan.text, start + 4) != b'.' {
        return;
    }
    let text = part(scan.text, start..start + 14);
    let group = |group: &[u8]| group.len() == 4 && group.iter().all(u8::is_ascii_hexdigit);
    let count = text.split(|byte| *byte == b'.').filter(|part| group(part)).count();
    // `.1FA2.001C.0002` is a weight of a collation.
    let joined = before(scan.text, start, 1) == b'.' || byte(scan.text, start + 14) == b'.';
    if text.len() == 14 && count == 3 && !joined && !is_token(byte(scan.text, start + 14)) {
        scan.find(Entity::MacAddress, start, start + 14, Proof::Shape);
    }
}

/// `00:1a:2b:3c:4d:5e`, with its first colon at `colon`.
pub(crate) fn colons(scan: &mut Scan<'_>, colon: usize) -> bool {
    let text = scan.text;
    let Some(start) = colon.checked_sub(2) else { return false };
    let end = start + 17;
    let joined = is_word(before(text, start, 1))
        || (before(text, start, 1) == b':' && !crate::punct::is_behind_key(text, start))
        || is_word(byte(text, end))
        || byte(text, end) == b':';
    if joined || end > text.len() || !is_mac(part(text, start..end), b':') {
        return false;
    }
    scan.find(Entity::MacAddress, start, end, Proof::Shape);
    true
}
