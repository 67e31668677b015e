//! Check digits and checksums. Digits are values of 0 to 9, not characters.

mod base;
#[cfg(test)]
mod tests;

pub(crate) use self::base::{base58check, bech32, crc32, crc32_base62, eip55};

/// The sum of the digits times their weights; the shorter of both counts.
pub(crate) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// The digit at `at`, 0 outside.
pub(crate) fn digit(digits: &[u8], at: usize) -> u32 {
    digits.get(at).copied().map_or(0, u32::from)
}

/// The digits of a range as a number, in as many digits as there are.
pub(crate) fn number(digits: &[u8], range: std::ops::Range<usize>) -> u64 {
    let digits = crate::bytes::part(digits, range);
    digits.iter().fold(0, |sum: u64, digit| sum.wrapping_mul(10).wrapping_add((*digit).into()))
}

/// Luhn's formula, the last digit being the check digit.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| {
        let twice = u32::from(digit) * 2;
        twice - 9 * u32::from(twice > 9)
    };
    let mut pairs = digits.rchunks_exact(2);
    let sum = (&mut pairs).fold(0, |sum, pair| match pair {
        [second, first] => sum + doubled(*second) + u32::from(*first),
        _ => sum,
    });
    let last = pairs.remainder().first().map_or(0, |digit| u32::from(*digit));
    (sum + last).is_multiple_of(10)
}

/// All digits are the same.
pub(crate) fn uniform(digits: &[u8]) -> bool {
    digits.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
}

/// Verhoeff's check, the last digit being the check digit.
pub(crate) fn verhoeff(digits: &[u8]) -> bool {
    /// Each digit turned none to seven times.
    const TURNED: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let turned = |digit: u8, times: usize| {
        let row = TURNED.get(times % 8);
        row.and_then(|row| row.get(usize::from(digit))).copied().unwrap_or_default()
    };
    let times = |a: u8, b: u8| {
        let row = DIHEDRAL.get(usize::from(a));
        row.and_then(|row| row.get(usize::from(b))).copied().unwrap_or_default()
    };
    digits.iter().rev().enumerate().fold(0, |sum, (at, digit)| times(sum, turned(*digit, at))) == 0
}

/// The products of the dihedral group of order ten.
static DIHEDRAL: [[u8; 10]; 10] = dihedral();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
const fn dihedral() -> [[u8; 10]; 10] {
    let mut table = [[0; 10]; 10];
    let mut place = 0u8;
    while place < 100 {
        let (a, b) = (place / 10, place % 10);
        table[a as usize][b as usize] = match (a < 5, b < 5) {
            (true, true) => (a + b) % 5,
            (true, false) => (a + b - 5) % 5 + 5,
            (false, true) => (a - b) % 5 + 5,
            (false, false) => (a + 5 - b) % 5,
        };
        place += 1;
    }
    table
}

/// ISO 7064 mod 11,10.
pub(crate) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((last, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (product + u32::from(*digit)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + u32::from(*last)) % 10 == 1
}

/// ISO 7064 mod 97,10 over letters and digits, letters counting 10 to 35: what is left of 97.
pub(crate) fn mod_97(text: impl Iterator<Item = u8>) -> u32 {
    text.fold(0, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        b'A'..=b'Z' => (sum * 100 + u32::from(byte - b'A') + 10) % 97,
        _ => sum,
    })
}

/// Whether year, month and day of the two-digit year make a date.
pub(crate) fn date(month: u32, day: u32) -> bool {
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    day >= 1 && day <= days
}

/// Shannon's entropy in bits a byte.
pub(crate) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = text.len() as f64;
    let part = |count: &u32| {
        let share = f64::from(*count) / length;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(part).sum()
}
