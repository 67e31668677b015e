//! What came out.

use std::{collections::BTreeMap, fmt};

use crate::{Ratio, Verdict, burn::Severity, verdict::Counts};

/// What would have happened, for each objective and group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of the objectives.
    pub results: Vec<Result>,
}

/// What would have happened with one objective, or one of its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Result {
    /// The objective.
    pub objective: String,
    /// The group, or an empty text.
    pub group: String,
    /// The target.
    pub target: Ratio,
    /// Every verdict.
    pub counts: Counts,
    /// The part of the budget that was left at the end; `None` without good and bad ones.
    pub remaining: Option<Ratio>,
    /// The alerts in the order in which they fired.
    pub fired: Vec<Fired>,
}

/// One alert, from when it fired to when it was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The name of the alert.
    pub alert: &'static str,
    /// Whom it would have called.
    pub severity: Severity,
    /// The tier; 0 is nearly everything failing.
    pub tier: u8,
    /// When it fired, in the seconds of the events.
    pub from: u64,
    /// When it was resolved; `None` if it still fired at the end.
    pub until: Option<u64>,
}

/// Sums from the first minute on, so that any window is a difference.
pub(super) struct Totals {
    /// Bad and good in units, before each minute.
    sums: Vec<(u64, u64)>,
}

impl Totals {
    pub(super) fn new(minutes: &BTreeMap<u64, Counts>, first: u64, last: u64) -> Self {
        let (mut bad, mut good) = (0_u64, 0_u64);
        let mut sums = vec![(bad, good)];
        for minute in first..=last {
            if let Some(counts) = minutes.get(&minute) {
                bad = bad.saturating_add(counts.units(Verdict::Bad));
                good = good.saturating_add(counts.units(Verdict::Good));
            }
            sums.push((bad, good));
        }
        Self { sums }
    }

    /// How many minutes there are.
    pub(super) fn minutes(&self) -> u64 {
        self.sums.len() as u64 - 1
    }

    /// Bad and good in the `window` minutes before the end of minute `at`.
    pub(super) fn within(&self, at: u64, window: u64) -> (u64, u64) {
        let sum = |at: u64| {
            let place = usize::try_from(at).unwrap_or(usize::MAX);
            self.sums.get(place).copied().unwrap_or_default()
        };
        let (now, before) = (sum(at), sum(at.saturating_sub(window)));
        (now.0.saturating_sub(before.0), now.1.saturating_sub(before.1))
    }
}

impl fmt::Display for Report {
    /// A table, and below it the alerts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("| objective | target | good | bad | excluded | unknown | budget left |\n")?;
        f.write_str("|---|--:|--:|--:|--:|--:|--:|\n")?;
        for result in &self.results {
            let [good, bad, excluded, unknown] = Verdict::ALL.map(|v| result.counts.events(v));
            let left = result.remaining.map_or_else(|| "unknown".to_owned(), percent);
            writeln!(
                f,
                "| {} | {} | {good} | {bad} | {excluded} | {unknown} | {left} |",
                result.title(),
                percent(result.target),
            )?;
        }
        for result in &self.results {
            for fired in &result.fired {
                let until =
                    fired.until.map_or("still firing".to_owned(), |at| format!("until {at}"));
                writeln!(
                    f,
                    "{}: {} {} (tier {}) from {}, {until}",
                    result.title(),
                    fired.severity,
                    fired.alert,
                    fired.tier,
                    fired.from,
                )?;
            }
        }
        Ok(())
    }
}

impl Result {
    fn title(&self) -> String {
        if self.group.is_empty() {
            self.objective.clone()
        } else {
            format!("{} [{}]", self.objective, self.group)
        }
    }
}

/// In percent, with at most two digits behind the point.
fn percent(part: Ratio) -> String {
    let hundredths = part.times(Ratio::whole(10_000)).map_or(0, Ratio::floor);
    let rounded = Ratio::new(hundredths, 100).unwrap_or_default();
    format!("{rounded}%")
}
