//! Which windows alert at which burn rate.

use std::fmt;

use super::{budget, factor};
use crate::{Period, Ratio};

/// Whom an alert calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Somebody looks at it in working hours.
    Ticket,
    /// Somebody is woken.
    Page,
}

impl Severity {
    /// A stable word, for labels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Page => "page",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which windows are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preset {
    /// Windows that fit the target: each alert can fire, and takes no more than half of the events
    /// to.
    #[default]
    Agent,
    /// The windows of Google's SRE workbook, whatever the target.
    Google30,
    /// The windows and factors of Pyrra.
    Pyrra,
    /// No burn rate alerts.
    None,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 4] = [Self::Agent, Self::Google30, Self::Pyrra, Self::None];

    /// The word in `alerts::preset`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Google30 => "google30",
            Self::Pyrra => "pyrra",
            Self::None => "none",
        }
    }
}

/// How many events are expected, in events an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Traffic(Ratio);

impl Traffic {
    /// That many events an hour; `None` unless positive.
    #[must_use]
    pub fn per_hour(events: Ratio) -> Option<Self> {
        (events > Ratio::ZERO).then_some(Self(events))
    }

    /// Reads `60/h`, `6/m`, `100/d`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_once('/')?;
        let number = Ratio::decimal(number.trim())?;
        Self::per_hour(match unit.trim() {
            "m" | "min" | "minute" => number.times(Ratio::whole(60))?,
            "h" | "hour" => number,
            "d" | "day" => number.over(Ratio::whole(24))?,
            _ => return None,
        })
    }

    /// Events an hour.
    #[must_use]
    pub const fn events_per_hour(self) -> Ratio {
        self.0
    }

    /// Events expected in a window.
    #[must_use]
    pub fn within(self, window: Period) -> Option<Ratio> {
        self.0.times(window.as_hours())
    }

    /// The time in which that many are expected, in whole minutes, rounded up.
    #[must_use]
    pub fn time_for(self, events: u32) -> Option<Period> {
        let minutes = Ratio::whole(i64::from(events) * 60).over(self.0)?.ceil();
        Some(Period::minutes(u32::try_from(minutes).ok()?))
    }
}

/// One pair of windows: the alert fires while both burn faster than the factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tier {
    /// Its number within the objective, from 1, fastest first.
    pub number: u8,
    /// Whom it calls.
    pub severity: Severity,
    /// The part of the period's budget that is gone when it fires, in percent.
    pub percent: Ratio,
    /// The window that decides.
    pub long: Period,
    /// The window that says it goes on.
    pub short: Period,
    /// The burn rate above which it fires.
    pub factor: Ratio,
    /// How long it has to hold before it fires.
    pub hold: Option<Period>,
    /// Events in the long window below which it stays silent.
    pub min_events: u32,
}

impl Tier {
    /// The error ratio above which it fires.
    #[must_use]
    pub fn threshold(&self, target: Ratio) -> Option<Ratio> {
        self.factor.times(budget(target)?)
    }

    /// Whether it can fire at all: an error ratio is never above 1.
    #[must_use]
    pub fn is_reachable(&self, target: Ratio) -> bool {
        self.threshold(target).is_some_and(|threshold| threshold < Ratio::ONE)
    }

    /// Minutes until it fires after a clean history, at even traffic and a constant error ratio.
    /// `None` if it does not.
    #[must_use]
    pub fn minutes_to_fire(&self, target: Ratio, error_ratio: Ratio) -> Option<Ratio> {
        let threshold = self.threshold(target)?;
        if error_ratio <= threshold {
            return None;
        }
        let window = Ratio::new(self.long.max(self.short).as_seconds().into(), 60)?;
        window.times(threshold)?.over(error_ratio)
    }
}

/// An alert on one window, as OpenSLO writes it. It goes on for most of its window after all is well
/// again, and one that is to be quick is loud; pairs of windows have neither fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Single {
    /// The burn rate above which it fires.
    pub factor: Ratio,
    /// The window.
    pub window: Period,
    /// How long it has to hold before it fires.
    pub hold: Option<Period>,
    /// Whom it calls.
    pub severity: Severity,
}

impl Single {
    /// The tier of both windows alike, of that number.
    #[must_use]
    pub fn tier(&self, number: u8, period: Period) -> Tier {
        let hundred = Ratio::whole(100);
        let used = super::consumed(self.factor, self.window, period);
        Tier {
            number,
            severity: self.severity,
            percent: used.and_then(|used| used.times(hundred)).unwrap_or_default(),
            long: self.window,
            short: self.window,
            factor: self.factor,
            hold: self.hold,
            min_events: 0,
        }
    }
}

/// The alert that does not depend on the budget: nearly everything fails right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HardDown {
    /// The window, in which ten events are expected.
    pub window: Period,
    /// The error ratio from which it fires.
    pub ratio: Ratio,
    /// The events from which it fires.
    pub events: u32,
}

/// Percent of the budget, long window in hours, whom it calls.
const WORKBOOK: [(i64, u32, Severity); 4] = [
    (2, 1, Severity::Page),
    (5, 6, Severity::Page),
    (10, 24, Severity::Ticket),
    (10, 72, Severity::Ticket),
];

/// Pyrra's divisors of the period for hold, long and short window, and its factors.
const PYRRA: [(u32, u32, u32, i64, Severity); 4] = [
    (20_160, 672, 8_064, 14, Severity::Page),
    (2_688, 112, 1_344, 7, Severity::Page),
    (672, 28, 336, 2, Severity::Ticket),
    (224, 7, 112, 1, Severity::Ticket),
];

/// Long windows that people can keep apart, in minutes.
const LADDER: [u32; 22] = [
    5, 10, 15, 30, 60, 120, 180, 360, 480, 720, 960, 1_440, 2_160, 2_880, 4_320, 5_760, 7_200,
    10_080, 14_400, 20_160, 30_240, 40_320,
];

/// Events that a short window should hold, so that gaps between events do not look like recovery.
const SHORT_EVENTS: u32 = 5;

/// The tiers of an objective, fastest first. `min_events` guards the long windows; where the
/// traffic is known, the guard is at most half of what they hold, and short windows are widened
/// until they hold five events.
#[must_use]
pub fn tiers(
    preset: Preset,
    target: Ratio,
    period: Period,
    traffic: Option<Traffic>,
    min_events: u32,
) -> Vec<Tier> {
    let mut tiers: Vec<Tier> = match preset {
        Preset::None => Vec::new(),
        Preset::Pyrra => PYRRA.iter().map(|row| pyrra(row, period)).collect(),
        Preset::Google30 => WORKBOOK
            .iter()
            .filter_map(|row| from_window(row, Period::hours(row.1), period))
            .collect(),
        Preset::Agent => WORKBOOK.iter().filter_map(|row| agent(row, target, period)).collect(),
    };
    if preset == Preset::Agent {
        tiers.dedup_by_key(|tier| (tier.severity, tier.long));
        tiers.iter_mut().for_each(|tier| guard(tier, traffic, min_events));
    }
    for (tier, number) in tiers.iter_mut().zip(1..) {
        tier.number = number;
    }
    tiers
}

/// The hard-down alert for that traffic. Without knowing it, ten events in ten minutes are
/// expected.
#[must_use]
pub fn hard_down(traffic: Option<Traffic>) -> HardDown {
    let least = Period::minutes(10);
    let window = traffic.and_then(|traffic| traffic.time_for(10)).unwrap_or(least).max(least);
    HardDown { window, ratio: Ratio::new(9, 10).unwrap_or(Ratio::ONE), events: 9 }
}

fn from_window(row: &(i64, u32, Severity), long: Period, period: Period) -> Option<Tier> {
    let percent = Ratio::whole(row.0);
    Some(Tier {
        number: 0,
        severity: row.2,
        percent,
        long,
        short: twelfth(long),
        factor: factor(percent, period, long)?,
        hold: None,
        min_events: 0,
    })
}

/// A twelfth in whole minutes, rounded up.
const fn twelfth(long: Period) -> Period {
    Period::minutes(long.as_seconds().div_ceil(12 * 60))
}

/// The workbook's row with its long window moved to where the alert can fire: long enough that at
/// most half of the events must be bad, short enough that the factor is at least 1.
fn agent(row: &(i64, u32, Severity), target: Ratio, period: Period) -> Option<Tier> {
    // Minutes in which all of `percent` is used at a burn rate of 1: beyond, the alert would fire
    // within the budget.
    let percent = Ratio::whole(row.0);
    let minutes = period.as_hours().times(Ratio::whole(60))?;
    let most = percent.times(minutes)?.over(Ratio::whole(100))?.floor();
    // Half of the events being bad is enough: k * B <= 1/2.
    let least = percent.times(minutes)?.times(budget(target)?)?.over(Ratio::whole(50))?.ceil();
    let wanted = least.max(i128::from(row.1) * 60);
    let up = LADDER.iter().copied().find(|rung| i128::from(*rung) >= wanted);
    let down = LADDER.iter().rev().copied().find(|rung| i128::from(*rung) <= most);
    let exact = u32::try_from(most).ok();
    let rungs = [up.filter(|rung| i128::from(*rung) <= most), down, exact];
    let tiers = rungs.into_iter().flatten().filter(|minutes| *minutes > 0);
    tiers
        .filter_map(|minutes| from_window(row, Period::minutes(minutes), period))
        .find(|tier| tier.is_reachable(target))
}

/// Keeps a few events from calling anybody, and gaps between events from looking like recovery.
fn guard(tier: &mut Tier, traffic: Option<Traffic>, min_events: u32) {
    tier.min_events = min_events;
    let Some(traffic) = traffic else { return };
    if let Some(expected) = traffic.within(tier.long) {
        let half = u32::try_from(expected.floor() / 2).unwrap_or(u32::MAX);
        tier.min_events = min_events.min(half.max(1));
    }
    if let Some(time) = traffic.time_for(SHORT_EVENTS) {
        tier.short = tier.short.max(time).min(tier.long);
    }
}

fn pyrra(row: &(u32, u32, u32, i64, Severity), period: Period) -> Tier {
    let (hold, long, short, times, severity) = *row;
    // Rounded to whole minutes as Pyrra does, but never to none.
    let part = |by: u32| {
        let seconds = period.as_seconds() / by;
        Period::minutes(((seconds + 30) / 60).max(1))
    };
    let factor = Ratio::whole(times);
    let used = factor.times(part(long).as_hours()).and_then(|used| used.over(period.as_hours()));
    Tier {
        number: 0,
        severity,
        percent: used.and_then(|used| used.times(Ratio::whole(100))).unwrap_or_default(),
        long: part(long),
        short: part(short),
        factor,
        hold: Some(part(hold)),
        min_events: 0,
    }
}
