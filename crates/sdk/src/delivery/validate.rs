//! What can be wrong with queue and retry settings, in the Go collector's words.

use config::Problems;

use super::{BatchConfig, BatchSizer, QueueConfig, RetryConfig, Sizer};

impl QueueConfig {
    /// Every reason these settings cannot work.
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        if self.num_consumers <= 0 {
            problems.add("`num_consumers` must be positive");
        }
        if self.queue_size <= 0 {
            problems.add("`queue_size` must be positive");
        }
        if self.storage.is_some() && self.wait_for_result {
            problems.add("`wait_for_result` is not supported with a persistent queue configured with `storage`");
        }
        if let Some(batch) = self.batch.as_ref() {
            problems.nest("batch", batch.problems(self.batch_sizer()));
            if batch.min_size > self.queue_size && Sizer::from(self.batch_sizer()) == self.sizer {
                problems.at("batch", "`min_size` must be less than or equal to `queue_size`");
            }
        }
        problems
    }

    /// The unit of the batch settings: their own, else the queue's if that one was chosen, else
    /// items.
    pub fn batch_sizer(&self) -> BatchSizer {
        let own = self.batch.as_ref().and_then(|batch| batch.sizer);
        own.unwrap_or(match self.sizer {
            Sizer::Bytes => BatchSizer::Bytes,
            Sizer::Items | Sizer::Requests => BatchSizer::Items,
        })
    }
}

impl BatchConfig {
    fn problems(&self, sizer: BatchSizer) -> Problems {
        let mut problems = Problems::default();
        if self.flush_timeout.is_zero() {
            problems.add("`flush_timeout` must be positive");
        }
        if self.min_size < 0 {
            problems.add("`min_size` must be non-negative");
        }
        if self.max_size < 0 {
            problems.add("`max_size` must be non-negative");
        }
        if sizer == BatchSizer::Requests {
            problems.add("`batch` supports only `items` or `bytes` sizer, found \"requests\"");
        }
        if self.max_size > 0 && self.max_size < self.min_size {
            problems.add("`max_size` must be greater or equal to `min_size`");
        }
        for (at, key) in self.partition.metadata_keys.iter().enumerate() {
            let before = self.partition.metadata_keys.get(..at).unwrap_or_default();
            if before.iter().any(|other| other.eq_ignore_ascii_case(key)) {
                let message =
                    format!("duplicate entry in metadata_keys: {key:?} (case-insensitive)");
                problems.at("partition", message);
            }
        }
        problems
    }
}

impl RetryConfig {
    /// Every reason these settings cannot work; checked even when disabled.
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        if !(0.0..=1.0).contains(&self.randomization_factor) {
            problems.add("'randomization_factor' must be within [0, 1]");
        }
        if self.multiplier < 0.0 || self.multiplier.is_nan() {
            problems.add("'multiplier' must be non-negative");
        }
        if !self.max_elapsed_time.is_zero() {
            if self.max_elapsed_time < self.initial_interval {
                problems.add("'max_elapsed_time' must not be less than 'initial_interval'");
            }
            if self.max_elapsed_time < self.max_interval {
                problems.add("'max_elapsed_time' must not be less than 'max_interval'");
            }
        }
        problems
    }
}
