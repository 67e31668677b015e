//! When calls are committed, and when they are forgotten.

use std::{collections::BTreeSet, time::Duration};

use smallvec::SmallVec;

use super::{
    Added, Amounts, Call, Commit, Limits, Mix, Stats, Totals,
    forgotten::Forgotten,
    hash::Map,
    resolve::{Counted, below, resolve},
    store::{At, SAME_RESPONSE, Store, TraceKey, trace_key},
};
use crate::Class;

/// How many traces one answer may depend on. More are never linked in earnest.
const LINKED_MAX: usize = 256;

/// The calls of one trace.
#[derive(Debug, Default)]
struct Trace {
    calls: SmallVec<[At; 4]>,
    /// When it last changed.
    touched: Duration,
    /// When it first changed since it was last settled, and when it is to be settled.
    unsettled: Option<(Duration, Duration)>,
}

/// Counts every call once, whatever the order, batching and repetition of its reports.
///
/// Call [`settle`](Self::settle) about once a second. A trace costs its calls, about 250 bytes each, and
/// about 200 bytes.
#[derive(Debug)]
pub struct Ledger {
    limits: Limits,
    store: Store,
    traces: Map<TraceKey, Trace>,
    /// Traces to settle, by when.
    due: BTreeSet<(Duration, TraceKey)>,
    /// All traces, by when they last changed.
    quiet: BTreeSet<(Duration, TraceKey)>,
    forgotten: Forgotten,
    /// Commits made for want of room, to be fetched.
    waiting: Vec<Commit>,
    stats: Stats,
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            store: Store::default(),
            traces: Map::default(),
            due: BTreeSet::new(),
            quiet: BTreeSet::new(),
            forgotten: Forgotten::new(limits.forgotten),
            waiting: Vec::new(),
            stats: Stats::default(),
        }
    }

    /// Takes a call in. `now` is the time since any fixed moment and does not run backwards.
    pub fn add(&mut self, call: Call, now: Duration) -> Added {
        let id = call.id();
        let key = trace_key(&call);
        if let Some(at) = self.store.find(id) {
            self.stats.duplicates += 1;
            self.add_version(at, call, now);
            return Added::Duplicate;
        }
        if self.is_forgotten(id, key, &call) {
            self.stats.late += 1;
            return Added::Late;
        }
        while self.store.len() >= self.limits.calls.max(1) {
            if self.waiting.len() >= self.limits.calls || !self.evict() {
                self.stats.refused += 1;
                return Added::Full;
            }
        }
        let at = self.store.insert(id, call);
        self.traces.entry(key).or_default().calls.push(at);
        self.touch(key, now);
        self.touch_affected(&call, now);
        Added::New
    }

    /// Hands out what is settled at `now`, and changes to what was handed out before.
    pub fn settle(&mut self, now: Duration, commit: &mut dyn FnMut(&Commit)) {
        self.waiting.drain(..).for_each(|waiting| commit(&waiting));
        while let Some((due, key)) = self.due.first().copied()
            && due <= now
        {
            self.settle_trace(key, commit);
        }
        let limit = now.saturating_sub(self.limits.remember);
        while let Some((touched, key)) = self.quiet.first().copied()
            && touched < limit
        {
            let linked = self.linked(key);
            let last =
                linked.iter().filter_map(|key| self.traces.get(key)).map(|trace| trace.touched);
            match last.max() {
                // Reports that belong together are forgotten together.
                Some(last) if last > touched => self.move_quiet(key, last),
                _ => linked.iter().for_each(|key| self.forget(*key)),
            }
        }
    }

    /// Settles one trace as it stands, with all linked to it: for a root that passes and is told the sums.
    pub fn settle_one(&mut self, trace_id: &[u8], commit: &mut dyn FnMut(&Commit)) {
        let key = trace_id.first_chunk::<16>().map_or(0, |id| u128::from_be_bytes(*id));
        if self.traces.get(&key).is_some_and(|trace| trace.unsettled.is_some()) {
            self.settle_trace(key, commit);
        }
    }

    /// Settles everything as it stands, at shutdown.
    pub fn settle_all(&mut self, commit: &mut dyn FnMut(&Commit)) {
        self.settle(Duration::MAX, commit);
    }

    /// What the calls counted in a trace add up to as far as they have come, committed or not. With
    /// `below` only those at and under that span.
    #[must_use]
    pub fn totals(&self, trace_id: &[u8], below: Option<&[u8]>) -> Totals {
        let Some(key) = trace_id.first_chunk::<16>().map(|id| u128::from_be_bytes(*id)) else {
            return Totals::default();
        };
        if key == 0 || !self.traces.contains_key(&key) {
            return Totals::default();
        }
        let reports = self.reports(&self.linked(key));
        let mut counted = resolve(&self.store, &reports);
        counted.retain(|counted| trace_key(&counted.call) == key);
        if let Some(span) = below.and_then(|span| span.first_chunk::<8>()) {
            self::below(&self.store, &reports, u64::from_be_bytes(*span), &mut counted);
        }
        let mut totals = Totals::default();
        counted.iter().for_each(|counted| totals.add(&counted.amounts, counted.estimated));
        totals
    }

    /// How it fares.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats { calls: self.store.len(), traces: self.traces.len(), ..self.stats }
    }

    /// A call that is known came again. A span that is exported while it runs says more at its end.
    fn add_version(&mut self, at: At, call: Call, now: Duration) {
        let Some(known) = self.store.get(at).map(|kept| kept.call) else { return };
        if version(&call) > version(&known) {
            // What hung on the old version is settled anew, too.
            self.touch_linked(&known, now);
            self.touch_affected(&known, now);
            self.store.replace(at, call);
            self.touch(trace_key(&call), now);
            self.touch_affected(&call, now);
        }
    }

    fn is_forgotten(&self, id: u64, key: TraceKey, call: &Call) -> bool {
        let leaf = call.class == Class::Leaf;
        self.forgotten.contains(id)
            || (leaf && response_marks(call).is_some_and(|marks| {
                marks.iter().any(|mark| self.forgotten.contains(*mark))
            }))
            // The calls of this sum were counted and forgotten.
            || (!leaf && call.tokens.is_known() && self.forgotten.contains(trace_mark(key)))
    }

    fn touch(&mut self, key: TraceKey, now: Duration) {
        let Some(trace) = self.traces.get_mut(&key) else { return };
        self.quiet.remove(&(trace.touched, key));
        trace.touched = now;
        self.quiet.insert((now, key));
        let first = match trace.unsettled {
            Some((first, due)) => {
                self.due.remove(&(due, key));
                first
            }
            None => now,
        };
        let due = (now + self.limits.settle).min(first + self.limits.settle_max);
        trace.unsettled = Some((first, due));
        self.due.insert((due, key));
    }

    fn touch_affected(&mut self, call: &Call, now: Duration) {
        for at in self.store.affected(call) {
            if let Some(key) = self.store.get(at).map(|kept| trace_key(&kept.call))
                && key != trace_key(call)
            {
                self.touch(key, now);
            }
        }
    }

    fn touch_linked(&mut self, call: &Call, now: Duration) {
        let mut linked = SmallVec::<[At; 8]>::new();
        self.store.linked(call, &mut |at| linked.push(at));
        for at in linked {
            if let Some(key) = self.store.get(at).map(|kept| trace_key(&kept.call)) {
                self.touch(key, now);
            }
        }
    }

    fn move_quiet(&mut self, key: TraceKey, to: Duration) {
        if let Some(trace) = self.traces.get_mut(&key) {
            self.quiet.remove(&(trace.touched, key));
            trace.touched = to;
            self.quiet.insert((to, key));
        }
    }

    /// The traces whose calls may be the same as those of this one, itself included.
    fn linked(&self, key: TraceKey) -> SmallVec<[TraceKey; 4]> {
        let mut linked: SmallVec<[TraceKey; 4]> = SmallVec::from_slice(&[key]);
        let mut next = 0;
        while let Some(key) = linked.get(next).copied() {
            next += 1;
            let Some(trace) = self.traces.get(&key) else { continue };
            for call in trace.calls.iter().filter_map(|at| self.store.get(*at)) {
                self.store.linked(&call.call, &mut |at| {
                    let other = self.store.get(at).map(|kept| trace_key(&kept.call));
                    if let Some(other) = other
                        && other != key
                        && linked.len() < LINKED_MAX
                        && !linked.contains(&other)
                    {
                        linked.push(other);
                    }
                });
            }
        }
        linked
    }

    fn reports(&self, keys: &[TraceKey]) -> Vec<At> {
        let traces = keys.iter().filter_map(|key| self.traces.get(key));
        traces.flat_map(|trace| trace.calls.iter().copied()).collect()
    }

    /// Resolves a trace with all linked to it and hands out what changed.
    fn settle_trace(&mut self, key: TraceKey, commit: &mut dyn FnMut(&Commit)) {
        let linked = self.linked(key);
        let reports = self.reports(&linked);
        let counted = resolve(&self.store, &reports);
        let now: Map<At, &Counted> = counted.iter().map(|counted| (counted.at, counted)).collect();
        // What falls away goes first, so that a total never shows a call twice.
        for at in reports.iter().filter(|at| !now.contains_key(at)) {
            self.commit_change(*at, None, commit);
        }
        for counted in &counted {
            self.commit_change(counted.at, Some(counted), commit);
        }
        for key in linked {
            if let Some(trace) = self.traces.get_mut(&key)
                && let Some((_, due)) = trace.unsettled.take()
            {
                self.due.remove(&(due, key));
            }
        }
    }

    fn commit_change(
        &mut self,
        at: At,
        counted: Option<&Counted>,
        commit: &mut dyn FnMut(&Commit),
    ) {
        let Some(kept) = self.store.get_mut(at) else { return };
        let now: Option<Amounts> = counted.map(|counted| counted.amounts);
        if kept.committed == now {
            return;
        }
        let before = std::mem::replace(&mut kept.committed, now);
        let call = counted.map_or(kept.call, |counted| counted.call);
        let estimated = counted.is_some_and(|counted| counted.estimated);
        commit(&Commit { call, estimated, before, now });
    }

    /// Makes room: commits and forgets the trace that was quiet longest, with all linked to it.
    fn evict(&mut self) -> bool {
        let Some((_, key)) = self.quiet.first().copied() else { return false };
        let linked = self.linked(key);
        let unsettled = |key| self.traces.get(key).is_some_and(|trace| trace.unsettled.is_some());
        if linked.iter().any(unsettled) {
            let mut made = std::mem::take(&mut self.waiting);
            self.settle_trace(key, &mut |commit| made.push(*commit));
            self.waiting = made;
        }
        let before = self.store.len();
        linked.iter().for_each(|key| self.forget(*key));
        self.stats.evicted += (before - self.store.len()) as u64;
        true
    }

    fn forget(&mut self, key: TraceKey) {
        let Some(trace) = self.traces.remove(&key) else { return };
        self.quiet.remove(&(trace.touched, key));
        if let Some((_, due)) = trace.unsettled {
            self.due.remove(&(due, key));
        }
        let mut had_calls = false;
        for at in trace.calls {
            let Some(kept) = self.store.remove(at) else { continue };
            let call = kept.call;
            if call.class != Class::Leaf && !call.tokens.is_known() {
                continue;
            }
            had_calls = true;
            self.forgotten.insert(kept.id);
            if let Some([_, mark, _]) = response_marks(&call).filter(|_| call.class == Class::Leaf)
            {
                self.forgotten.insert(mark);
            }
        }
        if had_calls {
            self.forgotten.insert(trace_mark(key));
        }
    }
}

/// A response id at about this time: the minutes before, of and after the call.
fn response_marks(call: &Call) -> Option<[u64; 3]> {
    let minute = call.start / SAME_RESPONSE + 1;
    (call.response != 0).then(|| {
        [minute - 1, minute, minute + 1].map(|minute| {
            let mut mark = Mix::new(1);
            mark.add(call.response);
            mark.add(minute);
            mark.finish()
        })
    })
}

fn trace_mark(key: TraceKey) -> u64 {
    let mut mark = Mix::new(2);
    mark.add(key as u64);
    mark.add((key >> 64) as u64);
    mark.finish()
}

/// An order of versions of one span: the later, fuller one wins, and of equals always the same.
fn version(call: &Call) -> (usize, bool, u64, u8, u64, u64) {
    let mut rest = Mix::new(call.start);
    for part in [call.scope, call.response, call.model, call.conversation, call.parent_id] {
        rest.add(part);
    }
    let kinds = [call.class as u64, call.authority as u64, u64::from(call.trust)];
    let flags = [call.failed, call.server_side, call.lifetime].map(u64::from);
    kinds.into_iter().chain(flags).chain([call.source, call.agent]).for_each(|part| rest.add(part));
    call.tokens.mix(&mut rest);
    let priced = call.cost_source as u8;
    (call.tokens.known(), call.evident, call.end, priced, call.cost.to_bits(), rest.finish())
}
