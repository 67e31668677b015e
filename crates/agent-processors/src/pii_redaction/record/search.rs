//! What a text holds.

use pii::{Context, Finding};

use super::{
    super::{state::CACHED_MIN, syntax},
    Redactor,
};

impl Redactor<'_> {
    /// What a text holds, into `found`. Lists of messages are taken apart, since all but the last of
    /// them came before.
    pub(super) fn search(&mut self, text: &[u8], context: &Context<'_>) {
        self.found.clear();
        self.bytes += text.len();
        #[cfg(test)]
        if let Some(fault) = self.core.fault {
            fault(text);
        }
        let Some(cache) = self.core.cache.as_ref().filter(|_| text.len() >= CACHED_MIN) else {
            return self.core.engine.scan_into(text, context, &mut self.found);
        };
        self.pieces.clear();
        match self.is_content && text.len() >= 2 * CACHED_MIN {
            true => syntax::pieces(text, &self.opens, CACHED_MIN, &mut self.pieces),
            false => self.pieces.push(0..text.len()),
        }
        for piece in &self.pieces {
            let start = piece.start;
            let text = text.get(piece.clone()).unwrap_or_default();
            self.in_piece.clear();
            if text.len() < CACHED_MIN {
                self.core.engine.scan_into(text, context, &mut self.in_piece);
            } else {
                let hash = cache.hash(text, context);
                if cache.get(hash, &mut self.in_piece) {
                    self.hits += 1;
                } else {
                    self.core.engine.scan_into(text, context, &mut self.in_piece);
                    cache.put(hash, &self.in_piece);
                }
            }
            self.found.extend(self.in_piece.iter().map(|finding| shifted(finding, start)));
        }
    }
}

/// A finding in a part of a text, as one of the whole.
pub(super) fn shifted(finding: &Finding, by: usize) -> Finding {
    let shift = |at: u32| at.saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
    Finding {
        start: finding.start + by,
        end: finding.end + by,
        context: finding.context.map(|(start, end)| (shift(start), shift(end))),
        ..*finding
    }
}
