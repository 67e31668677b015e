//! Remembering who was counted, and nothing else.

use super::hash::Set;

/// Two generations of hashes: the older is dropped when the younger is full, so that at least half of
/// the limit is always remembered.
#[derive(Debug, Default)]
pub(super) struct Forgotten {
    young: Set<u64>,
    old: Set<u64>,
    half: usize,
}

impl Forgotten {
    pub(super) fn new(limit: usize) -> Self {
        Self { half: (limit / 2).max(1), ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.young.is_empty() && self.old.is_empty()
    }

    pub(super) fn contains(&self, hash: u64) -> bool {
        self.young.contains(&hash) || self.old.contains(&hash)
    }

    pub(super) fn insert(&mut self, hash: u64) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash);
    }
}
