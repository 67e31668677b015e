//! What was counted: a counter for each verdict of each objective and group, and what is to be told.

use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use slo::{
    Budget, Fact, Facts, Objective, Verdict, Weight,
    ledger::{Source, State, Sums},
    objective::OVERFLOW_GROUP,
    verdict::{Change, Counter},
};

use super::config::Told;

/// Longer values of groups are cut.
const VALUE_MAX: usize = 128;
/// Counts of this process alone.
const OURS: Source = Source { replica: 0, epoch: 0 };

/// All counters, bounded by the groups of the objectives.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) sheets: Vec<Sheet>,
    tales: VecDeque<Tale>,
    told: Told,
    limit: usize,
    pub(super) stats: Stats,
}

/// One objective.
#[derive(Debug)]
pub(super) struct Sheet {
    /// The values of each group, in the order of `group_by`.
    pub(super) groups: Vec<Group>,
    numbers: HashMap<u64, u16>,
    limit: usize,
    pub(super) budget: Budget,
    pub(super) state: State,
    /// What the budget has taken in.
    taken: Sums,
}

/// One group of an objective.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) values: Box<[Box<str>]>,
    pub(super) counter: Counter,
    /// The last bad one.
    pub(super) exemplar: Option<Exemplar>,
    /// Whether it was shown at zero.
    pub(super) was_zero: bool,
}

/// Where something bad is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exemplar {
    pub(super) trace: [u8; 16],
    pub(super) span: u64,
    /// Nanoseconds since 1970.
    pub(super) at: u64,
    pub(super) weight: Weight,
}

/// What happened that nobody would see otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stats {
    /// Spans and runs that came again.
    pub(super) duplicates: u64,
    /// Calls that were told by what stands right above or below them.
    pub(super) twins: u64,
    pub(super) amended: u64,
    pub(super) early: u64,
    /// Verdicts on what turned out to be a part of something else.
    pub(super) retracted: u64,
    pub(super) late_evaluations: u64,
    pub(super) dropped_events: u64,
    pub(super) unreadable_weights: u64,
    pub(super) overflowed: u64,
    /// Spans and runs that no objective looks at.
    pub(super) unmatched: u64,
}

/// What a verdict is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'s> {
    pub(super) trace: [u8; 16],
    pub(super) span: u64,
    /// The span above; 0 if there is none.
    pub(super) parent: u64,
    /// When it ended, nanoseconds since 1970.
    pub(super) at: u64,
    pub(super) weight: Weight,
    pub(super) service: &'s [u8],
    pub(super) is_partial: bool,
}

/// One verdict, to be told.
#[derive(Clone, Debug)]
pub(super) struct Tale {
    pub(super) objective: usize,
    pub(super) group: u16,
    pub(super) change: Change,
    pub(super) trace: [u8; 16],
    pub(super) span: u64,
    pub(super) at: u64,
    pub(super) weight: Weight,
    pub(super) service: Arc<[u8]>,
    pub(super) is_partial: bool,
    pub(super) reason: Option<Box<str>>,
    pub(super) value: Option<f64>,
    pub(super) agent: Option<Box<[u8]>>,
    pub(super) outcome: Option<Box<[u8]>>,
}

impl Board {
    /// Nothing counted yet; at most `limit` verdicts wait to be told.
    pub(super) fn new(objectives: &[Objective], told: Told, limit: usize, now: u64) -> Self {
        Self {
            sheets: objectives.iter().map(|objective| Sheet::new(objective, now)).collect(),
            tales: VecDeque::new(),
            told,
            limit,
            stats: Stats::default(),
        }
    }

    /// The group that something belongs to.
    pub(super) fn group(&mut self, at: usize, objective: &Objective, facts: &dyn Facts) -> u16 {
        if objective.group_by.is_empty() {
            return 0;
        }
        let Some(sheet) = self.sheets.get_mut(at) else { return 0 };
        let (group, overflowed) = sheet.group(objective, facts);
        self.stats.overflowed += u64::from(overflowed);
        group
    }

    /// Counts a verdict, or a change to one.
    pub(super) fn count(&mut self, at: usize, group: u16, change: Change, subject: &Subject<'_>) {
        let group = self.sheets.get_mut(at).and_then(|sheet| sheet.groups.get_mut(group as usize));
        let Some(group) = group else { return };
        match change.from {
            Some(from) => group.counter.amend(from, change.to, subject.weight),
            None => group.counter.add(change.to, subject.weight),
        }
        if change.to == Verdict::Bad && subject.trace != [0; 16] {
            let Subject { trace, span, at, weight, .. } = *subject;
            group.exemplar = Some(Exemplar { trace, span, at, weight });
        }
        self.stats.amended += u64::from(change.from.is_some());
        self.stats.early += u64::from(change.is_early);
    }

    /// Takes a verdict back.
    pub(super) fn retract(&mut self, at: usize, group: u16, verdict: Verdict, weight: Weight) {
        let group = self.sheets.get_mut(at).and_then(|sheet| sheet.groups.get_mut(group as usize));
        if let Some(group) = group {
            group.counter.retract(verdict, weight);
            self.stats.retracted += 1;
        }
    }

    /// Whether anybody wants to hear of it.
    pub(super) fn is_told(&self, change: &Change) -> bool {
        match self.told {
            Told::All => true,
            Told::None => false,
            Told::Bad => {
                change.from.is_some() || matches!(change.to, Verdict::Bad | Verdict::Unknown)
            }
        }
    }

    /// Something to tell.
    pub(super) fn tell(&mut self, tale: Tale) {
        if self.tales.len() < self.limit {
            self.tales.push_back(tale);
        } else {
            self.stats.dropped_events += 1;
        }
    }

    /// Up to so many, oldest first.
    pub(super) fn take_tales(&mut self, count: usize) -> Vec<Tale> {
        let count = count.min(self.tales.len());
        self.tales.drain(..count).collect()
    }

    /// What could not be handed on, back to the front.
    pub(super) fn return_tales(&mut self, returned: Vec<Tale>) {
        let room = self.limit.saturating_sub(self.tales.len());
        let skipped = returned.len().saturating_sub(room);
        self.stats.dropped_events += skipped as u64;
        for tale in returned.into_iter().skip(skipped).rev() {
            self.tales.push_front(tale);
        }
    }

    /// Lets the budgets take in what was counted, at seconds since 1970.
    pub(super) fn review(&mut self, objectives: &[Objective], now: u64) {
        for (sheet, objective) in self.sheets.iter_mut().zip(objectives) {
            sheet.review(objective, now);
        }
    }
}

impl Sheet {
    fn new(objective: &Objective, now: u64) -> Self {
        let mut budget = Budget::new(objective.window);
        budget.begin(OURS, now);
        let groups =
            if objective.group_by.is_empty() { vec![Group::default()] } else { Vec::new() };
        Self {
            groups,
            numbers: HashMap::new(),
            limit: objective.max_groups as usize,
            budget,
            state: State::default(),
            taken: Sums::default(),
        }
    }

    /// The group, and whether there was no room for it.
    fn group(&mut self, objective: &Objective, facts: &dyn Facts) -> (u16, bool) {
        let mut hasher = DefaultHasher::new();
        for key in &objective.group_by {
            match facts.attribute(key) {
                Fact::Text(text) => text.hash(&mut hasher),
                Fact::Int(number) => number.hash(&mut hasher),
                Fact::Bool(flag) => flag.hash(&mut hasher),
                _ => 0_u8.hash(&mut hasher),
            }
            hasher.write_u8(0xff);
        }
        let hash = hasher.finish();
        if let Some(number) = self.numbers.get(&hash) {
            return (*number, usize::from(*number) >= self.limit);
        }
        let last = self.limit.min(usize::from(u16::MAX) - 1);
        if self.numbers.len() < last {
            let values = objective.group_by.iter().map(|key| value(facts.attribute(key)));
            let number = self.groups.len() as u16;
            self.groups.push(Group { values: values.collect(), ..Group::default() });
            self.numbers.insert(hash, number);
            return (number, false);
        }
        if self.groups.len() <= last {
            let values = objective.group_by.iter().map(|_| OVERFLOW_GROUP.into());
            self.groups.push(Group { values: values.collect(), ..Group::default() });
        }
        ((self.groups.len() - 1) as u16, true)
    }

    fn review(&mut self, objective: &Objective, now: u64) {
        let of = |verdict| {
            let units = self.groups.iter().map(|group| group.counter.shown().units(verdict));
            units.fold(0_u64, u64::saturating_add)
        };
        let all = Sums { good: of(Verdict::Good), bad: of(Verdict::Bad) };
        let new = Sums {
            good: all.good.saturating_sub(self.taken.good),
            bad: all.bad.saturating_sub(self.taken.bad),
        };
        self.taken = all;
        self.budget.add_sums(OURS, now, new);
        let page = slo::Ratio::new(72, 5).unwrap_or_default();
        self.state = self.state.next(&self.budget, objective.target, page, now);
    }
}

/// The value of a group: nothing where nobody says.
fn value(fact: Fact<'_>) -> Box<str> {
    match fact {
        Fact::Text(text) => {
            let text = text.get(..text.len().min(VALUE_MAX)).unwrap_or_default();
            String::from_utf8_lossy(text).into()
        }
        Fact::Int(number) => number.to_string().into(),
        Fact::Bool(flag) => flag.to_string().into(),
        _ => "".into(),
    }
}
