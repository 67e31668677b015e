//! Short numbers that only the words before them tell: security codes, expiry dates, PINs.

use crate::{
    bytes::{at as byte, from, run},
    context::{self, Hints},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// Looks at the digits that begin at `start`, after a space.
pub(crate) fn short(scan: &mut Scan<'_>, start: usize) {
    if start < scan.blob_end {
        return;
    }
    let digits = run(scan.text, start, 13, |byte| byte.is_ascii_digit());
    if digits > 12 {
        return;
    }
    if scan.engine.is_on(Entity::Address)
        && (crate::names::german(scan, start) || crate::names::postal(scan, start))
    {
        return;
    }
    let until = word_end(scan.text, start);
    let last = crate::bytes::part(scan.text, until.saturating_sub(24)..until);
    if matches!(last.last(), Some(b']')) {
        return;
    }
    let last = crate::bytes::behind_escape(last);
    if !context::may_end(last) || !context::may_tell(last) {
        return;
    }
    let hints = context::of_key(last);
    value(scan, hints, start);
}

/// Where the word before `start` ends, a colon, an `is` or a `#` left out.
fn word_end(text: &[u8], start: usize) -> usize {
    let mut end = start;
    for _ in 0..4 {
        let last = crate::bytes::before(text, end, 1);
        if !matches!(last, b' ' | b':' | b'#' | b'=' | b'"' | b'\\') || end == 0 {
            break;
        }
        end -= 1;
    }
    // `my pin is`, `update my pin to`, `the pin on file is`
    let links: &[&[u8]] = &[
        b" is",
        b" to",
        b" was",
        b" of",
        b" on file is",
        b" ist",
        b" est",
        b" es",
        " è".as_bytes(),
        " é".as_bytes(),
        b" am",
        b" on",
        b" le",
        b" il",
        b" em",
        b" the",
        b" el",
    ];
    let head = crate::bytes::part(text, end.saturating_sub(12)..end);
    // All begin with a space and have two or three bytes behind the last one.
    let may = matches!(
        head,
        [.., b' ', _, b's' | b'o' | b'f' | b't' | b'm' | b'l' | b'n' | b'e' | 0x80..]
            | [.., b' ', _, _, b's' | b't' | b'e']
    );
    if !may {
        return end;
    }
    // All of them are, or end in, a word of one to three bytes.
    if !matches!(head, [.., b' ', _, _] | [.., b' ', _, _, _]) {
        return end;
    }
    let link = links.iter().filter(|link| head.ends_with(link)).map(|link| link.len()).max();
    end - link.unwrap_or(0)
}

/// The hints by which [`value`] finds anything.
pub(crate) const SAID: Hints =
    Hints::CVV.or(Hints::PIN).or(Hints::EXPIRY).or(Hints::DOB).or(Hints::AGE);

/// Notes the digits at `start` if `hints` say what they are.
pub(crate) fn value(scan: &mut Scan<'_>, hints: Hints, start: usize) -> bool {
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
