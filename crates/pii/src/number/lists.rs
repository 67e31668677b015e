//! Numbers that stand in lists and tables: code points, constants of curves, dumps. One in fifty of them would be
//! a card by chance.

use super::{Candidate, Separator, card};
use crate::bytes::{is_word, part, run, run_back};

/// Neighbours looked at on each side.
const EACH_SIDE: usize = 4;
/// The longest neighbour.
const CELL: usize = 24;

/// Whether the candidate's neighbours are cells like itself.
pub(super) fn is_in_table(text: &[u8], candidate: &Candidate<'_>) -> bool {
    match candidate.separator {
        Separator::Space if candidate.shape == 0x4444 => is_among_groups(text, candidate),
        Separator::None => is_among_numbers(text, candidate),
        _ => false,
    }
}

/// Groups of four among others of hex digits, or among more groups of four than a card, its expiry date and
/// code have.
fn is_among_groups(text: &[u8], candidate: &Candidate<'_>) -> bool {
    let is_cell = |cell: &[u8]| {
        matches!(cell.len(), 4 | 5) && cell.iter().all(u8::is_ascii_hexdigit) && has_digit(cell)
    };
    let (mut cells, mut letters) = (0, false);
    for cell in
        Cells::around(text, candidate, |byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b','))
    {
        cells += usize::from(is_cell(cell));
        letters |= is_cell(cell) && cell.iter().any(u8::is_ascii_alphabetic);
    }
    letters || cells >= 3
}

/// A number in a list of long numbers that are no cards: `1994165897297032, 2245000007398739,`.
fn is_among_numbers(text: &[u8], candidate: &Candidate<'_>) -> bool {
    let spaced = |byte: u8| matches!(byte, b' ' | b'\n' | b',' | b'\r' | b'\t');
    let is_number = |cell: &&[u8]| {
        let digits: Vec<u8> = cell.iter().map(|byte| byte.wrapping_sub(b'0')).collect();
        (11..=20).contains(&cell.len())
            && digits.iter().all(|digit| *digit < 10)
            && !card::is_card(&digits)
    };
    let next = part(text, candidate.end..candidate.end + 2);
    let last = part(text, candidate.start.saturating_sub(2)..candidate.start);
    // In a table of values separated by commas alone the columns are different things.
    let is_list = |gap: &[u8]| matches!(gap, [b',', byte] if byte.is_ascii_whitespace());
    (is_list(next) || is_list(last))
        && Cells::around(text, candidate, spaced).filter(is_number).count() >= 2
}

fn has_digit(cell: &[u8]) -> bool {
    cell.iter().any(u8::is_ascii_digit)
}

/// The words before and behind a candidate, the nearest first.
struct Cells<'a, F> {
    text: &'a [u8],
    start: usize,
    end: usize,
    left: usize,
    is_gap: F,
}

impl<'a, F: Fn(u8) -> bool> Cells<'a, F> {
    fn around(text: &'a [u8], candidate: &Candidate<'_>, is_gap: F) -> Self {
        Self { text, start: candidate.start, end: candidate.end, left: 2 * EACH_SIDE, is_gap }
    }
}

impl<'a, F: Fn(u8) -> bool> Iterator for Cells<'a, F> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        // Lines of a listing are indented.
        if self.left.is_multiple_of(2) {
            self.end += run(self.text, self.end, 40, &self.is_gap);
            let length = run(self.text, self.end, CELL, is_word);
            self.end += length;
            Some(part(self.text, self.end - length..self.end))
        } else {
            self.start -= run_back(self.text, self.start, 40, &self.is_gap);
            let length = run_back(self.text, self.start, CELL, is_word);
            self.start -= length;
            Some(part(self.text, self.start..self.start + length))
        }
    }
}
