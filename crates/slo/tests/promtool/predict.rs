//! What has to come out, counted by hand: sums over steps, fractions, and the words of the
//! documentation.

use slo::{
    Objective, Period, Ratio,
    burn::{Tier, hard_down},
    objective::Set,
    rules::{Rule, RuleKind},
};

use super::{Alert, Case, Firing, Sample, counts::Traffic};

/// Alerts that are predicted at every step, and checked where they change.
const NAMES: [&str; 3] = ["SloBudgetBurn", "SloHardDown", "SloUnknown"];

fn whole(number: u64) -> Ratio {
    Ratio::whole(i64::try_from(number).unwrap())
}

fn ratio(bad: u64, good: u64) -> Option<Ratio> {
    Ratio::new(bad.into(), (bad + good).into())
}

impl Case {
    fn steps(&self) -> usize {
        self.traffic.iter().map(|traffic| traffic.events.len()).max().unwrap_or(0)
    }

    fn minute(&self, at: usize) -> u32 {
        u32::try_from(at).unwrap() * self.step
    }

    fn objective<'a>(&self, set: &'a Set, traffic: &Traffic) -> &'a Objective {
        set.get(&traffic.name).unwrap()
    }
}

/// Error ratios of the windows of every tier, at several times.
pub(crate) fn ratios(case: &Case) -> Vec<Sample> {
    let mut samples = Vec::new();
    for traffic in &case.traffic {
        let objective = case.objective(&case.set, traffic);
        let tiers = objective.tiers(&case.set.alerts);
        let windows = tiers.iter().flat_map(|tier| [tier.long, tier.short]);
        for (place, window) in windows.enumerate() {
            for at in [place + 1, case.steps() / 2 + place, case.steps()] {
                let at = at.min(case.steps());
                let events = traffic.within(window, at, case.step);
                let labels = traffic.labels();
                let matchers: Vec<_> = labels.iter().map(|(k, v)| format!("{k}=\"{v}\"")).collect();
                let expr = format!("slo:bad_ratio:increase{window}{{{}}}", matchers.join(","));
                samples.push(Sample {
                    minute: case.minute(at),
                    labels: format!(
                        "__name__=\"slo:bad_ratio:increase{window}\",{}",
                        matchers.join(",")
                    ),
                    value: ratio(events.bad, events.good),
                    expr,
                });
            }
        }
    }
    samples
}

/// Every alert just before and at each change, and at the end.
pub(crate) fn alerts(case: &Case) -> Vec<Firing> {
    let mut found = Vec::new();
    for name in NAMES {
        let at = |step: usize| firing(case, name, step);
        let mut before = Vec::new();
        for step in 1..=case.steps() {
            let now = at(step);
            if now != before {
                if step > 1 {
                    found.push(Firing { minute: case.minute(step - 1), name, alerts: before });
                }
                found.push(Firing { minute: case.minute(step), name, alerts: now.clone() });
            }
            before = now;
        }
        found.push(Firing { minute: case.minute(case.steps()), name, alerts: before });
    }
    found
}

/// How many alerts of a name start and end at each minute at which some do.
pub(crate) fn changes(case: &Case, name: &str) -> Vec<(u64, usize, usize)> {
    let mut before = Vec::new();
    let mut found = Vec::new();
    for step in 1..=case.steps() {
        let now = firing(case, name, step);
        let new = |one: &[Alert], other: &[Alert]| {
            one.iter().filter(|alert| !other.contains(alert)).count()
        };
        let (started, ended) = (new(&now, &before), new(&before, &now));
        if started + ended > 0 {
            found.push((u64::from(case.minute(step)), started, ended));
        }
        before = now;
    }
    found
}

/// The alerts of that name at a step.
fn firing(case: &Case, name: &str, at: usize) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for rule in case.file.groups.iter().flat_map(|group| &group.rules) {
        if !matches!(&rule.kind, RuleKind::Alert(own, _) if own == name) {
            continue;
        }
        let objective = case.set.get(&rule.labels["slo_name"]).unwrap();
        let mut traffics = case.traffic.iter().filter(|t| t.name == objective.name);
        if name == "SloUnknown" {
            let all: Vec<_> = traffics.collect();
            if is_unknown(case, &all, at) {
                alerts.push(dressed(rule, Vec::new()));
            }
            continue;
        }
        for traffic in traffics.by_ref() {
            let fires = match rule.labels["slo_burn_tier"].parse::<usize>().unwrap() {
                0 => is_down(case, objective, traffic, at),
                number => {
                    let tier = objective.tiers(&case.set.alerts)[number - 1];
                    burns(case, objective, &tier, traffic, at)
                }
            };
            if fires {
                alerts.push(dressed(rule, traffic.labels()));
            }
        }
    }
    alerts
}

fn dressed(rule: &Rule, labels: Vec<(String, String)>) -> Alert {
    let mut all = rule.labels.clone();
    all.extend(labels);
    (all, rule.annotations.clone())
}

fn burns(case: &Case, objective: &Objective, tier: &Tier, traffic: &Traffic, at: usize) -> bool {
    let budget = Ratio::ONE.minus(objective.target).unwrap();
    let threshold = tier.factor.times(budget).unwrap();
    let above = |window: Period| {
        let events = traffic.within(window, at, case.step);
        ratio(events.bad, events.good).is_some_and(|ratio| ratio > threshold)
    };
    let long = traffic.within(tier.long, at, case.step);
    let is_covered =
        tier.long < Period::hours(6) || case.minute(at) * 60 >= tier.long.as_seconds() / 2;
    above(tier.long)
        && above(tier.short)
        && long.good + long.bad >= u64::from(tier.min_events)
        && is_covered
}

fn is_down(case: &Case, objective: &Objective, traffic: &Traffic, at: usize) -> bool {
    let down = hard_down(objective.traffic);
    let events = traffic.within(down.window, at, case.step);
    let nine_tenths = Ratio::new(9, 10).unwrap();
    ratio(events.bad, events.good).is_some_and(|ratio| ratio >= nine_tenths)
        && events.good + events.bad >= 9
}

fn is_unknown(case: &Case, traffics: &[&Traffic], at: usize) -> bool {
    let hour = traffics.iter().map(|traffic| traffic.within(Period::hours(1), at, case.step));
    let (unknown, all) = hour.fold((0, 0), |(unknown, all), events| {
        (unknown + events.unknown, all + events.good + events.bad + events.unknown)
    });
    let share = whole(unknown).over(whole(all));
    share.is_some_and(|share| share > Ratio::new(1, 20).unwrap())
        && all >= u64::from(case.set.alerts.min_events)
}
