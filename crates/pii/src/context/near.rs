//! The words near candidates. Each byte is read as words once, however many candidates stand around it.

use super::{AFTER, BEFORE, Hints, SEED, TABLE, Table, is_letter, step};
use crate::{
    bytes::{at, before, is_escape, part, run, run_back},
    classes::{BLOCK, Level},
};

/// Quotes and backslashes between a key and its value, as JSON in JSON in JSON has them.
const QUOTES: usize = 40;
/// Words remembered; what is further back is too far away.
const RING: usize = 16;
/// The longest word.
const WORD: usize = BLOCK;
/// No block was read yet.
const NO_BLOCK: (usize, [u64; 3]) = (usize::MAX, [0; 3]);
/// No word before the next one belongs to it.
const NO_WORDS: [(usize, usize); 2] = [(0, 0); 2];

/// The words that say something, read so far.
#[derive(Debug)]
pub(crate) struct Words {
    level: Level,
    /// The block that was read last, and what is where in it: letters, ends of words, digits.
    block: (usize, [u64; 3]),
    ring: [(Hints, u32, u32); RING],
    next: usize,
    /// Words up to here have been read.
    to: usize,
    /// The last word and the one before it, as long as they may belong to the next one.
    last: [(usize, usize); 2],
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
    pub(crate) fn new(level: Level) -> Self {
        let ring = [(Hints::NONE, 0, 0); RING];
        Self { level, block: NO_BLOCK, ring, next: 0, to: 0, last: NO_WORDS }
    }

    /// Reads up to `end` and somewhat further; what the words say that stand near or behind `start`.
    #[inline]
    pub(crate) fn said_near(&mut self, text: &[u8], start: usize, end: usize) -> Hints {
        let from = start.saturating_sub(BEFORE);
        // Candidates of one block come in the order of their kinds: one before this may follow.
        let first = from.saturating_sub(BLOCK);
        if self.to < first {
            // The first word may be cut: it begins after what is no letter.
            let cut = part(text, first..start).iter().position(|byte| !is_letter(*byte));
            self.to = if first == 0 { 0 } else { cut.map_or(start, |cut| first + cut) };
            self.last = NO_WORDS;
        }
        self.read(text, (end + AFTER).min(text.len()));
        self.newest_first(from).fold(Hints::NONE, |said, word| said.or(word.0))
    }

    /// The words that end at `from` or behind it, the newest first.
    #[inline]
    fn newest_first(&self, from: usize) -> impl Iterator<Item = &(Hints, u32, u32)> {
        let (new, old) = self.ring.split_at(self.next);
        let is_near =
            move |word: &&(Hints, u32, u32)| !word.0.is_empty() && word.2 as usize >= from;
        new.iter().rev().chain(old.iter().rev()).take_while(is_near)
    }

    /// The words around `start..end` of the text, which is the same on every call, if there are any.
    pub(crate) fn near(&mut self, text: &[u8], start: usize, end: usize) -> Option<Near> {
        if self.said_near(text, start, end).is_empty() {
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
        let is_before =
            |word: &&(Hints, u32, u32)| (word.2 as usize) <= start && word.1 as usize >= from;
        let is_after =
            |word: &&(Hints, u32, u32)| word.1 as usize >= end && (word.2 as usize) < end + AFTER;
        self.newest_first(from).filter(is_before).for_each(&mut add);
        self.newest_first(from).filter(is_after).for_each(&mut add);
        (near.length > 0).then_some(near)
    }

    /// Reads the words up to `until`, of which the last may go on behind it.
    fn read(&mut self, text: &[u8], until: usize) {
        let table = &*TABLE;
        if self.to == 0 {
            self.last = NO_WORDS;
        }
        while self.to < until {
            self.read_block(table, text, until);
        }
    }

    /// What is where in the block that `to` lies in: letters, ends of words, digits.
    #[inline]
    fn block(&mut self, text: &[u8], until: usize) -> (usize, [u64; 3]) {
        let (from, _) = self.block;
        // The block that was read last may do.
        if self.to < from || until >= from.saturating_add(BLOCK) {
            let masks = self.level.block(text, self.to);
            let letters = masks.letter();
            // A word ends at what is no letter, and at a capital behind a small letter.
            let ends = !letters | masks.upper & masks.lower << 1;
            self.block = (self.to, [letters, ends, masks.digit]);
        }
        self.block
    }

    /// Reads the words that lie in one block, from where the last one ended.
    fn read_block(&mut self, table: &Table, text: &[u8], until: usize) {
        let (from, [letters, ends, digits]) = self.block(text, until);
        let begin = self.to;
        while self.to < until {
            let at = self.to - from;
            let rest = if at < BLOCK { letters >> at } else { 0 };
            // What follows stands in the next block.
            if rest == 0 && self.to > begin {
                return;
            }
            let skipped = (rest.trailing_zeros() as usize).min(until - self.to);
            if skipped > 3 {
                self.last = NO_WORDS;
            }
            // The letter of an escape such as `\n` is none of the word.
            let skipped = skipped + usize::from(is_escape(text, self.to + skipped + 1));
            self.to += skipped;
            let start = at + skipped;
            if start >= BLOCK {
                return;
            }
            let length = match letters >> start & 1 {
                0 => 0,
                _ => 1 + (ends >> start >> 1).trailing_zeros() as usize,
            };
            // It may go on in the next block.
            if start + length >= BLOCK && start > 0 {
                self.block = NO_BLOCK;
                return;
            }
            let end = self.to + length.min(BLOCK);
            self.word(table, text, (self.to, end), digits >> start & 1 == 1);
        }
    }

    /// Reads one word of a block, which may be empty.
    #[inline]
    fn word(&mut self, table: &Table, text: &[u8], (start, end): (usize, usize), is_number: bool) {
        self.to = end;
        if start == end {
            return;
        }
        if before(text, start, 1) == b'[' {
            // The name of a type in a token that was written before is no word.
            let name = run(text, start, WORD, |byte| {
                byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit()
            });
            if matches!(at(text, start + name), b']' | b':') {
                self.to = start + name;
                self.last = NO_WORDS;
                return;
            }
        }
        // No word of the table begins with a digit.
        if is_number || end - start >= WORD {
            self.last = NO_WORDS;
            return;
        }
        let [last, but_one] = self.last;
        self.last = [(start, end), last];
        if !table.ends.may_be(text, (start, end), last) {
            return;
        }
        let hash = |hash: u64, (start, end): (usize, usize)| {
            part(text, start..end).iter().fold(hash, |hash, byte| step(hash, *byte))
        };
        let word = (start, end);
        let one = hash(SEED, word);
        let two = hash(hash(SEED, last), word);
        let three = hash(hash(hash(SEED, but_one), last), word);
        let hints = table.get(one).or(table.get(two)).or(table.get(three));
        if hints.is_empty() {
            return;
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(slot) = self.ring.get_mut(self.next % RING) {
            *slot = (hints, place(start), place(end));
        }
        self.next = (self.next + 1) % RING;
    }
}
