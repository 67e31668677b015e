//! Our own rules: counts first, ratios out of counts.

use super::{Group, Options, Rule, alerts};
use crate::{
    Period, Ratio,
    burn::{Tier, hard_down},
    objective::{Alerts, Objective},
};

/// Groups that read the whole period are evaluated that often: their value moves slowly.
const SLOW: Period = Period::minutes(5);

/// The label by which a group is kept apart: `slo_group_gen_ai_request_model`.
#[must_use]
pub fn group_label(key: &str) -> String {
    let clean = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("slo_group_{}", key.chars().map(clean).collect::<String>())
}

/// What all expressions of an objective are written with.
pub(super) struct Words<'a> {
    pub(super) objective: &'a Objective,
    pub(super) tiers: Vec<Tier>,
    /// `slo_name`, and the labels of groups.
    pub(super) by: String,
}

impl Words<'_> {
    /// The selector of its counter, with more matchers.
    pub(super) fn counter(&self, matchers: &str) -> String {
        let name = &self.objective.name;
        let comma = if matchers.is_empty() { "" } else { "," };
        format!("slo_events_total{{slo_name=\"{name}\"{comma}{matchers}}}")
    }

    /// A series recorded for a window.
    pub(super) fn series(&self, what: &str, window: Period) -> String {
        format!("slo:{what}:increase{window}{{slo_name=\"{}\"}}", self.objective.name)
    }

    /// Good and bad events of a window, one sum for each group.
    pub(super) fn total(&self, window: Period) -> String {
        format!("sum by ({}) ({})", self.by, self.series("events", window))
    }
}

pub(super) fn groups(objective: &Objective, alerts: &Alerts, options: Options) -> Vec<Group> {
    let labels = objective.group_by.iter().map(|key| group_label(key));
    let by = std::iter::once("slo_name".to_owned()).chain(labels).collect::<Vec<_>>().join(", ");
    let words = Words { objective, tiers: objective.tiers(alerts), by };
    let mut fast = Vec::new();
    let windows = windows(&words);
    for window in &windows {
        fast.extend(counts(&words, *window, false));
    }
    fast.push(burn_rate(&words, Period::hours(1)));
    fast.extend(alerts::fast(&words, alerts));
    let mut slow = meta(objective);
    // An alert on the whole period has it recorded beside itself already.
    if !windows.contains(&objective.window) {
        slow.extend(counts(&words, objective.window, options.is_cheap));
    }
    slow.push(remaining(&words));
    slow.extend(alerts::slow(&words, alerts));
    let name = format!("slo-{}", objective.name);
    // Its own name on each rule: what is recorded has it anyhow, and so no two rules look the same.
    let named = |rules: Vec<Rule>| {
        rules.into_iter().map(|rule| rule.label("slo_name", &objective.name)).collect()
    };
    vec![
        Group { name: name.clone(), interval: None, rules: named(fast) },
        Group { name: format!("{name}-period"), interval: Some(SLOW), rules: named(slow) },
    ]
}

/// Every window that something reads, each once, shortest first.
fn windows(words: &Words<'_>) -> Vec<Period> {
    let mut windows = vec![Period::minutes(5), Period::hours(1)];
    windows.extend(words.tiers.iter().flat_map(|tier| [tier.short, tier.long]));
    windows.push(hard_down(words.objective.traffic).window);
    windows.sort();
    windows.dedup();
    windows
}

fn counts(words: &Words<'_>, window: Period, is_cheap: bool) -> [Rule; 2] {
    let by = &words.by;
    let events = if is_cheap {
        // The name of the recorded series is part of the subquery, so its labels are those of a sum
        // already.
        let fives = words.series("events", Period::minutes(5));
        format!("sum by ({by}, slo_verdict) (sum_over_time({fives}[{window}:5m]))")
    } else {
        let counter = words.counter("slo_verdict=~\"good|bad\"");
        format!("sum by ({by}, slo_verdict) (increase({counter}[{window}]))")
    };
    let name = &words.objective.name;
    let bad = format!("slo:events:increase{window}{{slo_name=\"{name}\",slo_verdict=\"bad\"}}");
    // Without events there is no ratio, and no value that is not a number to poison averages.
    let ratio = format!("sum by ({by}) ({bad})\n/\n({} > 0)", words.total(window));
    [
        Rule::record(format!("slo:events:increase{window}"), events),
        Rule::record(format!("slo:bad_ratio:increase{window}"), ratio),
    ]
}

fn burn_rate(words: &Words<'_>, window: Period) -> Rule {
    let expr = format!("{} / {}", words.series("bad_ratio", window), words.objective.budget());
    Rule::record(format!("slo:burn_rate:increase{window}"), expr)
}

fn remaining(words: &Words<'_>) -> Rule {
    let ratio = words.series("bad_ratio", words.objective.window);
    let expr = format!("1 - {ratio} / {}", words.objective.budget());
    Rule::record("slo:budget_remaining:ratio", expr)
}

/// What dashboards show beside the numbers.
fn meta(objective: &Objective) -> Vec<Rule> {
    let constant = |name: &str, value: Ratio| {
        Rule::record(name, format!("vector({value})")).label("slo_name", &objective.name)
    };
    let mut info = constant("slo:objective:info", Ratio::ONE).labels(&objective.labels);
    info =
        info.label("slo_on", objective.on.name()).label("slo_window", objective.window.to_string());
    for (name, value) in [("slo_owner", &objective.owner), ("slo_service", &objective.service)] {
        if let Some(value) = value {
            info = info.label(name, value);
        }
    }
    vec![
        constant("slo:objective:ratio", objective.target),
        constant("slo:error_budget:ratio", objective.budget()),
        constant("slo:window:seconds", Ratio::whole(objective.window.as_seconds().into())),
        info,
    ]
}
