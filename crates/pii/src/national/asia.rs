//! India, China, Japan, Korea, Singapore, Hong Kong, Taiwan, Malaysia, Thailand, Indonesia, the
//! Philippines, Israel; and South Africa and Nigeria.

use super::{letter, values};
use crate::{
    bytes::part,
    checksum::{date, digit, luhn, number, uniform, verhoeff, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

const DASH: Separator = Separator::Dash;
const SPACE: Separator = Separator::Space;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::InAadhaar, shapes: &[(0x444, SPACE, Tier::A), (0x444, DASH, Tier::B)], bare: (1 << 12, Tier::B), check: aadhaar, hints: Hints::AADHAAR },
    // Mistyped, beside its name.
    Row { entity: Entity::InAadhaar, shapes: &[(0x444, DASH, Tier::B)], bare: (1 << 12, Tier::B), check: any, hints: Hints::AADHAAR },
    Row { entity: Entity::CnRic, shapes: &[], bare: (1 << 18, Tier::A), check: ric_digits, hints: Hints::RIC },
    Row { entity: Entity::JpMyNumber, shapes: &[(0x444, SPACE, Tier::B), (0x444, DASH, Tier::B)], bare: (1 << 12, Tier::B), check: my_number, hints: Hints::MYNUMBER },
    Row { entity: Entity::KrRrn, shapes: &[(0x67, DASH, Tier::A)], bare: (1 << 13, Tier::B), check: rrn, hints: Hints::RRN },
    Row { entity: Entity::MyNric, shapes: &[(0x624, DASH, Tier::A)], bare: (1 << 12, Tier::B), check: mykad, hints: Hints::MYNRIC.or(Hints::NATIONAL) },
    Row { entity: Entity::ZaId, shapes: &[], bare: (1 << 13, Tier::B), check: south_african, hints: Hints::ZAID.or(Hints::NATIONAL) },
    Row { entity: Entity::ThId, shapes: &[(0x14521, DASH, Tier::A), (0x14521, SPACE, Tier::B)], bare: (1 << 13, Tier::B), check: thai, hints: Hints::THID.or(Hints::NATIONAL) },
    Row { entity: Entity::IdNik, shapes: &[], bare: (1 << 16, Tier::B), check: nik, hints: Hints::NIK.or(Hints::NATIONAL) },
    Row { entity: Entity::PhTin, shapes: &[(0x333, DASH, Tier::B), (0x3333, DASH, Tier::B)], bare: (1 << 9 | 1 << 12, Tier::B), check: any, hints: Hints::PHTIN },
    Row { entity: Entity::IlId, shapes: &[], bare: (1 << 9, Tier::B), check: israeli, hints: Hints::ILID.or(Hints::NATIONAL) },
    Row { entity: Entity::NgNin, shapes: &[], bare: (1 << 11, Tier::B), check: any, hints: Hints::NGNIN },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::InPan, shape: "AAAAA9999A", check: pan, tier: Tier::B, hints: Hints::PANCARD.or(Hints::TAX) },
    Pattern { entity: Entity::InGstin, shape: "99AAAAA9999A*A*", check: gstin, tier: Tier::A, hints: Hints::GSTIN },
    Pattern { entity: Entity::InEpic, shape: "AAA9999999", check: yes, tier: Tier::B, hints: Hints::EPIC },
    Pattern { entity: Entity::InIfsc, shape: "AAAA0******", check: yes, tier: Tier::B, hints: Hints::IFSC },
    Pattern { entity: Entity::InPassport, shape: "A9999999", check: yes, tier: Tier::B, hints: Hints::PASSPORT },
    Pattern { entity: Entity::CnRic, shape: "99999999999999999A", check: ric, tier: Tier::A, hints: Hints::RIC },
    Pattern { entity: Entity::SgNric, shape: "A9999999A", check: nric, tier: Tier::A, hints: Hints::NRIC },
    Pattern { entity: Entity::TwId, shape: "A999999999", check: taiwanese, tier: Tier::B, hints: Hints::TWID.or(Hints::NATIONAL) },
    Pattern { entity: Entity::HkId, shape: "A999999*", check: hong_kong, tier: Tier::B, hints: Hints::HKID.or(Hints::NATIONAL) },
];

fn yes(_: &[u8]) -> bool {
    true
}

fn any(digits: &[u8]) -> bool {
    !uniform(digits)
}

pub(crate) fn aadhaar(digits: &[u8]) -> bool {
    let is_palindrome = || digits.iter().eq(digits.iter().rev());
    digit(digits, 0) >= 2 && verhoeff(digits) && !is_palindrome()
}

/// The fourth letter says what kind of person pays.
fn pan(text: &[u8]) -> bool {
    text.get(3).is_some_and(|kind| b"ABCFGHJLPT".contains(kind))
}

/// A state, a PAN, and a check character over base 36.
pub(crate) fn gstin(text: &[u8]) -> bool {
    let worth = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte.wrapping_sub(b'A')) + 10,
    };
    let sum: u32 = part(text, 0..14)
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            let product = worth(*byte) * (1 + at as u32 % 2);
            product / 36 + product % 36
        })
        .sum();
    let state = number(&values(part(text, 0..2)), 0..2);
    let last = text.last().copied().map(worth);
    matches!(state, 1..=38 | 97)
        && pan(part(text, 2..12))
        && text.get(13) == Some(&b'Z')
        && last == Some((36 - sum % 36) % 36)
}

/// Region, date of birth, and ISO 7064 mod 11-2.
pub(crate) fn ric(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = values(part(text, 0..17));
    let year = number(&digits, 6..10);
    digits.len() == 17
        && (1900..2100).contains(&year)
        && (11..=82).contains(&number(&digits, 0..2))
        && date(number(&digits, 10..12) as u32, number(&digits, 12..14) as u32)
        && letter(b"10X98765432", u64::from(weighted(&digits, &WEIGHTS) % 11)) == text.get(17)
}

fn ric_digits(digits: &[u8]) -> bool {
    ric(&digits.iter().map(|digit| digit + b'0').collect::<Vec<u8>>())
}

pub(crate) fn my_number(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    !uniform(digits) && (if sum < 2 { 0 } else { 11 - sum }) == digit(digits, 11)
}

/// A date and a century; numbers given since October 2020 have no check digit.
fn rrn(digits: &[u8]) -> bool {
    date(number(digits, 2..4) as u32, number(digits, 4..6) as u32)
        && (1..=8).contains(&digit(digits, 6))
}

fn mykad(digits: &[u8]) -> bool {
    let place = number(digits, 6..8);
    date(number(digits, 2..4) as u32, number(digits, 4..6) as u32)
        && place != 0
        && !matches!(place, 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97)
}

pub(crate) fn thai(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    digit(digits, 0) != 0 && !uniform(digits) && (11 - sum % 11) % 10 == digit(digits, 12)
}

fn nik(digits: &[u8]) -> bool {
    let day = number(digits, 6..8) as u32;
    (11..=94).contains(&number(digits, 0..2))
        && date(number(digits, 8..10) as u32, if day > 40 { day - 40 } else { day })
}

fn israeli(digits: &[u8]) -> bool {
    luhn(digits) && !uniform(digits)
}

pub(crate) fn south_african(digits: &[u8]) -> bool {
    date(number(digits, 2..4) as u32, number(digits, 4..6) as u32)
        && digit(digits, 10) <= 2
        && luhn(digits)
}

pub(crate) fn nric(text: &[u8]) -> bool {
    let digits = values(text);
    let sum = weighted(&digits, &[2, 7, 6, 5, 4, 3, 2]);
    let (offset, table): (u32, &[u8]) = match text.first() {
        Some(b'S') => (0, b"JZIHGFEDCBA"),
        Some(b'T') => (4, b"JZIHGFEDCBA"),
        Some(b'F') => (0, b"XWUTRQPNMLK"),
        Some(b'G') => (4, b"XWUTRQPNMLK"),
        Some(b'M') => (3, b"KLJNPQRTUWX"),
        _ => return false,
    };
    let place = (sum + offset) % 11;
    let place = if text.first() == Some(&b'M') { 10 - place } else { place };
    letter(table, place.into()) == text.last()
        || (text.first() == Some(&b'M')
            && letter(b"XWUTRQPNJLK", ((sum + 3) % 11).into()) == text.last())
}

fn taiwanese(text: &[u8]) -> bool {
    const ORDER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let Some(first) = text.first().and_then(|byte| ORDER.iter().position(|letter| letter == byte))
    else {
        return false;
    };
    let code = first as u32 + 10;
    let digits = values(text);
    let sum = code / 10 + code % 10 * 9 + weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(digits.first(), Some(1 | 2 | 8 | 9)) && sum.is_multiple_of(10)
}

fn hong_kong(text: &[u8]) -> bool {
    let first = text.first().map_or(0, |byte| u32::from(byte - b'A') + 10);
    let sum = 36 * 9 + first * 8 + weighted(&values(part(text, 1..7)), &[7, 6, 5, 4, 3, 2]);
    let last = match text.last() {
        Some(b'A') => 10,
        Some(byte) if byte.is_ascii_digit() => u32::from(byte - b'0'),
        _ => return false,
    };
    (sum + last).is_multiple_of(11)
}
