//! How long to wait before the next attempt, and when to give up (C§6.3).

use std::time::Duration;

use sdk::{Random, RetryConfig};
use tokio::time::Instant;

/// The waits of one batch. They grow by the multiplier up to the longest interval, and chance
/// spreads each of them; the first is spread around the initial interval, even if that is longer
/// than the longest.
#[derive(Debug)]
pub(super) struct Backoff<'a> {
    config: &'a RetryConfig,
    /// The next wait before chance.
    interval: Duration,
    /// When the batch is given up; none if never.
    give_up_at: Option<Instant>,
}

impl<'a> Backoff<'a> {
    /// For a batch whose first attempt begins now.
    pub(super) fn new(config: &'a RetryConfig) -> Self {
        let limit = config.max_elapsed_time.to_std();
        let give_up_at = if limit.is_zero() { None } else { Instant::now().checked_add(limit) };
        Self { config, interval: config.initial_interval.to_std(), give_up_at }
    }

    /// How long to wait now, at least as long as the backend asked for. None when the next attempt
    /// would come after the time to give up: then waiting is pointless, so it ends at once.
    pub(super) fn next_wait(
        &mut self,
        random: &Random,
        asked: Option<Duration>,
    ) -> Option<Duration> {
        let wait = self.spread(random).max(asked.unwrap_or_default());
        self.grow();
        match (Instant::now().checked_add(wait), self.give_up_at) {
            (Some(next), Some(give_up_at)) if give_up_at < next => None,
            (None, Some(_)) => None,
            _ => Some(wait),
        }
    }

    /// Begins with the first wait again. When to give up stays.
    pub(super) fn restart(&mut self) {
        self.interval = self.config.initial_interval.to_std();
    }

    fn spread(&self, random: &Random) -> Duration {
        let factor = self.config.randomization_factor;
        if factor == 0.0 {
            return self.interval;
        }
        let nanos = self.interval.as_nanos() as f64;
        let shortest = nanos * (1.0 - factor);
        // One more, so that both ends of the range are as likely as any whole number between.
        let width = nanos * factor * 2.0 + 1.0;
        Duration::from_nanos((shortest + random.next_f64() * width) as u64)
    }

    fn grow(&mut self) {
        let longest = self.config.max_interval.to_std();
        let multiplier = self.config.multiplier;
        let grown = self.interval.as_secs_f64() * multiplier;
        self.interval = if multiplier == 0.0 {
            // A wait of nothing would hammer the backend; as in Go, it starts over.
            self.config.initial_interval.to_std()
        } else if grown >= longest.as_secs_f64() {
            longest
        } else {
            Duration::try_from_secs_f64(grown).unwrap_or(longest)
        };
    }
}
