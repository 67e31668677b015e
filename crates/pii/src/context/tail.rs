//! The last letters of a key in one register: nearly every key falls out here.
//!
//! Exact in saying no: what a key says, it says by its last word, and that word, or its last eight letters,
//! is the end of a word that is known. All ends of known words are in the map.

use super::is_letter;

/// Bits of the map: two kibibytes for every thousand words, so that one key in twenty passes for nothing.
const BITS_LOG2: u32 = 17;

/// Bytes of a key that fit.
const BYTES: usize = 8;

/// All ends of words.
#[derive(Debug)]
pub(super) struct Ends {
    bits: Vec<u64>,
}

impl Ends {
    pub(super) fn new() -> Self {
        Self { bits: vec![0; (1 << BITS_LOG2) / 64] }
    }

    /// Adds every end of `word`.
    pub(super) fn add(&mut self, word: &[u8]) {
        for length in 1..=word.len().min(BYTES) {
            let end = word.get(word.len() - length..).unwrap_or_default();
            let mut bytes = [0; BYTES];
            let slots = bytes.iter_mut();
            slots.zip(end).for_each(|(slot, byte)| *slot = byte.to_ascii_lowercase());
            let bit = hash(u64::from_le_bytes(bytes));
            if let Some(word) = self.bits.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
    }

    /// Whether the last word of `text` may be the end of one that is known; wrong only in saying yes.
    #[inline]
    pub(super) fn may_hold(&self, text: &[u8]) -> bool {
        let (letters, length) = last_word(last_bytes(text));
        let bit = hash(letters);
        if self.bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1) {
            return true;
        }
        // What begins with a digit is no word: the one before it tells. What ends in none is looked at closely.
        match length {
            0 => true,
            BYTES => begins_with_digit(text),
            _ => (letters as u8).is_ascii_digit(),
        }
    }
}

fn hash(letters: u64) -> usize {
    (letters.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS_LOG2)) as usize
}

/// The last eight bytes, zeros before them where there are fewer.
#[inline]
fn last_bytes(text: &[u8]) -> u64 {
    match text.last_chunk::<BYTES>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text.iter().fold(0, |all, byte| all >> 8 | u64::from(*byte) << 56),
    }
}

/// One in the highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Which bytes below 0x80 are at least `least`: their highest bits, all eight bytes at once.
#[inline]
const fn at_least(low: u64, least: u8) -> u64 {
    low + (0x80 - least as u64) * 0x0101_0101_0101_0101
}

/// The letters of the last word in small letters, the first lowest, and how many there are.
#[inline]
fn last_word(bytes: u64) -> (u64, usize) {
    let low = bytes & !HIGH;
    let folded = low | 0x2020_2020_2020_2020;
    let is_ascii = !bytes & HIGH;
    let alpha = at_least(folded, b'a') & !at_least(folded, b'z' + 1) & is_ascii;
    let digit = at_least(low, b'0') & !at_least(low, b'9' + 1) & is_ascii;
    let small = alpha & bytes << 2;
    let capital = alpha & !small;
    let letter = alpha | digit | bytes & HIGH;
    // The word begins behind what is no letter, and at a capital behind a small letter.
    let ends = !letter & HIGH | capital >> 8 & small;
    let length = (ends.leading_zeros() / 8) as usize;
    let lower = bytes | capital >> 2;
    let letters = if length == 0 { 0 } else { lower >> (8 * (BYTES - length)) };
    (letters, length)
}

/// Whether the last word, which is long, begins with a digit.
fn begins_with_digit(text: &[u8]) -> bool {
    let mut next = 0u8;
    for byte in text.iter().rev() {
        if !is_letter(*byte) || (byte.is_ascii_lowercase() && next.is_ascii_uppercase()) {
            break;
        }
        next = *byte;
    }
    next.is_ascii_digit()
}
