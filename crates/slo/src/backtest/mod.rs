//! What objectives and alerts would have done: verdicts that were recorded, replayed minute by
//! minute.
//!
//! The alerts are those of the generated rules, evaluated once a minute on what had happened by
//! then.

mod alarm;
mod report;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

pub use self::report::{Fired, Report, Result};
use self::{alarm::Alarm, report::Totals};
use crate::{
    Objective, Ratio, Verdict, Weight,
    burn::{self, Preset, Severity, hard_down},
    objective::{Alerts, Set},
    verdict::Counts,
};

/// One verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// When, in seconds since 1970 or any other start.
    pub at: u64,
    /// The name of the objective.
    pub objective: &'a str,
    /// The group, or an empty text.
    pub group: &'a str,
    /// What was judged.
    pub verdict: Verdict,
    /// How many it stands for.
    pub weight: Weight,
}

/// The longest time that is replayed, in minutes: 400 days.
pub const MINUTES_MAX: u64 = 400 * 24 * 60;

/// Why nothing was replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BacktestError {
    /// First and last event are further apart than [`MINUTES_MAX`].
    TooLong,
}

impl fmt::Display for BacktestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the events are more than 400 days apart; is a clock wrong?")
    }
}

impl std::error::Error for BacktestError {}

type Minutes = BTreeMap<u64, Counts>;

/// Replays events, in whatever order they come. Events of objectives that the set does not have are
/// left out; groups beyond `max_groups` count together.
///
/// # Errors
/// See [`BacktestError`].
pub fn backtest<'a>(
    set: &Set,
    events: impl IntoIterator<Item = Event<'a>>,
) -> std::result::Result<Report, BacktestError> {
    let names: HashMap<&str, usize> =
        set.objectives.iter().enumerate().map(|(at, o)| (o.name.as_str(), at)).collect();
    let mut series: BTreeMap<(usize, String), Minutes> = BTreeMap::new();
    let mut groups = vec![0_u32; set.objectives.len()];
    let (mut first, mut last) = (u64::MAX, 0);
    for event in events {
        let Some(at) = names.get(event.objective).copied() else { continue };
        let minute = event.at / 60;
        (first, last) = (first.min(minute), last.max(minute));
        let mut key = (at, event.group.to_owned());
        if !series.contains_key(&key) {
            let limit = set.objectives.get(at).map_or(0, |objective| objective.max_groups);
            match groups.get_mut(at).filter(|count| **count < limit) {
                Some(count) => *count += 1,
                None => crate::objective::OVERFLOW_GROUP.clone_into(&mut key.1),
            }
        }
        let counts = series.entry(key).or_default().entry(minute).or_default();
        counts.add(event.verdict, event.weight);
    }
    if last.saturating_sub(first) >= MINUTES_MAX {
        return Err(BacktestError::TooLong);
    }
    let results = series.iter().filter_map(|((at, group), minutes)| {
        let objective = set.objectives.get(*at)?;
        Some(replay(objective, group, &set.alerts, minutes, (first, last)))
    });
    Ok(Report { results: results.collect() })
}

fn replay(
    objective: &Objective,
    group: &str,
    alerts: &Alerts,
    minutes: &Minutes,
    (first, last): (u64, u64),
) -> Result {
    let totals = Totals::new(minutes, first, last);
    let mut fired = Vec::new();
    for mut alarm in alarms(objective, alerts) {
        for at in 1..=totals.minutes() {
            fired.extend(alarm.step(&totals, at, first));
        }
        fired.extend(alarm.finish());
    }
    fired.sort_by_key(|alert| (alert.from, alert.tier));
    let all = minutes.values().fold(Counts::default(), |sum, counts| sum.plus(*counts));
    let window = u64::from(objective.window.as_seconds() / 60);
    let (bad, good) = totals.within(totals.minutes(), window);
    let units =
        |units: u64| Ratio::new(units.into(), Weight::ONE.units().into()).unwrap_or_default();
    Result {
        objective: objective.name.clone(),
        group: group.to_owned(),
        target: objective.target,
        counts: all,
        remaining: burn::remaining(units(bad), units(good), objective.target),
        fired,
    }
}

fn alarms(objective: &Objective, alerts: &Alerts) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    if alerts.preset != Preset::None && !alerts.page.disable {
        alarms.push(Alarm::down(&hard_down(objective.traffic)));
    }
    for tier in objective.tiers(alerts) {
        if !alerts.route(tier.severity).disable {
            alarms.extend(Alarm::tier(&tier, objective.target));
        }
    }
    alarms
}

/// The name of the alert that a tier makes.
const fn alert_name(tier: u8) -> &'static str {
    if tier == 0 { "SloHardDown" } else { "SloBudgetBurn" }
}

/// What `Severity` an alert without tiers has.
const DOWN: Severity = Severity::Page;
