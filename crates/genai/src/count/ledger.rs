//! When calls are committed, and when they are forgotten.

use std::{borrow::Borrow, time::Duration};

use smallvec::SmallVec;

use super::{
    Added, Amounts, Call, Commit, Limits, Mix, Stats, Totals,
    forgotten::Forgotten,
    resolve::{Counted, below, resolve},
    slab::At,
    store::{SAME_RESPONSE, Store, trace_key},
    traces::{Time, TraceAt, TraceKey, Traces, time},
};
use crate::Class;

/// How many traces one answer may depend on. More are never linked in earnest.
const LINKED_MAX: usize = 256;

/// The calls to be resolved together; mostly those of one small trace.
type Reports = SmallVec<[At; 16]>;

/// Traces to be looked at together.
type Linked = SmallVec<[TraceAt; 4]>;

/// Counts every call once, whatever the order, batching and repetition of its reports.
///
/// Call [`settle`](Self::settle) about once a second. A trace costs its calls, about 350 bytes each, and
/// about 180 bytes.
#[derive(Debug)]
pub struct Ledger {
    limits: Limits,
    store: Store,
    traces: Traces,
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
            traces: Traces::new(limits.settle, limits.settle_max),
            forgotten: Forgotten::new(limits.forgotten),
            waiting: Vec::new(),
            stats: Stats::default(),
        }
    }

    /// Takes a call in. `now` is the time since any fixed moment and does not run backwards.
    pub fn add(&mut self, call: impl Borrow<Call>, now: Duration) -> Added {
        self.take_in(call.borrow(), time(now))
    }

    fn take_in(&mut self, call: &Call, now: Time) -> Added {
        let id = call.id();
        if let Some(at) = self.store.find(id) {
            self.stats.duplicates += 1;
            self.add_version(at, call, now);
            return Added::Duplicate;
        }
        let key = trace_key(call, id);
        if !self.forgotten.is_empty() && self.is_forgotten(id, key, call) {
            self.stats.late += 1;
            return Added::Late;
        }
        while self.store.len() >= self.limits.calls.max(1) {
            if self.waiting.len() >= self.limits.calls || !self.evict() {
                self.stats.refused += 1;
                return Added::Full;
            }
        }
        let place = self.traces.find_or_insert(key);
        if let Some(trace) = self.traces.get_mut(place) {
            trace.calls.push(self.store.insert(id, call, place));
        }
        self.traces.touch(place, now);
        self.touch_affected(call, place, now);
        Added::New
    }

    /// Hands out what is settled at `now`, and changes to what was handed out before.
    pub fn settle(&mut self, now: Duration, commit: &mut dyn FnMut(&Commit)) {
        let now = time(now);
        self.waiting.drain(..).for_each(|waiting| commit(&waiting));
        while let Some(trace) = self.traces.next_due(now) {
            self.settle_trace(trace, commit);
        }
        let limit = now.saturating_sub(time(self.limits.remember));
        while let Some((touched, trace)) = self.traces.quietest()
            && touched < limit
        {
            let linked = self.linked(trace);
            let all = linked.iter().filter_map(|trace| self.traces.get(*trace));
            match all.map(|trace| trace.touched()).max() {
                // Reports that belong together are forgotten together.
                Some(last) if last > touched => self.traces.keep(trace, last),
                _ => linked.iter().for_each(|trace| self.forget(*trace)),
            }
        }
    }

    /// Settles one trace as it stands, with all linked to it: for a root that passes and is told the sums.
    pub fn settle_one(&mut self, trace_id: &[u8], commit: &mut dyn FnMut(&Commit)) {
        let key = trace_id.first_chunk::<16>().map_or(0, |id| u128::from_be_bytes(*id));
        if let Some(trace) = self.traces.find(key)
            && self.is_unsettled(trace)
        {
            self.settle_trace(trace, commit);
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
        let Some(trace) = self.traces.find(key).filter(|_| key != 0) else {
            return Totals::default();
        };
        let reports = self.reports(&self.linked(trace));
        let mut counted = resolve(&self.store, &reports);
        let is_here = |at| self.store.get(at).is_some_and(|kept| kept.trace == trace);
        counted.retain(|counted| is_here(counted.at));
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
    fn add_version(&mut self, at: At, call: &Call, now: Time) {
        let Some(known) = self.store.get(at).copied() else { return };
        if version(call) > version(&known.call) {
            // What hung on the old version is settled anew, too.
            let mut linked = Linked::new();
            self.store.linked(at, &known, &mut |other| linked.push(other.trace));
            linked.iter().for_each(|trace| self.traces.touch(*trace, now));
            self.touch_affected(&known.call, known.trace, now);
            self.store.replace(at, call);
            self.traces.touch(known.trace, now);
            self.touch_affected(call, known.trace, now);
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

    fn is_unsettled(&self, trace: TraceAt) -> bool {
        self.traces.get(trace).is_some_and(|trace| trace.is_unsettled())
    }

    fn touch_affected(&mut self, call: &Call, own: TraceAt, now: Time) {
        for at in self.store.affected(call) {
            if let Some(kept) = self.store.get(at)
                && kept.trace != own
            {
                self.traces.touch(kept.trace, now);
            }
        }
    }

    /// The traces whose calls may be the same as those of this one, itself included.
    fn linked(&self, trace: TraceAt) -> Linked {
        let mut linked = Linked::from_slice(&[trace]);
        let mut next = 0;
        while let Some(trace) = linked.get(next).copied() {
            next += 1;
            for at in self.calls(trace) {
                let Some(kept) = self.store.get(at) else { continue };
                self.store.linked(at, kept, &mut |other| {
                    let other = other.trace;
                    if other != trace && linked.len() < LINKED_MAX && !linked.contains(&other) {
                        linked.push(other);
                    }
                });
            }
        }
        linked
    }

    /// The calls of a trace, the one that came last first.
    fn calls(&self, trace: TraceAt) -> impl Iterator<Item = At> {
        let calls = self.traces.get(trace).map_or(&[][..], |trace| &trace.calls);
        calls.iter().rev().copied()
    }

    fn reports(&self, traces: &[TraceAt]) -> Reports {
        traces.iter().flat_map(|trace| self.calls(*trace)).collect()
    }

    /// Resolves a trace with all linked to it and hands out what changed.
    fn settle_trace(&mut self, trace: TraceAt, commit: &mut dyn FnMut(&Commit)) {
        let linked = self.linked(trace);
        let mut reports = self.reports(&linked);
        let counted = resolve(&self.store, &reports);
        // What falls away goes first, so that a total never shows a call twice.
        reports.retain(|at| self.store.get(*at).is_some_and(|kept| kept.committed.is_some()));
        if !reports.is_empty() {
            let mut now: Reports = counted.iter().map(|counted| counted.at).collect();
            now.sort_unstable();
            for at in reports.iter().filter(|at| now.binary_search(at).is_err()) {
                self.commit_change(*at, None, commit);
            }
        }
        for counted in &counted {
            self.commit_change(counted.at, Some(counted), commit);
        }
        linked.iter().for_each(|trace| self.traces.set_settled(*trace));
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
        let call = counted.and_then(|counted| counted.call.as_deref()).unwrap_or(&kept.call);
        let estimated = counted.is_some_and(|counted| counted.estimated);
        commit(&Commit { call: *call, estimated, before, now });
    }

    /// Makes room: commits and forgets the trace that was quiet longest, with all linked to it.
    fn evict(&mut self) -> bool {
        let Some((_, trace)) = self.traces.quietest() else { return false };
        let linked = self.linked(trace);
        if linked.iter().any(|trace| self.is_unsettled(*trace)) {
            let mut made = std::mem::take(&mut self.waiting);
            self.settle_trace(trace, &mut |commit| made.push(*commit));
            self.waiting = made;
        }
        let before = self.store.len();
        linked.iter().for_each(|trace| self.forget(*trace));
        self.stats.evicted += (before - self.store.len()) as u64;
        true
    }

    fn forget(&mut self, trace: TraceAt) {
        let Some((key, calls)) = self.traces.remove(trace) else { return };
        let mut had_calls = false;
        let Self { store, forgotten, .. } = self;
        store.remove(&calls, |kept| {
            let call = &kept.call;
            if call.class != Class::Leaf && !call.tokens.is_known() {
                return;
            }
            had_calls = true;
            forgotten.insert(kept.id);
            if let Some([_, mark, _]) = response_marks(call).filter(|_| call.class == Class::Leaf) {
                forgotten.insert(mark);
            }
        });
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
