//! Rules with the names and formulas of Sloth 0.11 to 0.16.

use super::{Group, Rule};
use crate::{
    Period,
    burn::{Severity, Tier, tiers},
    objective::{Alerts, Objective},
};

/// A service, if the objective names none.
const SERVICE: &str = "agents";
/// The windows of the ratios; the first is the one of the current burn rate.
const WINDOWS: [Period; 7] = [
    Period::minutes(5),
    Period::minutes(30),
    Period::hours(1),
    Period::hours(2),
    Period::hours(6),
    Period::days(1),
    Period::days(3),
];
/// The mark that a window is put in place of.
const WINDOW: &str = "{{.window}}";

/// An objective in Sloth's words.
pub(super) struct Spec {
    pub(super) service: String,
    pub(super) name: String,
    pub(super) percent: f64,
    pub(super) percent_text: String,
    pub(super) days: u32,
    pub(super) labels: Vec<(String, String)>,
    pub(super) error_query: String,
    pub(super) total_query: String,
    pub(super) tiers: Vec<Tier>,
}

impl Spec {
    fn of(objective: &Objective) -> Self {
        let hundred = crate::Ratio::whole(100);
        let percent = objective.target.times(hundred).unwrap_or_default();
        let name = &objective.name;
        let query = |verdict: &str| {
            format!(
                "sum(rate(slo_events_total{{slo_name=\"{name}\",slo_verdict{verdict}}}[{WINDOW}]))"
            )
        };
        Self {
            service: objective.service.clone().unwrap_or_else(|| SERVICE.to_owned()),
            name: name.clone(),
            percent: percent.to_f64(),
            percent_text: percent.to_string(),
            days: objective.window.as_seconds() / 86_400,
            labels: objective.labels.clone(),
            error_query: query("=\"bad\""),
            total_query: query("=~\"good|bad\""),
            tiers: tiers(
                crate::burn::Preset::Google30,
                objective.target,
                objective.window,
                None,
                0,
            ),
        }
    }

    fn id(&self) -> String {
        format!("{}-{}", self.service, self.name)
    }

    /// Sloth computes in floats; so do we, to give the same numbers.
    fn objective(&self) -> f64 {
        self.percent / 100.0
    }

    fn budget(&self) -> f64 {
        (100.0 - self.percent) / 100.0
    }

    fn selector(&self) -> String {
        let (id, service, name) = (self.id(), &self.service, &self.name);
        format!("{{sloth_id=\"{id}\", sloth_service=\"{service}\", sloth_slo=\"{name}\"}}")
    }

    fn with_ids(&self, rule: Rule) -> Rule {
        rule.labels(&self.labels)
            .label("sloth_id", self.id())
            .label("sloth_service", &self.service)
            .label("sloth_slo", &self.name)
    }
}

pub(super) fn groups(objective: &Objective, alerts: &Alerts) -> Vec<Group> {
    groups_of(&Spec::of(objective), alerts)
}

pub(super) fn groups_of(spec: &Spec, alerts: &Alerts) -> Vec<Group> {
    let group = |what: &str, rules| Group {
        name: format!("sloth-slo-{what}-{}", spec.id()),
        interval: None,
        rules,
    };
    let mut groups =
        vec![group("sli-recordings", ratios(spec)), group("meta-recordings", meta(spec))];
    let calls = [Severity::Page, Severity::Ticket];
    let rules: Vec<Rule> = calls
        .into_iter()
        .filter(|severity| !alerts.route(*severity).disable)
        .map(|severity| alert(spec, alerts, severity))
        .collect();
    if !rules.is_empty() {
        groups.push(group("alerts", rules));
    }
    groups
}

fn ratios(spec: &Spec) -> Vec<Rule> {
    let ratio = |window: Period| {
        let put = |query: &str| query.replace(WINDOW, &window.to_string());
        let expr = format!("({})\n/\n({})", put(&spec.error_query), put(&spec.total_query));
        let rule = Rule::record(format!("slo:sli_error:ratio_rate{window}"), expr);
        spec.with_ids(rule).label("sloth_window", window.to_string())
    };
    let mut rules: Vec<Rule> = WINDOWS.into_iter().map(ratio).collect();
    let (days, selector) = (spec.days, spec.selector());
    let fives = format!("slo:sli_error:ratio_rate5m{selector}[{days}d]");
    let expr =
        format!("sum_over_time({fives})\n/ ignoring (sloth_window)\ncount_over_time({fives})");
    let period = Rule::record(format!("slo:sli_error:ratio_rate{days}d"), expr);
    rules.push(spec.with_ids(period).label("sloth_window", format!("{days}d")));
    rules
}

fn meta(spec: &Spec) -> Vec<Rule> {
    let selector = spec.selector();
    let burn = |window: &str| {
        format!(
            "slo:sli_error:ratio_rate{window}{selector}\n\
             / on(sloth_id, sloth_slo, sloth_service) group_left\n\
             slo:error_budget:ratio{selector}"
        )
    };
    let rules = [
        Rule::record("slo:objective:ratio", format!("vector({})", spec.objective())),
        Rule::record("slo:error_budget:ratio", format!("vector(1-{})", spec.objective())),
        Rule::record("slo:time_period:days", format!("vector({})", spec.days)),
        Rule::record("slo:current_burn_rate:ratio", burn("5m")),
        Rule::record("slo:period_burn_rate:ratio", burn(&format!("{}d", spec.days))),
        Rule::record(
            "slo:period_error_budget_remaining:ratio",
            format!("1 - slo:period_burn_rate:ratio{selector}"),
        ),
        Rule::record("sloth_slo_info", "vector(1)")
            .label("sloth_mode", "cli-gen-prom")
            .label("sloth_spec", "prometheus/v1")
            .label("sloth_version", "tollgate")
            .label("sloth_objective", &spec.percent_text),
    ];
    rules.into_iter().map(|rule| spec.with_ids(rule)).collect()
}

fn alert(spec: &Spec, alerts: &Alerts, severity: Severity) -> Rule {
    let selector = spec.selector();
    let budget = spec.budget();
    let pair = |tier: &Tier| {
        let above = |window: Period| {
            format!(
                "max(slo:sli_error:ratio_rate{window}{selector} > ({} * {budget})) \
                 without (sloth_window)",
                tier.factor
            )
        };
        format!("(\n    {}\n    and\n    {}\n)", above(tier.short), above(tier.long))
    };
    let of = spec.tiers.iter().filter(|tier| tier.severity == severity);
    let expr = of.map(pair).collect::<Vec<_>>().join("\nor\n");
    let word = severity.name();
    let mut rule = Rule::alert("SloErrorBudgetBurn", None, expr)
        .labels(&alerts.route(severity).labels)
        .label("sloth_severity", word)
        // What fires has these labels anyhow; so no two rules look the same.
        .label("sloth_id", spec.id())
        .label("sloth_service", &spec.service)
        .label("sloth_slo", &spec.name)
        .annotation(
            "summary",
            "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is over \
             expected.",
        )
        .annotation(
            "title",
            format!(
                "({word}) {{{{$labels.sloth_service}}}} {{{{$labels.sloth_slo}}}} SLO error \
                 budget burn rate is too fast."
            ),
        );
    rule.annotations.extend(alerts.route(severity).annotations.iter().cloned());
    rule
}
