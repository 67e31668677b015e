//! What is streamed in pieces and searched as one.

use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
};

use pii::{Context, FieldClass, Finding};

use super::{
    super::{config::OnError, encode::each_chunk, metrics::Spot, names},
    Redactor,
    search::shifted,
};

/// What is found across the border of two stretches of a text that is too long to be searched at once is at
/// most this long.
const OVERLAP: usize = 16 << 10;

/// A piece: where it begins in memory, and where it stands in the whole.
type Part = (usize, Range<usize>);

impl Redactor<'_> {
    /// Searches the pieces of a stream as one text; those that hold a part of something are settled.
    pub(super) fn join_chunks(&mut self, span: &[u8]) {
        let mut joined = Vec::new();
        let mut parts: Vec<Part> = Vec::new();
        each_chunk(span, &mut |chunk| {
            let start = joined.len();
            joined.extend_from_slice(chunk);
            parts.push((chunk.as_ptr().addr(), start..joined.len()));
        });
        if parts.len() < 2 {
            return;
        }
        let context = Context { key: &[], class: FieldClass::Content };
        let settled =
            catch_unwind(AssertUnwindSafe(|| self.settle_parts(&joined, &parts, &context)));
        if settled.is_ok() {
            return;
        }
        self.errors += 1;
        self.done += 1;
        if self.core.config.on_error == OnError::Closed && !self.core.config.dry_run {
            let failed = parts.iter().map(|(at, _)| (*at, names::ERROR.as_bytes().to_vec()));
            self.settled.extend(failed);
        }
    }

    fn settle_parts(&mut self, joined: &[u8], parts: &[Part], context: &Context<'_>) {
        self.search_long(joined, context);
        let ends_in = |finding: &Finding| {
            let at = parts.partition_point(|(_, part)| part.end <= finding.start);
            parts.get(at).is_some_and(|(_, part)| finding.end > part.end)
        };
        if !self.found.iter().any(ends_in) {
            return;
        }
        self.done += 1;
        if self.core.config.dry_run {
            return;
        }
        self.count(context, Spot::Event);
        let found = std::mem::take(&mut self.found);
        for (address, part) in parts {
            // Too long by itself: it is not settled but fails.
            if part.len() > self.core.config.max_text_bytes as usize {
                continue;
            }
            if let Some(new) = self.settle(joined, part.clone(), &found, context) {
                self.settled.insert(*address, new);
            }
        }
    }

    /// What a text of any length holds, into `found`: stretch by stretch where it is longer than a text
    /// may be.
    pub(super) fn search_long(&mut self, text: &[u8], context: &Context<'_>) {
        let most = self.core.config.max_text_bytes as usize;
        if text.len() <= most {
            return self.search(text, context);
        }
        let overlap = OVERLAP.min(most / 2);
        let mut all: Vec<Finding> = Vec::new();
        let (mut start, mut from) = (0, 0);
        loop {
            let end = (start + most).min(text.len());
            let is_last = end == text.len();
            self.search(text.get(start..end).unwrap_or_default(), context);
            // What begins in the second half of the overlap may be torn here, and is whole in the next.
            let to = if is_last { end } else { end - overlap / 2 };
            let new = self.found.iter().map(|finding| shifted(finding, start));
            for finding in new.filter(|finding| finding.start >= from && finding.start < to) {
                if all.last().is_none_or(|last| last.end <= finding.start) {
                    all.push(finding);
                }
            }
            if is_last {
                break;
            }
            (start, from) = (end - overlap, to);
        }
        self.found = all;
    }

    /// One piece with all that is found in it replaced: where it begins stands what takes its place.
    fn settle(
        &mut self,
        joined: &[u8],
        part: Range<usize>,
        found: &[Finding],
        context: &Context<'_>,
    ) -> Option<Vec<u8>> {
        let first = found.partition_point(|finding| finding.end <= part.start);
        let inside = found.get(first..)?.iter().take_while(|finding| finding.start < part.end);
        let mut out: Option<Vec<u8>> = None;
        let mut done = part.start;
        for finding in inside {
            let out = out.get_or_insert_default();
            out.extend_from_slice(joined.get(done..finding.start.max(done)).unwrap_or_default());
            if finding.start >= part.start {
                let text = joined.get(finding.start..finding.end).unwrap_or_default();
                let new = self.replaced(joined, finding, context);
                out.extend_from_slice(new.as_deref().unwrap_or(text));
            }
            done = finding.end.min(part.end);
        }
        let mut out = out?;
        out.extend_from_slice(joined.get(done..part.end).unwrap_or_default());
        Some(out)
    }

    /// What takes the place of one finding, if the settings say that something does.
    pub(super) fn replaced(
        &mut self,
        joined: &[u8],
        finding: &Finding,
        context: &Context<'_>,
    ) -> Option<Vec<u8>> {
        let text = joined.get(finding.start..finding.end).unwrap_or_default();
        let alone = Finding { start: 0, end: text.len(), context: None, ..*finding };
        let mut new = Vec::new();
        self.core.engine.replace(text, context, &[alone], &mut new)?;
        if let Some(report) = &mut self.report {
            report.count(finding.kind, 1);
        }
        Some(new)
    }
}
