//! Settings of the `token_usage` processor.

use std::collections::BTreeMap;

use genai::profile::Profile;
use sdk::{Duration, Problems};
use serde::{Deserialize, Serialize};

/// What is written to which records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The version of the conventions to write: `v1_37`, `v1_41` or `next`.
    pub profile: String,
    /// What becomes of attributes whose meaning was written in the conventions' words.
    pub originals: Originals,
    /// What is done to records of a signal that its sender's tokens are not counted on.
    pub secondary: Secondary,
    /// What is written about cost.
    pub cost: CostDetail,
    /// Whether a call with tokens and no price is marked.
    pub mark_unpriced: bool,
    /// Whether every record with tokens says how sure it is what they include, not only those whose
    /// counts were written here.
    pub mark_accounting: bool,
    /// Whether messages are rebuilt from indexed keys and the forms of vendors.
    pub rebuild_messages: bool,
    /// What calls cost.
    pub prices: PriceConfig,
}

/// What becomes of attributes whose meaning was written in the conventions' words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Originals {
    /// They stay.
    #[default]
    Keep,
    /// They go.
    Remove,
}

/// What is done to records of a signal that its sender's tokens are not counted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secondary {
    /// Those with tokens pass as they came, so that a sum over both signals stays what it was.
    #[default]
    Pass,
    /// They are written like any other.
    Write,
}

/// What is written about cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CostDetail {
    /// Nothing.
    None,
    /// The amount.
    Amount,
    /// The amount, its currency, who says so, and the date of the prices.
    #[default]
    Details,
}

/// What calls cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PriceConfig {
    /// A table laid over the one built in, in the format of genai-prices or of LiteLLM.
    pub file: String,
    /// How often the file is looked at; 0 is never again.
    pub reload_interval: Duration,
    /// A larger file is refused; in MiB.
    pub max_file_mib: u32,
    /// Names of deployments and the like, and the models they are priced as.
    pub aliases: BTreeMap<String, String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: "v1_41".to_owned(),
            originals: Originals::default(),
            secondary: Secondary::default(),
            cost: CostDetail::default(),
            mark_unpriced: false,
            mark_accounting: false,
            rebuild_messages: false,
            prices: PriceConfig::default(),
        }
    }
}

impl Default for PriceConfig {
    fn default() -> Self {
        Self {
            file: String::new(),
            reload_interval: Duration::from_secs(60),
            max_file_mib: 64,
            aliases: BTreeMap::new(),
        }
    }
}

/// How many aliases there may be.
const ALIASES_MAX: usize = 10_000;

impl Config {
    /// The profile by that name.
    pub(super) fn profile(&self) -> Option<Profile> {
        Profile::from_name(&self.profile)
    }
}

impl PriceConfig {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if self.max_file_mib == 0 {
            problems.at("max_file_mib", "must be greater than zero");
        }
        if self.reload_interval.is_negative() {
            problems.at("reload_interval", "must not be negative");
        }
        if self.aliases.len() > ALIASES_MAX {
            problems.at("aliases", format!("at most {ALIASES_MAX} are possible"));
        }
        if self.aliases.iter().any(|(name, priced)| name.is_empty() || priced.is_empty()) {
            problems.at("aliases", "names must not be empty");
        }
        problems
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if self.profile().is_none() {
            let text = format!("{:?} is no profile; use v1_37, v1_41 or next", self.profile);
            problems.at("profile", text);
        }
        problems.check(
            !self.mark_unpriced || self.cost == CostDetail::Details,
            "`mark_unpriced` needs `cost: details`",
        );
        problems.nest("prices", self.prices.problems());
        problems
    }
}
