//! Lines of text, with bounded memory.

use std::io::Read;

use pii::{Context, Finding};

use super::{input, job::Job};

/// The longest line that is seen as one, in bytes; longer ones are seen in pieces.
const LINE_MAX: usize = 1 << 20;
/// A private key that has begun holds lines back up to this many bytes.
const KEY_MAX: usize = 64 << 10;
/// How many bytes before a piece count as its surroundings.
const BEFORE: usize = 256;

/// Redacts what was read already and all that follows.
pub(super) fn redact(
    head: Vec<u8>,
    mut rest: Box<dyn Read>,
    job: &mut Job<'_>,
) -> Result<(), String> {
    let mut text = Text { lines: 1, column: 1, before: Vec::new() };
    let mut held = head;
    let mut is_end = false;
    while !is_end {
        let end = ready(&held);
        if end > 0 {
            let piece: Vec<u8> = held.drain(..end).collect();
            text.piece(&piece, job)?;
            job.flush()?;
        }
        is_end = input::read(&mut *rest, &mut held)? == 0;
    }
    text.piece(&held, job)
}

/// How much of what was read can be looked at: whole lines, with private keys in one piece.
fn ready(held: &[u8]) -> usize {
    let Some(end) = memchr::memrchr(b'\n', held).map(|at| at + 1) else {
        if held.len() < LINE_MAX {
            return 0;
        }
        let space = held.iter().rposition(u8::is_ascii_whitespace);
        return space.map_or(held.len(), |at| at + 1);
    };
    let lines = held.get(..end).unwrap_or_default();
    let Some(begin) = memchr::memmem::rfind(lines, b"-----BEGIN ") else { return end };
    let key = lines.get(begin..).unwrap_or_default();
    if memchr::memmem::find(key, b"-----END ").is_some() || held.len() - begin > KEY_MAX {
        return end;
    }
    let before = lines.get(..begin).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |at| at + 1)
}

/// Where the text is.
struct Text {
    lines: usize,
    column: usize,
    /// What stood before this piece.
    before: Vec<u8>,
}

impl Text {
    fn piece(&mut self, piece: &[u8], job: &mut Job<'_>) -> Result<(), String> {
        job.read(piece.len());
        if !job.cuts {
            return self.part(piece, job);
        }
        for line in piece.split_inclusive(|byte| *byte == b'\n') {
            self.part(line, job)?;
        }
        Ok(())
    }

    fn part(&mut self, part: &[u8], job: &mut Job<'_>) -> Result<(), String> {
        let context = Context::default();
        // Words in the lines before count, what is found there was found before.
        let behind = self.before.len();
        let around = [self.before.as_slice(), part].concat();
        let found = job.scan(&around, &context);
        let new = |finding: &&Finding| finding.start >= behind;
        let mut place = Place { at: behind, line: self.lines, column: self.column };
        let found: Vec<Finding> = found.iter().filter(new).copied().collect();
        job.tell(&around, &found, |_, at| {
            place.go(&around, at);
            format!(":{}:{}", place.line, place.column)
        });
        place.go(&around, around.len());
        (self.lines, self.column) = (place.line, place.column);
        let here = |finding: Finding| Finding {
            start: finding.start - behind,
            end: finding.end - behind,
            ..finding
        };
        let found: Vec<Finding> = found.into_iter().map(here).collect();
        let start = around.len().saturating_sub(BEFORE);
        self.before = around.get(start..).unwrap_or_default().to_vec();
        if found.is_empty() {
            return job.write(part);
        }
        // The end of the line stays where the rest of it is cut off.
        let body = part.strip_suffix(b"\n").unwrap_or(part);
        let (text, tail) = if job.cuts { part.split_at(body.len()) } else { (part, &[][..]) };
        match job.replace(text, &context, &found) {
            None => job.write(part),
            Some(new) if new.is_empty() => Ok(()),
            Some(new) => {
                job.write(&new)?;
                job.write(tail)
            }
        }
    }
}

/// A place that only goes forward.
struct Place {
    at: usize,
    line: usize,
    column: usize,
}

impl Place {
    fn go(&mut self, text: &[u8], to: usize) {
        let passed = text.get(self.at..to).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', passed).count();
        let last = memchr::memrchr(b'\n', passed)
            .map_or(passed, |at| passed.get(at + 1..).unwrap_or_default());
        // Characters, not bytes: what continues one does not count.
        let letters = last.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.column = if lines > 0 { 1 + letters } else { self.column + letters };
        self.line += lines;
        self.at = to.max(self.at);
    }
}
