use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::{dashboard, queries};
use crate::{
    Set,
    rules::{Options, RuleKind, rules},
};

const FILE: &str = "
defaults: {window: 30d, service: helpdesk}
objectives:
  - {name: support-success, on: run, good: outcome == completed, target: 95%, traffic: 60/h}
  - {name: first-token, on: model_call, good: ttft <= 2s, missing: exclude, target: 99.9%,
     window: 28d, group_by: [gen_ai.request.model], description: 'The answer begins \"soon\".'}
  - {name: quiet, on: tool_call, good: not error, target: 80%}
";

fn set(more: &str) -> Set {
    let (set, faults) =
        Set::read(&config::parse(&format!("{FILE}{more}"), "slo.yaml").unwrap(), &[]);
    assert!(!faults.has_errors(), "{faults}");
    set
}

/// Names of series that a text asks for: `slo:` and what follows up to a brace.
fn series(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("slo:").map(|(at, _)| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_');
        text[at..].chars().take_while(|c| is_name(*c)).collect()
    })
}

#[test]
fn every_series_it_asks_for_is_recorded_by_the_rules() {
    let file = rules(&set(""), Options::default());
    let recorded: HashSet<&str> = file
        .groups
        .iter()
        .flat_map(|group| &group.rules)
        .filter_map(|rule| match &rule.kind {
            RuleKind::Record(name) => Some(name.as_str()),
            RuleKind::Alert(..) => None,
        })
        .collect();
    let mut asked = BTreeSet::new();
    for (title, expr) in queries(&dashboard(&set(""))) {
        for name in series(&expr) {
            assert!(recorded.contains(name.as_str()), "{title}: {name}");
            asked.insert(name);
        }
    }
    assert!(asked.len() > 12, "{asked:?}");
}

#[test]
fn panels_have_ids_of_their_own_and_do_not_overlap() {
    fn walk(panels: &Value, ids: &mut BTreeSet<u64>, taken: &mut BTreeSet<(u64, u64)>) {
        for panel in panels.as_array().unwrap() {
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{}", panel["id"]);
            let place = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            for x in place("x")..place("x") + place("w") {
                for y in place("y")..place("y") + place("h") {
                    assert!(x < 24 && taken.insert((x, y)), "{}", panel["title"]);
                }
            }
            if panel["type"] == "row" {
                // A closed row's panels take their places only once it is opened.
                walk(&panel["panels"], ids, &mut BTreeSet::new());
            } else {
                assert!(!panel["targets"].as_array().unwrap().is_empty());
            }
        }
    }
    let page = dashboard(&set(""));
    let (mut ids, mut taken) = (BTreeSet::new(), BTreeSet::new());
    walk(&page["panels"], &mut ids, &mut taken);
    assert_eq!(ids.len(), 7 + 3 * 4);
}

#[test]
fn thresholds_are_those_of_the_alerts() {
    let page = dashboard(&set(""));
    let row =
        page["panels"].as_array().unwrap().iter().find(|panel| panel["title"] == "Objective quiet");
    let pages = &row.unwrap()["panels"][0];
    assert_eq!(pages["title"], "Pages");
    assert_eq!(
        pages["description"],
        "Bad ones of good and bad ones. Alerts: 6h and 30m above 48%; 16h and 80m above 45%."
    );
    let steps = &pages["fieldConfig"]["defaults"]["thresholds"]["steps"];
    assert_eq!([&steps[1]["value"], &steps[2]["value"]], [0.45, 0.48]);
}

#[test]
fn what_makes_no_alert_is_not_shown() {
    let shown = |more: &str| {
        let all = queries(&dashboard(&set(more)));
        let is = |title: &str| all.iter().any(|(name, _)| name.ends_with(title));
        (is("Pages"), is("Tickets"))
    };
    assert_eq!(shown(""), (true, true));
    assert_eq!(shown("alerts: {preset: none}"), (false, false));
    assert_eq!(shown("alerts: {ticket: {disable: true}}"), (true, false));
}
