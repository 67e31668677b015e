//! What the words around a candidate, or the key it stands under, say about it.
//!
//! Looked at only where a candidate was found. Words count as a whole: `lic` in `public` is no hint.

mod structural;
#[cfg(test)]
mod tests;
mod words;

use std::sync::LazyLock;

pub(crate) use self::structural::class_of;
use crate::bytes::part;

/// How far before a candidate words count, in bytes.
const BEFORE: usize = 60;
/// How far after it.
const AFTER: usize = 25;
/// How much of a key is looked at, from its end.
const KEY: usize = 48;

/// A set of hints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints(u128);

impl Hints {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether one of `wanted` is in the set.
    pub(crate) const fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 != 0
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// All words by their hash: open addressing, a power of two slots.
struct Table {
    slots: Vec<(u32, Hints)>,
    /// Which last letters words have, for asking quickly.
    endings: Vec<u64>,
}

const SLOTS: usize = 4096;
const ENDINGS: usize = 1 << 12;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { slots: vec![(0, Hints::NONE); SLOTS], endings: vec![0; ENDINGS / 64] };
    for (hint, words) in words::WORDS {
        for word in words.split_whitespace() {
            table.add(word.as_bytes(), *hint);
        }
    }
    for suffix in SUFFIXES {
        table.ending(suffix);
    }
    table
});

/// Words that may follow the word that tells: `passport_number`.
const SUFFIXES: [&[u8]; 12] = [
    b"number", b"no", b"num", b"nr", b"id", b"value", b"code", b"text", b"plain", b"1", b"2",
    b"field",
];

impl Table {
    fn add(&mut self, word: &[u8], hint: Hints) {
        let hash = word.iter().fold(SEED, |hash, byte| step(hash, *byte));
        let mut slot = hash as usize % SLOTS;
        while let Some((other, hints)) = self.slots.get_mut(slot) {
            if hints.is_empty() || *other == hash {
                (*other, *hints) = (hash, hints.or(hint));
                break;
            }
            slot = (slot + 1) % SLOTS;
        }
        self.ending(word);
    }

    fn ending(&mut self, word: &[u8]) {
        let bit = ending(word);
        if let Some(bits) = self.endings.get_mut(bit / 64) {
            *bits |= 1 << (bit % 64);
        }
    }

    fn get(&self, hash: u32) -> Hints {
        let mut slot = hash as usize % SLOTS;
        while let Some((other, hints)) = self.slots.get(slot) {
            if *other == hash || hints.is_empty() {
                return *hints;
            }
            slot = (slot + 1) % SLOTS;
        }
        Hints::NONE
    }
}

const SEED: u32 = 0x811c_9dc5;

#[inline]
fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
}

/// A small hash of the last two letters.
fn ending(word: &[u8]) -> usize {
    let last = |back: usize| {
        word.len().checked_sub(back).and_then(|at| word.get(at)).map_or(0, u8::to_ascii_lowercase)
    };
    (usize::from(last(1)) * 131 + usize::from(last(2)) * 7) % ENDINGS
}

/// Whether a key with these last letters may be one that tells; wrong only in saying yes.
#[inline]
pub(crate) fn may_tell(key: &[u8]) -> bool {
    let bit = ending(key);
    TABLE.endings.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Calls `each` with the words of `text`: the hints of the word, and of the word with one and with two
/// before it, and where the word ends.
fn each_word(text: &[u8], mut each: impl FnMut(Hints, usize, usize)) {
    let table = &*TABLE;
    let (mut one, mut two) = (SEED, SEED);
    let mut at = 0;
    while at < text.len() {
        let rest = part(text, at..text.len());
        let skipped = rest.iter().position(|byte| is_letter(*byte)).unwrap_or(rest.len());
        if skipped > 3 {
            (one, two) = (SEED, SEED);
        }
        let start = at + skipped;
        let word = part(text, start..text.len());
        let length = word_length(word);
        let word = part(word, 0..length);
        if word.is_empty() {
            break;
        }
        let mut hashes = [SEED, one, two];
        for byte in word {
            hashes = hashes.map(|hash| step(hash, *byte));
        }
        let hints = hashes.into_iter().fold(Hints::NONE, |all, hash| all.or(table.get(hash)));
        let [alone, paired, _] = hashes;
        each(hints, start, start + length);
        (one, two) = (alone, paired);
        at = start + length;
    }
}

/// How long the word at the start of `text` is; a capital after a small letter begins another one.
fn word_length(text: &[u8]) -> usize {
    let mut last = 0;
    for (at, byte) in text.iter().enumerate() {
        let is_hump = at > 0 && byte.is_ascii_uppercase() && u8::is_ascii_lowercase(&last);
        if !is_letter(*byte) || is_hump {
            return at;
        }
        last = *byte;
    }
    text.len()
}

/// What a key says by its last words, the number that may follow them aside.
pub(crate) fn of_key(key: &[u8]) -> Hints {
    if key.is_empty() {
        return Hints::NONE;
    }
    let key = part(key, key.len().saturating_sub(KEY)..key.len());
    let (mut last, mut before, mut owner) = (Hints::NONE, Hints::NONE, false);
    let mut end = (0, 0);
    each_word(key, |hints, start, until| {
        owner |= last.has(Hints::OWNER);
        before = last;
        last = hints;
        end = (start, until);
    });
    let word = part(key, end.0..end.1);
    let is_suffix = SUFFIXES.iter().any(|suffix| word.eq_ignore_ascii_case(suffix));
    let mut hints = if is_suffix { last.or(before) } else { last };
    if hints.has(Hints::BARENAME) && owner {
        hints = hints.or(Hints::NAME);
    }
    hints
}

/// Words near a candidate, the nearest first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Near {
    words: [(Hints, u32, u32); Self::MOST],
    length: usize,
}

impl Near {
    const MOST: usize = 8;

    /// The words, the nearest first.
    pub(crate) fn words(&self) -> impl Iterator<Item = (Hints, (u32, u32))> {
        self.words.iter().take(self.length).map(|(hints, start, end)| (*hints, (*start, *end)))
    }
}

/// The words around `start..end` of `text` that say something.
pub(crate) fn near(text: &[u8], start: usize, end: usize) -> Near {
    let mut near = Near::default();
    let mut from = start.saturating_sub(BEFORE);
    // The first word may be cut: it begins after what is no letter.
    if from > 0 {
        let cut = part(text, from..start).iter().position(|byte| !is_letter(*byte));
        from = cut.map_or(start, |cut| from + cut);
    }
    let mut add = |words: &mut [(Hints, u32, u32); Near::MOST], entry: (Hints, u32, u32)| {
        words.rotate_right(1);
        if let Some(first) = words.first_mut() {
            *first = entry;
        }
        near.length = (near.length + 1).min(Near::MOST);
    };
    let mut words = [(Hints::NONE, 0, 0); Near::MOST];
    let place = |at: usize, base: usize| u32::try_from(base + at).unwrap_or(u32::MAX);
    each_word(part(text, from..start), |hints, first, last| {
        if !hints.is_empty() {
            add(&mut words, (hints, place(first, from), place(last, from)));
        }
    });
    let mut after = part(text, end..end + AFTER);
    if end + AFTER < text.len() {
        let whole = after.iter().rposition(|byte| !is_letter(*byte)).unwrap_or(0);
        after = part(after, 0..whole);
    }
    let mut length = near.length;
    each_word(after, |hints, first, last| {
        if let Some(slot) = words.get_mut(length).filter(|_| !hints.is_empty()) {
            *slot = (hints, place(first, end), place(last, end));
            length += 1;
        }
    });
    Near { words, length }
}

/// All hints around `start..end`, and where the nearest stands.
pub(crate) fn around(text: &[u8], start: usize, end: usize) -> (Hints, (u32, u32)) {
    let near = near(text, start, end);
    let all = near.words().fold(Hints::NONE, |all, (hints, _)| all.or(hints));
    (all, near.words().next().map_or((0, 0), |(_, place)| place))
}
