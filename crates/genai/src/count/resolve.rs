//! From all reports to the calls there were.

use smallvec::SmallVec;

use super::{
    Amounts, Call, Packed, Signal,
    call::span_id,
    cluster::{Groups, Member, alone, amounts, merge},
    hash::Map,
    ring::By,
    slab::At,
    store::{SAME_RESPONSE, Store, is_counted_leaf, is_echo, voice},
    traces::TraceAt,
};
use crate::{Class, Usage};

/// How many spans up an ancestor is looked for.
const ANCESTORS_MAX: usize = 256;
/// How many leaves may be nested; deeper ones count as that deep.
const NESTED_MAX: u32 = 64;
/// With more sums than this in one trace, a leaf whose parents never came covers all of them.
const SUMS_MAX: usize = 256;

/// A call that counts.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) at: At,
    /// What is counted, if it is not just what that report says. Boxed, since it is large and rare.
    pub(super) call: Option<Box<Call>>,
    pub(super) amounts: Amounts,
    pub(super) estimated: bool,
}

/// Which calls there were, from all reports that may have to do with each other, in any order.
pub(super) fn resolve(store: &Store, reports: &[At]) -> Vec<Counted> {
    let mut scene = Scene::new(store, reports);
    scene.join_by_response();
    scene.join_nested();
    scene.join_twins();
    let mut counted = scene.calls();
    scene.add_sums(&mut counted);
    counted
}

/// Tells which of them stand below a span.
pub(super) fn below(store: &Store, reports: &[At], span: u64, counted: &mut Vec<Counted>) {
    let scene = Scene::new(store, reports);
    let places: Map<At, usize> =
        scene.reports.iter().enumerate().map(|(place, report)| (report.at, place)).collect();
    counted.retain(|counted| {
        let is_it = |place: usize| {
            let call = scene.reports.get(place).map(|report| report.call);
            call.is_some_and(|call| call.span_id == span)
        };
        places
            .get(&counted.at)
            .is_some_and(|place| is_it(*place) || scene.ancestors(*place).any(is_it))
    });
}

/// What stands above a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Above {
    Nothing,
    Known(usize),
    /// A span that has not come, or is no GenAI telemetry.
    Missing,
}

struct Report<'s> {
    at: At,
    id: u64,
    call: &'s Call,
    trace: TraceAt,
    above: Above,
    /// A leaf that no other signal is counted for.
    is_leaf: bool,
    /// A leaf of which the parts are counted in its place.
    is_covered: bool,
    depth: u32,
}

struct Scene<'s> {
    store: &'s Store,
    reports: SmallVec<[Report<'s>; 12]>,
    groups: Groups,
}

impl<'s> Scene<'s> {
    fn new(store: &'s Store, reports: &[At]) -> Self {
        let kept = reports.iter().filter_map(|at| Some((*at, store.get(*at)?)));
        let mut reports: SmallVec<[Report<'s>; 12]> = kept
            .map(|(at, kept)| Report {
                at,
                id: kept.id,
                call: &kept.call,
                trace: kept.trace,
                above: Above::Nothing,
                is_leaf: kept.call.class == Class::Leaf && !store.gives_way(&kept.call),
                is_covered: false,
                depth: 0,
            })
            .collect();
        reports.sort_unstable_by_key(|report| report.id);
        let mut scene = Self { store, reports, groups: Groups::default() };
        scene.find_above();
        scene
    }

    /// Finds what stands above each report.
    fn find_above(&mut self) {
        // Most stand below the same span.
        let mut last = (TraceAt::MAX, 0, Above::Nothing);
        for place in 0..self.reports.len() {
            let Some(report) = self.reports.get(place) else { return };
            let (call, trace) = (report.call, report.trace);
            let up = if call.signal == Signal::Log { call.span_id } else { call.parent_id };
            if up == 0 {
                continue;
            }
            if (last.0, last.1) != (trace, up) {
                let found = self.span(call, trace, up);
                last = (trace, up, found.map_or(Above::Missing, Above::Known));
            }
            if let Some(report) = self.reports.get_mut(place) {
                report.above = last.2;
            }
        }
    }

    /// Where a span of the trace of a call is.
    fn span(&self, call: &Call, trace: TraceAt, span: u64) -> Option<usize> {
        let id = span_id(call.trace_id, span);
        let place = self.reports.binary_search_by_key(&id, |report| report.id).ok()?;
        let report = self.reports.get(place)?;
        let is_it = report.call.signal == Signal::Span
            && report.call.span_id == span
            && report.trace == trace;
        is_it.then_some(place)
    }

    /// The reports above one, nearest first.
    fn ancestors(&self, place: usize) -> impl Iterator<Item = usize> {
        let mut at = place;
        std::iter::from_fn(move || match self.reports.get(at)?.above {
            Above::Known(above) => {
                at = above;
                Some(above)
            }
            Above::Nothing | Above::Missing => None,
        })
        .take(ANCESTORS_MAX)
    }

    /// The leaf that a leaf is part of, if no agent or tool is between.
    fn leaf_above(&self, place: usize) -> Option<usize> {
        for above in self.ancestors(place) {
            let report = self.reports.get(above)?;
            if report.is_leaf && above != place {
                return Some(above);
            }
            if matches!(report.call.class, Class::Agent | Class::Tool | Class::Workflow) {
                return None;
            }
        }
        None
    }

    fn leaves(&self) -> Vec<usize> {
        let leaves = self.reports.iter().enumerate().filter(|(_, report)| report.is_leaf);
        leaves.map(|(place, _)| place).collect()
    }

    fn join_by_response(&mut self) {
        let with_id = |report: &Report<'_>| report.is_leaf && report.call.response != 0;
        let is_shared = |report: &Report<'_>| {
            let kept = self.store.get(report.at);
            kept.is_some_and(|kept| !kept.link(By::Response).is_alone(report.at))
        };
        if !self.reports.iter().any(|report| with_id(report) && is_shared(report)) {
            return;
        }
        let mut same: Vec<(u64, u64, usize)> = self
            .reports
            .iter()
            .enumerate()
            .filter(|(_, report)| with_id(report))
            .map(|(place, report)| (report.call.response, report.call.start, place))
            .collect();
        same.sort_unstable();
        for list in same.chunk_by(|a, b| a.0 == b.0) {
            let mut last: Option<(u64, usize)> = None;
            for (_, start, place) in list.iter().copied() {
                let end = self.reports.get(place).map_or(start, |report| report.call.end);
                last = match last {
                    Some((until, first)) if start.saturating_sub(until) <= SAME_RESPONSE => {
                        self.groups.join(first, place);
                        Some((until.max(end), first))
                    }
                    _ => Some((end, place)),
                };
            }
        }
    }

    /// Leaves within leaves. The innermost with tokens count; one around a single other is that same
    /// call, one around several is their sum.
    fn join_nested(&mut self) {
        let leaves = (0..self.reports.len())
            .filter(|place| self.reports.get(*place).is_some_and(|report| report.is_leaf));
        let above: Vec<(usize, usize)> =
            leaves.filter_map(|place| Some((place, self.leaf_above(place)?))).collect();
        if above.is_empty() {
            return;
        }
        let above: Map<usize, usize> = above.into_iter().collect();
        let leaves = self.leaves();
        for place in &leaves {
            let mut depth = 0;
            let mut at = *place;
            while let Some(up) = above.get(&at).filter(|_| depth < NESTED_MAX) {
                at = *up;
                depth += 1;
            }
            if let Some(report) = self.reports.get_mut(*place) {
                report.depth = depth;
            }
        }
        let mut inward = leaves;
        inward.sort_by_key(|place| {
            std::cmp::Reverse(self.reports.get(*place).map_or(0, |report| report.depth))
        });
        // Of what each leaf contains, up to two calls with tokens: none, one or several is enough.
        let mut inside: Map<usize, SmallVec<[usize; 2]>> = Map::default();
        for place in inward {
            let mut parts = inside.remove(&place).unwrap_or_default();
            let Some(report) = self.reports.get_mut(place) else { continue };
            let has_tokens = report.call.tokens.is_known();
            match parts.as_slice() {
                [] if has_tokens => parts.push(place),
                [] => {
                    if let Some(up) = above.get(&place) {
                        self.groups.join(place, *up);
                    }
                }
                [one] => self.groups.join(place, *one),
                _ => report.is_covered = true,
            }
            let Some(up) = above.get(&place) else { continue };
            let outer = inside.entry(*up).or_default();
            for part in parts {
                let root = self.groups.find(part);
                let known = outer.iter().any(|other| self.groups.find(*other) == root);
                if !known && outer.len() < 2 {
                    outer.push(part);
                }
            }
        }
    }

    /// Reports that only model, tokens and time connect, one to one.
    fn join_twins(&mut self) {
        // What one voice says are never twins.
        let mut voices = self.reports.iter().filter(|report| report.is_leaf);
        let first = voices.next().map(|report| voice(report.call));
        if voices.all(|report| Some(voice(report.call)) == first) {
            return;
        }
        let mut alike: Vec<(TokensKey, u64, u64, usize)> = Vec::new();
        for (place, report) in self.reports.iter().enumerate() {
            if report.is_leaf && !report.is_covered && report.call.tokens.is_known() {
                alike.push((tokens_key(report.call), report.call.start, report.id, place));
            }
        }
        alike.sort_unstable();
        let lists: Vec<Vec<usize>> = alike
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|list| list.len() > 1)
            .map(|list| list.iter().map(|(.., place)| *place).collect())
            .collect();
        if lists.is_empty() {
            return;
        }
        let mut voices: Map<usize, Voices> = Map::default();
        for place in self.leaves() {
            let root = self.groups.find(place);
            if let Some(report) = self.reports.get(place) {
                voices.entry(root).or_default().push(voice(report.call));
            }
        }
        for places in lists {
            // From the last span to the first, each with the echo that ends last: whoever of several calls at
            // once takes what only another can have leaves that one alone, and no order joins more than this.
            for span in places.iter().rev() {
                while self.join_echo(*span, &places, &mut voices) {}
            }
        }
    }

    /// Joins one echo to a span, of those whose like it does not have yet.
    fn join_echo(
        &mut self,
        span: usize,
        places: &[usize],
        voices: &mut Map<usize, Voices>,
    ) -> bool {
        let Some(call) = self.reports.get(span).map(|report| report.call) else { return false };
        let own = self.groups.find(span);
        let mut best: Option<(u64, u64, usize)> = None;
        for place in places {
            let Some(report) = self.reports.get(*place) else { continue };
            let echo = report.call;
            let root = self.groups.find(*place);
            let heard = voice(echo);
            let is_taken = voices.get(&own).is_some_and(|all| all.contains(&heard));
            // What already has a counterpart needs none.
            let has_one =
                voices.get(&root).is_some_and(|all| all.iter().any(|other| *other != heard));
            if root == own || is_taken || has_one || !is_echo(echo, call) {
                continue;
            }
            let rank = (echo.end, report.id, *place);
            if best.is_none_or(|best| rank > best) {
                best = Some(rank);
            }
        }
        let Some((_, _, echo)) = best else { return false };
        let other = self.groups.find(echo);
        let mut both = voices.remove(&own).unwrap_or_default();
        both.extend(voices.remove(&other).unwrap_or_default());
        self.groups.join(own, other);
        voices.insert(self.groups.find(own), both);
        true
    }

    /// One call for each group.
    fn calls(&mut self) -> Vec<Counted> {
        if self.groups.is_untouched() && !self.reports.iter().any(|report| report.is_covered) {
            let mut counted = Vec::with_capacity(self.reports.len());
            let leaves = self.reports.iter().filter(|report| report.is_leaf);
            counted.extend(leaves.filter_map(|report| {
                let amounts = alone(report.call)?;
                Some(Counted { at: report.at, call: None, amounts, estimated: false })
            }));
            return counted;
        }
        let mut members: Vec<(usize, usize)> = self
            .leaves()
            .into_iter()
            .filter(|place| self.reports.get(*place).is_some_and(|report| !report.is_covered))
            .map(|place| (self.groups.find(place), place))
            .collect();
        members.sort_unstable();
        let mut counted = Vec::new();
        for group in members.chunk_by(|a, b| a.0 == b.0) {
            let mut reports: SmallVec<[Member<'_>; 4]> = group
                .iter()
                .filter_map(|(_, place)| {
                    let report = self.reports.get(*place)?;
                    Some(Member { call: report.call, at: *place, depth: report.depth })
                })
                .collect();
            if let Some(merged) = merge(&mut reports)
                && let Some(home) = self.reports.get(merged.home)
            {
                counted.push(Counted {
                    at: home.at,
                    call: Some(Box::new(merged.call)),
                    amounts: merged.amounts,
                    estimated: false,
                });
            }
        }
        counted
    }

    /// Sums of which no call came. Of nested ones the outermost counts.
    fn add_sums(&self, counted: &mut Vec<Counted>) {
        let is_sum = |report: &Report<'_>| {
            report.call.class != Class::Leaf
                && report.call.signal == Signal::Span
                && report.call.tokens.is_known()
                && !self.store.gives_way(report.call)
        };
        let sums: Vec<usize> = self
            .reports
            .iter()
            .enumerate()
            .filter(|(_, report)| is_sum(report))
            .map(|(place, _)| place)
            .collect();
        if sums.is_empty() {
            return;
        }
        let covered = self.covered(&sums);
        let is_open = |place: usize| {
            covered.get(place) == Some(&false) && self.reports.get(place).is_some_and(is_sum)
        };
        for place in sums {
            if !is_open(place)
                || self.ancestors(place).any(|above| above != place && is_open(above))
            {
                continue;
            }
            if let Some(report) = self.reports.get(place) {
                let mut call = *report.call;
                if call.lifetime {
                    call.tokens = self.since_previous(&call);
                    call.cost = f64::NAN;
                }
                let amounts = amounts(&call, 0);
                let call = Some(Box::new(call));
                counted.push(Counted { at: report.at, call, amounts, estimated: true });
            }
        }
    }

    /// Whether a call with tokens came below each report.
    fn covered(&self, sums: &[usize]) -> Vec<bool> {
        let mut covered = vec![false; self.reports.len()];
        for (place, report) in self.reports.iter().enumerate() {
            if !report.is_leaf || !is_counted_leaf(report.call) {
                continue;
            }
            let mut top = place;
            let mut is_new = true;
            for above in self.ancestors(place) {
                top = above;
                match covered.get_mut(above) {
                    Some(mark) if !*mark => *mark = true,
                    _ => {
                        is_new = false;
                        break;
                    }
                }
            }
            let cut = self.reports.get(top).is_some_and(|report| report.above == Above::Missing);
            if cut && is_new {
                self.cover_by_time(report, sums, &mut covered);
            }
        }
        covered
    }

    /// A leaf whose parents have not all come covers the sums of its trace around it.
    fn cover_by_time(&self, leaf: &Report<'_>, sums: &[usize], covered: &mut [bool]) {
        let all = sums.len() > SUMS_MAX;
        for sum in sums {
            let around = self.reports.get(*sum).is_some_and(|report| {
                let call = report.call;
                report.trace == leaf.trace
                    && (all || (call.start <= leaf.call.start && leaf.call.end <= call.end))
            });
            if around && let Some(mark) = covered.get_mut(*sum) {
                *mark = true;
            }
            if all && covered.iter().all(|mark| *mark) {
                return;
            }
        }
    }

    /// What a lifetime total grew by. One that is smaller than the one before started anew.
    fn since_previous(&self, call: &Call) -> Packed {
        let Some(previous) = self.store.previous_total(call) else { return call.tokens };
        let (now, before) = (call.usage(), previous.usage());
        if now.input < before.input || now.output < before.output {
            return call.tokens;
        }
        let grown = |now: Option<u64>, before: Option<u64>| {
            now.map(|now| now.saturating_sub(before.unwrap_or(0)))
        };
        Packed::new(&Usage {
            input: grown(now.input, before.input),
            output: grown(now.output, before.output),
            cache_read: grown(now.cache_read, before.cache_read),
            cache_write: grown(now.cache_write, before.cache_write),
            reasoning: grown(now.reasoning, before.reasoning),
            ..Usage::default()
        })
    }
}

/// Who spoke of a call.
type Voices = SmallVec<[(u64, bool); 2]>;

/// Model, input and output.
type TokensKey = (u64, Option<u64>, Option<u64>);

fn tokens_key(call: &Call) -> TokensKey {
    let usage = call.usage();
    (call.model, usage.input, usage.output)
}
