//! Secrets that begin with letters of their own.
//!
//! The first three letters of a token ask a bitmap; what passes is compared with the prefixes of that
//! start, and then with the pieces that follow. A piece is a class and a length, so that the work is
//! bounded by the length of the secret.

use std::sync::LazyLock;

use super::families;
use crate::{
    bytes::{at as byte, from, is_token, is_word, part, run},
    checksum::crc32_base62,
    context::Hints,
    engine::{Proof, Scan},
    entity::Entity,
};

/// A secret with a prefix.
#[derive(Debug)]
pub(crate) struct Secret {
    pub entity: Entity,
    pub prefix: &'static str,
    pub pieces: &'static [Piece],
    pub check: Check,
}

/// What follows a prefix.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece {
    /// Letters and digits.
    Word(usize, usize),
    /// Letters, digits, `-` and `_`: URL-safe base64.
    Url(usize, usize),
    /// Letters, digits, `+`, `/` and `=`.
    Base64(usize, usize),
    /// Hex digits in either case.
    Hex(usize, usize),
    /// Digits.
    Digits(usize, usize),
    /// Capital letters and digits.
    Upper(usize, usize),
    /// Small letters and digits.
    Lower(usize, usize),
    /// Letters, digits and any of `_~.-`.
    Loose(usize, usize),
    /// These very letters.
    Text(&'static str),
}

/// What else must hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// There is no more to check.
    None,
    /// The last six letters are the CRC-32 of those after the prefix.
    Crc,
    /// The eight hex digits at the end are the CRC-32 of what stands before them and the `=`.
    CrcHex,
    /// One of these words must stand near.
    Near(Hints),
}

impl Piece {
    fn class(self) -> (fn(u8) -> bool, usize, usize) {
        match self {
            Self::Word(least, most) => (|b| b.is_ascii_alphanumeric(), least, most),
            Self::Url(least, most) => (is_token, least, most),
            Self::Base64(least, most) => {
                (|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='), least, most)
            }
            Self::Hex(least, most) => (|b| b.is_ascii_hexdigit(), least, most),
            Self::Digits(least, most) => (|b| b.is_ascii_digit(), least, most),
            Self::Upper(least, most) => {
                (|b| b.is_ascii_uppercase() || b.is_ascii_digit(), least, most)
            }
            Self::Lower(least, most) => {
                (|b| b.is_ascii_lowercase() || b.is_ascii_digit(), least, most)
            }
            Self::Loose(least, most) => {
                (|b| is_word(b) || matches!(b, b'~' | b'.' | b'-'), least, most)
            }
            Self::Text(_) => (|_| false, 0, 0),
        }
    }
}

struct Index {
    /// One bit for each hash of three letters.
    bits: Vec<u64>,
    /// The secrets by the first letter of their prefix.
    secrets: Vec<Vec<&'static Secret>>,
}

const BITS: usize = 1 << 14;

fn hash(a: u8, b: u8, c: u8) -> usize {
    let letters = u32::from(a) | u32::from(b) << 8 | u32::from(c) << 16;
    (letters.wrapping_mul(0x9E37_79B1) >> 18) as usize % BITS
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut secrets: Vec<Vec<&Secret>> = vec![Vec::new(); 256];
    let mut bits = vec![0u64; BITS / 64];
    let mut set = |bit: usize| {
        if let Some(word) = bits.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
    };
    for secret in families::all() {
        let first = secret.prefix.bytes().next().unwrap_or_default();
        if let Some(secrets) = secrets.get_mut(usize::from(first)) {
            secrets.push(secret);
        }
        match secret.prefix.as_bytes() {
            [a, b, c, ..] => set(hash(*a, *b, *c)),
            // After a prefix of two letters anything may stand.
            [a, b] => (0..=u8::MAX).for_each(|c| set(hash(*a, *b, c))),
            _ => {}
        }
    }
    Index { bits, secrets }
});

/// Whether a prefix may begin at `at`; wrong only in saying yes.
#[inline]
pub(super) fn may_begin(text: &[u8], at: usize) -> bool {
    let bit = hash(byte(text, at), byte(text, at + 1), byte(text, at + 2));
    INDEX.bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

/// The secrets whose first letter `text` begins with.
pub(super) fn beginning(text: &[u8]) -> impl Iterator<Item = &'static Secret> {
    let first = text.first().and_then(|first| INDEX.secrets.get(usize::from(*first)));
    first.into_iter().flatten().copied()
}

/// Notes the secret that begins at `start`, in a token that ends at `end`.
pub(super) fn at(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    if !may_begin(scan.text, start) {
        return false;
    }
    let rest = super::rest(scan.text, start);
    for secret in beginning(rest).filter(|secret| rest.starts_with(secret.prefix.as_bytes())) {
        let Some(length) = matches(secret, rest, scan.is_at_end(start + rest.len())) else {
            continue;
        };
        if is_placeholder(part(rest, secret.prefix.len()..length)) {
            continue;
        }
        let span = (start, start + length);
        let found = match secret.check {
            Check::Near(hints) => scan.find_with(secret.entity, span, Proof::Prefix, hints),
            _ => {
                let is_sound = sound(secret, rest, length);
                let proof = if is_sound { Proof::Checksum } else { Proof::Prefix };
                scan.find(secret.entity, span.0, span.1, proof);
                true
            }
        };
        if found {
            scan.token_end = scan.token_end.max(end).max(span.1);
            return true;
        }
    }
    false
}

/// How long the secret is, if its pieces follow the prefix.
///
/// A text that was cut, so that the secret reaches its end, needs only six tenths of it.
fn matches(secret: &Secret, rest: &[u8], cut: bool) -> Option<usize> {
    let mut at = secret.prefix.len();
    let mut last_is_open = false;
    for (index, piece) in secret.pieces.iter().enumerate() {
        if let Piece::Text(text) = piece {
            if from(rest, at).starts_with(text.as_bytes()) {
                at += text.len();
                continue;
            }
            return None;
        }
        let (class, least, most) = piece.class();
        let length = run(rest, at, most, class);
        if length < least {
            let ends = cut && at + length >= rest.len() && index + 1 >= secret.pieces.len().min(1);
            return (ends && length >= 12 && length * 10 >= least * 6).then_some(at + length);
        }
        at += length;
        last_is_open = length == most && class(byte(rest, at)) && at < rest.len();
    }
    let next = byte(rest, at);
    let goes_on = at < rest.len() && (is_word(next) || last_is_open);
    if goes_on {
        return None;
    }
    Some(at)
}

/// Whether the secret's own checksum holds. One that does not is a secret all the same: tokens are made
/// up, mistyped and of newer kinds, and no clean text looks like them.
fn sound(secret: &Secret, rest: &[u8], end: usize) -> bool {
    match secret.check {
        Check::None | Check::Near(_) => false,
        Check::Crc => {
            let body = part(rest, secret.prefix.len()..end);
            body.split_last_chunk::<6>().is_some_and(|(body, check)| {
                crc32_base62(body, check) || crc32_base62(part(rest, 0..end - 6), check)
            })
        }
        Check::CrcHex => {
            let check = part(rest, end.saturating_sub(8)..end);
            let check =
                std::str::from_utf8(check).ok().and_then(|hex| u32::from_str_radix(hex, 16).ok());
            let body = part(rest, 0..end.saturating_sub(9));
            check == Some(crate::checksum::crc32(body))
                || check == Some(crate::checksum::crc32(from(body, secret.prefix.len())))
        }
    }
}

/// What stands for a secret in documents: `xxxx`, `EXAMPLE`, `your-api-key`.
pub(crate) fn is_placeholder(body: &[u8]) -> bool {
    let same = body.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
    let lower: Vec<u8> = part(body, 0..64).iter().map(u8::to_ascii_lowercase).collect();
    let words: [&[u8]; 8] = [
        b"example",
        b"your",
        b"xxxx",
        b"placeholder",
        b"redacted",
        b"insert",
        b"changeme",
        b"0000000000",
    ];
    same || words.iter().any(|word| crate::bytes::find(&lower, word).is_some())
}
