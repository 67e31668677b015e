//! Settings of timeout, queue and retry that exporters share.

use std::time;

use sdk::{Duration, Optional, Problems, QueueConfig, RetryConfig};
use serde::{Deserialize, Serialize};

/// Timeout, queue and retry of an exporter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeliveryConfig {
    /// The longest one attempt may take; 0 waits for ever.
    pub timeout: Duration,
    /// The queue; on unless `enabled: false`.
    pub sending_queue: Optional<QueueConfig>,
    /// Trying again; on unless `enabled: false`.
    pub retry_on_failure: RetryConfig,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            sending_queue: Optional::Some(QueueConfig::default()),
            retry_on_failure: RetryConfig::default(),
        }
    }
}

impl DeliveryConfig {
    /// Every reason these settings cannot work.
    pub(crate) fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(!self.timeout.is_negative(), "'timeout' must be non-negative");
        if let Some(queue) = self.sending_queue.as_ref() {
            problems.nest("sending_queue", queue.problems());
        }
        problems.nest("retry_on_failure", self.retry_on_failure.problems());
        problems
    }

    /// The longest one attempt may take; none waits for ever.
    pub(crate) fn attempt_timeout(&self) -> Option<time::Duration> {
        Some(*self.timeout).filter(|timeout| !timeout.is_zero())
    }
}
