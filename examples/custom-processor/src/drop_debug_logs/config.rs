//! Settings of the `drop_debug_logs` processor.

use sdk::Problems;
use serde::{Deserialize, Serialize};

/// Which log records are dropped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Records below this severity number are dropped; 9 is INFO.
    pub below: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { below: 9 }
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(self.below <= 24, "`below` must be at most 24, the highest severity number");
        problems
    }
}
