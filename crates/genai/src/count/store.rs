//! The calls kept, and the ways to find them.

use smallvec::SmallVec;

use super::{Amounts, Call, Mix, Signal, hash::Map};
use crate::{Authority, Class};

/// How many calls one key leads to, at most. Beyond, joins by that key are no longer found.
const PER_KEY: usize = 256;
/// How far the clock of one report may be off another's of the same process, in nanoseconds.
const SLACK: u64 = 2_000_000;
/// How long after its call a log record is written, at most, in nanoseconds.
const LOG_DELAY: u64 = 2_000_000_000;

/// How long after a call the same response id still means that call, in nanoseconds. Later it is an
/// answer out of a cache, a replay, or an id that is not unique.
pub(super) const SAME_RESPONSE: u64 = 60_000_000_000;

/// Where a call is kept.
pub(super) type At = u32;

/// One trace, or a log record without one.
pub(super) type TraceKey = u128;

/// A call kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// Who the call is.
    pub(super) id: u64,
    pub(super) call: Call,
    /// What was handed out for it.
    pub(super) committed: Option<Amounts>,
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
#[derive(Debug, Default)]
pub(super) struct Store {
    kept: Vec<Option<Kept>>,
    free: Vec<At>,
    by_id: Map<u64, At>,
    by_response: Map<u64, SmallVec<[At; 2]>>,
    by_twin: Map<u64, SmallVec<[At; 2]>>,
    by_agent: Map<u64, SmallVec<[At; 2]>>,
    sources: Map<u64, SourceCalls>,
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.kept.len() - self.free.len()
    }

    pub(super) fn get(&self, at: At) -> Option<&Kept> {
        self.kept.get(at as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, at: At) -> Option<&mut Kept> {
        self.kept.get_mut(at as usize)?.as_mut()
    }

    pub(super) fn find(&self, id: u64) -> Option<At> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn insert(&mut self, id: u64, call: Call) -> At {
        let kept = Some(Kept { id, call, committed: None });
        let at = match self.free.pop() {
            Some(at) => {
                if let Some(place) = self.kept.get_mut(at as usize) {
                    *place = kept;
                }
                at
            }
            None => {
                self.kept.push(kept);
                (self.kept.len() - 1) as At
            }
        };
        self.by_id.insert(id, at);
        self.link(at, &call);
        at
    }

    /// Puts another version of a call in its place.
    pub(super) fn replace(&mut self, at: At, call: Call) {
        let Some(kept) = self.get_mut(at) else { return };
        let old = std::mem::replace(&mut kept.call, call);
        self.unlink(at, &old);
        self.link(at, &call);
    }

    pub(super) fn remove(&mut self, at: At) -> Option<Kept> {
        let kept = self.kept.get_mut(at as usize)?.take()?;
        self.free.push(at);
        self.by_id.remove(&kept.id);
        self.unlink(at, &kept.call);
        Some(kept)
    }

    fn link(&mut self, at: At, call: &Call) {
        let push = |index: &mut Map<u64, SmallVec<[At; 2]>>, key: Option<u64>| {
            let Some(key) = key else { return };
            let list = index.entry(key).or_default();
            if list.len() < PER_KEY {
                list.push(at);
            }
        };
        push(&mut self.by_response, response_key(call));
        push(&mut self.by_twin, twin_key(call));
        push(&mut self.by_agent, agent_key(call));
        if has_standing(call) {
            let source = self.sources.entry(call.source).or_default();
            match (call.authority, call.signal) {
                (Authority::Primary, Signal::Span) => source.primary_spans += 1,
                (Authority::Primary, Signal::Log) => source.primary_logs += 1,
                (Authority::Secondary, _) if source.secondary.len() < PER_KEY => {
                    source.secondary.push(at);
                }
                (Authority::Secondary, _) => {}
            }
        }
    }

    fn unlink(&mut self, at: At, call: &Call) {
        let remove = |index: &mut Map<u64, SmallVec<[At; 2]>>, key: Option<u64>| {
            let Some(key) = key else { return };
            if let Some(list) = index.get_mut(&key) {
                list.retain(|other| *other != at);
                if list.is_empty() {
                    index.remove(&key);
                }
            }
        };
        remove(&mut self.by_response, response_key(call));
        remove(&mut self.by_twin, twin_key(call));
        remove(&mut self.by_agent, agent_key(call));
        if has_standing(call)
            && let Some(source) = self.sources.get_mut(&call.source)
        {
            match (call.authority, call.signal) {
                (Authority::Primary, Signal::Span) => source.primary_spans -= 1,
                (Authority::Primary, Signal::Log) => source.primary_logs -= 1,
                (Authority::Secondary, _) => source.secondary.retain(|other| *other != at),
            }
            let primaries = source.primary_spans + source.primary_logs;
            if primaries == 0 && source.secondary.is_empty() {
                self.sources.remove(&call.source);
            }
        }
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
        if is_counted_leaf(call)
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
    pub(super) fn linked(&self, call: &Call, visit: &mut dyn FnMut(At)) {
        if let Some(list) = response_key(call).and_then(|key| self.by_response.get(&key)) {
            for at in list {
                if self.get(*at).is_some_and(|other| are_near(call, &other.call)) {
                    visit(*at);
                }
            }
        }
        if let Some(list) = twin_key(call).and_then(|key| self.by_twin.get(&key)) {
            for at in list {
                if self.get(*at).is_some_and(|other| are_twins(call, &other.call)) {
                    visit(*at);
                }
            }
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
        let usage = call.tokens.usage();
        let mut key = Mix::new(call.model);
        key.add(usage.input.unwrap_or(u64::MAX));
        key.add(usage.output.unwrap_or(u64::MAX));
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
        && (echo.scope != span.scope || echo.signal != span.signal)
        && span.start.saturating_sub(SLACK) <= echo.start
        && echo.end <= span.end.saturating_add(delay)
}

/// The trace of a call; of one without a trace the call itself.
pub(super) fn trace_key(call: &Call) -> TraceKey {
    match u128::from_be_bytes(call.trace_id) {
        0 => u128::from(u64::MAX) << 64 | u128::from(call.id()),
        trace => trace,
    }
}
