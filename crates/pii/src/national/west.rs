//! Netherlands, Belgium, Ireland.

use super::{letter, values};
use crate::{
    checksum::{digit, number, uniform, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::NlBsn, shapes: &[(0x432, Separator::Dot, Tier::B), (0x333, Separator::Space, Tier::B), (0x432, Separator::Space, Tier::B)],
      bare: (1 << 8 | 1 << 9, Tier::B), check: bsn, hints: Hints::BSN },
    Row { entity: Entity::BeNrn, shapes: &[(0x22232, Separator::Mixed, Tier::A)], bare: (1 << 11, Tier::B), check: nrn, hints: Hints::NRN.or(Hints::NATIONAL) },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::IePps, shape: "9999999A", check: pps, tier: Tier::B, hints: Hints::PPS },
    Pattern { entity: Entity::IePps, shape: "9999999AA", check: pps, tier: Tier::B, hints: Hints::PPS },
];

/// Weights 9 to 2 and minus one.
pub(crate) fn bsn(digits: &[u8]) -> bool {
    let digits = if digits.len() == 8 { [&[0], digits].concat() } else { digits.to_vec() };
    let sum = weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    digits.len() == 9 && !uniform(&digits) && sum % 11 == digit(&digits, 8) && sum > 0
}

/// 97 minus the first nine digits mod 97, a 2 before them from 2000 on.
pub(crate) fn nrn(digits: &[u8]) -> bool {
    let (body, check) = (number(digits, 0..9), number(digits, 9..11));
    // Month and day are zero where nobody knows them.
    let born = number(digits, 2..4) % 20 <= 12 && number(digits, 4..6) <= 31;
    let fits = |body: u64| 97 - body % 97 == check;
    digits.len() == 11 && born && (fits(body) || fits(2_000_000_000 + body))
}

pub(crate) fn pps(text: &[u8]) -> bool {
    let digits = values(text);
    let second = text.get(8).map_or(0, |byte| u32::from(byte - b'A' + 1));
    let second = if text.get(8) == Some(&b'W') { 0 } else { second };
    let sum = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    letter(b"WABCDEFGHIJKLMNOPQRSTUV", u64::from(sum % 23)) == text.get(7)
}
