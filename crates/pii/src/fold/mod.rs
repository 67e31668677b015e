//! Reading text otherwise than it is written: escapes undone, look-alikes taken for what they look like.
//!
//! Only the surroundings of places that ask for it are read a second time. Each byte that is read remembers
//! where it stands in the text, so what is found there covers whole escapes.

mod letters;

pub(crate) use self::letters::is_foldable;
use self::letters::{fold_at, latin};
use crate::{
    bytes::{part, run, run_back},
    classes::BLOCK,
    engine::{Scan, View},
};

/// How far around a place is read.
const AROUND: usize = 96;
/// How much further the start and the end of a token are looked for.
const TOKEN: usize = 1024;

/// Text as it is read, with where each byte stands.
#[derive(Default)]
struct Reading {
    bytes: Vec<u8>,
    /// Where pieces begin that stand in the text as they are read: here, and there.
    pieces: Vec<(usize, usize)>,
}

impl Reading {
    /// Reads `text` from `at` up to `to`.
    fn read(&mut self, text: &[u8], mut at: usize, to: usize) {
        self.bytes.clear();
        self.pieces.clear();
        let is_plain = |byte: u8| byte < 0xC2 && !matches!(byte, b'\\' | b'%' | b'&');
        while at < to {
            let length = run(text, at, to - at, is_plain);
            if length > 0 {
                self.pieces.push((self.bytes.len(), at));
                self.bytes.extend_from_slice(part(text, at..at + length));
                at += length;
                continue;
            }
            if let Some((letter, length)) = latin(text, at) {
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    self.pieces.push((self.bytes.len(), at));
                    self.bytes.push(byte);
                }
                at += length;
                continue;
            }
            let (byte, length) = fold_at(text, at);
            if let Some(byte) = byte {
                self.pieces.push((self.bytes.len(), at));
                self.bytes.push(byte);
            }
            at += length.max(1);
        }
        self.pieces.push((self.bytes.len(), at.min(text.len())));
    }

    /// Where the byte that was read as the one at `at` stands in the text.
    fn place(&self, at: usize) -> Option<usize> {
        let next = self.pieces.partition_point(|(here, _)| *here <= at);
        let (here, there) = self.pieces.get(next.checked_sub(1)?)?;
        (at <= self.bytes.len()).then_some(there + at - here)
    }
}

/// Scans what must be read otherwise.
pub(crate) fn scan(outer: &mut Scan<'_>) {
    let mut reading = Reading::default();
    let mut window: Option<(usize, usize)> = None;
    let text = outer.text;
    let is_token = |byte: u8| byte > b' ';
    for start in (0..text.len()).step_by(BLOCK) {
        let masks = outer.engine.level.block(text, start);
        let mut bits = masks.escape | masks.fold;
        while bits != 0 {
            let place = start + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if !is_foldable(text, place) {
                continue;
            }
            let to = (place + AROUND).min(text.len());
            let until = window.map_or(0, |(_, until)| until);
            if to <= until {
                continue;
            }
            // Nothing is read in two windows, so that the work grows with the text and not faster.
            // The space behind a token shows that it ends there.
            let to = (to + run(text, to, TOKEN, is_token) + 1).min(text.len());
            let from = place.saturating_sub(AROUND).max(until);
            let from = (from - run_back(text, from, TOKEN, is_token)).max(until);
            match &mut window {
                Some((_, end)) if from <= *end => *end = to,
                _ => {
                    if let Some(done) = window.replace((from, to)) {
                        read(outer, done, &mut reading);
                    }
                }
            }
        }
    }
    if let Some(last) = window {
        read(outer, last, &mut reading);
    }
}

/// Scans one window.
fn read(outer: &mut Scan<'_>, (from, to): (usize, usize), reading: &mut Reading) {
    let text = outer.text;
    reading.read(text, from, to);
    let mut found = Vec::new();
    let mut inner = Scan::new(outer.engine, &reading.bytes, outer.context, outer.key, &mut found);
    inner.view = View::Folded;
    inner.run();
    for mut finding in found {
        let is_cut = (finding.start == 0 && from > 0)
            || (finding.end >= reading.bytes.len() && to < text.len());
        let ends = (reading.place(finding.start), reading.place(finding.end));
        if let ((Some(start), Some(end)), false) = (ends, is_cut) {
            // What is dropped at the end, such as a space of no width, is no part of it.
            let last = reading.place(finding.end - 1).unwrap_or(start);
            let end = (last + fold_at(text, last).1.max(1)).min(end);
            (finding.start, finding.end) = (start, end);
            finding.context = None;
            if !part(text, start..end).is_empty() {
                outer.found.push(finding);
            }
        }
    }
}
