//! Wallets: their addresses and keys, by their checksums.

use crate::{
    bytes::{at as byte, before, part},
    checksum::{base58check, bech32, eip55},
    context::Hints,
    engine::{Proof, Scan},
    entity::Entity,
};

/// Looks at the token `start..end` as a wallet's address or key.
pub(super) fn wallet(scan: &mut Scan<'_>, start: usize, end: usize) {
    let token = part(scan.text, start..end);
    let Some(first) = token.first() else { return };
    let is_joined = matches!(before(scan.text, start, 1), b'/' | b'.' | b'+')
        && matches!(byte(scan.text, end), b'/' | b'+' | b'=');
    if is_joined || memchr::memchr(b'_', token).is_some() {
        return;
    }
    match (first, token.len()) {
        (b'b' | b'l' | b't' | b'a', 42..=110) if is_segwit(token) => {
            scan.find(Entity::CryptoAddress, start, end, Proof::Checksum);
        }
        (b'0', 42) => ethereum(scan, start, end),
        (b'5' | b'K' | b'L', 51 | 52) if is_key(token) => {
            scan.find(Entity::CryptoPrivateKey, start, end, Proof::Checksum);
        }
        (b'x' | b'y' | b'z' | b't', 107..=112) if token.get(1..4) == Some(b"prv") => {
            scan.find(Entity::CryptoPrivateKey, start, end, Proof::Prefix);
        }
        (b'4' | b'8', 95) if is_base58(token) => {
            scan.find(Entity::CryptoAddress, start, end, Proof::Shape);
        }
        (b'1' | b'3' | b'L' | b'M' | b'D' | b'A' | b'9' | b'T' | b'r', 25..=35)
            if is_mixed(token) && is_address(token) =>
        {
            scan.find(Entity::CryptoAddress, start, end, Proof::Checksum);
        }
        (_, 32..=44) if is_base58(token) && is_mixed(token) => {
            scan.find_with(Entity::CryptoAddress, (start, end), Proof::Shape, Hints::CRYPTO);
        }
        _ => {}
    }
}

fn is_segwit(token: &[u8]) -> bool {
    let known: [&[u8]; 4] = [b"bc1", b"ltc1", b"tb1", b"addr1"];
    known.iter().any(|prefix| token.starts_with(prefix)) && bech32(token)
}

/// Forty hex digits behind `0x`: in both cases they carry a checksum, in one they need a word.
fn ethereum(scan: &mut Scan<'_>, start: usize, end: usize) {
    let hex = part(scan.text, start + 2..end);
    if byte(scan.text, start + 1) != b'x' || !hex.iter().all(u8::is_ascii_hexdigit) {
        return;
    }
    let mixed = hex.iter().any(u8::is_ascii_lowercase) && hex.iter().any(u8::is_ascii_uppercase);
    if mixed && eip55(hex) {
        scan.find(Entity::CryptoAddress, start, end, Proof::Checksum);
    } else {
        scan.find_with(Entity::CryptoAddress, (start, end), Proof::Shape, Hints::CRYPTO);
    }
}

fn is_key(token: &[u8]) -> bool {
    matches!(base58check(token), Some((0x80, 33 | 34)))
}

/// A version byte that belongs to the coin whose letter the address begins with, and a hash.
fn is_address(token: &[u8]) -> bool {
    matches!(
        (token.first(), base58check(token)),
        (Some(b'1' | b'r'), Some((0, 21)))
            | (Some(b'3'), Some((5, 21)))
            | (Some(b'L'), Some((48, 21)))
            | (Some(b'M'), Some((50, 21)))
            | (Some(b'D' | b'A' | b'9'), Some((30 | 22, 21)))
            | (Some(b'T'), Some((65, 21)))
    )
}

fn is_base58(token: &[u8]) -> bool {
    token.iter().all(|byte| byte.is_ascii_alphanumeric() && !b"0OIl".contains(byte))
}

fn is_mixed(token: &[u8]) -> bool {
    token.iter().any(u8::is_ascii_lowercase)
        && token.iter().any(u8::is_ascii_uppercase)
        && token.iter().any(u8::is_ascii_digit)
}
