//! United States.

use super::values;
use crate::{
    checksum::{digit, luhn, number, uniform, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

const DASH: Separator = Separator::Dash;
const SPACE: Separator = Separator::Space;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::UsSsn, shapes: &[(0x324, DASH, Tier::A), (0x324, SPACE, Tier::B), (0x324, Separator::Dot, Tier::B)],
      bare: (1 << 9, Tier::B), check: ssn, hints: Hints::SSN },
    Row { entity: Entity::UsAtin, shapes: &[(0x324, DASH, Tier::A)], bare: (0, Tier::B), check: atin, hints: Hints::ITIN },
    Row { entity: Entity::UsItin, shapes: &[(0x324, DASH, Tier::A), (0x324, SPACE, Tier::B)],
      bare: (1 << 9, Tier::B), check: itin, hints: Hints::ITIN.or(Hints::SSN) },
    Row { entity: Entity::UsEin, shapes: &[(0x27, DASH, Tier::B)], bare: (1 << 9, Tier::B), check: ein, hints: Hints::EIN },
    Row { entity: Entity::UsNpi, shapes: &[], bare: (1 << 10, Tier::B), check: npi, hints: Hints::NPI },
    Row { entity: Entity::AbaRouting, shapes: &[(0x441, DASH, Tier::B)], bare: (1 << 9, Tier::B), check: aba, hints: Hints::ROUTING },
    Row { entity: Entity::UsPassport, shapes: &[], bare: (1 << 9, Tier::B), check: any, hints: Hints::PASSPORT },
    Row { entity: Entity::UsDriverLicense, shapes: &[], bare: (1 << 7 | 1 << 8 | 1 << 9, Tier::B), check: any, hints: Hints::LICENSE },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::UsMbi, shape: "9A*9-A*9-AA99", check: mbi, tier: Tier::A, hints: Hints::MBI },
    Pattern { entity: Entity::UsMbi, shape: "9A*9A*9AA99", check: mbi, tier: Tier::B, hints: Hints::MBI },
    Pattern { entity: Entity::UsDea, shape: "AA9999999", check: dea, tier: Tier::B, hints: Hints::DEA },
    Pattern { entity: Entity::UsDea, shape: "A99999999", check: dea, tier: Tier::B, hints: Hints::DEA },
    Pattern { entity: Entity::UsPassport, shape: "A99999999", check: yes, tier: Tier::B, hints: Hints::PASSPORT },
    Pattern { entity: Entity::UsDriverLicense, shape: "A9999999", check: yes, tier: Tier::B, hints: Hints::LICENSE },
    Pattern { entity: Entity::UsDriverLicense, shape: "A999999999999", check: yes, tier: Tier::B, hints: Hints::LICENSE },
    Pattern { entity: Entity::UsDriverLicense, shape: "A99999999999", check: yes, tier: Tier::B, hints: Hints::LICENSE },
    Pattern { entity: Entity::UsDriverLicense, shape: "A99999999999999", check: yes, tier: Tier::B, hints: Hints::LICENSE },
    Pattern { entity: Entity::UsDriverLicense, shape: "A999-9999-9999", check: yes, tier: Tier::B, hints: Hints::LICENSE },
    Pattern { entity: Entity::UsDriverLicense, shape: "A99999999", check: yes, tier: Tier::B, hints: Hints::LICENSE },
];

fn yes(_: &[u8]) -> bool {
    true
}

fn any(digits: &[u8]) -> bool {
    !uniform(digits)
}

/// Area, group and serial are given out; the number is none of those that were printed as examples.
pub(crate) fn ssn(digits: &[u8]) -> bool {
    let (area, group, serial) = (number(digits, 0..3), number(digits, 3..5), number(digits, 5..9));
    let printed = matches!(number(digits, 0..9), 78_051_120 | 219_099_999 | 123_456_789);
    digits.len() == 9
        && area != 0
        && area != 666
        && area < 900
        && group != 0
        && serial != 0
        && !printed
        && !uniform(digits)
}

/// Begins with 9; the fourth and fifth digits are in the ranges given out.
pub(crate) fn itin(digits: &[u8]) -> bool {
    let group = number(digits, 3..5);
    let given = matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99);
    digits.len() == 9 && digit(digits, 0) == 9 && given
}

fn atin(digits: &[u8]) -> bool {
    digits.len() == 9 && digit(digits, 0) == 9 && number(digits, 3..5) == 93
}

/// The first two digits name a campus of the tax office.
pub(crate) fn ein(digits: &[u8]) -> bool {
    matches!(number(digits, 0..2),
        1..=6 | 10..=16 | 20..=27 | 30..=48 | 50..=68 | 71..=77 | 80..=88 | 90..=95 | 98 | 99)
}

/// Luhn's formula behind the prefix 80840.
fn npi(digits: &[u8]) -> bool {
    let whole = [&[8, 0, 8, 4, 0], digits].concat();
    matches!(digits.first(), Some(1 | 2)) && luhn(&whole)
}

/// A district of the Federal Reserve and weights of 3, 7, 1.
pub(crate) fn aba(digits: &[u8]) -> bool {
    let district = matches!(number(digits, 0..2), 0..=12 | 21..=32 | 61..=72 | 80);
    district
        && !uniform(digits)
        && weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

/// The seventh digit is the last of (d1 + d3 + d5) + 2 (d2 + d4 + d6).
fn dea(text: &[u8]) -> bool {
    let first = text.first().is_some_and(|byte| b"ABCDEFGHJKLMPRSTUX".contains(byte));
    let digits = values(crate::bytes::from(text, 2));
    let sum = weighted(&digits, &[1, 2, 1, 2, 1, 2]);
    first && digits.len() == 7 && sum % 10 == digit(&digits, 6)
}

/// Letters are none that look like digits.
fn mbi(text: &[u8]) -> bool {
    let sound = |byte: &u8| !b"SLOIBZ".contains(byte);
    text.first().is_some_and(|first| *first != b'0') && text.iter().all(sound)
}
