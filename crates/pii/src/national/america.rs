//! Canada, Brazil, Mexico, Argentina, Chile.

use super::values;
use crate::{
    bytes::part,
    checksum::{digit, luhn, number, uniform, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

const DASH: Separator = Separator::Dash;
const SPACE: Separator = Separator::Space;
const MIXED: Separator = Separator::Mixed;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::CaSin, shapes: &[(0x333, DASH, Tier::A), (0x333, SPACE, Tier::B)], bare: (1 << 9, Tier::B), check: sin, hints: Hints::SIN },
    Row { entity: Entity::CaHealth, shapes: &[(0x433, DASH, Tier::B), (0x433, SPACE, Tier::B), (0x333, SPACE, Tier::B)],
      bare: (1 << 9 | 1 << 10, Tier::B), check: any, hints: Hints::CAHEALTH },
    Row { entity: Entity::BrCpf, shapes: &[(0x3332, MIXED, Tier::A), (0x3332, Separator::Dot, Tier::A), (0x92, DASH, Tier::B)], bare: (1 << 11, Tier::B), check: cpf, hints: Hints::CPF },
    Row { entity: Entity::BrCnpj, shapes: &[(0x23342, MIXED, Tier::A)], bare: (1 << 14, Tier::B), check: cnpj, hints: Hints::CNPJ },
    Row { entity: Entity::ArCuit, shapes: &[(0x281, DASH, Tier::A)], bare: (1 << 11, Tier::B), check: cuit, hints: Hints::CUIT },
    Row { entity: Entity::ClRut, shapes: &[(0x2331, MIXED, Tier::A), (0x1331, MIXED, Tier::A), (0x81, DASH, Tier::B), (0x71, DASH, Tier::B)],
      bare: (1 << 8 | 1 << 9, Tier::B), check: rut, hints: Hints::RUT },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::MxCurp, shape: "AAAA999999AAAAAA*9", check: curp, tier: Tier::A, hints: Hints::CURP },
    Pattern { entity: Entity::MxRfc, shape: "AAAA999999***", check: rfc, tier: Tier::B, hints: Hints::RFC },
    Pattern { entity: Entity::MxRfc, shape: "AAA999999***", check: rfc, tier: Tier::B, hints: Hints::RFC },
    Pattern { entity: Entity::ClRut, shape: "99999999-A", check: rut_k, tier: Tier::B, hints: Hints::RUT },
    Pattern { entity: Entity::ClRut, shape: "9999999-A", check: rut_k, tier: Tier::B, hints: Hints::RUT },
    Pattern { entity: Entity::BrCnpj, shape: "************99", check: cnpj_letters, tier: Tier::B, hints: Hints::CNPJ },
];

fn any(digits: &[u8]) -> bool {
    !uniform(digits)
}

pub(crate) fn sin(digits: &[u8]) -> bool {
    digits.len() == 9 && luhn(digits) && !matches!(digits.first(), Some(0 | 8)) && !uniform(digits)
}

/// Eleven minus the weighted sum mod 11; ten and eleven become zero.
fn eleven(digits: &[u8], weights: &[u32]) -> u32 {
    match weighted(digits, weights) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

pub(crate) fn cpf(digits: &[u8]) -> bool {
    digits.len() == 11
        && !uniform(digits)
        && eleven(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) == digit(digits, 9)
        && eleven(digits, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) == digit(digits, 10)
}

pub(crate) fn cnpj(digits: &[u8]) -> bool {
    digits.len() == 14
        && !uniform(digits)
        && eleven(digits, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == digit(digits, 12)
        && eleven(digits, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == digit(digits, 13)
}

/// Since 2026 the first twelve may be letters, each worth its character code less 48.
fn cnpj_letters(text: &[u8]) -> bool {
    let worth: Vec<u8> = text.iter().map(|byte| byte.wrapping_sub(b'0')).collect();
    cnpj(&worth)
}

pub(crate) fn cuit(digits: &[u8]) -> bool {
    let kind = matches!(number(digits, 0..2), 20 | 23 | 24 | 25 | 26 | 27 | 30 | 33 | 34);
    let sum = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    let check = match 11 - sum % 11 {
        11 => 0,
        // Where ten would stand the number begins with another kind and ends in nine.
        10 => 9,
        check => check,
    };
    kind && check == digit(digits, 10)
}

/// What the check character of a Chilean number must be; ten is K.
fn rut_check(digits: &[u8]) -> u32 {
    let sum: u32 = digits
        .iter()
        .rev()
        .zip([2, 3, 4, 5, 6, 7].into_iter().cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    (11 - sum % 11) % 11
}

pub(crate) fn rut(digits: &[u8]) -> bool {
    digits.split_last().is_some_and(|(last, body)| rut_check(body) == u32::from(*last))
}

fn rut_k(text: &[u8]) -> bool {
    text.last() == Some(&b'K') && is_rut_with_k(&values(text))
}

/// Whether the check character of these digits is K.
pub(crate) fn is_rut_with_k(digits: &[u8]) -> bool {
    rut_check(digits) == 10
}

pub(crate) fn curp(text: &[u8]) -> bool {
    let worth = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte) - u32::from(b'A') + 11,
    };
    let body = part(text, 0..17);
    let sum: u32 =
        body.iter().zip((2..=18).rev()).map(|(byte, weight)| worth(*byte) * weight).sum();
    let check = values(part(text, 17..18));
    let sex = text.get(10).is_some_and(|byte| b"HMX".contains(byte));
    sex && born(part(text, 4..10))
        && check.first().is_some_and(|last| (10 - sum % 10) % 10 == u32::from(*last))
}

fn rfc(text: &[u8]) -> bool {
    let letters = text.len() - 9;
    born(part(text, letters..letters + 6))
}

/// Year, month and day in six digits.
fn born(text: &[u8]) -> bool {
    let born = values(text);
    crate::checksum::date(number(&born, 2..4) as u32, number(&born, 4..6) as u32)
}
