//! What was found: types and counts, never values.

use std::collections::BTreeMap;

/// Counts over all inputs.
#[derive(Debug, Default)]
pub(super) struct Report {
    counts: BTreeMap<String, u64>,
    /// Inputs read.
    pub(super) inputs: u64,
    /// Bytes read.
    pub(super) bytes: u64,
}

impl Report {
    /// Counts one finding.
    pub(super) fn count(&mut self, name: &str) {
        match self.counts.get_mut(name) {
            Some(count) => *count += 1,
            None => drop(self.counts.insert(name.to_owned(), 1)),
        }
    }

    /// All findings.
    pub(super) fn found(&self) -> u64 {
        self.counts.values().sum()
    }

    /// For people: most frequent types first.
    pub(super) fn text(&self) -> String {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let (found, inputs) = (self.found(), self.inputs);
        let mut text = format!(
            "{found} finding{} in {inputs} input{}, {} bytes\n",
            plural(found),
            plural(inputs),
            self.bytes
        );
        let mut counts: Vec<_> = self.counts.iter().collect();
        counts.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        let width = counts.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, count) in counts {
            text.push_str(&format!("  {name:width$}  {count}\n"));
        }
        text
    }
}
