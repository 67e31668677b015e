//! Reading bytes without panics: what lies outside a text reads as a space.

mod extent;
mod lexicon;

use std::ops::Range;

pub(crate) use self::{extent::Extent, lexicon::Lexicon};

/// The byte at `at`, or a space outside the text.
#[inline]
pub(crate) fn at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(b' ')
}

/// The byte `back` before `at`, or a space outside the text.
#[inline]
pub(crate) fn before(text: &[u8], at: usize, back: usize) -> u8 {
    at.checked_sub(back).and_then(|at| text.get(at)).copied().unwrap_or(b' ')
}

/// The last three bytes before `end`, spaces where there are fewer.
#[inline]
pub(crate) fn three_before(text: &[u8], end: usize) -> [u8; 3] {
    match text.get(..end).and_then(<[u8]>::last_chunk) {
        Some(last) => *last,
        None => [3, 2, 1].map(|back| before(text, end, back)),
    }
}

/// The part of the text within `range`, cut to the text.
#[inline]
pub(crate) fn part(text: &[u8], range: Range<usize>) -> &[u8] {
    let end = range.end.min(text.len());
    text.get(range.start.min(end)..end).unwrap_or_default()
}

/// The text from `at` on.
#[inline]
pub(crate) fn from(text: &[u8], at: usize) -> &[u8] {
    text.get(at..).unwrap_or_default()
}

/// Letters and digits of ASCII and the underscore.
#[inline]
pub(crate) fn is_word(byte: u8) -> bool {
    // Without branches, so that many are asked at once.
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10) | (byte == b'_')
}

/// Bytes that make up one token: words and hyphens, which is the alphabet of URL-safe base64.
#[inline]
pub(crate) fn is_token(byte: u8) -> bool {
    is_word(byte) | (byte == b'-')
}

/// Whether a value may start at `start`: nothing that belongs to it stands before.
///
/// An escape such as `\n` stands before it like a separator, at any depth of escaping.
pub(crate) fn starts_value(text: &[u8], start: usize) -> bool {
    let last = before(text, start, 1);
    if is_word(last) {
        return is_escape(text, start) || ends_colour(text, start);
    }
    let joins = matches!(last, b'-' | b'.');
    !(joins && is_word(before(text, start, 2)) && !is_escape(text, start.saturating_sub(1)))
}

/// Whether the byte before `start` is the letter of an escape such as `\n`.
#[inline]
pub(crate) fn is_escape(text: &[u8], start: usize) -> bool {
    before(text, start, 2) == b'\\'
        && matches!(before(text, start, 1), b'n' | b'r' | b't' | b'b' | b'f')
}

/// What stands behind the last escape in `text` that is a line break or tab, whose letter is no part of a word.
pub(crate) fn behind_escape(text: &[u8]) -> &[u8] {
    let Some(mark) = memchr::memrchr(b'\\', text) else { return text };
    from(text, mark + 1 + usize::from(is_escape(text, mark + 2)))
}

/// Whether what colours a terminal ends at `end`: `ESC [ 1 ; 31 m`, the escape itself as it is or escaped.
pub(crate) fn ends_colour(text: &[u8], end: usize) -> bool {
    if before(text, end, 1) != b'm' {
        return false;
    }
    let open = end - 1 - run_back(text, end - 1, 16, |b| b.is_ascii_digit() || b == b';');
    let head = part(text, open.saturating_sub(7)..open);
    let escapes: [&[u8]; 6] = [b"\x1b[", b"\\u001b[", b"\\u001B[", b"\\x1b[", b"\\033[", b"\\e["];
    head.last() == Some(&b'[') && escapes.iter().any(|escape| head.ends_with(escape))
}

/// Whether a value may end before `end`: nothing that belongs to it follows.
pub(crate) fn ends_value(text: &[u8], end: usize) -> bool {
    let (next, after) = (at(text, end), at(text, end + 1));
    match next {
        b'-' => !after.is_ascii_alphanumeric(),
        b'.' => !after.is_ascii_digit(),
        _ => !is_word(next),
    }
}

/// How many bytes from `start` on satisfy `is`, at most `most`.
#[inline]
pub(crate) fn run(text: &[u8], start: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
    let text = from(text, start);
    let text = text.get(..most.min(text.len())).unwrap_or_default();
    text.iter().position(|byte| !is(*byte)).unwrap_or(text.len())
}

/// Bytes asked together by [`run_long`].
const CHUNK: usize = 32;

/// How many bytes from `start` on satisfy `is`, which must not branch: for runs that may be long.
#[inline]
pub(crate) fn run_long(text: &[u8], start: usize, is: impl Fn(u8) -> bool) -> usize {
    let first = run(text, start, CHUNK, &is);
    if first < CHUNK {
        return first;
    }
    let chunks = from(text, start).chunks_exact(CHUNK);
    let all = |chunk: &&[u8]| chunk.iter().fold(true, |all, byte| all & is(*byte));
    let whole = chunks.take_while(all).count() * CHUNK;
    whole + run(text, start + whole, usize::MAX, is)
}

/// Where `word`, which is short, first stands in `text`, which is short too: without building a searcher.
#[inline]
pub(crate) fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let (first, rest) = word.split_first()?;
    let is_word = |at: &usize| from(text, at + 1).starts_with(rest);
    memchr::memchr_iter(*first, text).find(is_word)
}

/// Where `word`, which is short, last stands in `text`, which is short too.
#[inline]
pub(crate) fn find_last(text: &[u8], word: &[u8]) -> Option<usize> {
    let (first, rest) = word.split_first()?;
    let is_word = |at: &usize| from(text, at + 1).starts_with(rest);
    memchr::memrchr_iter(*first, text).find(is_word)
}

/// How many bytes before `end` satisfy `is`, at most `most`.
#[inline]
pub(crate) fn run_back(text: &[u8], end: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
    let text = part(text, end.saturating_sub(most)..end);
    text.iter().rev().position(|byte| !is(*byte)).unwrap_or(text.len())
}
