//! The alerts of our own rules.

use super::{Rule, native::Words};
use crate::{
    Period, Ratio,
    burn::{HardDown, Preset, Severity, Tier, hard_down},
    objective::Alerts,
};

/// From this length on a window must have been watched for half of its length: at a cold start it
/// is shorter than its name.
const COVERED_FROM: Period = Period::hours(6);
/// More unknown ones than this say that facts are missing.
const UNKNOWN_PERCENT: i128 = 5;

/// Alerts that have to be quick.
pub(super) fn fast(words: &Words<'_>, alerts: &Alerts) -> Vec<Rule> {
    let has_preset = alerts.preset != Preset::None;
    let mut rules = Vec::new();
    if has_preset && !alerts.page.disable {
        rules.push(down(words, alerts, hard_down(words.objective.traffic)));
    }
    let tiers = words.tiers.iter().filter(|tier| !alerts.route(tier.severity).disable);
    rules.extend(tiers.filter_map(|tier| burn(words, alerts, tier)));
    if has_preset && !alerts.ticket.disable {
        rules.push(silent(words, alerts));
        rules.push(unknown(words, alerts));
    }
    rules
}

/// Alerts on the whole period.
pub(super) fn slow(words: &Words<'_>, alerts: &Alerts) -> Vec<Rule> {
    if alerts.preset == Preset::None || alerts.ticket.disable {
        return Vec::new();
    }
    let name = &words.objective.name;
    let expr = format!(
        "slo:budget_remaining:ratio{{slo_name=\"{name}\"}} <= 0\n{}",
        covered(words, words.objective.window)
    );
    let rule = Rule::alert("SloBudgetExhausted", Some(Period::minutes(5)), expr);
    let text = format!("{name}: the budget of {} is used up", words.objective.window);
    vec![dress(rule, words, alerts, Severity::Ticket).annotation("summary", text)]
}

fn burn(words: &Words<'_>, alerts: &Alerts, tier: &Tier) -> Option<Rule> {
    let threshold = tier.threshold(words.objective.target)?;
    let above = |window| format!("{} > {threshold}", words.series("bad_ratio", window));
    let mut expr = above(tier.long);
    if tier.short != tier.long {
        expr += &format!("\nand\n{}", above(tier.short));
    }
    if tier.min_events > 0 {
        expr += &format!("\nand\n{} >= {}", words.total(tier.long), tier.min_events);
    }
    if tier.long >= COVERED_FROM {
        expr += &format!("\n{}", covered(words, tier.long));
    }
    let (long, short) = (tier.long, tier.short);
    let windows = if long == short { long.to_string() } else { format!("{long} and {short}") };
    let name = &words.objective.name;
    let rule = dress(Rule::alert("SloBudgetBurn", tier.hold, expr), words, alerts, tier.severity)
        .label("slo_burn_tier", tier.number.to_string())
        .label("slo_long_window", long.to_string())
        .label("slo_short_window", short.to_string())
        .annotation(
            "summary",
            format!("{name}: more than {threshold} of the events of {windows} are bad"),
        )
        .annotation(
            "description",
            format!(
                "At this rate the budget of {} lasts {}. Bad ones: TraceQL {{ span.slo.bad = \
                 \"{name}\" }}; why: tollgate slo explain \
                 RECORDING --objectives FILE --objective {name}",
                words.objective.window,
                lasts(words.objective.window, tier.factor),
            ),
        );
    Some(rule)
}

/// How long a budget lasts at a burn rate, in whole hours.
fn lasts(window: Period, factor: Ratio) -> String {
    let hours = crate::burn::hours_to_exhaustion(factor, window).map_or(0, Ratio::floor);
    if hours >= 48 { format!("{} days", hours / 24) } else { format!("{hours} hours") }
}

fn down(words: &Words<'_>, alerts: &Alerts, down: HardDown) -> Rule {
    let expr = format!(
        "{} >= {}\nand\n{} >= {}",
        words.series("bad_ratio", down.window),
        down.ratio,
        words.total(down.window),
        down.events
    );
    let name = &words.objective.name;
    dress(Rule::alert("SloHardDown", None, expr), words, alerts, Severity::Page)
        .label("slo_burn_tier", "0")
        .label("slo_long_window", down.window.to_string())
        .annotation("summary", format!("{name}: nearly everything of {} is bad", down.window))
        .annotation(
            "description",
            format!(
                "Bad ones: TraceQL {{ span.slo.bad = \"{name}\" }}; why: tollgate slo explain \
                 RECORDING --objectives FILE --objective {name}"
            ),
        )
}

/// Nothing is judged any more, where at the same time a week ago something was: as long as a total
/// outage takes to page.
fn silent(words: &Words<'_>, alerts: &Alerts) -> Rule {
    let window = silence(words);
    let counter = words.counter("");
    let expr = format!(
        "sum by (slo_name) (increase({counter}[{window}] offset 7d)) > 0\nunless\n\
         sum by (slo_name) (increase({counter}[{window}])) > 0"
    );
    let name = &words.objective.name;
    dress(Rule::alert("SloSilent", None, expr), words, alerts, Severity::Ticket).annotation(
        "summary",
        format!("{name}: nothing was judged for {window}, a week ago something was"),
    )
}

fn silence(words: &Words<'_>) -> Period {
    let tiers = words.tiers.iter();
    let outage = tiers
        .filter_map(|tier| tier.minutes_to_fire(words.objective.target, Ratio::ONE))
        .map(Ratio::ceil)
        .min()
        .and_then(|minutes| u32::try_from(minutes).ok())
        .map_or(Period::minutes(10), Period::minutes);
    outage.max(hard_down(words.objective.traffic).window)
}

fn unknown(words: &Words<'_>, alerts: &Alerts) -> Rule {
    let of =
        |matchers: &str| format!("sum by (slo_name) (increase({}[1h]))", words.counter(matchers));
    let bound = Ratio::new(UNKNOWN_PERCENT, 100).unwrap_or_default();
    let all = of("");
    let expr = format!(
        "{}\n/\n({all} > 0)\n> {bound}\nand\n{all} >= {}",
        of("slo_verdict=\"unknown\""),
        alerts.min_events.max(1)
    );
    let name = &words.objective.name;
    dress(Rule::alert("SloUnknown", None, expr), words, alerts, Severity::Ticket).annotation(
        "summary",
        format!("{name}: more than {UNKNOWN_PERCENT}% cannot be judged, facts are missing"),
    )
}

/// Whether the counter was there half a window ago.
fn covered(words: &Words<'_>, window: Period) -> String {
    let counter = words.counter("");
    let half = window.divided(2);
    format!(
        "and on (slo_name)\ncount by (slo_name) (present_over_time({counter}[30m] offset {half}))"
    )
}

/// Labels and annotations of the route, and those that no route may change.
fn dress(rule: Rule, words: &Words<'_>, alerts: &Alerts, severity: Severity) -> Rule {
    let route = alerts.route(severity);
    let mut rule = rule.labels(&words.objective.labels).labels(&route.labels);
    rule.annotations.extend(route.annotations.iter().cloned());
    rule.label("slo_severity", severity.name()).label("slo_name", &words.objective.name)
}
