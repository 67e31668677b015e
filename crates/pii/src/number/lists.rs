//! Numbers that stand in lists and tables: code points, constants of curves, dumps. One in fifty of them would be
//! a card by chance.

use super::{Candidate, Separator, card};
use crate::{
    bytes::{before, is_word, part, run, run_back},
    checksum::number,
};

/// Neighbours looked at on each side.
const EACH_SIDE: usize = 4;
/// How many groups of a row are counted on each side: no multiple of three or four.
const ROW: usize = 13;
/// The longest neighbour.
const CELL: usize = 24;

/// Whether the candidate's neighbours are cells like itself.
pub(super) fn is_in_table(text: &[u8], candidate: &Candidate<'_>) -> bool {
    match candidate.separator {
        Separator::Space if matches!(candidate.shape, 0x444 | 0x4444) => {
            is_among_groups(text, candidate)
        }
        Separator::None => is_among_numbers(text, candidate),
        _ => false,
    }
}

/// Groups of four right beside others of hex digits, or counting up like code points.
fn is_among_groups(text: &[u8], candidate: &Candidate<'_>) -> bool {
    let is_hex = |cell: &[u8]| {
        matches!(cell.len(), 4 | 5)
            && cell.iter().all(u8::is_ascii_hexdigit)
            && has_digit(cell)
            && cell.iter().any(u8::is_ascii_alphabetic)
    };
    let is_gap = |byte: u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',');
    // Up to two groups of digits may stand between.
    let is_plain = |cell: &&[u8]| cell.len() == 4 && cell.iter().all(u8::is_ascii_digit);
    let sides = [0, 1].map(|side| {
        let cells = Cells::around(text, candidate, is_gap).skip(side).step_by(2);
        cells.into_iter().find(|cell| !is_plain(cell)).is_some_and(is_hex)
    });
    sides.contains(&true) || counts_up(candidate.digits) || is_misplaced(text, candidate)
}

/// Whether the groups are cut from a longer row of such groups: numbers side by side begin where one ends.
fn is_misplaced(text: &[u8], candidate: &Candidate<'_>) -> bool {
    let each = if candidate.shape == 0x444 { 3 } else { 4 };
    let is_gap = |byte: u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',');
    let is_plain = |cell: &&[u8]| cell.len() == 4 && cell.iter().all(u8::is_ascii_digit);
    // Those with a space between, nearly all, without looking at each byte.
    let (left, right) = plain(text, candidate);
    let end = candidate.end + 5 * right;
    let between = Candidate { start: candidate.start - 5 * left, end, ..*candidate };
    let sides = [(0, ROW - left), (1, ROW - right)].map(|(side, most)| {
        let mut cells = Cells::around(text, &between, is_gap);
        cells.left = 2 * ROW;
        cells.skip(side).step_by(2).take(most).take_while(is_plain).count()
    });
    let [more_left, more_right] = sides;
    let (left, right) = (left + more_left, right + more_right);
    // A number of a row or a date may stand beside a few cards.
    left + right >= 9 && left % each != 0 && right % each != 0
}

/// How many groups of four digits with a space between stand before the candidate and behind it, at most [`ROW`].
fn plain(text: &[u8], candidate: &Candidate<'_>) -> (usize, usize) {
    let is_four = |five: &[u8]| matches!(five, [b' ', four @ ..] if four.len() == 4 && four.iter().all(u8::is_ascii_digit));
    let in_front = |count: &usize| {
        let start = candidate.start.checked_sub(5 * count);
        // The group's own space stands behind it.
        start.is_some_and(|start| {
            let group = part(text, start..start + 4);
            let gap = crate::bytes::at(text, start + 4);
            gap == b' ' && group.iter().all(u8::is_ascii_digit) && !is_word(before(text, start, 1))
        })
    };
    let behind = |count: &usize| {
        let start = candidate.end + 5 * (count - 1);
        is_four(part(text, start..start + 5)) && !is_word(crate::bytes::at(text, start + 5))
    };
    ((1..=ROW).take_while(in_front).count(), (1..=ROW).take_while(behind).count())
}

/// `5152 5153 5154 5156`
fn counts_up(digits: &[u8]) -> bool {
    let groups = digits.chunks(4).map(|group| number(group, 0..4));
    let next = groups.clone().skip(1);
    groups.zip(next).all(|(one, next)| next > one && next - one <= 16)
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
