//! The dialect `sloth`, rule by rule beside what Sloth 0.16.0 itself makes of the same objectives
//! (`tests/golden/sloth-0.16.0`).

#![expect(clippy::unwrap_used, reason = "a test; what is wrong should fail it")]

use std::collections::BTreeMap;

use config::{Kind, Value};
use slo::{
    Set,
    rules::{Dialect, Options, rules},
};

/// The objectives of `spec.yaml`, in its order.
const TARGETS: [(&str, &str); 7] = [
    ("o-999", "99.9%"),
    ("o-99", "99%"),
    ("o-95", "95%"),
    ("o-90", "90%"),
    ("o-80", "80%"),
    ("o-995", "99.95%"),
    ("o-875", "87.5%"),
];
/// What fires has these labels by what it reads; ours writes them too, so that no two rules look alike.
const IDS: [&str; 3] = ["sloth_id", "sloth_service", "sloth_slo"];

#[derive(Debug, PartialEq)]
struct Rule {
    name: String,
    expr: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

fn texts(value: &Value, key: &str) -> BTreeMap<String, String> {
    let Some(Kind::Map(map)) = value.get(key).map(|value| &value.kind) else {
        return BTreeMap::new();
    };
    let text = |value: &Value| match &value.kind {
        Kind::String(text) => text.clone(),
        // Sloth leaves `99.9` without quotes where a text is meant.
        other => config::to_yaml(&Value::new(other.clone(), None)).trim().to_owned(),
    };
    map.iter().map(|(key, value)| (key.as_str().to_owned(), text(value))).collect()
}

/// Every rule by its group, without what is no part of the comparison.
fn read(text: &str) -> Vec<(String, Vec<Rule>)> {
    let file = config::parse(text, "rules.yaml").unwrap();
    let text = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let rule = |value: &Value| {
        let is_alert = value.get("alert").is_some();
        let mut labels = texts(value, "labels");
        // Who made it.
        labels.remove("sloth_version");
        if is_alert {
            IDS.iter().for_each(|id| drop(labels.remove(*id)));
        }
        Rule {
            name: text(value, if is_alert { "alert" } else { "record" }),
            expr: text(value, "expr").trim_end().to_owned(),
            labels,
            annotations: texts(value, "annotations"),
        }
    };
    let group = |value: &Value| {
        assert!(value.get("interval").is_none());
        let list = value.get("rules").and_then(Value::as_seq).unwrap();
        (text(value, "name"), list.iter().map(rule).collect())
    };
    file.get("groups").and_then(Value::as_seq).unwrap().iter().map(group).collect()
}

#[test]
fn every_rule_is_the_one_that_sloth_makes() {
    let mut text =
        "defaults: {window: 30d, service: helpdesk}\nalerts: {preset: none, page: {labels: {team: \
         agents}}, ticket: {labels: {team: agents}}}\nobjectives:\n"
            .to_owned();
    for (name, target) in TARGETS {
        text += &format!(
            "- {{name: {name}, on: run, good: not error, target: {target}, labels: {{tier: gold}}}}\n"
        );
    }
    let (set, faults) = Set::read(&config::parse(&text, "slo.yaml").unwrap(), &[]);
    assert!(!faults.has_errors(), "{faults}");
    let ours = read(&rules(&set, Options::of(Dialect::Sloth)).to_string());
    let sloths = read(include_str!("golden/sloth-0.16.0/rules.yaml"));
    assert_eq!(sloths.len(), 3 * TARGETS.len());
    assert_eq!(sloths.iter().map(|(_, rules)| rules.len()).sum::<usize>(), 17 * TARGETS.len());
    for ((name, ours), (sloths_name, sloths)) in ours.iter().zip(&sloths) {
        assert_eq!(name, sloths_name);
        assert_eq!(ours.len(), sloths.len(), "{name}");
        for (ours, sloths) in ours.iter().zip(sloths) {
            assert_eq!(ours, sloths, "{name}");
        }
    }
    assert_eq!(ours.len(), sloths.len());
}
