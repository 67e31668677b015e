//! Australia.

use crate::{
    checksum::{digit, number, uniform, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
};

const DASH: Separator = Separator::Dash;
const SPACE: Separator = Separator::Space;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::AuTfn, shapes: &[(0x333, SPACE, Tier::B), (0x333, DASH, Tier::B)], bare: (1 << 8 | 1 << 9, Tier::B), check: tfn, hints: Hints::TFN },
    Row { entity: Entity::AuAbn, shapes: &[(0x2333, SPACE, Tier::B), (0x2333, DASH, Tier::B)], bare: (1 << 11, Tier::B), check: abn, hints: Hints::ABN },
    Row { entity: Entity::AuAcn, shapes: &[(0x333, SPACE, Tier::B)], bare: (1 << 9, Tier::B), check: acn, hints: Hints::ACN },
    Row { entity: Entity::AuMedicare, shapes: &[(0x451, SPACE, Tier::B), (0x4511, SPACE, Tier::B), (0x451, DASH, Tier::B), (0x4511, Separator::Mixed, Tier::B)],
      bare: (1 << 10 | 1 << 11, Tier::B), check: medicare, hints: Hints::AUMEDICARE },
];

pub(crate) fn tfn(digits: &[u8]) -> bool {
    let weights: &[u32] =
        if digits.len() == 8 { &[10, 7, 8, 4, 6, 3, 5, 1] } else { &[1, 4, 3, 7, 5, 8, 6, 9, 10] };
    !uniform(digits) && weighted(digits, weights).is_multiple_of(11)
}

/// One less in the first digit, and the weighted sum is a multiple of 89.
pub(crate) fn abn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    digit(digits, 0) > 0 && number(digits, 0..11) > 0 && (sum + 79).is_multiple_of(89)
}

pub(crate) fn acn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1]);
    !uniform(digits) && (10 - sum % 10) % 10 == digit(digits, 8)
}

pub(crate) fn medicare(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]);
    (2..=6).contains(&digit(digits, 0)) && sum % 10 == digit(digits, 8)
}
