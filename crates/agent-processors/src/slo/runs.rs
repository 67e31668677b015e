//! Judging runs as they go on, by what the tracker of `agent_runs` shows.

use slo::{
    Grain, Objective, Verdict, Weight,
    verdict::{Change, Standing},
};

use super::{
    action::{AGENT_NAME, Book, Ruling, tale},
    series::Subject,
};
use crate::shared::facts::RunFacts;
use crate::shared::tracker::{Entry, Held, Judge, Note, Notes, Run, Said, View};

/// Nanoseconds in a millisecond.
const MILLI: u64 = 1_000_000;

impl Judge for Book {
    fn look(&self, view: &View<'_>, notes: &mut Notes) -> Option<u64> {
        if self.on(Grain::Run).is_empty() {
            return None;
        }
        let mut entries = std::mem::take(&mut notes.entries);
        self.settle(view, &mut entries);
        let mut next = None;
        for (at, run) in view.runs.iter().enumerate() {
            let is_named = run.root != 0 || self.names_agent(notes);
            if run.is_lone_call() && !(is_named && run.has_gap) {
                continue;
            }
            // What may be no agent's work at all is not known to go on.
            let silent = if is_named { view.silent } else { 0 };
            let is_over = view.is_lost || (view.is_quiet && run.has_root && run.is_top);
            if is_over || may_be_early(run) {
                let took = took(run, silent, self.delay);
                self.look_at(view, (at, took), notes, &mut entries, is_over);
                if !is_over && !run.has_root && is_named {
                    let later = self.next_bound(run, silent, took);
                    next = next.into_iter().chain(later).min();
                }
            }
        }
        notes.entries = entries;
        next
    }
}

/// Whether bad may be said of a run before it is over: not where it is not known which run its parts
/// will turn out to be of.
fn may_be_early(run: &Run) -> bool {
    match run.root {
        0 => run.missing != 0,
        _ => !(run.is_rest && run.has_gap) && (run.is_top || !run.has_root),
    }
}

/// By what a run is known: its root, else the span that its parts hang below.
fn name_of(run: &Run) -> u64 {
    if run.root == 0 { run.missing } else { run.root }
}

/// Milliseconds that a run has taken at least. While its root has not come it goes on, but for the time
/// that a span may take to come.
fn took(run: &Run, silent: u64, delay: u64) -> u64 {
    let so_far = run.duration();
    if run.has_root { so_far } else { so_far.max((so_far + silent).saturating_sub(delay)) }
}

impl Book {
    /// Whether a part says that it is work of an agent.
    fn names_agent(&self, notes: &Notes) -> bool {
        let at = self.asked.keys.iter().position(|key| key == AGENT_NAME);
        let held = at.and_then(|at| notes.note(0)?.values.get(at));
        held.is_some_and(|held| *held != Held::Missing)
    }

    /// In how many milliseconds a run crosses its next bound.
    fn next_bound(&self, run: &Run, silent: u64, took: u64) -> Option<u64> {
        let bound = *self.bounds.iter().find(|bound| **bound >= took)?;
        let at = bound.saturating_add(self.delay) + 1;
        Some(at.saturating_sub(run.duration() + silent))
    }

    /// Gives what was said to the runs that it is about by now, and takes back what is about none.
    fn settle(&self, view: &View<'_>, entries: &mut Vec<Entry>) {
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        for mut entry in entries.drain(..) {
            let owner = match (entry.is_open, entry.root) {
                (false, root) => view.runs.iter().position(|run| run.root == root),
                (true, root) if root != 0 && view.has(root) => view.run_of(root),
                (true, _) => view.runs.iter().position(|run| run.root == 0),
            };
            let Some(run) = owner.and_then(|at| view.runs.get(at)) else {
                self.take_back(&entry);
                continue;
            };
            if entry.is_open && run.root != 0 && self.is_repeat(view, run.root) {
                self.take_back(&entry);
                continue;
            }
            (entry.root, entry.is_open) = (name_of(run), run.root == 0);
            match kept.iter_mut().find(|known| known.root == entry.root) {
                Some(known) => self.unite(known, &entry),
                None => kept.push(entry),
            }
        }
        *entries = kept;
    }

    /// Takes in what was said of the same run under another name.
    fn unite(&self, known: &mut Entry, other: &Entry) {
        let mut board = self.board();
        let weight = Weight::of_units(other.weight);
        for ((at, one), said) in self.on(Grain::Run).iter().zip(&mut known.said).zip(&other.said) {
            if one.standing == Standing::Open {
                *one = *said;
            } else if let Some(verdict) = said.standing.verdict() {
                board.retract(*at, said.group, verdict, weight);
            }
        }
    }

    fn take_back(&self, entry: &Entry) {
        let mut board = self.board();
        for (at, said) in self.on(Grain::Run).iter().zip(&entry.said) {
            if let Some(verdict) = said.standing.verdict() {
                board.retract(*at, said.group, verdict, Weight::of_units(entry.weight));
            }
        }
    }

    /// Whether a run was judged before it was forgotten; from now on it was.
    fn is_repeat(&self, view: &View<'_>, root: u64) -> bool {
        let Some(trace) = view.key.trace_id() else { return false };
        !self.is_new_run(&trace, root, view.now)
    }

    fn look_at(
        &self,
        view: &View<'_>,
        (at, took): (usize, u64),
        notes: &Notes,
        entries: &mut Vec<Entry>,
        is_over: bool,
    ) {
        let Some(run) = view.runs.get(at) else { return };
        let Some(facts) = RunFacts::new(&self.asked, view, at, notes, took) else { return };
        let name = name_of(run);
        let place = entries.iter().position(|entry| entry.root == name);
        let known = place.and_then(|place| entries.get_mut(place));
        let is_known = known.is_some();
        let mut fresh = Entry {
            root: name,
            is_open: run.root == 0,
            is_repeat: false,
            weight: weight(run, notes).units(),
            said: Box::default(),
        };
        let entry = known.unwrap_or(&mut fresh);
        let subject = Subject {
            trace: view.key.trace_id().unwrap_or_default(),
            span: run.root,
            parent: 0,
            at: run.end.saturating_mul(MILLI),
            weight: Weight::of_units(entry.weight),
            service: view.service(),
            is_partial: !run.has_root && !view.key.is_session(),
        };
        if entry.is_repeat {
            return;
        }
        let over = facts.over();
        for (place, objective) in self.on(Grain::Run).iter().enumerate() {
            let Some(one) = self.set.objectives.get(*objective) else { continue };
            let mut said = entry.said.get(place).copied().unwrap_or_default();
            let change = Self::change(one, &mut said, &facts, is_over);
            if change.is_none() && !is_over {
                continue;
            }
            if entry.said.is_empty() {
                entry.said = vec![Said::default(); self.on(Grain::Run).len()].into();
                if run.root != 0 && !is_known && self.is_repeat(view, run.root) {
                    entry.is_repeat = true;
                    self.board().stats.duplicates += 1;
                    break;
                }
            }
            let facts = if is_over { &over } else { &facts };
            if let Some(change) = change {
                self.say(*objective, &mut said, change, &subject, facts);
            }
            if change.is_none() && said.standing == Standing::Unmatched {
                self.record(*objective, None, None, &subject, facts);
            }
            if let Some(slot) = entry.said.get_mut(place) {
                *slot = said;
            }
        }
        if !is_known && !fresh.said.is_empty() {
            entries.reserve_exact(1);
            entries.push(fresh);
        }
    }

    /// What becomes of what was said of a run.
    fn change(
        one: &Objective,
        said: &mut Said,
        facts: &RunFacts<'_>,
        is_over: bool,
    ) -> Option<Change> {
        let standing = &mut said.standing;
        let is_bad = !is_settled(*standing, is_over) && one.is_bad_already(facts);
        if !is_over {
            return standing.watch(is_bad);
        }
        let over = facts.over();
        if *standing == Standing::Open {
            return standing.close(if is_bad { Some(Verdict::Bad) } else { one.judge(&over) });
        }
        standing.late(is_bad, one.judge(&over))
    }

    /// Counts and tells it.
    fn say(
        &self,
        at: usize,
        said: &mut Said,
        change: Change,
        subject: &Subject<'_>,
        facts: &RunFacts<'_>,
    ) {
        let Some(one) = self.set.objectives.get(at) else { return };
        let mut board = self.board();
        if change.from.is_none() {
            said.group = board.group(at, one, facts);
        }
        board.count(at, said.group, change, subject);
        if board.is_told(&change) {
            board.tell(tale(at, one, said.group, change, facts, subject));
        }
        drop(board);
        self.record(at, Some(change.to), Some(change), subject, facts);
    }

    /// What the objectives say of a run as it stands, without counting it.
    pub(super) fn standing(
        &self,
        view: &View<'_>,
        notes: &Notes,
        root: u64,
    ) -> Vec<(Ruling, String)> {
        let Some(at) = view.runs.iter().position(|run| run.root == root) else { return Vec::new() };
        let Some(run) = view.runs.get(at) else { return Vec::new() };
        if run.is_lone_call() || !run.is_top {
            return Vec::new();
        }
        let took = took(run, view.silent, self.delay);
        let Some(facts) = RunFacts::new(&self.asked, view, at, notes, took) else {
            return Vec::new();
        };
        let over = facts.over();
        let is_told = |entry: &&Entry| entry.root == root && !entry.is_repeat;
        let entry = notes.entries.iter().find(is_told);
        let mut rulings = Vec::new();
        for (place, objective) in self.on(Grain::Run).iter().enumerate() {
            let Some(one) = self.set.objectives.get(*objective) else { continue };
            let said = entry.and_then(|entry| entry.said.get(place)).copied().unwrap_or_default();
            let verdict = match said.standing {
                Standing::Said(verdict) => Some(verdict),
                Standing::Open if one.is_bad_already(&facts) => Some(Verdict::Bad),
                Standing::Open | Standing::Unmatched => one.judge(&over),
            };
            if let Some(verdict) = verdict {
                let ruling = Ruling { objective: *objective, verdict, group: said.group };
                let reason = if verdict == Verdict::Bad { one.reason(&over) } else { None };
                rulings.push((ruling, reason.unwrap_or_default().to_owned()));
            }
        }
        rulings
    }
}

/// Whether nothing can be said any more.
fn is_settled(standing: Standing, is_over: bool) -> bool {
    standing == Standing::Said(Verdict::Bad) || (!is_over && standing != Standing::Open)
}

fn weight(run: &Run, notes: &Notes) -> Weight {
    let own = notes.note(run.root).filter(|_| run.root != 0);
    let units = own.or_else(|| notes.note(0)).map_or(0, |note: &Note| note.weight);
    if units == 0 { Weight::ONE } else { Weight::of_units(units) }
}
