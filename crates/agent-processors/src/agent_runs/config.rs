//! Settings of the `agent_runs` processor.

use sdk::{Duration, Problems};
use serde::{Deserialize, Serialize};

/// How long and how many runs are followed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Whether totals are written on the root spans of runs.
    pub stamp_roots: bool,
    /// Whether calls that carry no cost are priced with the table built in.
    pub compute_cost: bool,
    /// Whether spans that have not ended are passed on; else they are only followed.
    pub forward_pending: bool,
    /// Whether a model call that stands alone is told as a run.
    pub lone_calls: bool,
    /// How long after its root ended and its last part came a run is closed.
    pub close_after_root: Duration,
    /// How long nothing comes before a run without a root is given up.
    pub idle_timeout: Duration,
    /// The same while a human is waited for.
    pub waiting_timeout: Duration,
    /// How long a run is open at most.
    pub max_age: Duration,
    /// How long a closed run is kept to take in what is late.
    pub amend_window: Duration,
    /// Traces and sessions followed at once.
    pub max_runs: u32,
    /// The memory for them and for telling calls apart, in MiB.
    pub max_mib: u32,
    /// Records of one trace that are told apart.
    pub max_records_per_run: u32,
    /// Events that wait to be taken by the connector.
    pub max_pending_events: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            stamp_roots: true,
            compute_cost: true,
            forward_pending: false,
            lone_calls: false,
            close_after_root: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(600),
            waiting_timeout: Duration::from_secs(24 * 3600),
            max_age: Duration::from_secs(48 * 3600),
            amend_window: Duration::from_secs(60),
            max_runs: 100_000,
            max_mib: 64,
            max_records_per_run: 512,
            max_pending_events: 10_000,
        }
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let positive = [
            ("close_after_root", self.close_after_root),
            ("idle_timeout", self.idle_timeout),
            ("waiting_timeout", self.waiting_timeout),
            ("max_age", self.max_age),
            ("amend_window", self.amend_window),
        ];
        for (key, duration) in positive {
            if duration.is_negative() {
                problems.at(key, "must not be negative");
            }
        }
        let at_least = [
            ("max_runs", self.max_runs, 1),
            ("max_mib", self.max_mib, 1),
            ("max_records_per_run", self.max_records_per_run, 16),
            ("max_pending_events", self.max_pending_events, 1),
        ];
        for (key, value, least) in at_least {
            if value < least {
                problems.at(key, format!("must be at least {least}"));
            }
        }
        problems
    }
}
