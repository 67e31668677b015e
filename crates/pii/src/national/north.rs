//! Sweden, Norway, Denmark, Finland, the Baltic states.

use super::{letter, values};
use crate::{
    bytes::{from, part},
    checksum::{date, digit, luhn, number, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

const DASH: Separator = Separator::Dash;
const SPACE: Separator = Separator::Space;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::FiHetu, shapes: &[(0x64, DASH, Tier::B)], bare: (0, Tier::B), check: hetu_digits, hints: Hints::HETU },
    Row { entity: Entity::SePersonnummer, shapes: &[(0x64, DASH, Tier::A), (0x84, DASH, Tier::A)],
      bare: (1 << 10 | 1 << 12, Tier::B), check: personnummer, hints: Hints::PNR },
    Row { entity: Entity::NoFnr, shapes: &[(0x65, SPACE, Tier::A)], bare: (1 << 11, Tier::B), check: fnr, hints: Hints::FNR.or(Hints::NATIONAL) },
    Row { entity: Entity::DkCpr, shapes: &[(0x64, DASH, Tier::B)], bare: (1 << 10, Tier::B), check: cpr, hints: Hints::CPR },
    Row { entity: Entity::EeLtCode, shapes: &[], bare: (1 << 11, Tier::B), check: baltic, hints: Hints::EELT.or(Hints::NATIONAL) },
    Row { entity: Entity::LvCode, shapes: &[(0x65, DASH, Tier::B)], bare: (1 << 11, Tier::B), check: latvian, hints: Hints::LVCODE.or(Hints::NATIONAL) },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::FiHetu, shape: "999999-999*", check: hetu, tier: Tier::A, hints: Hints::HETU },
    Pattern { entity: Entity::FiHetu, shape: "999999A999*", check: hetu, tier: Tier::A, hints: Hints::HETU },
];

/// Luhn over the last ten digits, and a date; sixty is added to the day of coordination numbers.
pub(crate) fn personnummer(digits: &[u8]) -> bool {
    let ten = from(digits, digits.len().saturating_sub(10));
    let day = number(ten, 4..6) as u32;
    let century = digits.len() == 10 || matches!(number(digits, 0..2), 18..=20);
    century && luhn(ten) && date(number(ten, 2..4) as u32, if day > 60 { day - 60 } else { day })
}

pub(crate) fn fnr(digits: &[u8]) -> bool {
    let check = |weights: &[u32], at: usize| {
        (11 - weighted(digits, weights) % 11) % 11 == digit(digits, at)
    };
    let (day, month) = (number(digits, 0..2) as u32, number(digits, 2..4) as u32);
    date(if month > 40 { month - 40 } else { month }, if day > 40 { day - 40 } else { day })
        && check(&[3, 7, 6, 1, 8, 9, 4, 5, 2], 9)
        && check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 10)
}

/// Only a date: numbers given since 2007 have no check digit.
fn cpr(digits: &[u8]) -> bool {
    date(number(digits, 2..4) as u32, number(digits, 0..2) as u32)
}

/// Estonia and Lithuania: two rounds of weights.
pub(crate) fn baltic(digits: &[u8]) -> bool {
    let first = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let check = if first < 10 { first } else { second % 10 };
    (1..=6).contains(&digit(digits, 0))
        && check == digit(digits, 10)
        && date(number(digits, 3..5) as u32, number(digits, 5..7) as u32)
}

fn latvian(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
    let born = date(number(digits, 2..4) as u32, number(digits, 0..2) as u32);
    number(digits, 0..2) == 32 || (born && (sum + 1) % 11 % 10 == digit(digits, 10))
}

/// Of the last century, with a digit to check it.
fn hetu_digits(digits: &[u8]) -> bool {
    let letters: Vec<u8> = digits.iter().map(|digit| digit + b'0').collect();
    let (born, rest) = letters.split_at(letters.len().min(6));
    hetu(&[born, b"-", rest].concat())
}

pub(crate) fn hetu(text: &[u8]) -> bool {
    const LETTERS: &[u8] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let born = values(part(text, 0..6));
    let whole = [born.as_slice(), &values(part(text, 7..10))].concat();
    let century = text.get(6).is_some_and(|byte| b"-ABCDEFUVWXY".contains(byte));
    century
        && date(number(&born, 2..4) as u32, number(&born, 0..2) as u32)
        && letter(LETTERS, number(&whole, 0..9) % 31) == text.get(10)
}
