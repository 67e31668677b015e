//! Payment cards: who issues which ranges, and how long their numbers are.

use crate::{
    bytes::{at as byte, before, part, run},
    checksum::{luhn, number, uniform},
    engine::{Proof, Scan},
    entity::Entity,
};

/// First and last prefix of a range, and the lengths of its numbers, one bit each.
#[rustfmt::skip]
const ISSUERS: &[(u32, u32, u32)] = &[
    // Visa
    (4, 4, at(13) | at(16) | at(19)),
    // Mastercard
    (51, 55, at(16)), (2221, 2720, at(16)),
    // American Express
    (34, 34, at(15)), (37, 37, at(15)),
    // Diners
    (300, 305, at(14) | at(16) | at(19)), (3095, 3095, at(14) | at(16)), (36, 36, at(14) | at(16) | at(19)),
    (38, 39, at(14) | at(16) | at(19)),
    // Discover
    (6011, 6011, at(16) | at(19)), (622_126, 622_925, at(16) | at(19)), (644, 649, at(16) | at(19)),
    (65, 65, at(16) | at(19)),
    // JCB
    (3528, 3589, at(16) | at(19)), (1800, 1800, at(15)), (2131, 2131, at(15)),
    // UnionPay
    (62, 62, at(16) | at(17) | at(18) | at(19)), (81, 81, at(16) | at(17) | at(18) | at(19)),
    // Maestro
    (5018, 5018, LONG), (5020, 5020, LONG), (5038, 5038, LONG), (5893, 5893, LONG), (6304, 6304, LONG),
    (6759, 6759, LONG), (6761, 6763, LONG), (676, 676, LONG), (58, 58, LONG),
    // Mir
    (2200, 2204, at(16) | at(19)),
    // RuPay
    (508, 508, at(16)), (60, 60, at(16)), (82, 82, at(16)), (353, 353, at(16)), (356, 356, at(16)),
];

/// 12 to 19 digits.
const LONG: u32 = 0xFF << 12;

const fn at(length: u32) -> u32 {
    1 << length
}

/// Whether the digits are a card's: an issuer's range and length, and Luhn's check.
pub(crate) fn is_card(digits: &[u8]) -> bool {
    let length = digits.len();
    let issued = matches!(digits, [1, 8, ..] | [2..=6 | 8, ..]);
    if !issued || !(12..=19).contains(&length) || uniform(digits) || !luhn(digits) {
        return false;
    }
    let starts = |prefix: u32, low: u32, high: u32| {
        let places = prefix.ilog10() as usize + 1;
        let start = number(digits, 0..places) as u32;
        start >= low && start <= high
    };
    let fits = |(low, high, lengths): &(u32, u32, u32)| {
        lengths >> length & 1 == 1 && starts(*low, *low, *high)
    };
    ISSUERS.iter().any(fits) && !is_time(digits)
}

/// Whether the digits may be a card's of whatever issuer: the length, and Luhn's check.
pub(crate) fn may_be_card(digits: &[u8]) -> bool {
    (12..=19).contains(&digits.len()) && luhn(digits) && !uniform(digits) && !is_time(digits)
}

/// Whether 14 digits read as a date and time of our days, written without separators.
fn is_time(digits: &[u8]) -> bool {
    digits.len() == 14
        && (1900..2100).contains(&number(digits, 0..4))
        && crate::checksum::date(number(digits, 4..6) as u32, number(digits, 6..8) as u32)
        && number(digits, 8..10) < 24
}

/// Numbers that payment providers publish for tests.
#[rustfmt::skip]
const TESTS: &[&str] = &[
    "4111111111111111", "4242424242424242", "4012888888881881", "5555555555554444",
    "5105105105105100", "2223003122003222", "378282246310005", "371449635398431",
    "6011111111111117", "6011000990139424", "3056930009020004", "30569309025904",
    "38520000023237", "3530111333300000", "3566002020360505", "4000056655665556",
    "5200828282828210", "4222222222222", "6200000000000005",
];

/// Whether a provider publishes the number for tests.
pub(crate) fn is_test(digits: &[u8]) -> bool {
    let same = |test: &&str| {
        test.len() == digits.len()
            && test.bytes().zip(digits).all(|(letter, digit)| letter - b'0' == *digit)
    };
    TESTS.iter().any(same)
}

/// The magnetic stripe whose card number begins at `start`: `%B…^…?` or `;…=…?`.
pub(super) fn track(scan: &mut Scan<'_>, start: usize) -> bool {
    let length = run(scan.text, start, 20, |byte| byte.is_ascii_digit());
    let opens = match byte(scan.text, start + length) {
        b'^' => usize::from(before(scan.text, start, 2) == b'%') + 1,
        b'=' if before(scan.text, start, 1) == b';' => 1,
        _ => return false,
    };
    let digits: Vec<u8> =
        part(scan.text, start..start + length).iter().map(|byte| byte - b'0').collect();
    let rest =
        run(scan.text, start + length, 80, |byte| byte != b'?' && byte != b'"' && byte >= b' ');
    let end = start + length + rest + usize::from(byte(scan.text, start + length + rest) == b'?');
    let is_sound = luhn(&digits) && (12..=19).contains(&length) && rest > 8;
    if is_sound {
        scan.find(Entity::CardTrack, start - opens, end, Proof::Checksum);
        scan.number_end = end;
    }
    is_sound
}
