//! How far something reaches, remembered: what is asked again from a place within is not read again.

#[cfg(test)]
mod tests;

use super::run;

/// The bytes of one kind that were read last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extent {
    from: usize,
    to: usize,
}

impl Extent {
    /// What [`run`] answers, of one text and one `is`.
    pub(crate) fn run(
        &mut self,
        text: &[u8],
        start: usize,
        most: usize,
        is: impl Fn(u8) -> bool,
    ) -> usize {
        let is_within = start >= self.from && start <= self.to;
        let known = if is_within { self.to - start } else { 0 };
        let length = known + run(text, start + known, most.saturating_sub(known), is);
        let from = if is_within { self.from } else { start };
        *self = Self { from, to: start + length };
        length.min(most)
    }
}
