//! Settings of the `slo` processor.

use config::{Key, Kind, Map};
use sdk::{Duration, Id, Problems, Value};
use serde::{Deserialize, Serialize};
use slo::{
    Field, Grain, Set,
    objective::{Faults, Level},
};

/// What is promised, and how that is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// What objectives say where they say nothing.
    pub defaults: Value,
    /// The objectives.
    pub objectives: Value,
    /// How alerts are made of them; nothing here fires one.
    pub alerts: Value,
    /// The `agent_runs` processor in front, whose runs are judged.
    pub agent_runs: String,
    /// Whether it may stand behind a sampler.
    pub behind_sampler: bool,
    /// Which spans are tagged.
    pub tags: Told,
    /// Of which verdicts log records are made.
    pub events: Told,
    /// Whether calls that carry no cost are priced with the table built in.
    pub compute_cost: bool,
    /// How late a span may come after it ended. A run is known to hang only after that.
    pub delivery_delay: Duration,
    /// How long a span is known to have been counted.
    pub remember: Duration,
    /// How many spans are known to have been counted, in each of two halves.
    pub max_remembered: u32,
    /// Evaluations that newer ones may replace, of each objective.
    pub max_evaluations: u32,
    /// Log records that wait to be taken by the connector.
    pub max_pending_events: u32,
    /// How often the connector tells its metrics.
    pub interval: Duration,
}

/// Which verdicts are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// All.
    All,
    /// Bad and unknown ones, and those that change one told before.
    Bad,
    /// None.
    None,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            defaults: Value::default(),
            objectives: Value::default(),
            alerts: Value::default(),
            agent_runs: "agent_runs".to_owned(),
            behind_sampler: false,
            tags: Told::All,
            events: Told::Bad,
            compute_cost: true,
            delivery_delay: Duration::from_secs(30),
            remember: Duration::from_secs(600),
            max_remembered: 1_000_000,
            max_evaluations: 100_000,
            max_pending_events: 10_000,
            interval: Duration::from_secs(15),
        }
    }
}

/// What an agent is not asked for where its span passes: what stands below it is not known there.
const NOT_OF_AGENTS: [Field; 4] =
    [Field::ModelCalls, Field::ToolCalls, Field::ToolErrors, Field::Errors];

impl Config {
    /// The objectives, and what is wrong with them.
    #[must_use]
    pub fn set(&self) -> (Set, Faults) {
        let mut map = Map::new();
        for (key, value) in [
            ("defaults", &self.defaults),
            ("objectives", &self.objectives),
            ("alerts", &self.alerts),
        ] {
            if !value.is_null() {
                map.insert(Key::new(key, None), value.clone());
            }
        }
        Set::read(&Value::from(Kind::Map(map)), &[])
    }

    /// The id of the `agent_runs` processor.
    pub(crate) fn runs(&self) -> Option<Id> {
        self.agent_runs.parse().ok()
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let (set, faults) = self.set();
        for fault in faults.iter().filter(|fault| fault.level == Level::Error) {
            let mut inner = Problems::new();
            let mut steps = fault.path.split('.').rev().filter(|step| !step.is_empty());
            let message = format!("{}: {}", fault.message, fault.remedy);
            match steps.next() {
                Some(last) => inner.at(last, message),
                None => inner.add(message),
            }
            for step in steps {
                let mut outer = Problems::new();
                outer.nest(step, inner);
                inner = outer;
            }
            problems.merge(inner);
        }
        for (at, objective) in set.objectives.iter().enumerate() {
            let exprs = [Some(&objective.good), objective.exclude.as_ref()];
            let reads = |field: &&Field| exprs.iter().flatten().any(|expr| expr.reads(**field));
            if objective.on == Grain::Agent
                && let Some(field) = NOT_OF_AGENTS.iter().find(reads)
            {
                let message = format!(
                    "{} is not known of one agent as its span passes: judge the run, with on: run",
                    field.name()
                );
                problems.at(format!("objectives[{at}]"), message);
            }
        }
        if self.runs().is_none() {
            problems.at("agent_runs", "must be the id of an agent_runs processor");
        }
        for (key, value) in [("delivery_delay", self.delivery_delay), ("remember", self.remember)] {
            if value.is_negative() {
                problems.at(key, "must not be negative");
            }
        }
        if self.interval < Duration::from_secs(1) {
            problems.at("interval", "must be at least 1s");
        }
        for (key, value) in [
            ("max_remembered", self.max_remembered),
            ("max_evaluations", self.max_evaluations),
            ("max_pending_events", self.max_pending_events),
        ] {
            if value == 0 {
                problems.at(key, "must be at least 1");
            }
        }
        problems
    }
}
