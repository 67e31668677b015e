//! France, Spain, Italy, Portugal, Romania.

use super::{letter, values};
use crate::{
    bytes::{from, part},
    checksum::{date, digit, luhn, number, uniform, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

const SPACE: Separator = Separator::Space;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::FrNir, shapes: &[(0x1222332, SPACE, Tier::A), (0x1222332, Separator::Dot, Tier::A), (0x1222332, Separator::Dash, Tier::A)],
      bare: (1 << 15, Tier::B), check: nir, hints: Hints::NIR },
    Row { entity: Entity::FrSiret, shapes: &[(0x3335, SPACE, Tier::B)], bare: (1 << 14, Tier::B), check: luhn, hints: Hints::SIRET.or(Hints::SIREN) },
    Row { entity: Entity::FrSiren, shapes: &[(0x333, SPACE, Tier::B)], bare: (1 << 9, Tier::B), check: luhn, hints: Hints::SIREN },
    Row { entity: Entity::FrNif, shapes: &[(0x22333, SPACE, Tier::B)], bare: (1 << 13, Tier::B), check: fr_nif, hints: Hints::TAX },
    Row { entity: Entity::EsNuss, shapes: &[(0x282, Separator::Slash, Tier::B), (0x282, SPACE, Tier::B), (0x282, Separator::Dash, Tier::B)],
      bare: (1 << 12, Tier::B), check: nuss, hints: Hints::NUSS },
    Row { entity: Entity::ItVat, shapes: &[], bare: (1 << 11, Tier::B), check: luhn, hints: Hints::PIVA },
    Row { entity: Entity::PtNif, shapes: &[(0x333, SPACE, Tier::B)], bare: (1 << 9, Tier::B), check: pt_nif, hints: Hints::PTNIF.or(Hints::TAX) },
    Row { entity: Entity::RoCnp, shapes: &[], bare: (1 << 13, Tier::B), check: cnp, hints: Hints::CNP.or(Hints::NATIONAL) },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::EsDni, shape: "99999999A", check: dni, tier: Tier::A, hints: Hints::DNI.or(Hints::NATIONAL) },
    Pattern { entity: Entity::EsDni, shape: "99999999-A", check: dni, tier: Tier::A, hints: Hints::DNI.or(Hints::NATIONAL) },
    Pattern { entity: Entity::EsNie, shape: "A9999999A", check: nie, tier: Tier::A, hints: Hints::DNI.or(Hints::NATIONAL) },
    Pattern { entity: Entity::EsNie, shape: "A-9999999-A", check: nie, tier: Tier::A, hints: Hints::DNI.or(Hints::NATIONAL) },
    Pattern { entity: Entity::EsCif, shape: "A9999999*", check: cif, tier: Tier::B, hints: Hints::CIF.or(Hints::DNI).or(Hints::TAX) },
    Pattern { entity: Entity::FrNir, shape: "99999*999999999", check: nir_corsica, tier: Tier::A, hints: Hints::NIR },
    Pattern { entity: Entity::ItFiscalCode, shape: "AAAAAA**A**A***A", check: codice, tier: Tier::A, hints: Hints::FISCAL },
    Pattern { entity: Entity::ItVat, shape: "AA99999999999", check: it_vat, tier: Tier::B, hints: Hints::PIVA.or(Hints::TAX) },
];

/// 97 minus the first thirteen digits mod 97; sex, month and department are possible.
pub(crate) fn nir(digits: &[u8]) -> bool {
    let month = number(digits, 3..5);
    let possible = matches!(digit(digits, 0), 1 | 2 | 3 | 4 | 7 | 8)
        && (matches!(month, 1..=12 | 20..=42 | 50..=99));
    digits.len() == 15 && possible && 97 - number(digits, 0..13) % 97 == number(digits, 13..15)
}

/// Corsica's departments 2A and 2B count as 19 and 18.
pub(crate) fn nir_corsica(text: &[u8]) -> bool {
    let department = match text.get(5..7) {
        Some(b"2A") => b"19",
        Some(b"2B") => b"18",
        _ => return false,
    };
    let whole = [part(text, 0..5), department, from(text, 7)].concat();
    nir(&values(&whole))
}

fn fr_nif(digits: &[u8]) -> bool {
    digit(digits, 0) <= 3 && number(digits, 0..10) % 511 == number(digits, 10..13)
}

const DNI: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";

pub(crate) fn dni(text: &[u8]) -> bool {
    let digits = values(text);
    letter(DNI, number(&digits, 0..8) % 23) == text.last() && !uniform(&digits)
}

pub(crate) fn nie(text: &[u8]) -> bool {
    let first = match text.first() {
        Some(b'X') => 0,
        Some(b'Y') => 1,
        Some(b'Z') => 2,
        _ => return false,
    };
    let digits = [&[first], values(text).as_slice()].concat();
    letter(DNI, number(&digits, 0..8) % 23) == text.last()
}

pub(crate) fn cif(text: &[u8]) -> bool {
    let digits = values(part(text, 1..8));
    let first = text.first().is_some_and(|byte| b"ABCDEFGHJNPQRSUVW".contains(byte));
    let twice = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 0 { twice((*digit).into()) } else { (*digit).into() })
        .sum();
    let check = u64::from((10 - sum % 10) % 10);
    let last = text.last().copied().unwrap_or_default();
    first
        && (u64::from(last.wrapping_sub(b'0')) == check
            || letter(b"JABCDEFGHI", check) == Some(&last))
}

pub(crate) fn nuss(digits: &[u8]) -> bool {
    let province = number(digits, 0..2);
    let middle = number(digits, 2..10);
    let whole =
        if middle < 10_000_000 { province * 10_000_000 + middle } else { number(digits, 0..10) };
    matches!(province, 1..=53 | 66) && whole % 97 == number(digits, 10..12)
}

/// Fifteen letters and digits valued by place, and a letter that checks them.
pub(crate) fn codice(text: &[u8]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let place = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte.wrapping_sub(b'A')),
    };
    let sum: u32 = part(text, 0..15)
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            let place = place(*byte);
            if at % 2 == 1 { place } else { ODD.get(place as usize).copied().unwrap_or_default() }
        })
        .sum();
    // Digits may be replaced by letters where two people would have the same code.
    let is_digit = |byte: &u8| byte.is_ascii_digit() || b"LMNPQRSTUV".contains(byte);
    let digits = [6, 7, 9, 10, 12, 13, 14].iter().all(|at| text.get(*at).is_some_and(is_digit));
    let month = text.get(8).is_some_and(|byte| b"ABCDEHLMPRST".contains(byte));
    digits && month && text.len() == 16 && text.last().is_some_and(|last| place(*last) == sum % 26)
}

fn it_vat(text: &[u8]) -> bool {
    text.starts_with(b"IT") && luhn(&values(text))
}

pub(crate) fn pt_nif(digits: &[u8]) -> bool {
    let check = match weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    digit(digits, 0) != 0 && check == digit(digits, 8) && !uniform(digits)
}

pub(crate) fn cnp(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    digit(digits, 0) != 0
        && date(number(digits, 3..5) as u32, number(digits, 5..7) as u32)
        && (if sum == 10 { 1 } else { sum }) == digit(digits, 12)
}
