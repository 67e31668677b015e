//! Phone numbers: with a country code, in the North American form, and national forms beside a word.

use super::{Candidate, First, Groups, Separator, nouns, take};
use crate::{
    bytes::{at as byte, before, ends_value, is_word},
    checksum::{digit, number, uniform},
    context::{self, Hints, Near},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// Country codes and how many digits may follow: least and most.
#[rustfmt::skip]
const COUNTRIES: &[(u32, usize, usize)] = &[
    (1, 10, 10), (7, 10, 10), (20, 8, 10), (27, 9, 9), (30, 10, 10), (31, 9, 9), (32, 8, 9), (33, 9, 9), (34, 9, 9),
    (36, 8, 9), (39, 6, 11), (40, 9, 9), (41, 9, 9), (43, 7, 13), (44, 9, 10), (45, 8, 8), (46, 7, 10), (47, 8, 8),
    (48, 9, 9), (49, 6, 13), (51, 8, 9), (52, 10, 11), (53, 8, 8), (54, 10, 11), (55, 10, 11), (56, 9, 9),
    (57, 8, 10), (58, 10, 10), (60, 8, 10), (61, 9, 9), (62, 8, 12), (63, 8, 10), (64, 8, 10), (65, 8, 8),
    (66, 8, 9), (81, 9, 10), (82, 8, 11), (84, 9, 10), (86, 10, 11), (90, 10, 10), (91, 10, 10), (92, 9, 10),
    (93, 9, 9), (94, 9, 9), (95, 8, 10), (98, 10, 10), (211, 9, 9), (212, 9, 9), (213, 8, 9), (216, 8, 8),
    (218, 9, 9), (220, 7, 9), (221, 9, 9), (223, 8, 8), (225, 8, 10), (226, 8, 8), (228, 8, 8), (229, 8, 10),
    (230, 7, 8), (231, 7, 9), (233, 9, 9), (234, 8, 11), (237, 8, 9), (243, 9, 9), (244, 9, 9), (249, 9, 9),
    (250, 9, 9), (251, 9, 9), (252, 7, 9), (254, 9, 10), (255, 9, 9), (256, 9, 9), (258, 8, 9), (260, 9, 9),
    (261, 9, 10), (262, 9, 9), (263, 9, 10), (264, 8, 9), (265, 7, 9), (267, 7, 8), (297, 7, 7), (298, 6, 6),
    (299, 6, 6), (350, 8, 8), (351, 9, 9), (352, 6, 11), (353, 7, 10), (354, 7, 9), (355, 8, 9), (356, 8, 8),
    (357, 8, 8), (358, 6, 12), (359, 8, 9), (370, 8, 8), (371, 8, 8), (372, 7, 8), (373, 8, 8), (374, 8, 8),
    (375, 9, 9), (376, 6, 9), (377, 8, 9), (378, 6, 10), (380, 9, 9), (381, 8, 9), (382, 8, 9), (383, 8, 9),
    (385, 8, 9), (386, 8, 8), (387, 8, 8), (389, 8, 8), (420, 9, 9), (421, 9, 9), (423, 7, 9), (500, 5, 5),
    (501, 7, 7), (502, 8, 8), (503, 8, 8), (504, 8, 8), (505, 8, 8), (506, 8, 8), (507, 7, 8), (509, 8, 8),
    (590, 9, 9), (591, 8, 8), (592, 7, 7), (593, 8, 9), (594, 9, 9), (595, 9, 9), (596, 9, 9), (597, 6, 7),
    (598, 8, 8), (599, 7, 8), (670, 7, 8), (673, 7, 7), (675, 8, 8), (676, 5, 7), (679, 7, 7), (685, 5, 7),
    (852, 8, 8), (853, 8, 8), (855, 8, 9), (856, 8, 10), (880, 8, 10), (886, 8, 9), (960, 7, 7), (961, 7, 8),
    (962, 8, 9), (963, 8, 9), (964, 8, 10), (965, 8, 8), (966, 8, 9), (967, 7, 9), (968, 8, 8), (970, 8, 9),
    (971, 8, 9), (972, 8, 9), (973, 8, 8), (974, 8, 8), (975, 8, 8), (976, 8, 8), (977, 8, 10), (992, 9, 9),
    (993, 8, 8), (994, 9, 9), (995, 9, 9), (996, 9, 9), (998, 9, 9),
];

/// How many digits may follow, one bit each, by the country's code.
static LENGTHS: [u32; 1000] = {
    let mut lengths = [0; 1000];
    let mut at = 0;
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
    while at < COUNTRIES.len() {
        let (code, least, most) = COUNTRIES[at];
        lengths[code as usize] |= super::rows::lengths(least as u32, most as u32);
        at += 1;
    }
    lengths
};

/// Whether the digits after the `+` are a country's code and a number of the right length.
fn is_international(digits: &[u8]) -> bool {
    if digits.len() > 16 || digits.first() == Some(&0) {
        return false;
    }
    (1..=3).any(|places| {
        let code = number(digits, 0..places) as u32;
        let mut rest = digits.len().saturating_sub(places);
        // `+44 (0)20 …`: the zero is not dialled.
        if rest > 0 && digit(digits, places) == 0 && code != 39 {
            rest -= 1;
        }
        let lengths = LENGTHS.get(code as usize).copied().unwrap_or_default();
        lengths >> rest & 1 == 1 && (code != 1 || digit(digits, places) >= 2)
    })
}

/// `+` or `00`, a country code, and a number in any groups.
pub(super) fn international(scan: &mut Scan<'_>, groups: &Groups) -> bool {
    let start = groups.start;
    let has_plus = before(scan.text, start, 1) == b'+'
        || (before(scan.text, start, 1) == b'(' && before(scan.text, start, 2) == b'+');
    let has_zeros =
        !has_plus && byte(scan.text, start) == b'0' && byte(scan.text, start + 1) == b'0';
    if !has_plus && !has_zeros {
        return false;
    }
    let mut sign = if has_plus { start - 1 } else { start };
    if byte(scan.text, sign) == b'(' {
        sign -= 1;
    }
    if has_plus
        && (is_word(before(scan.text, sign, 1)) && !crate::bytes::is_escape(scan.text, sign))
    {
        return false;
    }
    for count in (1..=groups.count).rev() {
        let Some(candidate) = groups.first(count) else { continue };
        let digits = candidate.digits;
        let dialled = if has_zeros { digits.get(2..).unwrap_or_default() } else { digits };
        let is_sound = dialled.len() >= 7 && is_international(dialled) && !uniform(dialled);
        if !is_sound
            || !(ends_value(scan.text, candidate.end) || has_tail(scan.text, candidate.end))
            || candidate.separator == Separator::Slash
            || (candidate.separator == Separator::Dot && candidate.shape & 15 == 1)
        {
            continue;
        }
        let end = candidate.end + extension(scan.text, candidate.end);
        let span = (sign, end);
        // `001-212-555-0147`
        let is_american = candidate.shape == 0x3334 && candidate.separator == Separator::Dash;
        let found = if has_plus || is_american {
            scan.find(Entity::PhoneNumber, span.0, span.1, Proof::Shape);
            true
        } else {
            scan.find_with(Entity::PhoneNumber, span, Proof::Shape, Hints::PHONE)
        };
        if found {
            scan.number_end = end;
            return true;
        }
    }
    false
}

/// The length of ` x123` or ` ext. 123` at `at`.
fn extension(text: &[u8], at: usize) -> usize {
    let starts = |byte: u8| matches!(byte | 0x20, b'x' | b'e' | b'd');
    if !(0..3).any(|gap| starts(byte(text, at + gap))) {
        return 0;
    }
    let rest = crate::bytes::part(text, at..at + 20).to_ascii_lowercase();
    let gap = rest.iter().take_while(|byte| matches!(byte, b' ' | b',' | b'-')).count().min(2);
    let word = rest.get(gap..).unwrap_or_default();
    let marks: [&[u8]; 9] =
        [b"extension ", b"ext. ", b"ext: ", b"ext ", b"ext.", b"ext", b"x ", b"x", b"durchwahl "];
    let Some(mark) = marks.iter().find(|mark| word.starts_with(mark)) else { return 0 };
    let digits = word.iter().skip(mark.len()).take_while(|byte| byte.is_ascii_digit()).count();
    let whole = gap + mark.len() + digits;
    if (1..=6).contains(&digits) && !is_word(byte(text, at + whole)) { whole } else { 0 }
}

/// Whether what follows a number without a space belongs to a phone: an extension, `-Office`, `-Fax`.
pub(super) fn has_tail(text: &[u8], at: usize) -> bool {
    if extension(text, at) > 0 {
        return true;
    }
    if byte(text, at) != b'-' {
        return false;
    }
    let rest = crate::bytes::part(text, at..at + 12).to_ascii_lowercase();
    let marks: [&[u8]; 9] = [
        b"-office", b"-fax", b"-home", b"-work", b"-mobile", b"-cell", b"-desk", b"-phone", b"-tel",
    ];
    marks.iter().any(|mark| rest.starts_with(mark) && !is_word(byte(text, at + mark.len())))
}

/// Whether ten digits are a North American number: area and exchange begin with 2 to 9 and are no N11.
pub(super) fn is_north_american(digits: &[u8]) -> bool {
    let part = |at: usize| digit(digits, at) >= 2 && number(digits, at + 1..at + 3) != 11;
    digits.len() == 10 && part(0) && part(3) && number(digits, 3..8) != 55501 && !uniform(digits)
}

/// Whether the groups may be a number without a country code; only grouped as in North America without a word.
#[inline]
pub(super) fn may_be(groups: &First, said: Hints) -> bool {
    matches!(groups.shape, 0x334 | 0x1334)
        || (said.has(Hints::PHONE) && (7..=14).contains(&groups.digits))
}

/// Without a country code.
pub(super) fn national(scan: &mut Scan<'_>, candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits;
    let is_american = is_north_american(digits)
        || (digits.len() == 11
            && digit(digits, 0) == 1
            && is_north_american(digits.get(1..).unwrap_or_default()));
    let is_bare = candidate.separator == Separator::None;
    let is_named =
        || is_bare && (8..=12).contains(&digits.len()) && stands_beside(scan.text, candidate);
    if !is_american && !is_national(candidate) && !is_named() {
        return false;
    }
    let bracketed = before(scan.text, candidate.start, 1) == b'(';
    let end = candidate.end + extension(scan.text, candidate.end);
    let start = candidate.start - usize::from(bracketed);
    let candidate = Candidate { start, end, ..*candidate };
    let american = is_american && matches!(candidate.shape, 0x334 | 0x1334);
    let grouped = matches!(candidate.separator, Separator::Dash | Separator::Dot)
        || (candidate.separator == Separator::Mixed && has_brackets(scan.text, &candidate));
    if american && grouped && !is_word(before(scan.text, start, 1)) {
        return take(scan, Entity::PhoneNumber, &candidate, Tier::A, (Proof::Shape, Hints::PHONE));
    }
    if is_date(&candidate) || !has_gaps(&candidate) {
        return false;
    }
    let furthest = if is_bare { BARE } else { GROUPED };
    beside(scan, (candidate.start, candidate.end), furthest, |text| {
        nouns::names(text, candidate.start)
            || (is_bare && (is_round(digits) || nouns::counts(text, candidate.end)))
    })
}

/// Whether a word for phones stands right before the number.
fn stands_beside(text: &[u8], candidate: &Candidate<'_>) -> bool {
    let gap = crate::bytes::run_back(text, candidate.start, 5, |byte| {
        matches!(byte, b' ' | b':' | b'.' | b'=' | b'"' | b'\'')
    });
    let end = candidate.start - gap;
    let word = crate::bytes::part(text, end.saturating_sub(24)..end);
    gap > 0 && context::may_tell(word) && context::of_key(word).has(Hints::PHONE)
}

/// How far from a word for phones a number without groups may stand, in bytes.
const BARE: usize = 32;
/// How far one in groups.
const GROUPED: usize = 60;

/// Notes the phone `span` if a word for phones stands with it or its key is one, and it is nothing else.
fn beside(
    scan: &mut Scan<'_>,
    span: (usize, usize),
    furthest: usize,
    is_otherwise: impl Fn(&[u8]) -> bool,
) -> bool {
    if !scan.may_say(span, Hints::PHONE) {
        return false;
    }
    let near = scan.near(span.0, span.1);
    let word = near.iter().flat_map(Near::words).find(|(hints, word)| {
        let gap = if (word.0 as usize) < span.0 {
            span.0.saturating_sub(word.1 as usize)
        } else {
            (word.0 as usize).saturating_sub(span.1)
        };
        hints.has(Hints::PHONE)
            && gap <= furthest
            && context::stands_together(scan.text, *word, span)
    });
    let found = (word.is_some() || scan.key.has(Hints::PHONE)) && !is_otherwise(scan.text);
    if found {
        let place = word.map(|(_, place)| place);
        scan.note(Entity::PhoneNumber, span, Tier::B, Proof::Words, place);
    }
    found
}

/// Slashes stand behind an area's code only; dots between groups of two and more.
fn has_gaps(candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits.len();
    match candidate.separator {
        Separator::Slash => {
            candidate.digits.first() == Some(&0)
                && candidate.shape <= 0xFF
                && (3..=6).contains(&(candidate.shape >> 4))
                && digits >= 8
        }
        Separator::Dot => digits >= 8,
        _ => true,
    }
}

/// The limits of the machine's numbers, and round ones.
fn is_round(digits: &[u8]) -> bool {
    let value = number(digits, 0..digits.len());
    value.is_power_of_two()
        || (value + 1).is_power_of_two()
        || value.is_multiple_of(1_000_000)
        || value == 0
        // `037777777777`
        || digits.split_first().is_some_and(|(first, rest)| *first == 0 && uniform(rest))
}

fn has_brackets(text: &[u8], candidate: &Candidate<'_>) -> bool {
    crate::bytes::part(text, candidate.start..candidate.end).contains(&b')')
}

/// Seven to twelve digits in groups, or with a leading zero: only ever beside a word for phones.
fn is_national(candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits;
    let has_groups = candidate.separator != Separator::None;
    let leads = matches!(digits.first(), Some(0 | 6 | 7 | 8 | 9));
    // Up to five groups, none but the first of one digit.
    let shape = candidate.shape;
    let first = (0..16).rev().map(|at| shape >> (4 * at) & 15).position(|length| length > 0);
    let groups = 16 - first.unwrap_or(16);
    let is_grouped =
        groups <= 6 && (0..groups.saturating_sub(1)).all(|at| shape >> (4 * at) & 15 > 1);
    let century = |at: usize| matches!(number(digits, at..at + 2), 19 | 20);
    let is_year = (shape >> (4 * groups.saturating_sub(2)) == 0x42 && century(0))
        // `2012-2022`
        || (shape >> (4 * groups.saturating_sub(2)) == 0x44 && century(0) && century(4));
    (7..=14).contains(&digits.len())
        && (has_groups || leads)
        && is_grouped
        && !is_year
        && !uniform(digits)
}

/// `2024-01-31` and its like.
fn is_date(candidate: &Candidate<'_>) -> bool {
    let year = |from: usize| (1900..2100).contains(&number(candidate.digits, from..from + 4));
    match candidate.shape {
        0x422 => year(0),
        0x224 => year(4),
        shape => (shape >> 8 == 0x422 && year(0)) || shape == 0x4222 || shape == 0x42222,
    }
}
