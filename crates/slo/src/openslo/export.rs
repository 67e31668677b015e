//! Ours to OpenSLO.

use config::{Kind, Map, Value};

use super::{ANNOTATION, SOURCE_TYPE, list, map, text};
use crate::{
    Ratio, Verdict,
    burn::{Single, Traffic},
    fields::OUTCOMES,
    objective::{MAX_GROUPS, Match, Objective, Set, Wanted},
};

/// The objectives as a list of OpenSLO v1 objects, to be printed with [`config::to_yaml`]. Reading
/// them back with [`import`](super::import) gives the same objectives.
#[must_use]
pub fn export(set: &Set) -> Value {
    list(set.objectives.iter().map(slo).collect(), None)
}

fn slo(objective: &Objective) -> Value {
    let mut metadata = vec![("name", text(&objective.name, None))];
    if !objective.labels.is_empty() {
        let labels =
            objective.labels.iter().map(|(key, value)| (key.as_str().into(), text(value, None)));
        metadata.push(("labels", Value::new(Kind::Map(labels.collect::<Map>()), None)));
    }
    let owner_key = format!("{ANNOTATION}owner");
    if let Some(owner) = &objective.owner {
        metadata.push(("annotations", map(vec![(&owner_key, text(owner, None))], None)));
    }
    let source = |spec: Value| {
        let source = map(vec![("type", text(SOURCE_TYPE, None)), ("spec", spec)], None);
        map(vec![("metricSource", source)], None)
    };
    let good = map(vec![("where", text(objective.good.to_string(), None))], None);
    let ratio = vec![
        ("counter", Kind::Bool(true).into()),
        ("good", source(good)),
        ("total", source(selector(objective))),
    ];
    let indicator = map(
        vec![
            ("metadata", map(vec![("name", text(&objective.name, None))], None)),
            ("spec", map(vec![("ratioMetric", map(ratio, None))], None)),
        ],
        None,
    );
    let window = map(
        vec![
            ("duration", text(objective.window.to_string(), None)),
            ("isRolling", Kind::Bool(true).into()),
        ],
        None,
    );
    let target: Value = Kind::Float(objective.target.to_f64()).into();
    let mut spec = vec![
        ("indicator", indicator),
        ("timeWindow", list(vec![window], None)),
        ("budgetingMethod", text("Occurrences", None)),
        ("objectives", list(vec![map(vec![("target", target)], None)], None)),
    ];
    for (key, value) in [("service", &objective.service), ("description", &objective.description)] {
        spec.extend(value.as_ref().map(|value| (key, text(value, None))));
    }
    if !objective.burn_alerts.is_empty() {
        let policies = objective.burn_alerts.iter().enumerate();
        let policies = policies.map(|(at, one)| policy(&objective.name, at, one)).collect();
        spec.push(("alertPolicies", list(policies, None)));
    }
    map(
        vec![
            ("apiVersion", text("openslo/v1", None)),
            ("kind", text("SLO", None)),
            ("metadata", map(metadata, None)),
            ("spec", map(spec, None)),
        ],
        None,
    )
}

/// An alert of its own, in a policy of its own: one has room for one condition.
fn policy(name: &str, at: usize, single: &Single) -> Value {
    let of = |kind: &str, spec: Value| {
        let name = format!("{name}-{}", at + 1);
        let metadata = map(vec![("name", text(name, None))], None);
        map(vec![("kind", text(kind, None)), ("metadata", metadata), ("spec", spec)], None)
    };
    let mut condition = vec![
        ("kind", text("burnrate", None)),
        ("op", text("gt", None)),
        ("threshold", Kind::Float(single.factor.to_f64()).into()),
        ("lookbackWindow", text(single.window.to_string(), None)),
    ];
    condition.extend(single.hold.map(|hold| ("alertAfter", text(hold.to_string(), None))));
    let condition = map(
        vec![("severity", text(single.severity.name(), None)), ("condition", map(condition, None))],
        None,
    );
    let conditions = list(vec![of("AlertCondition", condition)], None);
    let spec = vec![("alertWhenBreaching", Kind::Bool(true).into()), ("conditions", conditions)];
    of("AlertPolicy", map(spec, None))
}

/// What is judged, and everything for which OpenSLO has no place.
fn selector(objective: &Objective) -> Value {
    let mut spec = vec![("on", text(objective.on.name(), None))];
    if !objective.matching.is_empty() {
        spec.push(("match", matching(&objective.matching)));
    }
    spec.extend(objective.exclude.as_ref().map(|it| ("exclude", text(it.to_string(), None))));
    if objective.missing != Verdict::Unknown {
        let word = match objective.missing {
            Verdict::Excluded => "exclude",
            other => other.name(),
        };
        spec.push(("missing", text(word, None)));
    }
    if objective.reads_outcome {
        let verdict =
            |word: &&str| objective.outcomes.of(word.as_bytes()).map_or("judge", Verdict::name);
        let entries = OUTCOMES.iter().map(|word| (*word, text(verdict(word), None)));
        spec.push(("outcomes", map(entries.collect(), None)));
    }
    if !objective.group_by.is_empty() {
        let keys = objective.group_by.iter().map(|key| text(attribute(key), None));
        spec.push(("group_by", list(keys.collect(), None)));
        if objective.group_by.iter().any(|key| crate::fields::is_identity(key)) {
            spec.push(("allow_high_cardinality", Kind::Bool(true).into()));
        }
    }
    if objective.max_groups != MAX_GROUPS {
        spec.push(("max_groups", Kind::Int(objective.max_groups.into()).into()));
    }
    spec.extend(objective.deadline.map(|it| ("deadline", text(it.to_string(), None))));
    spec.extend(objective.traffic.map(|it| ("traffic", text(traffic(it), None))));
    if objective.severity != crate::burn::Severity::Page {
        spec.push(("severity", text(objective.severity.name(), None)));
    }
    map(spec, None)
}

/// The key as it is written.
fn attribute(key: &str) -> String {
    if crate::fields::ATTRIBUTES.contains(&key) {
        key.to_owned()
    } else {
        format!("attributes.{key}")
    }
}

fn matching(matching: &Match) -> Value {
    let value = |wanted: &Wanted| match wanted {
        Wanted::Text(pattern) => text(pattern.text(), None),
        Wanted::Int(number) => Kind::Int(*number).into(),
        Wanted::Bool(flag) => Kind::Bool(*flag).into(),
    };
    let entries = matching
        .iter()
        .map(|(key, wanted)| (key.into(), list(wanted.iter().map(value).collect(), None)));
    Value::new(Kind::Map(entries.collect::<Map>()), None)
}

/// In the unit in which it is a decimal.
fn traffic(traffic: Traffic) -> String {
    let hourly = traffic.events_per_hour();
    let daily = hourly.times(Ratio::whole(24)).unwrap_or(hourly);
    let texts = [format!("{hourly}/h"), format!("{daily}/d")];
    let exact = texts.iter().find(|text| Traffic::parse(text) == Some(traffic));
    exact.or(texts.first()).cloned().unwrap_or_default()
}
