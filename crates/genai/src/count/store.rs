//! The calls kept, and the ways to find them.

use smallvec::SmallVec;

use super::{
    Amounts, Call, Mix, Signal,
    hash::Map,
    ring::{By, Link, PER_KEY, Rings},
    slab::{At, Slab},
    traces::{TraceAt, TraceKey},
};
use crate::{Authority, Class};

/// How far the clock of one report may be off another's of the same process, in nanoseconds.
const SLACK: u64 = 2_000_000;
/// How long after its call a log record is written, at most, in nanoseconds.
const LOG_DELAY: u64 = 2_000_000_000;

/// How long after a call the same response id still means that call, in nanoseconds. Later it is an
/// answer out of a cache, a replay, or an id that is not unique.
pub(super) const SAME_RESPONSE: u64 = 60_000_000_000;

/// A call kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// Who the call is.
    pub(super) id: u64,
    pub(super) call: Call,
    /// What was handed out for it.
    pub(super) committed: Option<Amounts>,
    pub(super) trace: TraceAt,
    response: Link,
    twin: Link,
    /// Whether those of the same model and tokens come from several voices. Only then are there twins.
    is_mixed: bool,
}

impl Kept {
    pub(super) fn link(&self, by: By) -> Link {
        match by {
            By::Response => self.response,
            By::Twin => self.twin,
        }
    }

    pub(super) fn link_mut(&mut self, by: By) -> &mut Link {
        match by {
            By::Response => &mut self.response,
            By::Twin => &mut self.twin,
        }
    }
}

/// Which signals a source has sent calls on that count.
#[derive(Debug, Default)]
struct SourceCalls {
    primary_spans: u32,
    primary_logs: u32,
    /// Reports that give way once a primary one comes.
    secondary: SmallVec<[At; 2]>,
}

/// The calls and their indexes.
#[derive(Debug)]
pub(super) struct Store {
    kept: Slab<Kept>,
    by_id: Map<u64, At>,
    by_response: Rings,
    by_twin: Rings,
    by_agent: Map<u64, SmallVec<[At; 2]>>,
    sources: Map<u64, SourceCalls>,
    /// How many calls that may give way the sources have. Mostly none.
    secondary: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            kept: Slab::default(),
            by_id: Map::default(),
            by_response: Rings::new(By::Response),
            by_twin: Rings::new(By::Twin),
            by_agent: Map::default(),
            sources: Map::default(),
            secondary: 0,
        }
    }
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn get(&self, at: At) -> Option<&Kept> {
        self.kept.get(at)
    }

    pub(super) fn get_mut(&mut self, at: At) -> Option<&mut Kept> {
        self.kept.get_mut(at)
    }

    pub(super) fn find(&self, id: u64) -> Option<At> {
        self.by_id.get(&id).copied()
    }

    /// Keeps a call of a trace.
    pub(super) fn insert(&mut self, id: u64, call: &Call, trace: TraceAt) -> At {
        let at = self.kept.insert(Kept {
            id,
            call: *call,
            committed: None,
            trace,
            response: Link::OUTSIDE,
            twin: Link::OUTSIDE,
            is_mixed: false,
        });
        self.by_id.insert(id, at);
        self.link(at, call);
        at
    }

    /// Puts another version of a call in its place.
    pub(super) fn replace(&mut self, at: At, call: &Call) {
        let Some(kept) = self.get_mut(at) else { return };
        let old = *kept;
        kept.call = *call;
        (kept.response, kept.twin, kept.is_mixed) = (Link::OUTSIDE, Link::OUTSIDE, false);
        self.unlink(at, &old);
        self.link(at, call);
    }

    /// Keeps these calls no more, and hands out each. One index after the other: they are large, and what is
    /// looked up in one of them without anything between is waited for at the same time.
    pub(super) fn remove(&mut self, all: &[At], mut visit: impl FnMut(&Kept)) {
        for at in all {
            if let Some(old) = self.kept.get(*at) {
                self.by_id.remove(&old.id);
            }
        }
        all.iter().for_each(|at| self.leave_ring(By::Response, *at));
        all.iter().for_each(|at| self.leave_ring(By::Twin, *at));
        let Self { kept, by_agent, sources, secondary, .. } = self;
        for at in all {
            if let Some(old) = kept.get(*at) {
                leave_agent(by_agent, *at, &old.call);
                *secondary -= leave_source(sources, *at, &old.call);
                visit(old);
            }
            kept.clear(*at);
        }
    }

    fn leave_ring(&mut self, by: By, at: At) {
        let Some(old) = self.kept.get(at) else { return };
        let (rings, key) = match by {
            By::Response => (&mut self.by_response, response_key(&old.call)),
            By::Twin => (&mut self.by_twin, twin_key(&old.call)),
        };
        let link = old.link(by);
        if let Some(key) = key {
            rings.take(&mut self.kept, key, at, link);
        }
    }

    fn link(&mut self, at: At, call: &Call) {
        if let Some(key) = response_key(call) {
            self.by_response.put(&mut self.kept, key, at);
        }
        if let Some(key) = twin_key(call)
            && let Some(other) = self.by_twin.put(&mut self.kept, key, at)
        {
            self.mix(at, call, other);
        }
        if let Some(key) = agent_key(call) {
            let list = self.by_agent.entry(key).or_default();
            if list.len() < PER_KEY {
                list.push(at);
            }
        }
        if has_standing(call) {
            let source = self.sources.entry(call.source).or_default();
            match (call.authority, call.signal) {
                (Authority::Primary, Signal::Span) => source.primary_spans += 1,
                (Authority::Primary, Signal::Log) => source.primary_logs += 1,
                (Authority::Secondary, _) if source.secondary.len() < PER_KEY => {
                    source.secondary.push(at);
                    self.secondary += 1;
                }
                (Authority::Secondary, _) => {}
            }
        }
    }

    /// Notes in a ring of twins that it has several voices, with this one.
    fn mix(&mut self, at: At, call: &Call, other: At) {
        let Some(other) = self.kept.get(other) else { return };
        if other.is_mixed {
            if let Some(kept) = self.kept.get_mut(at) {
                kept.is_mixed = true;
            }
        } else if voice(&other.call) != voice(call) {
            let mut all = SmallVec::<[At; 8]>::new();
            self.by_twin.walk(&self.kept, at, &mut |at, _| all.push(at));
            for at in all {
                if let Some(kept) = self.kept.get_mut(at) {
                    kept.is_mixed = true;
                }
            }
        }
    }

    /// Takes what is no more as it was out of the indexes.
    fn unlink(&mut self, at: At, old: &Kept) {
        let call = &old.call;
        if let Some(key) = response_key(call) {
            self.by_response.take(&mut self.kept, key, at, old.response);
        }
        if let Some(key) = twin_key(call) {
            self.by_twin.take(&mut self.kept, key, at, old.twin);
        }
        leave_agent(&mut self.by_agent, at, call);
        self.secondary -= leave_source(&mut self.sources, at, call);
    }

    /// Whether another signal of its source is counted in place of this one.
    pub(super) fn gives_way(&self, call: &Call) -> bool {
        if call.authority == Authority::Primary {
            return false;
        }
        self.sources.get(&call.source).is_some_and(|source| {
            // A record written inside a span finds its span by itself.
            let finds = call.signal == Signal::Log && call.span_id != 0;
            source.primary_logs > 0 || (source.primary_spans > 0 && !finds)
        })
    }

    /// The reports whose standing this call changes without being linked to it.
    pub(super) fn affected(&self, call: &Call) -> SmallVec<[At; 8]> {
        let mut affected = SmallVec::new();
        if self.secondary > 0
            && is_counted_leaf(call)
            && call.authority == Authority::Primary
            && let Some(source) = self.sources.get(&call.source)
        {
            let same =
                if call.signal == Signal::Log { source.primary_logs } else { source.primary_spans };
            // Only the first of its signal makes a difference.
            affected.extend(source.secondary.iter().copied().filter(|_| same == 1));
        }
        if let Some(list) = agent_key(call).and_then(|key| self.by_agent.get(&key)) {
            affected.extend(list.iter().copied());
        }
        affected
    }

    /// The calls that may be the same as this one in whatever trace: by response id, or as twins.
    pub(super) fn linked(&self, at: At, kept: &Kept, visit: &mut dyn FnMut(&Kept)) {
        let call = &kept.call;
        if !kept.response.is_alone(at)
            && let Some(key) = response_key(call)
            && let Some(from) = self.by_response.from(kept.response, key, at)
        {
            self.by_response.walk(&self.kept, from, &mut |_, other| {
                if are_near(call, &other.call) {
                    visit(other);
                }
            });
        }
        if (kept.is_mixed || kept.twin.is_outside())
            && let Some(key) = twin_key(call)
            && let Some(from) = self.by_twin.from(kept.twin, key, at)
            && self.kept.get(from).is_some_and(|other| {
                // Of one voice alone there are no twins.
                other.is_mixed || voice(&other.call) != voice(call)
            })
        {
            self.by_twin.walk(&self.kept, from, &mut |_, other| {
                if are_twins(call, &other.call) {
                    visit(other);
                }
            });
        }
    }

    /// The lifetime total of the same agent before this one.
    pub(super) fn previous_total(&self, call: &Call) -> Option<&Call> {
        let list = self.by_agent.get(&agent_key(call)?)?;
        let calls = list.iter().filter_map(|at| self.get(*at)).map(|kept| &kept.call);
        let before = calls.filter(|other| (other.end, other.id()) < (call.end, call.id()));
        before.max_by_key(|other| (other.end, other.id()))
    }
}

/// Takes a call from those of its agent.
fn leave_agent(by_agent: &mut Map<u64, SmallVec<[At; 2]>>, at: At, call: &Call) {
    if let Some(key) = agent_key(call)
        && let Some(list) = by_agent.get_mut(&key)
    {
        list.retain(|other| *other != at);
        if list.is_empty() {
            by_agent.remove(&key);
        }
    }
}

/// Takes a call from those of its source; tells how many fewer may give way.
fn leave_source(sources: &mut Map<u64, SourceCalls>, at: At, call: &Call) -> usize {
    let mut fewer = 0;
    if has_standing(call)
        && let Some(source) = sources.get_mut(&call.source)
    {
        match (call.authority, call.signal) {
            (Authority::Primary, Signal::Span) => source.primary_spans -= 1,
            (Authority::Primary, Signal::Log) => source.primary_logs -= 1,
            (Authority::Secondary, _) => {
                let before = source.secondary.len();
                source.secondary.retain(|other| *other != at);
                fewer = before - source.secondary.len();
            }
        }
        let primaries = source.primary_spans + source.primary_logs;
        if primaries == 0 && source.secondary.is_empty() {
            sources.remove(&call.source);
        }
    }
    fewer
}

/// What makes others give way, a primary leaf with tokens, or may give way itself.
fn has_standing(call: &Call) -> bool {
    match call.authority {
        Authority::Primary => is_counted_leaf(call),
        Authority::Secondary => call.class == Class::Leaf || call.tokens.is_known(),
    }
}

/// A leaf with tokens.
pub(super) fn is_counted_leaf(call: &Call) -> bool {
    call.class == Class::Leaf && call.tokens.is_known()
}

fn response_key(call: &Call) -> Option<u64> {
    (call.response != 0 && call.class == Class::Leaf).then_some(call.response)
}

/// What twins share: model and tokens.
fn twin_key(call: &Call) -> Option<u64> {
    is_counted_leaf(call).then(|| {
        let [input, output] = call.tokens.main();
        let mut key = Mix::new(call.model);
        key.add(input);
        key.add(output);
        key.finish()
    })
}

fn agent_key(call: &Call) -> Option<u64> {
    call.lifetime.then(|| {
        let mut key = Mix::new(call.source);
        [call.agent, call.conversation].iter().for_each(|part| key.add(*part));
        key.finish()
    })
}

/// Whether two reports lie so close that an equal response id means one call.
fn are_near(a: &Call, b: &Call) -> bool {
    a.start.max(b.start).saturating_sub(a.end.min(b.end)) <= SAME_RESPONSE
}

/// Who says it. What one voice says in two reports is two calls.
pub(super) fn voice(call: &Call) -> (u64, bool) {
    (call.scope, call.signal == Signal::Log)
}

/// Whether two leaves of the same model and tokens may be one call.
pub(super) fn are_twins(a: &Call, b: &Call) -> bool {
    is_echo(a, b) || is_echo(b, a)
}

/// Whether the first of two leaves of the same model and tokens tells of the second again: at that time the
/// provider's own SDK, a log record that does not know the client's response id, or another instrumentation
/// of the same client, whose span stands beside it.
pub(super) fn is_echo(echo: &Call, span: &Call) -> bool {
    let repeats = |call: &Call| call.trust == 3 || call.signal == Signal::Log;
    let is_one = match (repeats(echo), repeats(span)) {
        (true, false) => true,
        // Of two that repeat, a record and a span of the provider's SDK, the record is the echo.
        (true, true) => echo.signal == Signal::Log && span.signal != Signal::Log,
        (false, true) => false,
        (false, false) => {
            echo.parent_id != 0
                && echo.parent_id == span.parent_id
                && echo.trace_id == span.trace_id
        }
    };
    let same_ids = echo.response != 0 && span.response != 0;
    let delay = if echo.signal == Signal::Log { LOG_DELAY } else { SLACK };
    is_one
        && !same_ids
        && voice(echo) != voice(span)
        && span.start.saturating_sub(SLACK) <= echo.start
        && echo.end <= span.end.saturating_add(delay)
}

/// The trace of a call with this id; of one without a trace the call itself.
pub(super) fn trace_key(call: &Call, id: u64) -> TraceKey {
    match u128::from_be_bytes(call.trace_id) {
        0 => u128::from(u64::MAX) << 64 | u128::from(id),
        trace => trace,
    }
}
