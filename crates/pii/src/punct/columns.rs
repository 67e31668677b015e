//! Values whose keys stand in a list before them: `INSERT INTO users (id, password) VALUES (1, 'hunter2')`.

use super::value;
use crate::{
    bytes::{at as byte, before, is_word, part, run, run_back},
    context::{self, Hints},
    engine::{Finding, Scan},
};

/// The longest list of columns, in bytes.
const LIST: usize = 2048;
/// How many columns are looked at.
const COLUMNS: usize = 64;
/// How many rows.
const ROWS: usize = 256;
/// The longest value that is read under its column.
const VALUE: usize = 512;

/// Looks at every `values` of a statement; capitals have been seen already.
pub(super) fn everywhere(scan: &mut Scan<'_>) {
    let text = scan.text;
    let mut done = 0;
    for place in memchr::memmem::find_iter(text, b"values").take(ROWS) {
        if place >= done {
            done = after(scan, place);
        }
    }
}

/// Looks at the rows behind the word `VALUES` at `place`; answers where they end.
pub(crate) fn after(scan: &mut Scan<'_>, place: usize) -> usize {
    let text = scan.text;
    let mut at = place + b"values".len();
    let close = place - run_back(text, place, 8, |byte| byte.is_ascii_whitespace());
    if before(text, close, 1) != b')' || close == place {
        return at;
    }
    let list = close - 1 - run_back(text, close - 1, LIST, |byte| byte != b'(' && byte != b')');
    if before(text, list, 1) != b'(' {
        return at;
    }
    let mut hints = [Hints::NONE; COLUMNS];
    let columns = part(text, list..close - 1).split(|byte| *byte == b',');
    for (slot, column) in hints.iter_mut().zip(columns) {
        let name = column.trim_ascii();
        *slot = context::of_key(name.trim_ascii_end());
        if slot.has(Hints::BARENAME) && is_of_people(text, list - 1) {
            *slot = slot.or(Hints::NAME);
        }
    }
    if hints.iter().all(|hints| hints.is_empty()) {
        return at;
    }
    for _ in 0..ROWS {
        at += run(text, at, 16, |byte| byte.is_ascii_whitespace() || byte == b',');
        if byte(text, at) != b'(' {
            break;
        }
        at = row(scan, at + 1, &hints);
    }
    at
}

/// Whether the table whose columns open at `open` is one of people: `INSERT INTO users (`.
fn is_of_people(text: &[u8], open: usize) -> bool {
    let is_gap = |byte: u8| matches!(byte, b' ' | b'"' | b'`' | b'\'' | b'\\');
    let end = open - run_back(text, open, 8, is_gap);
    let length = run_back(text, end, 48, |byte| is_word(byte) || byte == b'.');
    context::of_key(part(text, end - length..end)).has(Hints::OWNER)
}

/// Reads the values of one row that begins at `at`; answers where it ends.
fn row(scan: &mut Scan<'_>, mut at: usize, hints: &[Hints]) -> usize {
    let text = scan.text;
    for hints in hints {
        at += run(text, at, 16, |byte| byte.is_ascii_whitespace());
        let quote = byte(text, at);
        let end = if matches!(quote, b'\'' | b'"') {
            let length = run(text, at + 1, VALUE, |byte| byte != quote);
            under(scan, *hints, (at + 1, at + 1 + length));
            at + 1 + length + 1
        } else {
            let end = at + run(text, at, VALUE, |byte| !matches!(byte, b',' | b')'));
            under(scan, *hints, (at, end));
            end
        };
        at = end + run(text, end, 16, |byte| byte.is_ascii_whitespace());
        match byte(text, at) {
            b',' => at += 1,
            b')' => return at + 1,
            _ => break,
        }
    }
    at
}

/// Reads a value as if it stood alone under its key.
fn under(scan: &mut Scan<'_>, hints: Hints, (start, end): (usize, usize)) {
    let text = part(scan.text, start..end);
    let is_nested = memchr::memmem::find(text, b"VALUES").is_some();
    if hints.is_empty() || text.is_empty() || is_nested || scan.is_structural() {
        return;
    }
    let mut found = Vec::new();
    let mut inner = Scan::new(scan.engine, text, scan.context, hints, &mut found);
    inner.view = scan.view;
    inner.run();
    if !hints.has(Hints::SQL) {
        let _ = value::at(&mut inner, hints, (0, text.len()), value::Kind::Quoted);
    }
    scan.found.extend(found.into_iter().map(|finding| Finding {
        start: finding.start + start,
        end: finding.end + start,
        context: None,
        ..finding
    }));
}
