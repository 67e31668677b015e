//! Phrases that recover a wallet: 12 to 24 words of BIP-39's English list, the last of which holds a checksum.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// How many words a phrase has at most.
const WORDS_MAX: usize = 24;
/// How many bits a word stands for.
const BITS: usize = 11;

/// The list of BIP-39, in order; each word is known by its first four letters.
static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("english.txt").split_ascii_whitespace().collect());

/// Whether the words, with one or more spaces between them, are a phrase whose checksum holds.
pub(super) fn is_phrase(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let mut places = [0u16; WORDS_MAX];
    let mut count = 0;
    for word in text.split([' ', ',', '\n', '\t']).filter(|word| !word.is_empty()) {
        let word = word.to_ascii_lowercase();
        let (Some(slot), Ok(place)) = (places.get_mut(count), WORDS.binary_search(&word.as_str()))
        else {
            return false;
        };
        *slot = u16::try_from(place).unwrap_or_default();
        count += 1;
    }
    matches!(count, 12 | 15 | 18 | 21 | 24) && places.get(..count).is_some_and(holds)
}

/// Of 33 bits the last one is the first of the hash of the others.
fn holds(places: &[u16]) -> bool {
    let bits = places.len() * BITS;
    let checked = bits / 33;
    let mut bytes = [0u8; WORDS_MAX * BITS / 8 + 1];
    let bit = |at: usize| {
        let place = places.get(at / BITS).copied().unwrap_or_default();
        place >> (BITS - 1 - at % BITS) & 1 == 1
    };
    for at in 0..bits {
        if let Some(byte) = bytes.get_mut(at / 8).filter(|_| bit(at)) {
            *byte |= 0x80 >> (at % 8);
        }
    }
    let entropy = (bits - checked) / 8;
    let hash = Sha256::digest(bytes.get(..entropy).unwrap_or_default());
    let first = hash.first().copied().unwrap_or_default();
    let last = bytes.get(entropy).copied().unwrap_or_default();
    // Four to eight bits are checked.
    (first ^ last) >> (8 - checked) == 0
}
