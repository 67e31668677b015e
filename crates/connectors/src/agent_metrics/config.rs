//! Settings of the `agent_metrics` connector.

use std::collections::BTreeMap;

use genai::profile::Profile;
use sdk::{Duration, Problems};
use serde::{Deserialize, Serialize};

use super::labels::DIMENSIONS_MAX;

/// What is measured, how often it is told, and what bounds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// How often the metrics are sent.
    pub interval: Duration,
    /// The version of the conventions whose metrics are sent.
    pub profile: ProfileName,
    /// Whether the metrics of the conventions are sent.
    pub conventions: bool,
    /// Whether the metrics under `tollgate` are sent.
    pub own: bool,
    /// Metrics under the names that other dashboards ask for.
    pub compatibility: Vec<Compatibility>,
    /// Resource attributes of the senders that become attributes of the metrics.
    pub dimensions: Vec<String>,
    /// Attributes of the metrics' own resource, besides or in place of `service.name`,
    /// `service.version` and `service.instance.id`.
    pub resource: BTreeMap<String, String>,
    /// What calls cost when nobody says.
    pub prices: PricesConfig,
    /// How long a trace must be quiet before its calls are counted.
    pub settle: Duration,
    /// How long calls wait at most before they are counted.
    pub settle_max: Duration,
    /// How long calls are kept after the last change, so that late reports of them can correct.
    pub remember: Duration,
    /// How long a run that is not known to have ended may be quiet before it is taken for ended.
    pub run_timeout: Duration,
    /// Where telemetry tells how much waits in queues.
    pub queues: QueuesConfig,
    /// What bounds memory and labels.
    pub limits: LimitsConfig,
}

/// A version of the conventions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileName {
    /// Version 1.37.
    #[serde(rename = "v1_37")]
    V1_37,
    /// Version 1.41.
    #[default]
    #[serde(rename = "v1_41")]
    V1_41,
    /// What is being developed.
    Next,
}

/// Whose dashboards are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compatibility {
    /// Those in MUTX's repository.
    Mutx,
}

/// Where prices come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PricesConfig {
    /// A table laid over the one built in, in the format of genai-prices or of LiteLLM.
    pub file: String,
    /// How often the file is looked at; 0 is never again.
    pub reload_interval: Duration,
    /// A larger file is refused; in MiB.
    pub max_file_mib: u32,
    /// Names of deployments and the like, and the models they are priced as.
    pub aliases: BTreeMap<String, String>,
}

/// Where telemetry tells how much waits in queues.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueuesConfig {
    /// The attribute with the number; empty to look for none.
    pub depth: String,
    /// The attribute with the queue's name.
    pub name: String,
}

/// What bounds memory and labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsConfig {
    /// Time series.
    pub series: u32,
    /// Model calls kept for counting once.
    pub calls: u32,
    /// Spans kept to know runs and tools.
    pub spans: u32,
    /// Models told apart, asked for and answering each.
    pub models: u16,
    /// Agents and workflows told apart.
    pub agents: u16,
    /// Tools told apart.
    pub tools: u16,
    /// Values of every other attribute told apart.
    pub values: u16,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(15),
            profile: ProfileName::default(),
            conventions: true,
            own: true,
            compatibility: Vec::new(),
            dimensions: ["service.name", "service.namespace", "deployment.environment.name"]
                .map(str::to_owned)
                .to_vec(),
            resource: BTreeMap::new(),
            prices: PricesConfig::default(),
            settle: Duration::from_secs(10),
            settle_max: Duration::from_secs(60),
            remember: Duration::from_secs(300),
            run_timeout: Duration::from_secs(600),
            queues: QueuesConfig::default(),
            limits: LimitsConfig::default(),
        }
    }
}

impl Default for PricesConfig {
    fn default() -> Self {
        Self {
            file: String::new(),
            reload_interval: Duration::from_secs(60),
            max_file_mib: 64,
            aliases: BTreeMap::new(),
        }
    }
}

impl Default for QueuesConfig {
    fn default() -> Self {
        Self { depth: "queue.depth".to_owned(), name: "queue.name".to_owned() }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            series: 20_000,
            calls: 100_000,
            spans: 100_000,
            models: 100,
            agents: 200,
            tools: 300,
            values: 100,
        }
    }
}

impl ProfileName {
    /// The profile of this name.
    pub(super) fn profile(self) -> Profile {
        match self {
            Self::V1_37 => Profile::V1_37,
            Self::V1_41 => Profile::V1_41,
            Self::Next => Profile::Next,
        }
    }
}

impl PricesConfig {
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

/// How many aliases there may be.
const ALIASES_MAX: usize = 10_000;

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let second = Duration::from_secs(1);
        problems.check(self.interval >= second, "`interval` must be at least 1s");
        for (name, wait) in [
            ("settle", self.settle),
            ("settle_max", self.settle_max),
            ("remember", self.remember),
            ("run_timeout", self.run_timeout),
        ] {
            problems.check(
                !wait.is_negative() && wait <= Duration::from_secs(86_400),
                format!("`{name}` must be between 0 and 24h"),
            );
        }
        problems.check(self.settle <= self.settle_max, "`settle` must be at most `settle_max`");
        problems.check(
            self.conventions || self.own || !self.compatibility.is_empty(),
            "there is nothing to measure: `conventions` and `own` are off, `compatibility` is empty",
        );
        problems.check(
            self.dimensions.len() <= DIMENSIONS_MAX,
            format!("`dimensions` must name at most {DIMENSIONS_MAX} attributes"),
        );
        for (at, name) in self.dimensions.iter().enumerate() {
            let before = self.dimensions.get(..at).unwrap_or_default();
            problems.check(!name.is_empty(), "`dimensions` must not hold an empty name");
            problems.check(!before.contains(name), format!("`dimensions` names {name:?} twice"));
        }
        problems.check(self.resource.len() <= 64, "`resource` must have at most 64 attributes");
        problems.nest("prices", self.prices.problems());
        let limits = &self.limits;
        for (name, least, limit) in [
            ("series", 100, limits.series),
            ("calls", 100, limits.calls),
            ("spans", 100, limits.spans),
            ("models", 1, limits.models.into()),
            ("agents", 1, limits.agents.into()),
            ("tools", 1, limits.tools.into()),
            ("values", 8, limits.values.into()),
        ] {
            problems.check(limit >= least, format!("`limits::{name}` must be at least {least}"));
        }
        problems.check(limits.series <= 1_000_000, "`limits::series` must be at most 1000000");
        problems
    }
}
