//! OpenSLO v1: files that others write become ours, and ours become theirs.
//!
//! What is judged while it passes is told by a metric source of the type `tollgate`, whose `spec`
//! says `on`, `match` and what else an objective may say:
//!
//! ```yaml
//! apiVersion: openslo/v1
//! kind: SLO
//! metadata: {name: first-token}
//! spec:
//!   service: helpdesk
//!   indicator:
//!     metadata: {name: ttft}
//!     spec:
//!       thresholdMetric:
//!         metricSource:
//!           type: tollgate
//!           spec: {on: model_call, match: {gen_ai.request.stream: true}, value: ttft}
//!   timeWindow: [{duration: 4w, isRolling: true}]
//!   budgetingMethod: Occurrences
//!   objectives: [{op: lte, value: 2, target: 0.95}]
//! ```

mod alerts;
mod documents;
mod export;
mod import;
mod indicator;
#[cfg(test)]
mod tests;

use config::{Kind, Map, Pos, Value};

pub use self::{export::export, import::import};

/// The type of metric sources that are judged here.
pub const SOURCE_TYPE: &str = "tollgate";
/// What our annotations begin with.
const ANNOTATION: &str = "tollgate/";
/// The keys of an objective that a `spec` of ours may hold, besides `on` and `match`.
const FREE: [&str; 9] = [
    "exclude",
    "missing",
    "outcomes",
    "group_by",
    "max_groups",
    "allow_high_cardinality",
    "deadline",
    "traffic",
    "severity",
];

fn text(text: impl Into<String>, pos: Option<&Pos>) -> Value {
    Value::new(Kind::String(text.into()), pos.cloned())
}

fn map(entries: Vec<(&str, Value)>, pos: Option<&Pos>) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (key.into(), value));
    Value::new(Kind::Map(entries.collect::<Map>()), pos.cloned())
}

fn list(items: Vec<Value>, pos: Option<&Pos>) -> Value {
    Value::new(Kind::Seq(items), pos.cloned())
}
