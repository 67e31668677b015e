//! Short numbers that only the words before them tell: security codes, expiry dates, PINs.

use crate::{
    bytes::{at as byte, before, from, run, three_before},
    context::{self, Hints},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// Looks at the digits that begin at `start`, after a space.
#[inline]
pub(crate) fn short(scan: &mut Scan<'_>, start: usize) {
    let (_, digits) = super::digits_at(scan.text, start);
    let [a, b, _] = three_before(scan.text, start);
    // Behind a number: no word that is said before short ones ends in two digits.
    if a.is_ascii_digit()
        && b.is_ascii_digit()
        && !crate::names::may_precede(scan.text, start + digits)
        && before(scan.text, start, 4) != b'\\'
        && before(scan.text, start, 5) != b'\\'
    {
        return;
    }
    let may_be_address = crate::names::may_be_house(scan.text, (start, start + digits))
        || crate::names::may_be_box(scan.text, start);
    let until = word_end(scan.text, start);
    let may_be_said = may_be_said(scan.text, until);
    // Nearly no number of a sentence.
    if (may_be_address || may_be_said) && start >= scan.blob_end {
        closely(scan, start, may_be_address, may_be_said.then_some(until));
    }
}

/// Looks at digits that may be an address or said by the word that ends at `word`.
#[inline(never)]
fn closely(scan: &mut Scan<'_>, start: usize, may_be_address: bool, word: Option<usize>) {
    let digits = run(scan.text, start, 13, |byte| byte.is_ascii_digit());
    if digits > 12 {
        return;
    }
    if may_be_address
        && scan.engine.is_on(Entity::Address)
        && (crate::names::german(scan, start) || crate::names::postal(scan, start))
    {
        return;
    }
    let Some(until) = word else { return };
    let last = crate::bytes::part(scan.text, until.saturating_sub(KEY)..until);
    if matches!(last.last(), Some(b']')) {
        return;
    }
    let last = crate::bytes::behind_escape(last);
    if !context::may_end(last) || !context::may_tell(last) {
        return;
    }
    let hints = context::of_key(last);
    value(scan, hints, start, None);
}

/// How much of what stands before a number is read.
const KEY: usize = 24;

/// Whether the word that ends at `until` may tell, by its last letters; wrong only in saying yes.
#[inline]
fn may_be_said(text: &[u8], until: usize) -> bool {
    let [a, b, c] = three_before(text, until);
    // Of what stands behind an escape there may be fewer than three letters.
    context::may_end_in(c, b, a)
        || [a, b, c, before(text, until, 4)].iter().fold(false, |any, byte| any | (*byte == b'\\'))
}

/// Where the word before `start` ends, a colon, an `is` or a `#` left out.
#[inline]
fn word_end(text: &[u8], start: usize) -> usize {
    let mut end = start;
    for _ in 0..4 {
        let last = before(text, end, 1);
        if !matches!(last, b' ' | b':' | b'#' | b'=' | b'"' | b'\\') || end == 0 {
            break;
        }
        end -= 1;
    }
    end - link(crate::bytes::part(text, 0..end))
}

/// How long the word is that links the number's name with the number, with the space before it: `my pin is`,
/// `update my pin to`, `the pin on file is`.
#[inline]
pub(super) fn link(head: &[u8]) -> usize {
    match head {
        [.., b' ', b'i', b's'] if head.ends_with(b" on file is") => b" on file is".len(),
        [.., b' ', a, b] => match (a, b) {
            (b'i', b's' | b'l') | (b't', b'o') | (b'o', b'f' | b'n') => 3,
            (b'e', b's' | b'm' | b'l') | (b'a', b'm') | (b'l', b'e') => 3,
            // `è`, `é`
            (0xC3, 0xA8 | 0xA9) => 3,
            _ => 0,
        },
        [.., b' ', b'w', b'a', b's']
        | [.., b' ', b'i' | b'e', b's', b't']
        | [.., b' ', b't', b'h', b'e'] => 4,
        _ => 0,
    }
}

/// The hints by which [`value`] finds anything.
pub(crate) const SAID: Hints =
    Hints::CVV.or(Hints::PIN).or(Hints::EXPIRY).or(Hints::DOB).or(Hints::AGE);

/// Notes the digits at `start` if `hints` say what they are, and the whole value, if there is one, is no placeholder.
pub(crate) fn value(
    scan: &mut Scan<'_>,
    hints: Hints,
    start: usize,
    whole_value: Option<&[u8]>,
) -> bool {
    let text = scan.text;
    let length = run(text, start, 13, |byte| byte.is_ascii_digit());
    let whole = !crate::bytes::is_word(byte(text, start + length));
    let found = if hints.has(Hints::CVV) && matches!(length, 3 | 4) && whole {
        Some((Entity::Cvv, length))
    } else if hints.has(Hints::PIN) && (4..=8).contains(&length) && whole {
        Some((Entity::Pin, length))
    } else if hints.has(Hints::EXPIRY) {
        expiry(from(text, start)).map(|length| (Entity::CardExpiry, length))
    } else if hints.has(Hints::DOB) {
        date(from(text, start)).map(|length| (Entity::DateOfBirth, length))
    } else if hints.has(Hints::AGE) && length <= 3 && length > 0 && whole {
        Some((Entity::Age, length))
    } else {
        None
    };
    let Some((entity, length)) = found else { return false };
    if whole_value.is_some_and(crate::punct::is_placeholder) {
        return false;
    }
    scan.note(entity, (start, start + length), Tier::B, Proof::Words, None);
    true
}

/// The length of `MM/YY`, `MM/YYYY` or `MM-YY`.
fn expiry(text: &[u8]) -> Option<usize> {
    let month = number(text, 0, 2)?;
    let slash = byte(text, 2);
    if !(1..=12).contains(&month) || !matches!(slash, b'/' | b'-') {
        return None;
    }
    let digits = run(text, 3, 5, |byte| byte.is_ascii_digit());
    let year = number(text, 3, digits)?;
    let fits =
        (digits == 2 && (15..60).contains(&year)) || (digits == 4 && (2015..2060).contains(&year));
    (fits && !matches!(byte(text, 3 + digits), b'/' | b'-')).then_some(3 + digits)
}

/// The length of a date in numbers: `1980-02-29`, `29.02.1980`, `2/29/1980`, `19800229`.
pub(crate) fn date(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut parts = [(0, 0); 3];
    for (index, part) in parts.iter_mut().enumerate() {
        let digits = run(text, at, 9, |byte| byte.is_ascii_digit());
        *part = (digits, number(text, at, digits)?);
        at += digits;
        if index == 0 && digits == 8 {
            return Some(8);
        }
        if index < 2 {
            if !matches!(byte(text, at), b'-' | b'/' | b'.' | b' ') {
                return None;
            }
            at += 1;
        }
    }
    let [(first, a), (_, b), (last, c)] = parts;
    let fits = match (first, last) {
        (4, 1 | 2) => (1900..2100).contains(&a) && b <= 12 && c <= 31,
        (1 | 2, 4) => a <= 31 && b <= 31 && (1900..2100).contains(&c),
        (1 | 2, 2) => a <= 31 && b <= 31 && c < 100,
        _ => false,
    };
    (fits && !byte(text, at).is_ascii_digit()).then_some(at)
}

fn number(text: &[u8], start: usize, digits: usize) -> Option<u32> {
    let text = text.get(start..start + digits)?;
    if text.is_empty() || digits > 8 {
        return None;
    }
    text.iter().try_fold(0u32, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'))
    })
}
