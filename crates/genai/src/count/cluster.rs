//! The reports of one call, and what they say together.

use super::{Amounts, Call, Signal};
use crate::{CostSource, RateId};

/// Groups that only ever join (union-find). Until two do, nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Groups(Vec<u32>);

impl Groups {
    /// Whether none has joined another.
    pub(super) fn is_untouched(&self) -> bool {
        self.0.is_empty()
    }

    /// The member that names its group: the lowest.
    pub(super) fn find(&mut self, member: usize) -> usize {
        let mut at = member as u32;
        loop {
            let Some(up) = self.0.get(at as usize).copied() else { return member };
            if up == at {
                return at as usize;
            }
            // Halve the way for the next.
            let above = self.0.get(up as usize).copied().unwrap_or(up);
            if let Some(place) = self.0.get_mut(at as usize) {
                *place = above;
            }
            at = above;
        }
    }

    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        let known = self.0.len() as u32;
        self.0.extend(known..=a.max(b) as u32);
        if let Some(place) = self.0.get_mut(a.max(b)) {
            *place = a.min(b) as u32;
        }
    }
}

/// One report of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'s> {
    pub(super) call: &'s Call,
    /// Its place among the calls resolved.
    pub(super) at: usize,
    /// How deep it stands below the other leaves of its trace.
    pub(super) depth: u32,
}

/// What a call says of which there is one report.
pub(super) fn alone(call: &Call) -> Option<Amounts> {
    call.evident.then(|| amounts(call, 1))
}

/// What the reports of one call say together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merged {
    /// Where the call is counted.
    pub(super) home: usize,
    pub(super) call: Call,
    pub(super) amounts: Amounts,
}

/// Merges the reports of one call; `None` if none of them shows that there was one.
pub(super) fn merge(members: &mut [Member<'_>]) -> Option<Merged> {
    if !members.iter().any(|member| member.call.evident) {
        return None;
    }
    // Best informed first. The id makes it an order.
    members.sort_by_cached_key(|member| {
        let call = member.call;
        let informed = (
            call.tokens.is_known(),
            call.trust,
            call.evident,
            member.depth,
            call.tokens.known(),
            call.cost_source,
        );
        (std::cmp::Reverse(informed), call.id())
    });
    let (best, others) = members.split_first()?;
    let mut usage = best.call.usage();
    others.iter().for_each(|other| usage.fill(&other.call.usage()));
    let priced = members.iter().rev().max_by_key(|member| member.call.cost_source)?;
    let home = members.iter().min_by_key(|member| {
        let call = member.call;
        (call.signal == Signal::Log, call.parent_id == 0, call.start, call.id())
    })?;
    let rated = members.iter().find(|member| member.call.rate.source() == CostSource::Computed);
    let mut call = *home.call;
    if call.model == 0 {
        (call.model, call.label) = (best.call.model, best.call.label);
    }
    call.tokens = super::Packed::new(&usage);
    call.rate = rated.map_or(call.rate, |member| member.call.rate);
    (call.cost, call.cost_source) = (priced.call.cost, priced.call.cost_source);
    call.failed = best.call.failed;
    let amounts = amounts(&call, 1);
    Some(Merged { home: home.at, call, amounts })
}

/// What a call counts for.
pub(super) fn amounts(call: &Call, calls: u32) -> Amounts {
    let known = call.cost_source != CostSource::Unknown && !call.cost.is_nan();
    Amounts {
        calls,
        failed: call.failed,
        tokens: call.tokens,
        cost: if known { call.cost } else { f64::NAN },
        cost_source: if known { call.cost_source } else { CostSource::Unknown },
        rate: if known && call.cost_source > CostSource::Computed {
            RateId::UNKNOWN
        } else {
            call.rate
        },
    }
}
