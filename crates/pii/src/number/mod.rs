//! Groups of digits: cards, accounts, phones, national numbers, IP addresses.
//!
//! From where a run of digits begins, up to eight groups are read; each prefix of them is a candidate
//! with a *shape* (how long the groups are) and a separator. Rows of a table say which shapes and check
//! digits make which type.

mod card;
mod cluster;
mod ip;
mod lists;
mod nouns;
mod phone;
mod rows;
mod short;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use self::{
    cluster::Cluster,
    ip::v6,
    nouns::trades,
    rows::Row,
    short::{SAID, short, value},
    time::is_time,
};
use crate::{
    bytes::{at as byte, before, ends_colour, ends_value, starts_value},
    context::Hints,
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// Groups read at most from one place on.
const GROUPS: usize = 8;
/// Digits that a candidate has at least.
const SHORTEST: usize = 6;
/// Digits that a candidate has at most.
const DIGITS: usize = 20;

/// What stands between groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    /// There is one group.
    None,
    Space,
    Dash,
    Dot,
    Slash,
    /// Several kinds, or brackets.
    Mixed,
}

/// Groups of digits from one place on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Groups {
    digits: [u8; STORED],
    /// What the first groups are together, up to each.
    firsts: [First; GROUPS],
    count: usize,
    pub start: usize,
}

/// The first groups of a run, without their digits; small, for it is made for each group.
#[derive(Clone, Copy, Debug)]
struct First {
    /// Four bits for each of at most eight groups.
    shape: u32,
    /// How far from the start of the run they end.
    length: u8,
    digits: u8,
    separator: Separator,
}

const NONE: First = First { shape: 0, length: 0, digits: 0, separator: Separator::None };

/// The first groups of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub digits: &'a [u8],
    /// The lengths of the groups, one hex digit each.
    pub shape: u64,
    pub separator: Separator,
    pub start: usize,
    pub end: usize,
}

impl Groups {
    /// The candidate of the first `count` groups.
    fn first(&self, count: usize) -> Option<Candidate<'_>> {
        let last = count.checked_sub(1).filter(|_| count <= self.count)?;
        let first = self.firsts.get(last)?;
        Some(Candidate {
            digits: self.digits.get(..usize::from(first.digits))?,
            shape: u64::from(first.shape),
            separator: first.separator,
            start: self.start,
            end: self.start + usize::from(first.length),
        })
    }
}

/// Bytes read together.
const WORD: usize = 8;
/// Digits that have a place: those of a candidate, and some more, for they are copied together.
const STORED: usize = 32;

/// The values of the digits from `at` on, at most eight, and how many there are.
#[inline]
fn digits_at(text: &[u8], at: usize) -> ([u8; WORD], usize) {
    const ALL: u64 = u64::MAX / 255;
    const ZEROS: u64 = ALL * b'0' as u64;
    const HIGH: u64 = ALL * 0x80;
    const NINES: u64 = ALL * (0x7F - 9);
    let rest = crate::bytes::from(text, at);
    let bytes = rest.first_chunk::<WORD>().copied().unwrap_or_else(|| {
        let mut bytes = [0; WORD];
        bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        bytes
    });
    // Digits become 0 to 9, and all others more.
    let values = u64::from_le_bytes(bytes) ^ ZEROS;
    let is_more = (((values & !HIGH) + NINES) | values) & HIGH;
    (values.to_le_bytes(), is_more.trailing_zeros() as usize / 8)
}

/// The separator of one byte between digits and how long it is.
#[inline]
fn single(byte: u8) -> (Separator, usize) {
    let kind = match byte {
        b' ' | b'+' => Separator::Space,
        b'-' => Separator::Dash,
        b'.' => Separator::Dot,
        b'/' => Separator::Slash,
        b'(' | b')' => Separator::Mixed,
        _ => return (Separator::None, 0),
    };
    (kind, 1)
}

/// The separator at `at` and how long it is.
fn separator_at(text: &[u8], at: usize) -> (Separator, usize) {
    match (byte(text, at), byte(text, at + 1)) {
        (b')', b' ' | b'-' | b'.') | (b' ', b'(') | (b'-', b' ') | (b' ', b'-') => {
            let long = byte(text, at + 1) == b'-' && byte(text, at + 2) == b' ';
            (Separator::Mixed, if long { 3 } else { 2 })
        }
        (b')' | b'(', _) => (Separator::Mixed, 1),
        // Forms write a space as `+`.
        (b' ' | b'+', _) => (Separator::Space, 1),
        (b'-', _) => (Separator::Dash, 1),
        (b'.', _) => (Separator::Dot, 1),
        (b'/', _) => (Separator::Slash, 1),
        _ => (Separator::None, 0),
    }
}

/// Looks at the groups of digits that begin at `start`.
#[inline]
pub(crate) fn at(scan: &mut Scan<'_>, start: usize) {
    let last = before(scan.text, start, 1);
    // Inside of an identifier, unless the letter is that of an escape.
    if last.is_ascii_alphabetic()
        && last | 0x20 != b'b'
        && before(scan.text, start, 2) != b'\\'
        && !ends_colour(scan.text, start)
    {
        return;
    }
    groups_at(scan, start);
}

fn groups_at(scan: &mut Scan<'_>, start: usize) {
    if matches!(before(scan.text, start, 1), b'B' | b'b' | b';') && card::track(scan, start) {
        return;
    }
    if start < scan.number_end || start < scan.blob_end || !starts_value(scan.text, start) {
        return;
    }
    if is_list(scan.text, start) || is_alone(scan.text, start) {
        return;
    }
    let time = time::length(scan.text, start);
    if time > 0 && !matches!(before(scan.text, start, 1), b'+' | b'(') {
        scan.number_end = start + time;
        scan.time = (start, start + time);
        return;
    }
    closely(scan, start);
}

/// Looks at the groups that begin at `start`, which are no time.
fn closely(scan: &mut Scan<'_>, start: usize) {
    let cluster = scan.cluster.get_or_insert_with(Cluster::new);
    let groups = cluster.groups(scan.text, start);
    if groups.count == 0 {
        // Too long to be anything: nothing begins inside.
        scan.number_end = start + crate::bytes::run(scan.text, start, 4096, |b| b.is_ascii_digit());
        return;
    }
    if ip::v4(scan, &groups) || phone::international(scan, &groups) {
        return;
    }
    let last = groups.firsts.get(groups.count - 1).copied().unwrap_or(NONE);
    if usize::from(last.digits) < SHORTEST {
        return;
    }
    // Most stand beside no word, and then only what proves itself is anything.
    let said = scan.said_near(start, start + usize::from(last.length));
    for count in (1..=groups.count).rev() {
        let Some(first) = groups.firsts.get(count - 1) else { continue };
        let digits = usize::from(first.digits);
        if digits < SHORTEST {
            break;
        }
        // Groups of a digit or so each are a list.
        if digits * 2 < count * 3 {
            continue;
        }
        let rows = rows::fitting(first);
        let is_phone = phone::may_be(first, said);
        if !rows.are_sure && !said.has(rows.hints) && !is_phone && !proves_itself(first) {
            continue;
        }
        let Some(candidate) = groups.first(count) else { continue };
        let is_found = if ends_value(scan.text, candidate.end) {
            !is_inside(scan.text, &candidate)
                && (rows::find(scan, &candidate, rows, said)
                    || (is_phone && phone::national(scan, &candidate))
                    || (candidate.shape == 0x222
                        && crate::token::grouped(scan, candidate.start, candidate.end)))
        } else {
            is_phone
                && phone::has_tail(scan.text, candidate.end)
                && phone::national(scan, &candidate)
                || rows::with_letter(scan, &candidate)
        };
        if is_found {
            scan.number_end = candidate.end;
            return;
        }
    }
}

/// Whether a number of that form, of which no row is sure, may be found without a word beside it; wrong only in
/// saying yes.
fn proves_itself(first: &First) -> bool {
    // British numbers between letters, Chilean ones with a letter.
    matches!(first.shape, 0x222 | 0x133 | 0x233)
}

/// Whether two single digits stand there, as in `1 2 3`; nothing that is looked for begins so.
fn is_list(text: &[u8], start: usize) -> bool {
    matches!(byte(text, start + 1), b' ' | b'-' | b'/')
        && byte(text, start + 2).is_ascii_digit()
        && !byte(text, start + 3).is_ascii_digit()
}

/// Whether up to five digits stand there without others beside them: too few for anything.
fn is_alone(text: &[u8], start: usize) -> bool {
    let (_, digits) = digits_at(text, start);
    let end = start + digits;
    digits < SHORTEST && {
        let (_, length) = separator_at(text, end);
        length == 0 || !byte(text, end + length).is_ascii_digit()
    }
}

/// Whether the digits are part of a number with a fraction, an amount or an id.
fn is_inside(text: &[u8], candidate: &Candidate<'_>) -> bool {
    let last = before(text, candidate.start, 1);
    let joined = matches!(last, b'#' | b'$' | b'/' | b'~' | b'^' | b'*');
    let next = byte(text, candidate.end);
    // `/1234567890/`, `?id=1234567890` in paths; `0.1234567890` is kept out by `starts_value`.
    (joined && candidate.separator == Separator::None) || matches!(next, b'%' | b'^')
}

/// Notes `entity` for the candidate as `tier` says; whether it was found.
fn take(
    scan: &mut Scan<'_>,
    entity: Entity,
    candidate: &Candidate<'_>,
    tier: Tier,
    (proof, hints): (Proof, Hints),
) -> bool {
    if !scan.engine.is_on(entity) {
        return false;
    }
    let span = (candidate.start, candidate.end);
    match tier {
        Tier::A => {
            scan.find(entity, span.0, span.1, proof);
            true
        }
        _ => scan.find_with(entity, span, proof, hints),
    }
}
