//! Settings of the `batch` processor.

use sdk::{Duration, Next, Problems};
use serde::{Deserialize, Serialize};

/// When a batch is complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// How long the first item of a batch waits at most; 0 hands everything on at once.
    pub timeout: Duration,
    /// A batch with so many items leaves at once; 0 hands everything on at once.
    pub send_batch_size: u32,
    /// Batches are split to hold no more items than this; 0 does not split.
    pub send_batch_max_size: u32,
    /// Requests share a batch only when these metadata keys have equal values.
    pub metadata_keys: Vec<String>,
    /// How many combinations of those values there may be; 0 sets no limit.
    pub metadata_cardinality_limit: u32,
    /// Whether a client waits until its data was handed on, and hears how that went. Unset, it waits
    /// unless every exporter behind has a queue.
    pub wait_for_result: Option<bool>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            timeout: Duration::from_millis(200),
            send_batch_size: 8192,
            send_batch_max_size: 0,
            metadata_keys: Vec::new(),
            metadata_cardinality_limit: 1000,
            wait_for_result: None,
        }
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(!self.timeout.is_negative(), "timeout must be greater or equal to 0");
        problems.check(
            self.send_batch_max_size == 0 || self.send_batch_max_size >= self.send_batch_size,
            "send_batch_max_size must be greater or equal to send_batch_size",
        );
        for (at, key) in self.metadata_keys.iter().enumerate() {
            let before = self.metadata_keys.get(..at).unwrap_or_default();
            if before.iter().any(|other| other.eq_ignore_ascii_case(key)) {
                let key = key.to_ascii_lowercase();
                problems
                    .add(format!("duplicate entry in metadata_keys: {key:?} (case-insensitive)"));
            }
        }
        problems
    }
}

impl Config {
    /// Whether clients wait until their data was handed on to `next`.
    pub(super) fn is_waiting(&self, next: &Next) -> bool {
        self.wait_for_result.unwrap_or_else(|| !next.is_queued())
    }

    /// Whether batches are handed on as they come, split at most.
    pub(super) fn is_immediate(&self) -> bool {
        self.timeout.is_zero() || self.send_batch_size == 0
    }
}
