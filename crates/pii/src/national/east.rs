//! Poland, Czechia and Slovakia, Hungary, Bulgaria, Greece, Croatia, Slovenia, Russia, Ukraine, Turkey.

use crate::{
    bytes::part,
    checksum::{date, digit, luhn, mod_11_10, number, uniform, weighted},
    context::Hints,
    entity::{Entity, Tier},
    number::{Row, Separator},
    token::Pattern,
};

const DASH: Separator = Separator::Dash;
const MIXED: Separator = Separator::Mixed;

#[rustfmt::skip]
pub(super) const NUMBERS: &[Row] = &[
    Row { entity: Entity::PlPesel, shapes: &[], bare: (1 << 11, Tier::B), check: pesel, hints: Hints::PESEL.or(Hints::NATIONAL) },
    Row { entity: Entity::PlNip, shapes: &[(0x3322, DASH, Tier::A), (0x3223, DASH, Tier::A)], bare: (1 << 10, Tier::B), check: nip, hints: Hints::NIP.or(Hints::TAX) },
    Row { entity: Entity::PlRegon, shapes: &[], bare: (1 << 9 | 1 << 14, Tier::B), check: regon, hints: Hints::REGON },
    Row { entity: Entity::CzSkRc, shapes: &[(0x64, Separator::Slash, Tier::A)], bare: (1 << 10, Tier::B), check: rodne, hints: Hints::RC },
    Row { entity: Entity::HuTaxId, shapes: &[], bare: (1 << 10, Tier::B), check: hungarian, hints: Hints::HUTAX.or(Hints::TAX) },
    Row { entity: Entity::BgEgn, shapes: &[], bare: (1 << 10, Tier::B), check: egn, hints: Hints::EGN.or(Hints::NATIONAL) },
    Row { entity: Entity::GrAmka, shapes: &[], bare: (1 << 11, Tier::B), check: amka, hints: Hints::AMKA },
    Row { entity: Entity::HrOib, shapes: &[], bare: (1 << 11, Tier::B), check: oib, hints: Hints::OIB },
    Row { entity: Entity::SiEmso, shapes: &[], bare: (1 << 13, Tier::B), check: emso, hints: Hints::EMSO },
    Row { entity: Entity::TrTckn, shapes: &[], bare: (1 << 11, Tier::B), check: tckn, hints: Hints::TCKN.or(Hints::NATIONAL) },
    Row { entity: Entity::RuSnils, shapes: &[(0x3332, MIXED, Tier::A), (0x3332, DASH, Tier::A)], bare: (1 << 11, Tier::B), check: snils, hints: Hints::SNILS },
    Row { entity: Entity::RuInn, shapes: &[], bare: (1 << 10 | 1 << 12, Tier::B), check: inn, hints: Hints::INN },
    Row { entity: Entity::UaTaxId, shapes: &[], bare: (1 << 10, Tier::B), check: ukrainian, hints: Hints::UATAX.or(Hints::TAX) },
];

#[rustfmt::skip]
pub(super) const PATTERNS: &[Pattern] = &[
    Pattern { entity: Entity::PlIdCard, shape: "AAA999999", check: pl_id_card, tier: Tier::B, hints: Hints::PLID.or(Hints::NATIONAL) },
];

/// The century stands in the month.
pub(crate) fn pesel(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    sum.is_multiple_of(10) && date(number(digits, 2..4) as u32 % 20, number(digits, 4..6) as u32)
}

pub(crate) fn nip(digits: &[u8]) -> bool {
    !uniform(digits) && weighted(digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digit(digits, 9)
}

pub(crate) fn regon(digits: &[u8]) -> bool {
    let nine = weighted(digits, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10 == digit(digits, 8);
    let long = [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8];
    !uniform(digits)
        && nine
        && (digits.len() == 9 || weighted(digits, &long) % 11 % 10 == digit(digits, 13))
}

/// Three letters, a check digit, five digits.
fn pl_id_card(text: &[u8]) -> bool {
    let worth = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte.wrapping_sub(b'A')) + 10,
    };
    let weights = [7, 3, 1, 9, 7, 3, 1, 7, 3];
    let sum: u32 = text.iter().zip(weights).map(|(byte, weight)| worth(*byte) * weight).sum();
    sum.is_multiple_of(10)
}

/// Divisible by eleven, a date, fifty or more added to the month for women.
pub(crate) fn rodne(digits: &[u8]) -> bool {
    let whole = number(digits, 0..10);
    let month = number(digits, 2..4) as u32 % 50;
    let month = if month > 20 { month - 20 } else { month };
    let check =
        whole.is_multiple_of(11) || (number(digits, 0..9) % 11 == 10 && digit(digits, 9) == 0);
    check && date(month, number(digits, 4..6) as u32)
}

fn hungarian(digits: &[u8]) -> bool {
    digit(digits, 0) == 8 && weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == digit(digits, 9)
}

pub(crate) fn egn(digits: &[u8]) -> bool {
    let month = number(digits, 2..4) as u32;
    let month = month
        - if month > 40 {
            40
        } else if month > 20 {
            20
        } else {
            0
        };
    date(month, number(digits, 4..6) as u32)
        && weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == digit(digits, 9)
}

pub(crate) fn amka(digits: &[u8]) -> bool {
    luhn(digits) && date(number(digits, 2..4) as u32, number(digits, 0..2) as u32)
}

fn oib(digits: &[u8]) -> bool {
    mod_11_10(digits) && !uniform(digits)
}

pub(crate) fn emso(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    date(number(digits, 2..4) as u32, number(digits, 0..2) as u32)
        && (11 - sum % 11) % 11 % 10 == digit(digits, 12)
}

pub(crate) fn tckn(digits: &[u8]) -> bool {
    let odd: u32 = [0, 2, 4, 6, 8].iter().map(|at| digit(digits, *at)).sum();
    let even: u32 = [1, 3, 5, 7].iter().map(|at| digit(digits, *at)).sum();
    let sum: u32 = part(digits, 0..10).iter().map(|digit| u32::from(*digit)).sum();
    digit(digits, 0) != 0
        && (odd * 7 + 90 - even) % 10 == digit(digits, 9)
        && sum % 10 == digit(digits, 10)
}

pub(crate) fn snils(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
    u64::from(sum % 100) == number(digits, 9..11) && !uniform(digits)
}

pub(crate) fn inn(digits: &[u8]) -> bool {
    let check =
        |weights: &[u32], at: usize| weighted(digits, weights) % 11 % 10 == digit(digits, at);
    !uniform(digits)
        && match digits.len() {
            10 => check(&[2, 4, 10, 3, 5, 9, 4, 6, 8], 9),
            _ => {
                check(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 10)
                    && check(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11)
            }
        }
}

fn ukrainian(digits: &[u8]) -> bool {
    let plus = weighted(digits, &[0, 5, 7, 9, 4, 6, 10, 5, 7]);
    let minus = digit(digits, 0);
    (plus + 11 - minus % 11) % 11 % 10 == digit(digits, 9) && !uniform(digits)
}
