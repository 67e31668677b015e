//! United Kingdom.

use super::values;
use crate::{
    bytes::part,
    checksum::{digit, number, uniform, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

const DASH: Separator = Separator::Dash;
const SPACE: Separator = Separator::Space;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::UkNhs, shapes: &[(0x334, SPACE, Tier::B), (0x334, DASH, Tier::B)], bare: (1 << 10, Tier::B), check: nhs, hints: Hints::NHS },
    Row { entity: Entity::UkUtr, shapes: &[(0x55, SPACE, Tier::B)], bare: (1 << 10, Tier::B), check: utr, hints: Hints::UTR },
    Row { entity: Entity::UkSortCode, shapes: &[(0x222, DASH, Tier::B), (0x222, SPACE, Tier::B)], bare: (1 << 6, Tier::B), check: any, hints: Hints::SORT },
    Row { entity: Entity::UkPassport, shapes: &[], bare: (1 << 9, Tier::B), check: any, hints: Hints::PASSPORT },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::UkNino, shape: "AA999999A", check: nino, tier: Tier::A, hints: Hints::NINO },
    // Numbers that were never given out, beside a word.
    Pattern { entity: Entity::UkNino, shape: "AA999999A", check: yes, tier: Tier::B, hints: Hints::NINO },
    Pattern { entity: Entity::UkNino, shape: "AA-99-99-99-A", check: nino, tier: Tier::A, hints: Hints::NINO },
    Pattern { entity: Entity::UkNino, shape: "AA 99 99 99 A", check: nino, tier: Tier::A, hints: Hints::NINO },
    Pattern { entity: Entity::UkDriverLicense, shape: "AAAAA999999AA9AA", check: driver, tier: Tier::A, hints: Hints::LICENSE },
    Pattern { entity: Entity::UkDriverLicense, shape: "AAAAA999999A99AA", check: driver, tier: Tier::A, hints: Hints::LICENSE },
    Pattern { entity: Entity::UkDriverLicense, shape: "AAAA9999999AA9AA", check: driver, tier: Tier::A, hints: Hints::LICENSE },
    Pattern { entity: Entity::UkDriverLicense, shape: "AAA99999999AA9AA", check: driver, tier: Tier::A, hints: Hints::LICENSE },
];

fn yes(_: &[u8]) -> bool {
    true
}

fn any(digits: &[u8]) -> bool {
    !uniform(digits)
}

/// Weights 10 to 2, eleven minus the sum mod 11.
pub(crate) fn nhs(digits: &[u8]) -> bool {
    let check = 11 - weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    digits.len() == 10 && !uniform(digits) && check % 11 == digit(digits, 9) && check != 10
}

pub(crate) fn utr(digits: &[u8]) -> bool {
    const CHECK: [u8; 11] = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    let sum = weighted(crate::bytes::from(digits, 1), &[6, 7, 8, 9, 10, 5, 4, 3, 2]);
    CHECK.get((sum % 11) as usize) == digits.first() && !uniform(digits)
}

/// The prefix is one that was given out; the suffix is A to D.
pub(crate) fn nino(text: &[u8]) -> bool {
    let (Some(first), Some(second), Some(last)) = (text.first(), text.get(1), text.last()) else {
        return false;
    };
    let pair = part(text, 0..2);
    let unused: [&[u8]; 7] = [b"BG", b"GB", b"NK", b"KN", b"NT", b"TN", b"ZZ"];
    !b"DFIQUV".contains(first)
        && !b"DFIOQUV".contains(second)
        && !unused.contains(&pair)
        && b"ABCD".contains(last)
}

/// The sixth to eleventh characters are the date of birth, fifty more in the month for women.
fn driver(text: &[u8]) -> bool {
    let born = values(part(text, 5..11));
    let month = number(&born, 1..3) as u32;
    born.len() == 6
        && crate::checksum::date(
            if month > 50 { month - 50 } else { month },
            number(&born, 3..5) as u32,
        )
}
