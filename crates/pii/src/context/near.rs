//! The words near candidates. Each byte is read as words once, however many candidates stand around it.

use super::{AFTER, BEFORE, Hints, SEED, TABLE, is_letter, step, word_length};
use crate::bytes::{at, before, is_escape, part, run, run_back};

/// Quotes and backslashes between a key and its value, as JSON in JSON in JSON has them.
const QUOTES: usize = 40;
/// Words remembered; what is further back is too far away.
const RING: usize = 16;
/// The longest word.
const WORD: usize = 64;

/// The words that say something, read so far.
#[derive(Debug, Default)]
pub(crate) struct Words {
    ring: [(Hints, u32, u32); RING],
    next: usize,
    /// Words up to here have been read.
    to: usize,
    /// The hash of the last word, and of the last two.
    one: u64,
    two: u64,
}

/// Words near a candidate, the nearest first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Near {
    words: [(Hints, u32, u32); RING],
    length: usize,
}

impl Near {
    /// The words, those before the candidate first, the nearest first.
    pub(crate) fn words(&self) -> impl Iterator<Item = (Hints, (u32, u32))> {
        self.words.iter().take(self.length).map(|(hints, start, end)| (*hints, (*start, *end)))
    }

    /// Only the words in `range`.
    pub(crate) fn within(&self, (from, to): (usize, usize)) -> Self {
        let mut near = Self::default();
        for word in self.words.iter().take(self.length) {
            let is_inside = word.1 as usize >= from && word.2 as usize <= to;
            if let Some(slot) = near.words.get_mut(near.length).filter(|_| is_inside) {
                *slot = *word;
                near.length += 1;
            }
        }
        near
    }
}

/// Keys that say nothing about their value, so that the words around count.
const GENERIC: [&[u8]; 12] = [
    b"value", b"val", b"text", b"content", b"data", b"input", b"output", b"message", b"body",
    b"answer", b"query", b"is",
];

/// Where the key stands whose value begins at `start`, if it has one of its own.
pub(crate) fn own_key(text: &[u8], start: usize) -> Option<(usize, usize)> {
    let between =
        |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b':' | b'=' | b'(' | b'+');
    let end = start - run_back(text, start, QUOTES, between);
    let signs = part(text, end..start);
    if !signs.iter().any(|byte| matches!(byte, b':' | b'=')) {
        return None;
    }
    let is_key = |byte: u8| is_letter(byte) || matches!(byte, b'_' | b'-' | b'.' | b' ' | b'#');
    let from = end - run_back(text, end, BEFORE, is_key);
    let key = part(text, from..end);
    let is_generic = GENERIC.iter().any(|word| key.eq_ignore_ascii_case(word));
    (!key.is_empty() && !is_generic).then_some((from, end))
}

impl Words {
    /// Reads up to `end` and somewhat further; whether one of the last words stands near or behind `start`.
    #[inline]
    pub(crate) fn has_near(&mut self, text: &[u8], start: usize, end: usize) -> bool {
        let from = start.saturating_sub(BEFORE);
        // Candidates of one block come in the order of their kinds: one before this may follow.
        let first = from.saturating_sub(crate::classes::BLOCK);
        if self.to < first {
            // The first word may be cut: it begins after what is no letter.
            let cut = part(text, first..start).iter().position(|byte| !is_letter(*byte));
            self.to = if first == 0 { 0 } else { cut.map_or(start, |cut| first + cut) };
            (self.one, self.two) = (SEED, SEED);
        }
        self.read(text, (end + AFTER).min(text.len()));
        let newest = self.ring.get((self.next + RING - 1) % RING);
        newest.is_some_and(|newest| !newest.0.is_empty() && (newest.2 as usize) >= from)
    }

    /// The words around `start..end` of the text, which is the same on every call, if there are any.
    pub(crate) fn near(&mut self, text: &[u8], start: usize, end: usize) -> Option<Near> {
        if !self.has_near(text, start, end) {
            return None;
        }
        let from = start.saturating_sub(BEFORE);
        let mut near = Near::default();
        let mut add = |word: &(Hints, u32, u32)| {
            if let Some(slot) = near.words.get_mut(near.length) {
                *slot = *word;
                near.length += 1;
            }
        };
        let last = |back: usize| self.ring.get((self.next + RING - 1 - back) % RING);
        let newest_first = || (0..RING).filter_map(last).filter(|word| !word.0.is_empty());
        let is_before =
            |word: &&(Hints, u32, u32)| (word.2 as usize) <= start && word.1 as usize >= from;
        let is_after =
            |word: &&(Hints, u32, u32)| word.1 as usize >= end && (word.2 as usize) < end + AFTER;
        newest_first().filter(is_before).for_each(&mut add);
        newest_first().filter(is_after).for_each(&mut add);
        (near.length > 0).then_some(near)
    }

    fn read(&mut self, text: &[u8], until: usize) {
        let table = &*TABLE;
        if self.to == 0 {
            (self.one, self.two) = (SEED, SEED);
        }
        while self.to < until {
            let rest = part(text, self.to..until);
            let skipped = rest.iter().position(|byte| is_letter(*byte)).unwrap_or(rest.len());
            if skipped > 3 {
                (self.one, self.two) = (SEED, SEED);
            }
            let start = self.to + skipped;
            // The letter of an escape such as `\n` is none of the word.
            let start = start + usize::from(is_escape(text, start + 1));
            let word = part(text, start..start + WORD);
            let length = word_length(word);
            self.to = start + length;
            if length == 0 {
                continue;
            }
            let word = part(word, 0..length);
            // The name of a type in a token that was written before is no word.
            let name = run(text, start, WORD, |byte| {
                byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit()
            });
            if before(text, start, 1) == b'[' && matches!(at(text, start + name), b']' | b':') {
                self.to = start + name;
                (self.one, self.two) = (SEED, SEED);
                continue;
            }
            // No word of the table begins with a digit.
            if length == WORD || word.first().is_some_and(u8::is_ascii_digit) {
                (self.one, self.two) = (SEED, SEED);
                continue;
            }
            let mut hashes = [SEED, self.one, self.two];
            for byte in word {
                hashes = hashes.map(|hash| step(hash, *byte));
            }
            let [one, two, three] = hashes;
            let hints = table.get(one).or(table.get(two)).or(table.get(three));
            (self.one, self.two) = (one, two);
            if hints.is_empty() {
                continue;
            }
            let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            if let Some(slot) = self.ring.get_mut(self.next % RING) {
                *slot = (hints, place(start), place(start + length));
            }
            self.next = (self.next + 1) % RING;
        }
    }
}
