//! Reading text otherwise than it is written: escapes undone, look-alikes taken for what they look like.
//!
//! Only the surroundings of places that ask for it are read a second time. Each byte that is read remembers
//! where it stands in the text, so what is found there covers whole escapes.

mod letters;

use self::letters::fold_at;
pub(crate) use self::letters::is_foldable;
use crate::{
    bytes::{part, run_back},
    engine::{Scan, View},
};

/// How far around a place is read.
const AROUND: usize = 96;
/// How much further back the start of a token is looked for.
const TOKEN: usize = 64;

/// Text as it is read, with where each byte stands.
#[derive(Default)]
struct Reading {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

/// Scans what must be read otherwise.
pub(crate) fn scan(outer: &mut Scan<'_>) {
    let mut reading = Reading::default();
    let mut window: Option<(usize, usize)> = None;
    let mut at = 0;
    while let Some(place) = next(outer, at) {
        at = place + 1;
        let from = place.saturating_sub(AROUND);
        let to = (place + AROUND).min(outer.text.len());
        match &mut window {
            Some((_, end)) if from <= *end => *end = to,
            _ => {
                if let Some(done) = window.replace((from, to)) {
                    read(outer, done, &mut reading);
                }
            }
        }
    }
    if let Some(last) = window {
        read(outer, last, &mut reading);
    }
}

/// The next place from `at` on that asks to be read otherwise.
fn next(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let text = scan.text;
    let mut start = at;
    while start < text.len() {
        let masks = scan.engine.level.block(text, start);
        let mut bits = masks.escape | masks.fold;
        while bits != 0 {
            let place = start + bits.trailing_zeros() as usize;
            if is_foldable(text, place) {
                return Some(place);
            }
            bits &= bits - 1;
        }
        start += crate::classes::BLOCK;
    }
    None
}

/// Scans one window.
fn read(outer: &mut Scan<'_>, (from, to): (usize, usize), reading: &mut Reading) {
    let text = outer.text;
    let from = from - run_back(text, from, TOKEN, |byte| byte > b' ');
    reading.bytes.clear();
    reading.starts.clear();
    let mut at = from;
    while at < to {
        let (byte, length) = fold_at(text, at);
        if let Some(byte) = byte {
            reading.bytes.push(byte);
            reading.starts.push(at);
        }
        at += length.max(1);
    }
    reading.starts.push(at.min(text.len()));
    let mut found = Vec::new();
    let mut inner = Scan::new(outer.engine, &reading.bytes, outer.context, outer.key, &mut found);
    inner.view = View::Folded;
    inner.run();
    for mut finding in found {
        let is_cut = (finding.start == 0 && from > 0)
            || (finding.end >= reading.bytes.len() && to < text.len());
        let ends = (reading.starts.get(finding.start), reading.starts.get(finding.end));
        if let ((Some(start), Some(end)), false) = (ends, is_cut) {
            // What is dropped at the end, such as a space of no width, is no part of it.
            let last = reading.starts.get(finding.end - 1).copied().unwrap_or(*start);
            let end = (last + fold_at(text, last).1.max(1)).min(*end);
            (finding.start, finding.end) = (*start, end);
            finding.context = None;
            if !part(text, *start..end).is_empty() {
                outer.found.push(finding);
            }
        }
    }
}
