//! What the words around a candidate, or the key it stands under, say about it.
//!
//! Looked at only where a candidate was found. Words count as a whole: `lic` in `public` is no hint.

mod near;
mod structural;
mod tail;
#[cfg(test)]
mod tests;
mod words;

use std::sync::LazyLock;

use self::tail::Ends;
pub(crate) use self::{
    near::{Near, Words, own_key},
    structural::class_of,
};
use crate::bytes::{before, part};

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
    /// The hashes of the words, which are asked often, apart from what the words say. Zero for none.
    hashes: Vec<u64>,
    hints: Vec<Hints>,
    /// The ends of all words and of what may follow them.
    ends: Ends,
    /// Which last letters words have, for asking quickly.
    endings: Vec<u64>,
    /// The same without looking at where words begin, for asking at once.
    lasts: Vec<u64>,
}

const SLOTS: usize = 4096;
const ENDINGS: usize = 1 << 15;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        hashes: vec![0; SLOTS],
        hints: vec![Hints::NONE; SLOTS],
        ends: Ends::new(),
        endings: vec![0; ENDINGS / 64],
        lasts: vec![0; LASTS / 64],
    };
    for (hint, words) in words::WORDS {
        for word in words.split_whitespace() {
            table.add(word.as_bytes(), *hint);
            // The case of ASCII letters does not count; of others it does.
            if !word.is_ascii() {
                table.add(word.to_uppercase().as_bytes(), *hint);
                table.add(capitalised(word).as_bytes(), *hint);
            }
        }
    }
    for suffix in SUFFIXES {
        table.ending(suffix);
        table.ends.add_suffix(suffix);
    }
    table
});

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Words that may follow the word that tells: `passport_number`.
const SUFFIXES: [&[u8]; 10] =
    [b"number", b"no", b"num", b"nr", b"id", b"value", b"code", b"text", b"plain", b"field"];

impl Table {
    fn add(&mut self, word: &[u8], hint: Hints) {
        let hash = word.iter().fold(SEED, |hash, byte| step(hash, *byte));
        let mut slot = hash as usize % SLOTS;
        while let (Some(other), Some(hints)) = (self.hashes.get_mut(slot), self.hints.get_mut(slot))
        {
            if *other == 0 || *other == hash {
                (*other, *hints) = (hash, hints.or(hint));
                break;
            }
            slot = (slot + 1) % SLOTS;
        }
        self.ending(word);
        self.ends.add(word);
    }

    fn ending(&mut self, word: &[u8]) {
        let bit = ending(word);
        if let Some(bits) = self.endings.get_mut(bit / 64) {
            *bits |= 1 << (bit % 64);
        }
        let letter = |back: usize| {
            let at = word.len().checked_sub(back);
            at.and_then(|at| word.get(at)).copied()
        };
        // Before a word of one letter or two anything may stand.
        for b in letter(2).map_or(0..=u8::MAX, |b| b..=b) {
            for c in letter(3).map_or(0..=u8::MAX, |c| c..=c) {
                let bit = lasts(letter(1).unwrap_or_default(), b, c);
                if let Some(bits) = self.lasts.get_mut(bit / 64) {
                    *bits |= 1 << (bit % 64);
                }
            }
        }
    }

    #[inline]
    fn may_end_in(&self, a: u8, b: u8, c: u8) -> bool {
        let bit = lasts(a, b, c);
        self.lasts.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
    }

    #[inline]
    fn get(&self, hash: u64) -> Hints {
        let mut slot = hash as usize % SLOTS;
        while let Some(other) = self.hashes.get(slot) {
            if *other == hash {
                return self.hints.get(slot).copied().unwrap_or_default();
            }
            if *other == 0 {
                break;
            }
            slot = (slot + 1) % SLOTS;
        }
        Hints::NONE
    }
}

/// FNV-1a; of 64 bits, so that no id in ten million is a word by chance.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

#[inline]
fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
}

/// A small hash of the last three letters, of two where the word has no more.
fn ending(word: &[u8]) -> usize {
    let last = |back: usize| {
        word.len().checked_sub(back).and_then(|at| word.get(at)).copied().unwrap_or_default()
    };
    let (a, b, c) = (last(1), last(2), last(3));
    let is_short = !is_letter(c) || (c.is_ascii_lowercase() && b.is_ascii_uppercase());
    let c = if is_short { 0 } else { c.to_ascii_lowercase() };
    let b = if is_letter(b) { b.to_ascii_lowercase() } else { 0 };
    (usize::from(a.to_ascii_lowercase()) * 961 + usize::from(b) * 37 + usize::from(c) * 1409)
        % ENDINGS
}

/// One bit for each three letters in either case.
const LASTS: usize = 1 << 15;

#[inline]
fn lasts(a: u8, b: u8, c: u8) -> usize {
    let bits = |byte: u8| usize::from(byte & 31);
    bits(a) | bits(b) << 5 | bits(c) << 10
}

/// Whether a key may tell whose last three bytes, from its end on, are these; wrong only in saying yes.
#[inline]
pub(crate) fn may_end_in(a: u8, b: u8, c: u8) -> bool {
    TABLE.may_end_in(a, b, c)
}

/// Whether the last word of `text`, with or without its first letter, may be the end of one that is known; wrong
/// only in saying yes.
#[inline]
pub(crate) fn may_end_word(text: &[u8]) -> bool {
    TABLE.ends.may_end_last(text)
}

/// Whether the key that `text` ends in may be one that tells; wrong only in saying yes.
#[inline]
pub(crate) fn may_tell(text: &[u8]) -> bool {
    TABLE.ends.may_hold(text) && may_end(text)
}

/// The same by the last three letters: less sure, but quick where words are of a letter or two.
#[inline]
pub(crate) fn may_end(text: &[u8]) -> bool {
    let table = &*TABLE;
    // Numbers and most words fall out here.
    let [a, b, c] = [1, 2, 3].map(|back| before(text, text.len(), back));
    if !table.may_end_in(a, b, c) {
        return false;
    }
    let bit = ending(part(text, text.len().saturating_sub(3)..text.len()));
    table.endings.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// A word: the hashes of it alone, with the one before and with two before, and where it stands.
#[derive(Clone, Copy)]
struct Word {
    hashes: [u64; 3],
    start: usize,
    end: usize,
}

const NO_WORD: Word = Word { hashes: [0; 3], start: 0, end: 0 };

impl Word {
    fn hints(&self) -> Hints {
        let table = &*TABLE;
        self.hashes.into_iter().fold(Hints::NONE, |all, hash| all.or(table.get(hash)))
    }
}

/// Calls `each` with the words of `text` from `at` on.
#[inline]
fn each_word(text: &[u8], mut at: usize, mut each: impl FnMut(Word)) {
    let (mut one, mut two) = (SEED, SEED);
    while at < text.len() {
        let rest = part(text, at..text.len());
        let skipped = rest.iter().position(|byte| is_letter(*byte)).unwrap_or(rest.len());
        if skipped > 3 {
            (one, two) = (SEED, SEED);
        }
        let start = at + skipped;
        let (mut hashes, mut last) = ([SEED, one, two], 0u8);
        let mut end = start;
        while let Some(byte) = text.get(end).filter(|byte| is_letter(**byte)) {
            if byte.is_ascii_uppercase() && last.is_ascii_lowercase() {
                break;
            }
            hashes = hashes.map(|hash| step(hash, *byte));
            last = *byte;
            end += 1;
        }
        if end == start {
            break;
        }
        // No word of the table begins with a digit.
        if text.get(start).is_some_and(u8::is_ascii_digit) {
            (one, two) = (SEED, SEED);
        } else {
            each(Word { hashes, start, end });
            let [alone, paired, _] = hashes;
            (one, two) = (alone, paired);
        }
        at = end;
    }
}

/// Where the last four words of `key` begin: what the last two say, each with two before it, stands there.
fn last_words(key: &[u8]) -> usize {
    let (mut words, mut next) = (0, 0u8);
    for (at, byte) in key.iter().enumerate().rev() {
        let is_start = is_letter(next)
            && (!is_letter(*byte) || (byte.is_ascii_lowercase() && next.is_ascii_uppercase()));
        // Those that begin with digits are no words.
        words += usize::from(is_start && !next.is_ascii_digit());
        if words == 4 {
            return at + 1;
        }
        next = *byte;
    }
    0
}

/// What a key says by its last words, the number that may follow them aside.
pub(crate) fn of_key(key: &[u8]) -> Hints {
    if key.is_empty() {
        return Hints::NONE;
    }
    let key = part(key, key.len().saturating_sub(KEY)..key.len());
    if TABLE.ends.may_hold(key) { of_words(key) } else { Hints::NONE }
}

/// What the last words of a key say, each of them read.
fn of_words(key: &[u8]) -> Hints {
    let (mut last, mut before) = (NO_WORD, NO_WORD);
    each_word(key, last_words(key), |word| (before, last) = (last, word));
    let word = part(key, last.start..last.end);
    let is_suffix = SUFFIXES.iter().any(|suffix| word.eq_ignore_ascii_case(suffix));
    let hints = if is_suffix { last.hints().or(before.hints()) } else { last.hints() };
    if hints.has(Hints::BARENAME) && has_owner(key, last.start) {
        return hints.or(Hints::NAME);
    }
    hints
}

/// Whether one of the words of `key` before `end` is somebody who has a name.
fn has_owner(key: &[u8], end: usize) -> bool {
    let mut owner = false;
    each_word(part(key, 0..end), 0, |word| {
        // `user_agent.name` is a browser's.
        let is_agent = part(key, word.start..word.end).eq_ignore_ascii_case(b"agent");
        owner = (owner && !is_agent) || word.hints().has(Hints::OWNER);
    });
    owner
}

/// Whether a word at `word` and a candidate at `start` stand together: no other field begins in between.
pub(crate) fn stands_together(text: &[u8], word: (u32, u32), (start, end): (usize, usize)) -> bool {
    let (from, to) =
        if (word.0 as usize) < start { (word.1 as usize, start) } else { (end, word.0 as usize) };
    let between = part(text, from..to);
    let signs = between.iter().filter(|byte| matches!(byte, b':' | b'=')).count();
    let splits = between.iter().enumerate().any(|(at, byte)| match byte {
        b'&' | b',' | b';' | b'<' | b'{' | b'}' | b'|' | b'\n' => true,
        // A question ends before a space; a query begins without one.
        b'?' => between.get(at + 1) != Some(&b' '),
        _ => false,
    });
    signs <= 1 && !splits
}
