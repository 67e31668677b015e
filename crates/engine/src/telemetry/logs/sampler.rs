//! Leaves out lines that say the same again and again (C§4.1).

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use tokio::time::Instant;

use super::entry::Entry;
use crate::settings::LogSampling;

/// Lines are told apart by level and message in so many places; two that fall into one place are
/// counted together, as in the Go collector.
const PLACES: usize = 4_096;

/// Counts lines of the same level and message in rounds.
#[derive(Debug)]
pub(super) struct Sampler {
    tick: Duration,
    initial: u64,
    thereafter: u64,
    /// When the round ends, and how many lines there were in it.
    rounds: Vec<(Option<Instant>, u64)>,
}

impl Sampler {
    pub(super) fn new(settings: &LogSampling) -> Self {
        Self {
            tick: settings.tick.to_std(),
            initial: settings.initial,
            thereafter: settings.thereafter,
            rounds: vec![(None, 0); PLACES],
        }
    }

    /// Whether this line is written: the first of each round, and then every so-manieth.
    pub(super) fn wants(&mut self, entry: &Entry) -> bool {
        let mut hasher = DefaultHasher::new();
        entry.level.hash(&mut hasher);
        entry.message.hash(&mut hasher);
        let place = hasher.finish() as usize % PLACES;
        let Some((end, lines)) = self.rounds.get_mut(place) else { return true };
        let now = Instant::now();
        if end.is_none_or(|end| end <= now) {
            (*end, *lines) = (now.checked_add(self.tick), 0);
        }
        *lines += 1;
        *lines <= self.initial
            || (self.thereafter > 0 && (*lines - self.initial).is_multiple_of(self.thereafter))
    }
}
