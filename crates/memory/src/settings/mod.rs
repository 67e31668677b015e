//! Settings of the `memory_limiter`, as processor and as extension.

#[cfg(test)]
mod tests;

use config::{Duration, Problems};
use serde::{Deserialize, Serialize};

/// How much memory may be used, and how often to look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How often memory is measured.
    pub check_interval: Duration,
    /// The limit in MiB; wins over the percentage.
    pub limit_mib: u32,
    /// What is kept free below the limit, in MiB; 0 is a fifth of the limit.
    pub spike_limit_mib: u32,
    /// The limit in percent of the memory that the process may have.
    pub limit_percentage: u32,
    /// What is kept free below the limit, in percent of the same.
    pub spike_limit_percentage: u32,
    /// Read for compatibility: there is no garbage collector.
    pub min_gc_interval_when_soft_limited: Duration,
    /// Read for compatibility.
    pub min_gc_interval_when_hard_limited: Duration,
    /// Read for compatibility.
    pub max_gc_interval_when_soft_limited: Duration,
    /// Read for compatibility.
    pub max_gc_interval_when_hard_limited: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            check_interval: Duration::ZERO,
            limit_mib: 0,
            spike_limit_mib: 0,
            limit_percentage: 0,
            spike_limit_percentage: 0,
            min_gc_interval_when_soft_limited: Duration::from_secs(10),
            min_gc_interval_when_hard_limited: Duration::ZERO,
            max_gc_interval_when_soft_limited: Duration::from_secs(30),
            max_gc_interval_when_hard_limited: Duration::from_secs(30),
        }
    }
}

/// Bytes at which data is refused, and the limit they keep clear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From here on data is refused.
    pub soft: u64,
    /// The limit itself.
    pub hard: u64,
}

const MIB: u64 = 1 << 20;

impl Settings {
    /// The limits in bytes for a process that may have `total` bytes.
    #[must_use]
    pub fn limits(&self, total: u64) -> Limits {
        let percent = |share: u32| total.saturating_mul(u64::from(share)) / 100;
        let (hard, spike) = if self.limit_mib > 0 {
            (u64::from(self.limit_mib) * MIB, u64::from(self.spike_limit_mib) * MIB)
        } else {
            (percent(self.limit_percentage), percent(self.spike_limit_percentage))
        };
        let spike = if spike == 0 { hard / 5 } else { spike };
        Limits { soft: hard.saturating_sub(spike), hard }
    }

    /// The limits of this process.
    ///
    /// # Errors
    ///
    /// A percentage of memory that cannot be told.
    pub fn limits_here(&self) -> Result<Limits, String> {
        match crate::available() {
            None if self.limit_mib == 0 => Err(
                "the memory of this machine cannot be told, so 'limit_percentage' has no meaning; \
                 set 'limit_mib'"
                    .to_owned(),
            ),
            total => Ok(self.limits(total.unwrap_or_default())),
        }
    }

    /// Every fault, in the Go collector's words.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let has_interval = !self.check_interval.is_zero();
        problems.check(has_interval, "'check_interval' must be greater than zero");
        if self.limit_mib == 0 && self.limit_percentage == 0 {
            problems.add("'limit_mib' or 'limit_percentage' must be greater than zero");
        }
        problems.check(
            self.limit_percentage <= 100 && self.spike_limit_percentage <= 100,
            "'limit_percentage' and 'spike_limit_percentage' must be less than or equal to 100",
        );
        problems.check(
            self.limit_mib == 0 || self.spike_limit_mib < self.limit_mib,
            "'spike_limit_mib' must be smaller than 'limit_mib'",
        );
        problems.check(
            self.limit_percentage == 0 || self.spike_limit_percentage < self.limit_percentage,
            "'spike_limit_percentage' must be smaller than 'limit_percentage'",
        );
        problems
    }
}
