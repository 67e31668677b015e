//! Base64: what is long is skipped, what is short is read.

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::{
    bytes::{from, part, run_back, run_long},
    context::Hints,
    engine::{Proof, Scan, View},
    entity::{Entity, Group, Tier},
    policy::Context,
};

/// The shortest base64 that is read.
const SHORTEST: usize = 20;
/// The longest.
const LONGEST: usize = 4096;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, CONFIG);

/// Without branches, so that many are asked at once.
#[inline]
fn is_base64(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    // `/` stands before the digits.
    let is_digit = byte.wrapping_sub(b'/') < 11;
    is_letter | is_digit | (byte == b'+') | (byte == b'=') | (byte == b'-') | (byte == b'_')
}

/// Looks at the base64 around the token `start..end`.
pub(super) fn at(scan: &mut Scan<'_>, start: usize, end: usize, blob: usize) {
    let until = end + run_long(scan.text, end, is_base64);
    if until - start >= blob {
        scan.skip(start, until);
    }
    let first = start
        - run_back(scan.text, start, 64, |byte| {
            matches!(byte, b'+' | b'/') || byte.is_ascii_alphanumeric()
        });
    let length = until - first;
    if !scan.engine.policy.decode_base64
        || scan.view == View::Decoded
        || !(SHORTEST..=LONGEST).contains(&length)
        || !begins_readable(part(scan.text, first..until))
    {
        return;
    }
    if let Some(text) = decode_all(part(scan.text, first..until))
        && is_secret(scan, &text)
    {
        scan.note(Entity::EncodedSecret, (first, until), Tier::A, Proof::Shape, None);
    }
}

/// Whether the first letters decode to what can be read; most tokens do not.
pub(super) fn begins_readable(text: &[u8]) -> bool {
    match text.first_chunk::<12>() {
        Some(first) if !first.contains(&b'=') => reads(first),
        _ => decode(part(text, 0..12)).is_some_and(|start| is_readable(&start)),
    }
}

/// The same for twelve letters without padding: each four stand for three bytes.
fn reads(text: &[u8; 12]) -> bool {
    let is_url = text.iter().fold(false, |any, byte| any | matches!(byte, b'-' | b'_'));
    let is_mixed = is_url && text.iter().any(|byte| matches!(byte, b'+' | b'/'));
    let letter = |byte: &u8| SIX.get(usize::from(*byte)).copied().unwrap_or(NOT);
    !is_mixed
        && text.chunks_exact(4).all(|four| {
            let all = four.iter().fold(0, |all, byte| all << 6 | u32::from(letter(byte)));
            let [_, bytes @ ..] = all.to_be_bytes();
            four.iter().all(|byte| letter(byte) != NOT) && is_readable(&bytes)
        })
}

/// What no letter of base64 stands for.
const NOT: u8 = 64;

/// The six bits of each letter of both alphabets.
static SIX: [u8; 256] = six();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
const fn six() -> [u8; 256] {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut six = [NOT; 256];
    let mut at = 0;
    while at < LETTERS.len() {
        six[LETTERS[at] as usize] = at as u8;
        at += 1;
    }
    six[b'-' as usize] = 62;
    six[b'_' as usize] = 63;
    six
}

/// How often what is decoded is decoded again where it is nothing but base64.
const DEPTH: usize = 3;

/// The text behind base64, of base64 too.
fn decode_all(text: &[u8]) -> Option<Vec<u8>> {
    let mut text = decode(text)?;
    for _ in 1..DEPTH {
        let inner = text.trim_ascii();
        if inner.len() < SHORTEST || !inner.iter().all(|byte| is_base64(*byte)) {
            break;
        }
        match decode(inner).filter(|inner| is_readable(inner)) {
            Some(decoded) => text = decoded,
            None => break,
        }
    }
    Some(text)
}

/// The text that base64 of either alphabet stands for.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let alphabet = if text.iter().any(|byte| matches!(byte, b'-' | b'_')) { URL } else { STANDARD };
    let text =
        part(text, 0..text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1));
    alphabet.decode(text).ok()
}

pub(crate) fn is_readable(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t') || *byte >= 0xC2)
}

/// Whether the decoded text holds what is private.
fn is_secret(scan: &Scan<'_>, text: &[u8]) -> bool {
    if !is_readable(text) {
        return false;
    }
    let mut found = Vec::new();
    let mut inner = Scan::new(scan.engine, text, Context::default(), Hints::NONE, &mut found);
    inner.view = View::Decoded;
    inner.run();
    let is_private = |group: Group| group <= Group::Contact;
    found.iter().any(|finding| finding.entity().is_none_or(|entity| is_private(entity.group())))
        || is_login(text)
}

/// `name:password`, as in an HTTP header.
pub(crate) fn is_login(text: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', text) else { return false };
    let name = part(text, 0..colon);
    let password = from(text, colon + 1);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-@+".contains(byte);
    let printable = |byte: &u8| byte.is_ascii_graphic();
    (2..=64).contains(&name.len())
        && name.iter().all(is_name)
        && (4..=128).contains(&password.len())
        && password.iter().all(printable)
        && !password.starts_with(b"//")
}
