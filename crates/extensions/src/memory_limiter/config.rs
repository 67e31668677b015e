//! Settings of the `memory_limiter` extension.

use sdk::Problems;
use serde::{Deserialize, Serialize};

/// How much memory may be used, and how often to look; the processor has the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Config(pub memory::Settings);

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        self.0.problems()
    }
}
