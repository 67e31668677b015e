//! Rules with the names and formulas of Pyrra. Its factors are for periods of 28 days, whatever the
//! period is.

use super::{Group, Rule, native::group_label};
use crate::{
    Period, Ratio,
    burn::{Preset, Severity, Tier, tiers},
    objective::{Alerts, Objective},
};

/// What its rules are named after.
const METRIC: &str = "slo_events";

/// An objective in Pyrra's words.
struct Spec<'a> {
    objective: &'a Objective,
    tiers: Vec<Tier>,
    /// The matchers of the objective's events, and of the bad ones.
    total: String,
    errors: String,
    /// Labels that ratios are kept apart by.
    by: String,
}

pub(super) fn groups(objective: &Objective, alerts: &Alerts) -> Vec<Group> {
    let name = &objective.name;
    let labels = objective.group_by.iter().map(|key| group_label(key)).collect::<Vec<_>>();
    let spec = Spec {
        objective,
        tiers: tiers(Preset::Pyrra, objective.target, objective.window, None, 0),
        total: format!("{METRIC}_total{{slo_name=\"{name}\",slo_verdict=~\"good|bad\"}}"),
        errors: format!("{METRIC}_total{{slo_name=\"{name}\",slo_verdict=\"bad\"}}"),
        by: labels.join(", "),
    };
    let group = |suffix: &str, interval, rules| Group {
        name: format!("{name}{suffix}"),
        interval: Some(interval),
        rules,
    };
    let mut burn = ratios(&spec);
    burn.extend(burn_alerts(&spec, alerts));
    let mut groups = vec![
        group("-increase", slow(objective.window), increases(&spec, alerts)),
        group("", Period::seconds(30), burn),
    ];
    // Its generic rules have no place for groups.
    if objective.group_by.is_empty() {
        groups.push(group("-generic", Period::seconds(30), generic(&spec)));
    }
    groups
}

/// The interval of the rules on the whole period: 150 s at 28 days, from 30 s to 4 min.
const fn slow(period: Period) -> Period {
    let seconds = period.as_seconds() / 16_128;
    Period::seconds(if seconds < 30 {
        30
    } else if seconds > 240 {
        240
    } else {
        seconds
    })
}

impl Spec<'_> {
    fn sum(&self) -> String {
        if self.by.is_empty() { "sum".to_owned() } else { format!("sum by ({}) ", self.by) }
    }

    fn with_slo(&self, rule: Rule) -> Rule {
        rule.labels(&self.objective.labels).label("slo", &self.objective.name)
    }

    /// The period as Prometheus's library writes it: weeks, where it is whole weeks.
    fn period(&self) -> String {
        written(self.objective.window)
    }

    fn budget(&self) -> String {
        format!("(1-{})", self.objective.target)
    }
}

fn written(period: Period) -> String {
    const WEEK: u32 = 7 * 86_400;
    let seconds = period.as_seconds();
    if seconds.is_multiple_of(WEEK) { format!("{}w", seconds / WEEK) } else { period.to_string() }
}

fn ratios(spec: &Spec<'_>) -> Vec<Rule> {
    let mut windows: Vec<Period> =
        spec.tiers.iter().flat_map(|tier| [tier.short, tier.long]).collect();
    windows.sort();
    windows.dedup();
    let sum = spec.sum();
    let ratio = |window: Period| {
        let (total, errors) = (&spec.total, &spec.errors);
        let expr = format!("{sum}(rate({errors}[{window}])) / {sum}(rate({total}[{window}]))");
        spec.with_slo(Rule::record(format!("{METRIC}:burnrate{window}"), expr))
    };
    windows.into_iter().map(ratio).collect()
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Page => "critical",
        Severity::Ticket => "warning",
    }
}

fn burn_alerts(spec: &Spec<'_>, alerts: &Alerts) -> Vec<Rule> {
    let budget = spec.budget();
    let name = &spec.objective.name;
    let alert = |tier: &Tier| {
        let above = |window: Period| {
            format!("{METRIC}:burnrate{window}{{slo=\"{name}\"}} > ({} * {budget})", tier.factor)
        };
        let expr = format!("{} and {}", above(tier.short), above(tier.long));
        let lasts = spec.objective.window.as_hours().over(tier.factor).unwrap_or_default();
        let minutes = lasts.times(Ratio::whole(60)).map_or(0, Ratio::floor);
        let lasts = Period::minutes(u32::try_from(minutes).unwrap_or(u32::MAX));
        let rule = Rule::alert("ErrorBudgetBurn", tier.hold, expr);
        spec.with_slo(rule.labels(&alerts.route(tier.severity).labels))
            .label("severity", severity(tier.severity))
            .label("short", tier.short.to_string())
            .label("long", tier.long.to_string())
            .label("exhaustion", written(lasts))
    };
    let wanted = spec.tiers.iter().filter(|tier| !alerts.route(tier.severity).disable);
    wanted.map(alert).collect()
}

fn increases(spec: &Spec<'_>, alerts: &Alerts) -> Vec<Rule> {
    let period = spec.period();
    let by = ["slo_name", "slo_verdict", &spec.by].join(", ");
    let by = by.trim_end_matches(", ");
    let record = |counter: &str| {
        let expr = format!("sum by ({by}) (increase({counter}[{period}]))");
        spec.with_slo(Rule::record(format!("{METRIC}:increase{period}"), expr))
    };
    let mut rules = vec![record(&spec.total)];
    if let Some(tier) = spec.tiers.first().filter(|_| !alerts.page.disable) {
        // As long as a total outage takes to fire the fastest alert.
        let outage = tier.minutes_to_fire(spec.objective.target, Ratio::ONE).map_or(1, Ratio::ceil);
        let hold = tier.hold.map_or(0, |hold| hold.as_seconds() / 60);
        let minutes = u32::try_from(outage).unwrap_or(u32::MAX).saturating_add(hold);
        let expr = format!("absent({}) == 1", spec.total);
        let rule = Rule::alert("SLOMetricAbsent", Some(Period::minutes(minutes)), expr);
        rules.push(spec.with_slo(rule.labels(&alerts.page.labels)).label("severity", "critical"));
    }
    rules
}

fn generic(spec: &Spec<'_>) -> Vec<Rule> {
    let (total, errors, period) = (&spec.total, &spec.errors, spec.period());
    let name = &spec.objective.name;
    let counted = format!("{METRIC}:increase{period}{{slo=\"{name}\"}}");
    let bad = format!("{METRIC}:increase{period}{{slo=\"{name}\",slo_verdict=\"bad\"}}");
    let rules = [
        Rule::record("pyrra_objective", format!("vector({})", spec.objective.target)),
        Rule::record("pyrra_window", format!("vector({})", spec.objective.window.as_seconds())),
        Rule::record("pyrra_availability", format!("1 - sum({bad} or vector(0)) / sum({counted})")),
        Rule::record("pyrra_requests:rate5m", format!("sum(rate({total}[5m]))")),
        Rule::record("pyrra_errors:rate5m", format!("sum(rate({errors}[5m])) or vector(0)")),
    ];
    rules.into_iter().map(|rule| spec.with_slo(rule)).collect()
}
