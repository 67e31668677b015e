//! The last letters of a key in one register: nearly every key falls out here.
//!
//! Exact in saying no: what a key says, it says by its last word, and that word, or its last eight letters,
//! is the end of a word that is known. All ends of known words are in the map.

use super::is_letter;
use crate::bytes::{before, part, run_back};

/// Bits of the map: two kibibytes for every thousand words, so that one key in twenty passes for nothing.
const BITS_LOG2: u32 = 17;

/// Bytes of a key that fit.
const BYTES: usize = 8;

/// All ends of words.
#[derive(Debug)]
pub(super) struct Ends {
    /// Of one letter and more.
    bits: Vec<u64>,
    /// Words as a whole.
    whole: Vec<u64>,
    /// What may follow the word that tells.
    suffixes: Vec<u64>,
}

impl Ends {
    pub(super) fn new() -> Self {
        let bits = vec![0; (1 << BITS_LOG2) / 64];
        Self { whole: bits.clone(), bits, suffixes: Vec::new() }
    }

    /// Adds `word` and every end of it.
    pub(super) fn add(&mut self, word: &[u8]) {
        for length in 1..=word.len().min(BYTES) {
            set(&mut self.bits, letters_of(word.get(word.len() - length..).unwrap_or_default()));
        }
        if word.len() <= BYTES {
            set(&mut self.whole, letters_of(word));
        }
    }

    /// Adds a word that may follow those that tell.
    pub(super) fn add_suffix(&mut self, word: &[u8]) {
        set(&mut self.bits, letters_of(word));
        self.suffixes.push(letters_of(word));
    }

    /// Whether the last word of `text` may be one that is known, alone, with the one before it, or as what
    /// follows one; wrong only in saying yes.
    #[inline]
    pub(super) fn may_hold(&self, text: &[u8]) -> bool {
        let (letters, length) = last_word(last_bytes(text));
        if !get(&self.bits, letters) {
            // What begins with a digit is no word: the one before it tells. What ends in none is looked at closely.
            return match length {
                0 => true,
                BYTES => begins_with_digit(text),
                _ => (letters as u8).is_ascii_digit(),
            };
        }
        length == BYTES || self.may_hold_two(text, letters, length)
    }

    /// The same for a last word of fewer than eight letters that is the end of a known one.
    fn may_hold_two(&self, text: &[u8], letters: u64, length: usize) -> bool {
        if get(&self.whole, letters) || (letters as u8).is_ascii_digit() {
            return true;
        }
        let follows = self.suffixes.contains(&letters);
        // More than three bytes separate what does not belong together.
        let rest = part(text, 0..text.len() - length);
        let gap = run_back(rest, rest.len(), 4, |byte| !is_letter(byte));
        let rest = part(rest, 0..rest.len() - gap);
        let (before, size) = last_word(last_bytes(rest));
        if size == 0 {
            return follows && !rest.is_empty();
        }
        let is_number =
            if size == BYTES { begins_with_digit(rest) } else { (before as u8).is_ascii_digit() };
        let joined = if size + length <= BYTES {
            before | letters << (8 * size)
        } else {
            before >> (8 * (size + length - BYTES)) | letters << (8 * (BYTES - length))
        };
        is_number || get(&self.bits, joined) || (follows && get(&self.bits, before))
    }
}

impl Ends {
    /// Whether the last word of `text` may be the end of a known one, or is if its first letter belongs to an
    /// escape such as `\n`; wrong only in saying yes.
    #[inline]
    pub(super) fn may_end_last(&self, text: &[u8]) -> bool {
        let (letters, length) = last_word(last_bytes(text));
        get(&self.bits, letters)
            || length == 0
            || before(text, text.len(), length + 1) == b'\\'
            || (letters as u8).is_ascii_digit()
            || length == BYTES && begins_with_digit(text)
    }

    /// Whether the word `start..end`, alone or with `last` before it, may be the end of a known one or one itself;
    /// wrong only in saying yes.
    #[inline]
    pub(super) fn may_be(&self, text: &[u8], word: (usize, usize), last: (usize, usize)) -> bool {
        let (letters, length) = small(text, word);
        if !get(&self.bits, letters) {
            return false;
        }
        if length == BYTES || get(&self.whole, letters) {
            return true;
        }
        // A short word is the end of many, and few have what stands before it.
        let (before, size) = small(text, last);
        let fits = size.min(BYTES - length);
        let before = if size == 0 { 0 } else { before >> (8 * (size - fits)) };
        size > 0 && get(&self.bits, before | letters << (8 * fits))
    }
}

/// The last letters of the word `start..end` in small letters, the first lowest, and how many there are.
#[inline]
fn small(text: &[u8], (start, end): (usize, usize)) -> (u64, usize) {
    let length = (end - start).min(BYTES);
    if length == 0 {
        return (0, 0);
    }
    let bytes = last_bytes(part(text, end.saturating_sub(BYTES)..end));
    let low = bytes & !HIGH;
    let capital = at_least(low, b'A') & !at_least(low, b'Z' + 1) & !bytes & HIGH;
    let lower = bytes | capital >> 2;
    (lower >> (8 * (BYTES - length)), length)
}

/// Up to eight letters, small, the first lowest.
fn letters_of(word: &[u8]) -> u64 {
    let mut bytes = [0; BYTES];
    bytes.iter_mut().zip(word).for_each(|(slot, byte)| *slot = byte.to_ascii_lowercase());
    u64::from_le_bytes(bytes)
}

fn set(bits: &mut [u64], letters: u64) {
    let bit = hash(letters);
    if let Some(word) = bits.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

#[inline]
fn get(bits: &[u64], letters: u64) -> bool {
    let bit = hash(letters);
    bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
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
