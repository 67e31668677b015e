//! One alert over time.

use super::{DOWN, alert_name, report::Fired, report::Totals};
use crate::{
    Period, Ratio, Weight,
    burn::{HardDown, Severity, Tier},
};

/// An alert and whether it fires.
pub(super) struct Alarm {
    tier: u8,
    severity: Severity,
    /// Windows that all have to be over the bound, in minutes.
    windows: Vec<u64>,
    bound: Ratio,
    /// Whether the bound itself is enough.
    is_inclusive: bool,
    /// Events in the first window, in units.
    least: u64,
    /// Minutes of history without which it stays silent.
    history: u64,
    hold: u64,
    /// Since when it has held.
    held: Option<u64>,
    firing: Option<u64>,
}

const fn minutes(period: Period) -> u64 {
    (period.as_seconds() / 60) as u64
}

fn units(events: u32) -> u64 {
    u64::from(events).saturating_mul(Weight::ONE.units())
}

impl Alarm {
    pub(super) fn tier(tier: &Tier, target: Ratio) -> Option<Self> {
        let is_long = tier.long >= Period::hours(6);
        Some(Self {
            tier: tier.number,
            severity: tier.severity,
            windows: vec![minutes(tier.long), minutes(tier.short)],
            bound: tier.threshold(target)?,
            is_inclusive: false,
            least: units(tier.min_events),
            history: if is_long { u64::from(tier.long.as_seconds() / 2).div_ceil(60) } else { 0 },
            hold: tier.hold.map_or(0, minutes),
            held: None,
            firing: None,
        })
    }

    pub(super) fn down(down: &HardDown) -> Self {
        Self {
            tier: 0,
            severity: DOWN,
            windows: vec![minutes(down.window)],
            bound: down.ratio,
            is_inclusive: true,
            least: units(down.events),
            history: 0,
            hold: 0,
            held: None,
            firing: None,
        }
    }

    /// The end of minute `at`; an alert that is resolved by it is told.
    pub(super) fn step(&mut self, totals: &Totals, at: u64, first: u64) -> Option<Fired> {
        let now = (first + at).saturating_mul(60);
        if !self.holds(totals, at) {
            self.held = None;
            return self.firing.take().map(|from| self.told(from, Some(now)));
        }
        let since = *self.held.get_or_insert(now);
        if self.firing.is_none() && now - since >= self.hold * 60 {
            self.firing = Some(now);
        }
        None
    }

    /// The end of everything.
    pub(super) fn finish(&mut self) -> Option<Fired> {
        self.firing.take().map(|from| self.told(from, None))
    }

    fn told(&self, from: u64, until: Option<u64>) -> Fired {
        let (tier, severity) = (self.tier, self.severity);
        Fired { alert: alert_name(tier), severity, tier, from, until }
    }

    fn holds(&self, totals: &Totals, at: u64) -> bool {
        let is_over = |window: &u64| {
            let (bad, good) = totals.within(at, *window);
            let (bad, all) = (i128::from(bad), i128::from(bad) + i128::from(good));
            Ratio::new(bad, all)
                .is_some_and(|ratio| ratio > self.bound || self.is_inclusive && ratio == self.bound)
        };
        let has_enough = self.windows.first().is_some_and(|window| {
            let (bad, good) = totals.within(at, *window);
            bad.saturating_add(good) >= self.least
        });
        at >= self.history && has_enough && self.windows.iter().all(is_over)
    }
}
