//! Germany, Austria, Switzerland, Luxembourg.

use super::values;
use crate::{
    bytes::{from, part},
    checksum::{date, digit, luhn, mod_11_10, number, uniform, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

const SPACE: Separator = Separator::Space;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::DeTaxId, shapes: &[(0x2333, SPACE, Tier::A), (0x2333, Separator::Slash, Tier::B)],
      bare: (1 << 11, Tier::B), check: tax_id, hints: Hints::TAX.or(Hints::NATIONAL) },
    Row { entity: Entity::AtSvnr, shapes: &[(0x46, SPACE, Tier::B), (0x4222, SPACE, Tier::B)], bare: (1 << 10, Tier::B), check: svnr, hints: Hints::SVNR },
    Row { entity: Entity::ChAhv, shapes: &[(0x3442, Separator::Dot, Tier::A), (0x3442, SPACE, Tier::A)], bare: (1 << 13, Tier::A), check: ahv, hints: Hints::AHV },
    Row { entity: Entity::LuId, shapes: &[], bare: (1 << 13, Tier::B), check: luxembourg, hints: Hints::LUID.or(Hints::NATIONAL) },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::DeIdCard, shape: "A********9", check: id_card, tier: Tier::B, hints: Hints::NATIONAL.or(Hints::PASSPORT) },
    Pattern { entity: Entity::DeIdCard, shape: "A********", check: id_card_short, tier: Tier::B, hints: Hints::NATIONAL.or(Hints::PASSPORT) },
    Pattern { entity: Entity::DePensionId, shape: "99999999A999", check: pension, tier: Tier::A, hints: Hints::DEPENSION },
    Pattern { entity: Entity::DePensionId, shape: "99 999999 A 999", check: pension, tier: Tier::A, hints: Hints::DEPENSION },
    Pattern { entity: Entity::DeVat, shape: "AA999999999", check: vat, tier: Tier::B, hints: Hints::TAX },
];

/// Eleven digits of which one stands two or three times among the first ten, and ISO 7064.
pub(crate) fn tax_id(digits: &[u8]) -> bool {
    let mut counts = [0u8; 10];
    for digit in part(digits, 0..10) {
        if let Some(count) = counts.get_mut(usize::from(*digit)) {
            *count += 1;
        }
    }
    let twice = counts.iter().filter(|count| matches!(count, 2 | 3)).count();
    let more = counts.iter().any(|count| *count > 3);
    digits.len() == 11 && digit(digits, 0) != 0 && twice == 1 && !more && mod_11_10(digits)
}

pub(crate) fn svnr(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
    digit(digits, 0) != 0 && sum % 11 == digit(digits, 3) && digits.len() == 10
}

/// Begins with 756; the check digit is that of an EAN.
pub(crate) fn ahv(digits: &[u8]) -> bool {
    number(digits, 0..3) == 756 && ean(digits)
}

fn ean(digits: &[u8]) -> bool {
    weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

fn luxembourg(digits: &[u8]) -> bool {
    (1900..2100).contains(&number(digits, 0..4))
        && date(number(digits, 4..6) as u32, number(digits, 6..8) as u32)
        && luhn(part(digits, 0..12))
}

/// Weights of 7, 3, 1 over letters and digits, letters counting 10 to 35.
pub(crate) fn weights_731(text: &[u8]) -> u32 {
    let worth = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte.to_ascii_uppercase().wrapping_sub(b'A')) + 10,
    };
    text.iter().zip([7, 3, 1].into_iter().cycle()).map(|(byte, weight)| worth(*byte) * weight).sum()
}

fn id_card(text: &[u8]) -> bool {
    let check = values(from(text, 9));
    is_id_card(text)
        && check.first().is_some_and(|last| weights_731(part(text, 0..9)) % 10 == u32::from(*last))
}

/// Nine places without a check digit need digits to tell them from words.
fn id_card_short(text: &[u8]) -> bool {
    is_id_card(text) && values(text).len() >= 4
}

/// No vowels, so that no words come about, and a digit.
fn is_id_card(text: &[u8]) -> bool {
    let first = text.first().is_some_and(|byte| b"CFGHJKLMNPRTVWXYZ".contains(byte));
    let rest = text.iter().all(|byte| !b"ABDEIOQSU".contains(byte));
    first && rest && !values(text).is_empty()
}

/// Area, birthday, a letter, a serial number; the letter counts as two digits.
pub(crate) fn pension(text: &[u8]) -> bool {
    let letters: Vec<u8> = text.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let digits: Vec<u8> = letters
        .iter()
        .flat_map(|byte| match byte {
            b'A'..=b'Z' => {
                let place = byte - b'A' + 1;
                vec![place / 10, place % 10]
            }
            _ => vec![byte - b'0'],
        })
        .collect();
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let cross = |value: u32| value / 10 + value % 10;
    let sum: u32 =
        digits.iter().zip(weights).map(|(digit, weight)| cross(u32::from(*digit) * weight)).sum();
    digits.len() == 13
        && sum % 10 == digit(&digits, 12)
        && date(number(&digits, 4..6) as u32, number(&digits, 2..4) as u32)
}

fn vat(text: &[u8]) -> bool {
    let digits = values(text);
    text.starts_with(b"DE") && mod_11_10(&digits) && !uniform(&digits)
}
