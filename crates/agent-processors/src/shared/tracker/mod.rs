//! Follows runs: which record belongs to which, what they add up to, and when they are over.
//!
//! A [`Tracker`] is a state machine without clock, lock or I/O. It is told of records
//! ([`see`](Tracker::see), [`link`](Tracker::link)) and of calls that are counted
//! ([`count`](Tracker::count), with the commits of a [`genai::Ledger`]), each with the time `now` since
//! any fixed moment, and gives [`Event`]s; [`run`](Tracker::run) tells how a run stands at any time.
//! [`review`](Tracker::review) has to be called about once a second; it closes what is over.
//!
//! Of each record 28 bytes are kept. Everything told of a run is worked out from those when it is asked
//! for, so the order, batching and repetition of records cannot change it, as long as a trace has no
//! more records than the limit. A run is the topmost agent or workflow with all below it; what a trace
//! holds outside of agents is a run as well, whose root is that of the trace. A session (records without
//! a trace) is one run.
//!
//! Read in this order: `sighting` (what goes in), `event` and `run` (what comes out), `tree` (who belongs
//! to whom), `group` (what is kept), this file (when what is closed), `notes`
//! and `watch` (how runs are shown to who judges them).

mod event;
mod group;
mod hash;
mod limits;
mod links;
mod node;
mod notes;
mod outcome;
mod review;
mod run;
mod sighting;
mod sums;
#[cfg(test)]
mod tests;
mod texts;
mod tree;
mod watch;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::Arc,
    time::Duration,
};

use genai::Commit;

pub(crate) use self::{
    event::{Event, Loss, State, What},
    limits::{Limits, Stats},
    notes::{Entry, Held, Judge, Note, Notes, Said, View},
    outcome::Outcome,
    run::Run,
    sighting::{Ending, Key, Kind, Sighting},
    sums::Sums,
};
use self::{
    group::{Group, Scratch},
    hash::Seeded,
    links::{Link, Links},
    texts::Texts,
};

/// Tenths of a second since the fixed moment: fine enough for when to close, and small.
type Tick = u32;
const TICKS: u128 = 10;
/// What a trace or session takes besides its group: its places in the maps.
const OVERHEAD: usize = 96;
/// How far up from one record the way is followed at once.
const ADOPTED_MAX: usize = 64;

/// Follows runs. See the module.
#[derive(Debug)]
pub(crate) struct Tracker {
    limits: Limits,
    index: HashMap<Key, u32, Seeded>,
    groups: Vec<Option<Box<Group>>>,
    free: Vec<u32>,
    /// When to look at which place next. A place whose group is due at another time is skipped.
    due: BinaryHeap<Reverse<(Tick, u32)>>,
    links: Links,
    texts: Texts,
    scratch: Scratch,
    stats: Stats,
    /// The key asked for last, and its place.
    last: Option<(Key, u32)>,
    /// Whether anybody hears events.
    is_heard: bool,
    /// Who judges runs, if anybody does.
    judge: Option<Arc<dyn Judge>>,
    /// What the judge is to look at: what changed, and when what may take too long.
    listed: Vec<u32>,
    watched: BinaryHeap<Reverse<(Tick, u32)>>,
}

impl Tracker {
    /// A tracker of nothing.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            index: HashMap::default(),
            groups: Vec::new(),
            free: Vec::new(),
            due: BinaryHeap::new(),
            links: Links::new(),
            texts: Texts::new(),
            scratch: Scratch::default(),
            stats: Stats::default(),
            last: None,
            is_heard: true,
            judge: None,
            listed: Vec::new(),
            watched: BinaryHeap::new(),
        }
    }

    /// Whether events are worth making. They are until this says otherwise.
    pub(crate) fn set_heard(&mut self, is_heard: bool) {
        self.is_heard = is_heard;
    }

    /// Tells what happened to a run, if anybody hears.
    fn push(&self, events: &mut Vec<Event>, what: What, group: &Group, run: Run) {
        if self.is_heard {
            events.push(review::event(what, group, run));
        }
    }

    /// Where this key is kept. Records of one trace come one after the other.
    #[inline]
    fn slot_of(&mut self, key: Key) -> Option<u32> {
        if let Some((last, slot)) = self.last
            && last == key
        {
            return Some(slot);
        }
        let slot = *self.index.get(&key)?;
        self.last = Some((key, slot));
        Some(slot)
    }

    /// How it fares.
    pub(crate) fn stats(&self) -> &Stats {
        &self.stats
    }

    /// How many traces and sessions are kept.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether this key is kept.
    pub(crate) fn knows(&self, key: Key) -> bool {
        self.index.contains_key(&key)
    }

    /// What would be given up to take this key in, if there were no room or `is_full` says that there is
    /// none: what it adds up to should be settled first.
    pub(crate) fn victim(&mut self, key: Key, is_full: bool) -> Option<Key> {
        if !(is_full || self.is_full()) || self.index.contains_key(&key) {
            return None;
        }
        loop {
            let Reverse((due, slot)) = *self.due.peek()?;
            let group = self.groups.get(slot as usize)?.as_ref();
            match group.filter(|group| group.timing.due == due) {
                Some(group) => return Some(group.key),
                None => drop(self.due.pop()),
            }
        }
    }

    /// Gives up what would be closed next.
    pub(crate) fn give_up(&mut self, now: Duration, events: &mut Vec<Event>) {
        self.evict(tick(now), events);
    }

    fn is_full(&self) -> bool {
        self.index.len() >= self.limits.runs || self.stats.bytes >= self.limits.bytes
    }

    /// Takes in a record that is GenAI telemetry.
    pub(crate) fn see(
        &mut self,
        key: Key,
        sighting: &Sighting<'_>,
        now: Duration,
        events: &mut Vec<Event>,
    ) {
        let tick = tick(now);
        let slot = match self.slot_of(key) {
            Some(slot) => slot,
            None => self.open(key, sighting, tick, events),
        };
        let Some(mut group) = self.take(slot) else { return };
        let is_news = group.add(sighting, self.limits.records, &mut self.scratch);
        if is_news {
            self.tell(&mut group, sighting);
            group.timing.touched = tick;
            self.adopt(&mut group, sighting.span);
            self.change_state(&mut group, sighting, events);
            self.schedule(&mut group, slot);
        } else if group.len() >= self.limits.records {
            self.stats.skipped += 1;
        }
        self.put(slot, group);
        while self.stats.bytes > self.limits.bytes && self.evict(tick, events) {}
    }

    /// Takes in a span that is not GenAI telemetry: it may lead from one that is to another, or be the
    /// root of a trace with calls. Tells whether it is such a root.
    pub(crate) fn link(
        &mut self,
        key: Key,
        sighting: &Sighting<'_>,
        now: impl FnOnce() -> Duration,
        events: &mut Vec<Event>,
    ) -> bool {
        let Sighting { span, parent, start, end, failed, .. } = *sighting;
        let [_, trace] = key.parts();
        self.links.insert(Link { trace, span, parent, start, end, failed });
        let Some(slot) = self.slot_of(key) else { return false };
        let Some(mut group) = self.take(slot) else { return false };
        let is_wanted = group.waits_for(span);
        if is_wanted && group.add(sighting, self.limits.records, &mut self.scratch) {
            group.timing.touched = tick(now());
            self.adopt(&mut group, span);
            if parent == 0 {
                self.change_state(&mut group, sighting, events);
            }
            self.schedule(&mut group, slot);
        }
        self.put(slot, group);
        is_wanted && parent == 0
    }

    /// Takes in a change to a call that is counted, of this trace or session.
    pub(crate) fn count(&mut self, key: Key, commit: &Commit) {
        let slot = self.slot_of(key);
        let Some((slot, mut group)) = slot.and_then(|slot| Some((slot, self.take(slot)?))) else {
            self.stats.unattributed += 1;
            return;
        };
        group.count(commit);
        if group.state == State::Closed {
            self.schedule(&mut group, slot);
        }
        self.put(slot, group);
    }

    /// The run with this root, as far as it has come. None if the span is not a root, as far as is known.
    pub(crate) fn run(&mut self, key: Key, root: u64) -> Option<Run> {
        let slot = self.slot_of(key)?;
        let group = self.groups.get(slot as usize)?.as_ref()?;
        group.runs(&mut self.scratch);
        self.scratch.runs.iter().find(|run| run.root == root && run.has_root && run.is_top).copied()
    }

    fn open(
        &mut self,
        key: Key,
        sighting: &Sighting<'_>,
        tick: Tick,
        events: &mut Vec<Event>,
    ) -> u32 {
        while self.is_full() && self.evict(tick, events) {}
        let service = self.texts.shared(sighting.service);
        let mut group = Group::new(key, sighting, service, self.texts.empty());
        (group.timing.opened, group.timing.touched) = (tick, tick);
        group.timing.due = Tick::MAX;
        group.weight = group.bytes();
        self.stats.bytes += group.weight + OVERHEAD;
        self.enter(State::Running);
        let group = Some(Box::new(group));
        let slot = match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.groups.get_mut(slot as usize) {
                    *place = group;
                }
                slot
            }
            None => {
                self.groups.push(group);
                (self.groups.len() - 1) as u32
            }
        };
        self.index.insert(key, slot);
        slot
    }

    /// Takes a group out to work on; [`put`](Self::put) puts it back.
    fn take(&mut self, slot: u32) -> Option<Box<Group>> {
        self.groups.get_mut(slot as usize)?.take()
    }

    fn put(&mut self, slot: u32, mut group: Box<Group>) {
        self.list(&mut group, slot);
        let bytes = group.bytes();
        self.stats.bytes = (self.stats.bytes + bytes).saturating_sub(group.weight);
        group.weight = bytes;
        if let Some(place) = self.groups.get_mut(slot as usize) {
            *place = Some(group);
        }
    }

    fn forget(&mut self, slot: u32, group: &Group) {
        self.index.remove(&group.key);
        self.free.push(slot);
        self.last = None;
        self.stats.bytes = self.stats.bytes.saturating_sub(group.weight + OVERHEAD);
        self.leave(group.state);
    }

    /// Keeps what a record says in words.
    fn tell(&mut self, group: &mut Group, sighting: &Sighting<'_>) {
        if sighting.kind == Kind::Agent && !sighting.is_log && !sighting.name.is_empty() {
            group.name(sighting.span, self.texts.shared(sighting.name));
        }
        // Of several the first in the order of bytes, whichever came first.
        let precedes =
            |new: &[u8], known: &[u8]| !new.is_empty() && (known.is_empty() || new < known);
        if precedes(sighting.conversation, &group.conversation) {
            group.conversation = self.texts.own(sighting.conversation);
        }
        let run_id = group.rare().map_or(&[][..], |rare| &rare.run_id);
        if precedes(sighting.run, run_id) {
            group.rare_mut().run_id = self.texts.own(sighting.run);
        }
    }

    /// Takes the spans above a record from those seen before.
    fn adopt(&mut self, group: &mut Group, span: u64) {
        let [_, trace] = group.key.parts();
        let mut span = span;
        for _ in 0..ADOPTED_MAX {
            let Some(missing) = group.missing_above(span) else { return };
            let Some(link) = self.links.get(trace, missing).copied() else { return };
            let above = Sighting {
                span: link.span,
                parent: link.parent,
                start: link.start,
                end: link.end,
                failed: link.failed,
                ..Sighting::default()
            };
            if !group.add(&above, self.limits.records, &mut self.scratch) {
                return;
            }
            span = missing;
        }
    }

    fn enter(&mut self, state: State) {
        if let Some(count) = self.stats.states.get_mut(state as usize) {
            *count += 1;
        }
    }

    fn leave(&mut self, state: State) {
        if let Some(count) = self.stats.states.get_mut(state as usize) {
            *count = count.saturating_sub(1);
        }
    }
}

/// The time as it is kept.
fn tick(now: Duration) -> Tick {
    Tick::try_from(now.as_millis() * TICKS / 1000).unwrap_or(Tick::MAX)
}
