//! What is kept of one trace or session, and what its runs are.

use std::{mem::size_of, sync::Arc};

use genai::Commit;

use super::{
    Key, Kind, Notes, Run, Sighting, State, Sums,
    node::Node,
    run::Tally,
    tree::{Place, find, place_of, places},
};

/// How many runs of one trace are told apart; the others count as one.
const RUNS_MAX: usize = 128;

/// One trace or session. Everything told of its runs is worked out from what is kept here when it is
/// asked for, so it cannot depend on the order in which it came.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) key: Key,
    /// The time its nodes count from: that of the first one that came.
    pub(super) base: u64,
    /// By span.
    nodes: Vec<Node>,
    /// What calls add up to, by what was known to stand on top of them: an agent, a span that had not
    /// come, or 0.
    sums: Vec<(u64, Sums)>,
    rare: Option<Box<Rare>>,
    /// For who judges, if anybody does.
    pub(super) notes: Option<Box<Notes>>,
    pub(super) service: Arc<[u8]>,
    pub(super) conversation: Arc<[u8]>,
    /// Counts what changed.
    pub(super) version: u32,
    pub(super) timing: Timing,
    pub(super) state: State,
    /// When its last root ended.
    pub(super) ended: Option<u64>,
    pub(super) is_announced: bool,
    is_full: bool,
    /// The memory it is known to take.
    pub(super) weight: usize,
}

/// When what happened, in ticks of the tracker.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timing {
    pub(super) opened: u32,
    pub(super) touched: u32,
    /// When it is looked at next.
    pub(super) due: u32,
    /// When all its runs were closed.
    pub(super) closed: Option<u32>,
    /// The version looked at last.
    pub(super) reviewed: u32,
}

/// What few groups have.
#[derive(Debug, Default)]
pub(super) struct Rare {
    /// Sums that agents report, which count only if none of their calls came.
    estimates: Vec<(u64, Sums)>,
    /// What was counted and let go for want of room, by what stood on top of it.
    folded: Vec<(u64, Tally)>,
    /// The names of agents and workflows.
    names: Vec<(u64, Arc<[u8]>)>,
    pub(super) run_id: Arc<[u8]>,
    /// What was told of runs that are closed.
    pub(super) closed: Vec<Closed>,
}

/// What was told when a run was closed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closed {
    pub(super) root: u64,
    pub(super) told: Run,
    /// Whether it turned out to be a part of another run.
    pub(super) is_nested: bool,
}

/// Room to work in, kept for the next time.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) places: Vec<Place>,
    path: Vec<usize>,
    tallies: Vec<(u64, Tally)>,
    waits: Vec<(usize, u64, u64)>,
    tools: Vec<(usize, u16, u64, bool)>,
    pub(super) runs: Vec<Run>,
}

impl Group {
    pub(super) fn new(
        key: Key,
        sighting: &Sighting<'_>,
        service: Arc<[u8]>,
        empty: Arc<[u8]>,
    ) -> Self {
        Self {
            key,
            base: sighting.start,
            nodes: Vec::new(),
            sums: Vec::new(),
            rare: None,
            notes: None,
            service,
            conversation: empty,
            version: 0,
            timing: Timing::default(),
            state: State::Running,
            ended: None,
            is_announced: false,
            is_full: false,
            weight: 0,
        }
    }

    pub(super) fn rare(&self) -> Option<&Rare> {
        self.rare.as_deref()
    }

    pub(super) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// How many spans and records are kept.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many of them are GenAI telemetry.
    pub(super) fn records(&self) -> usize {
        self.nodes.iter().filter(|node| node.kind() != Kind::Link).count()
    }

    /// Whether a span has come.
    pub(super) fn has(&self, span: u64) -> bool {
        find(&self.nodes, span).is_ok()
    }

    /// Whether an agent seems to have none above it.
    pub(super) fn is_top(&self, span: u64, scratch: &mut Scratch) -> bool {
        places(&self.nodes, &mut scratch.places, &mut scratch.path);
        let place = find(&self.nodes, span).ok().and_then(|at| scratch.places.get(at));
        place.is_some_and(|place| {
            place.agent == span
                && (place.is_complete || !is_open_at_top(&self.nodes, &scratch.places))
        })
    }

    /// The memory it takes, about.
    pub(super) fn bytes(&self) -> usize {
        let rare = self.rare.as_ref().map_or(0, |rare| {
            size_of::<Rare>()
                + rare.estimates.capacity() * size_of::<(u64, Sums)>()
                + rare.folded.capacity() * size_of::<(u64, Tally)>()
                + rare.names.capacity() * (size_of::<(u64, Arc<[u8]>)>() + 32)
                + rare.closed.capacity() * size_of::<Closed>()
                + rare.run_id.len()
        });
        size_of::<Self>()
            + self.nodes.capacity() * size_of::<Node>()
            + self.sums.capacity() * size_of::<(u64, Sums)>()
            + self.conversation.len()
            + self.notes.as_ref().map_or(0, |notes| notes.bytes())
            + rare
    }

    /// Takes in a record; tells whether that said anything new. Of more than `limit`, those that are
    /// done are counted and let go.
    pub(super) fn add(
        &mut self,
        sighting: &Sighting<'_>,
        limit: usize,
        scratch: &mut Scratch,
    ) -> bool {
        let node = Node::new(sighting, self.base);
        let mut place = find(&self.nodes, sighting.span);
        match place {
            Ok(at) => {
                let is_news = self.nodes.get_mut(at).is_some_and(|known| known.join(&node));
                self.version = self.version.wrapping_add(u32::from(is_news));
                return is_news;
            }
            Err(_) if self.nodes.len() < limit => {}
            Err(_) if !self.fold(limit, scratch) => return false,
            Err(_) => place = find(&self.nodes, sighting.span),
        }
        if self.nodes.len() == self.nodes.capacity() {
            // Few steps, at sizes that the allocator has; doubling for ever would leave half unused.
            let more = match self.nodes.len() {
                0 => 3,
                len @ ..8 => 8 - len,
                len @ ..16 => 16 - len,
                len => len / 2,
            };
            self.nodes.reserve_exact(more);
        }
        self.nodes.insert(place.unwrap_or_else(|at| at), node);
        self.version = self.version.wrapping_add(1);
        true
    }

    /// Keeps the name of an agent or workflow.
    pub(super) fn name(&mut self, span: u64, name: Arc<[u8]>) {
        let names = &mut self.rare_mut().names;
        if names.len() < RUNS_MAX && names.iter().all(|(of, _)| *of != span) {
            names.push((span, name));
        }
    }

    /// The name of an agent or workflow.
    pub(super) fn name_of(&self, span: u64) -> Option<&Arc<[u8]>> {
        self.rare()?.names.iter().find(|(of, _)| *of == span).map(|(_, name)| name)
    }

    /// Whether the record above `span` has not come: the span that is looked for.
    pub(super) fn missing_above(&self, span: u64) -> Option<u64> {
        let parent = self.nodes.get(find(&self.nodes, span).ok()?)?.parent();
        (parent != 0 && find(&self.nodes, parent).is_err()).then_some(parent)
    }

    /// Whether something kept hangs below `span` or counts under it.
    pub(super) fn waits_for(&self, span: u64) -> bool {
        self.nodes.iter().any(|node| node.parent() == span)
            || self.sums.iter().any(|(top, _)| *top == span)
    }

    /// Takes in a change to a call that is counted.
    pub(super) fn count(&mut self, commit: &Commit) {
        let place = place_of(&self.nodes, commit.call.span_id, commit.call.parent_id);
        let is_estimate = commit.estimated || commit.call.class != genai::Class::Leaf;
        let sums = if is_estimate {
            let mut estimates = std::mem::take(&mut self.rare_mut().estimates);
            let at = entry(&mut estimates, commit.call.span_id, RUNS_MAX);
            if let Some((_, sums)) = estimates.get_mut(at) {
                sums.change(commit.before.as_ref(), commit.now.as_ref());
                sums.estimated = true;
            }
            self.rare_mut().estimates = estimates;
            self.version = self.version.wrapping_add(1);
            return;
        } else {
            &mut self.sums
        };
        let top = match place {
            Place { agent: 1.., .. } => place.agent,
            Place { is_complete: true, .. } => 0,
            _ => place.end,
        };
        let at = entry(sums, top, RUNS_MAX);
        if let Some((_, sums)) = sums.get_mut(at) {
            sums.change(commit.before.as_ref(), commit.now.as_ref());
        }
        self.version = self.version.wrapping_add(1);
    }

    /// Its runs, into `scratch.runs`.
    pub(super) fn runs(&self, scratch: &mut Scratch) {
        places(&self.nodes, &mut scratch.places, &mut scratch.path);
        self.tally(scratch);
        let Scratch { places, tallies, runs, .. } = scratch;
        runs.clear();
        let is_open = is_open_at_top(&self.nodes, places);
        for (agent, tally) in tallies.iter() {
            let root = if *agent == 0 { self.root_of_rest(places) } else { Some(*agent) };
            let at = root.and_then(|root| find(&self.nodes, root).ok());
            let node = at.and_then(|at| self.nodes.get(at));
            let place = at.and_then(|at| places.get(at));
            let mut run = tally.run(node, self.base, self.key.is_session());
            run.root = root.unwrap_or(0);
            run.is_rest = *agent == 0;
            run.is_certain = place.is_some_and(|place| place.is_complete);
            // Below a span that has not come it is a root as long as nothing else hangs there that
            // would make that span an agent.
            run.is_top = run.is_certain || !is_open;
            self.sum(*agent, tally, places, &mut run.sums);
            runs.push(run);
        }
    }

    /// Counts the records of each run.
    fn tally(&self, scratch: &mut Scratch) {
        let Scratch { places, tallies, waits, tools, .. } = scratch;
        tallies.clear();
        waits.clear();
        tools.clear();
        for (node, place) in self.nodes.iter().zip(places.iter()) {
            if node.kind() == Kind::Link {
                continue;
            }
            let at = entry(tallies, place.agent, RUNS_MAX);
            let Some((_, tally)) = tallies.get_mut(at) else { continue };
            tally.add(node, place, self.base);
            if node.awaits_human() {
                waits.push((at, node.start(self.base), node.end(self.base)));
            }
            if node.kind() == Kind::Tool && !place.in_tool {
                tools.push((at, node.name(), node.end(self.base), node.failed()));
            }
        }
        for (top, folded) in self.rare().map_or(&[][..], |rare| &rare.folded) {
            let at = entry(tallies, self.run_of(*top, places), RUNS_MAX);
            if let Some((_, tally)) = tallies.get_mut(at) {
                tally.join(folded);
            }
        }
        for (top, _) in &self.sums {
            entry(tallies, self.run_of(*top, places), RUNS_MAX);
        }
        add_waits(tallies, waits);
        add_unrecovered(tallies, tools);
    }

    /// The run that what counts under this span belongs to: its topmost agent, or 0.
    pub(super) fn run_of(&self, top: u64, places: &[Place]) -> u64 {
        if top == 0 {
            return 0;
        }
        match find(&self.nodes, top) {
            Ok(at) => places.get(at).map_or(0, |place| place.agent),
            Err(_) => 0,
        }
    }

    fn sum(&self, agent: u64, tally: &Tally, places: &[Place], into: &mut Sums) {
        for (top, sums) in &self.sums {
            if self.run_of(*top, places) == agent {
                into.add(sums);
            }
        }
        for (span, sums) in self.rare().map_or(&[][..], |rare| &rare.estimates) {
            if self.run_of(*span, places) == agent && !self.has_calls_below(*span, tally) {
                into.add(sums);
            }
        }
    }

    /// Whether a call with tokens came below a span.
    fn has_calls_below(&self, span: u64, tally: &Tally) -> bool {
        if !tally.has_usage {
            return false;
        }
        let has_folded = self.rare().is_some_and(|rare| !rare.folded.is_empty());
        has_folded
            || self.nodes.iter().any(|node| {
                node.kind() == Kind::Call && node.has_usage() && self.is_below(node, span)
            })
    }

    fn is_below(&self, node: &Node, span: u64) -> bool {
        let mut parent = node.parent();
        for _ in 0..self.nodes.len() {
            if parent == span {
                return true;
            }
            match find(&self.nodes, parent).ok().and_then(|at| self.nodes.get(at)) {
                Some(node) => parent = node.parent(),
                None => return false,
            }
        }
        false
    }

    /// The root of the trace, for what stands outside of agents.
    fn root_of_rest(&self, places: &[Place]) -> Option<u64> {
        let tops = self.nodes.iter().zip(places).filter(|(node, place)| {
            place.agent == 0 && place.is_complete && node.parent() == 0 && !node.is_log()
        });
        tops.map(|(node, _)| node.span()).min()
    }

    /// Counts what is done and has nothing below it, and lets it go; tells whether there is room now.
    #[cold]
    fn fold(&mut self, limit: usize, scratch: &mut Scratch) -> bool {
        if self.is_full {
            return false;
        }
        let Scratch { places: all, path, .. } = scratch;
        places(&self.nodes, all, path);
        let mut parents: Vec<u64> = self.nodes.iter().map(Node::parent).collect();
        parents.sort_unstable();
        let goes = |node: &Node| {
            !node.is_pending()
                && !node.is_agent()
                && node.parent() != 0
                && parents.binary_search(&node.span()).is_err()
        };
        let mut folded = std::mem::take(&mut self.rare_mut().folded);
        for (node, place) in self.nodes.iter().zip(all.iter()).filter(|(node, _)| goes(node)) {
            let top = match place {
                Place { agent: 1.., .. } => place.agent,
                Place { is_complete: true, .. } => 0,
                _ => place.end,
            };
            let at = entry(&mut folded, top, RUNS_MAX);
            if let Some((_, tally)) = folded.get_mut(at) {
                tally.add(node, place, self.base);
                if node.awaits_human() {
                    let waited = node.end(self.base).saturating_sub(node.start(self.base));
                    tally.waited = tally.waited.saturating_add(waited);
                }
            }
        }
        self.rare_mut().folded = folded;
        self.nodes.retain(|node| !goes(node));
        // A trace of nothing but agents: what comes now is not followed any more.
        self.is_full = self.nodes.len() > limit / 4 * 3;
        !self.is_full
    }
}

/// The place of `top` in a list that is kept short: what does not fit counts under 0.
fn entry<T: Default>(list: &mut Vec<(u64, T)>, top: u64, limit: usize) -> usize {
    let fits = list.len() < limit || list.iter().any(|(of, _)| *of == top);
    let wanted = if fits { top } else { 0 };
    if let Some(at) = list.iter().position(|(of, _)| *of == wanted) {
        return at;
    }
    list.reserve_exact(1);
    list.push((wanted, T::default()));
    list.len() - 1
}

/// Whether a model or tool call that belongs to no agent hangs below a span that has not come.
fn is_open_at_top(nodes: &[Node], places: &[Place]) -> bool {
    nodes
        .iter()
        .zip(places)
        .any(|(node, place)| is_work(node) && place.agent == 0 && !place.is_complete)
}

fn is_work(node: &Node) -> bool {
    matches!(node.kind(), Kind::Call | Kind::Tool) && !node.is_log()
}

/// The time covered by waits: overlaps count once.
fn add_waits(tallies: &mut [(u64, Tally)], waits: &mut [(usize, u64, u64)]) {
    waits.sort_unstable();
    let mut covered = (usize::MAX, 0);
    for (run, start, end) in waits.iter().copied() {
        if covered.0 != run {
            covered = (run, 0);
        }
        let from = start.max(covered.1);
        if let Some((_, tally)) = tallies.get_mut(run) {
            tally.waited = tally.waited.saturating_add(end.saturating_sub(from));
        }
        covered.1 = covered.1.max(end);
    }
}

/// Failures after which no call of the same tool went well.
fn add_unrecovered(tallies: &mut [(u64, Tally)], tools: &mut [(usize, u16, u64, bool)]) {
    if tools.iter().all(|(.., failed)| !failed) {
        return;
    }
    tools.sort_unstable();
    let mut of = None;
    let mut went_well = false;
    for (run, name, _, failed) in tools.iter().rev().copied() {
        if of != Some((run, name)) {
            (of, went_well) = (Some((run, name)), false);
        }
        went_well |= !failed;
        if failed
            && !went_well
            && let Some((_, tally)) = tallies.get_mut(run)
        {
            tally.unrecovered += 1;
        }
    }
}
