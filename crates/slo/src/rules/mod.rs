//! Rules and alerts for Prometheus.
//!
//! They read one counter, `slo_events_total{slo_name, slo_verdict}`, with a label for each group.
//! It must begin at 0 for every verdict, or the first failure is lost.

mod alerts;
mod native;
mod pyrra;
mod sloth;
#[cfg(test)]
mod tests;
mod yaml;

use std::collections::BTreeMap;

pub use self::native::group_label;
use crate::{
    Period,
    objective::{Objective, Set},
};

/// Whose names and formulas the rules use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Our own: counts, exact ratios, alerts that can fire.
    #[default]
    Native,
    /// Those of Sloth, for its dashboards. The ratio of the period is an average of averages there.
    Sloth,
    /// Those of Pyrra.
    Pyrra,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 3] = [Self::Native, Self::Sloth, Self::Pyrra];

    /// A stable word, for flags.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Sloth => "sloth",
            Self::Pyrra => "pyrra",
        }
    }
}

/// How rules are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Whose names and formulas.
    pub dialect: Dialect,
    /// Counts of the whole period are added up from those of five minutes instead of being read
    /// from the counter: cheaper for Prometheus, and off by what happened across its restarts.
    pub is_cheap: bool,
}

impl Options {
    /// The options of a dialect.
    #[must_use]
    pub const fn of(dialect: Dialect) -> Self {
        Self { dialect, is_cheap: false }
    }
}

/// A file of rules; its text is YAML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The groups in order.
    pub groups: Vec<Group>,
}

/// Rules that are evaluated one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, which no other group of the file has.
    pub name: String,
    /// How often; `None` is as often as Prometheus does it otherwise.
    pub interval: Option<Period>,
    /// The rules in order.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it makes.
    pub kind: RuleKind,
    /// Out of what, in PromQL.
    pub expr: String,
    /// Labels of what it makes.
    pub labels: BTreeMap<String, String>,
    /// Texts for people; alerts only.
    pub annotations: BTreeMap<String, String>,
}

/// What a rule makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// A series of that name.
    Record(String),
    /// An alert of that name, after the expression has held for that long.
    Alert(String, Option<Period>),
}

impl Rule {
    pub(crate) fn record(name: impl Into<String>, expr: impl Into<String>) -> Self {
        Self {
            kind: RuleKind::Record(name.into()),
            expr: expr.into(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
        }
    }

    pub(crate) fn alert(name: &str, hold: Option<Period>, expr: String) -> Self {
        Self { kind: RuleKind::Alert(name.to_owned(), hold), ..Self::record("", expr) }
    }

    pub(crate) fn label(mut self, name: &str, value: impl Into<String>) -> Self {
        self.labels.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn labels(mut self, labels: &[(String, String)]) -> Self {
        self.labels.extend(labels.iter().cloned());
        self
    }

    pub(crate) fn annotation(mut self, name: &str, value: impl Into<String>) -> Self {
        self.annotations.insert(name.to_owned(), value.into());
        self
    }
}

/// The rules of all objectives of a set.
#[must_use]
pub fn rules(set: &Set, options: Options) -> File {
    let groups = |objective: &Objective| match options.dialect {
        Dialect::Native => native::groups(objective, &set.alerts, options),
        Dialect::Sloth => sloth::groups(objective, &set.alerts),
        Dialect::Pyrra => pyrra::groups(objective, &set.alerts),
    };
    File { groups: set.objectives.iter().flat_map(groups).collect() }
}
