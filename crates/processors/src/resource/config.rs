//! Settings of the `resource` processor.

use sdk::Problems;
use serde::{Deserialize, Serialize};

use crate::shared::{ActionConfig, problems_of};

/// What is done to the attributes of resources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The actions, in order.
    pub attributes: Vec<ActionConfig>,
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = problems_of(&self.attributes);
        problems.check(
            !self.attributes.is_empty(),
            "missing required field \"attributes\": name at least one action",
        );
        problems
    }
}
