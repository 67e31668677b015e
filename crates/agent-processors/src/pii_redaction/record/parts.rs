//! What stands in the parts of one message and is searched as one.

use std::{borrow::Cow, ops::Range};

use pii::{Context, FieldClass};

use super::{
    super::{metrics::Spot, syntax},
    Redactor,
};

impl Redactor<'_> {
    /// A text with what is found across the parts of its messages replaced; it stands in the first of
    /// them that holds some of it.
    pub(super) fn without_split<'t>(&mut self, text: Cow<'t, [u8]>) -> Cow<'t, [u8]> {
        self.opens.clear();
        if text.len() > self.core.config.max_text_bytes as usize {
            return text;
        }
        self.opens.extend(memchr::memchr_iter(b'{', &text));
        let groups = syntax::parts(&text, &self.opens);
        // What is searched in between has other braces.
        let opens = std::mem::take(&mut self.opens);
        let context = Context { key: &[], class: FieldClass::Content };
        let mut edits: Vec<(Range<usize>, Vec<u8>)> = Vec::new();
        for group in groups {
            self.search_group(&text, &group, &context, &mut edits);
        }
        self.opens = opens;
        if edits.is_empty() {
            return text;
        }
        let mut out = Vec::with_capacity(text.len());
        let mut done = 0;
        edits.sort_unstable_by_key(|(range, _)| range.start);
        for (range, new) in edits {
            out.extend_from_slice(text.get(done..range.start).unwrap_or_default());
            out.extend_from_slice(&new);
            done = range.end.max(done);
        }
        out.extend_from_slice(text.get(done..).unwrap_or_default());
        self.opens.clear();
        self.opens.extend(memchr::memchr_iter(b'{', &out));
        Cow::Owned(out)
    }

    fn search_group(
        &mut self,
        text: &[u8],
        group: &[Range<usize>],
        context: &Context<'_>,
        edits: &mut Vec<(Range<usize>, Vec<u8>)>,
    ) {
        let mut joined = Vec::new();
        // Where each part begins in the joined text.
        let mut starts = Vec::with_capacity(group.len());
        for part in group {
            starts.push(joined.len());
            joined.extend_from_slice(text.get(part.clone()).unwrap_or_default());
        }
        self.search_long(&joined, context);
        let at = |place: usize| starts.partition_point(|start| *start <= place).saturating_sub(1);
        self.found.retain(|finding| at(finding.start) != at(finding.end.saturating_sub(1)));
        if self.found.is_empty() {
            return;
        }
        self.done += 1;
        self.count(context, Spot::Content);
        if self.core.config.dry_run {
            return;
        }
        let found = std::mem::take(&mut self.found);
        for finding in &found {
            let Some(mut new) = self.replaced(&joined, finding, context) else { continue };
            for place in at(finding.start)..=at(finding.end.saturating_sub(1)) {
                let (Some(start), Some(part)) = (starts.get(place), group.get(place)) else {
                    continue;
                };
                // The same place in the text as in the joined one.
                let inside =
                    |end: usize| part.start + end.clamp(*start, start + part.len()) - start;
                edits.push((inside(finding.start)..inside(finding.end), std::mem::take(&mut new)));
            }
        }
        self.found = found;
    }
}
