//! What stands above what: which tool calls are one, which agents are runs, which runs go on.
//!
//! A trace is kept as the ids of its spans. Once it was quiet for a while its tools and agents are
//! reported; an agent or workflow with none above it is a run. While it is not known what is above,
//! because that span has not come, the run waits.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use super::matching::{Extra, Node, Role, Top, Trace, Under};

/// Ids remembered of what was reported, at most; half of it at least.
const SEEN_MAX: usize = 200_000;
/// In place of a span's id: that a run of the trace was reported. No span has it.
const RUN: u64 = 0;

/// What is reported of a trace.
pub(super) enum Report<'r> {
    /// A call of a tool.
    Tool(u128, &'r Node),
    /// An agent or workflow at work, with the model and tool calls under it.
    Agent(u128, &'r Node, Under),
    /// The end of a run.
    Run(u128, &'r Node),
    /// A run whose root never came; its ticket.
    Lost(u32),
    /// A span with something extra.
    Extra(u128, &'r Node, &'r Extra),
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    pub(super) settle: Duration,
    pub(super) settle_max: Duration,
    pub(super) remember: Duration,
    pub(super) run_timeout: Duration,
    /// Spans kept.
    pub(super) spans: usize,
}

/// All traces with agents in them, bounded.
#[derive(Debug)]
pub(super) struct Traces {
    waits: Waits,
    traces: HashMap<u128, Trace>,
    due: BTreeSet<(Duration, u128)>,
    heard: BTreeSet<(Duration, u128)>,
    spans: usize,
    seen: Seen,
    primary: HashSet<u64>,
    /// Traces ended early for want of room.
    pub(super) evicted: u64,
}

impl Traces {
    pub(super) fn new(waits: Waits) -> Self {
        Self {
            waits,
            traces: HashMap::new(),
            due: BTreeSet::new(),
            heard: BTreeSet::new(),
            spans: 0,
            seen: Seen::default(),
            primary: HashSet::new(),
            evicted: 0,
        }
    }

    /// Whether something without a trace is new; it is remembered.
    pub(super) fn is_new(&mut self, id: u64) -> bool {
        self.seen.insert(id)
    }

    /// Notes that tools of this source are counted on the signal that is its own.
    pub(super) fn note_primary(&mut self, source: u64) {
        if self.primary.len() < 4096 {
            self.primary.insert(source);
        }
    }

    /// Takes in a span that only tells what is above others; of interest where there are others.
    pub(super) fn link(&mut self, trace: u128, node: Node, now: Duration) {
        if self.traces.contains_key(&trace) {
            self.insert(trace, node, now);
        }
    }

    /// Takes in a span.
    pub(super) fn add(
        &mut self,
        trace: u128,
        node: Node,
        now: Duration,
        report: &mut dyn FnMut(Report<'_>),
    ) {
        if trace == 0 || node.span_id == 0 {
            return;
        }
        if node.role != Role::Link && self.seen.contains(id(trace, node.span_id)) {
            return;
        }
        while self.spans >= self.waits.spans
            && let Some((_, oldest)) = self.heard.first().copied()
        {
            self.evicted += 1;
            self.end(oldest, report);
        }
        self.insert(trace, node, now);
    }

    /// Notes that a run goes on in a trace.
    pub(super) fn note_run(&mut self, trace: u128, ticket: u32, now: Duration) {
        let is_known = self.traces.contains_key(&trace);
        let is_over = self.seen.contains(id(trace, RUN));
        if trace == 0 || is_over || (!is_known && self.spans >= self.waits.spans) {
            return;
        }
        self.touch(trace, now);
        if let Some(trace) = self.traces.get_mut(&trace) {
            trace.evidence = Some(trace.evidence.map_or(ticket, |known| known.min(ticket)));
        }
    }

    /// Reports what is due.
    pub(super) fn settle(&mut self, now: Duration, report: &mut dyn FnMut(Report<'_>)) {
        while let Some((due, key)) = self.due.first().copied()
            && due <= now
        {
            if !self.traces.contains_key(&key) {
                self.due.remove(&(due, key));
                continue;
            }
            self.report(key, now, false, report);
            let Some(trace) = self.traces.get(&key) else { continue };
            let is_open = !trace.has_root || trace.nodes.iter().any(Node::is_open);
            let wait = if is_open { self.waits.run_timeout } else { self.waits.remember };
            if now >= trace.heard + wait {
                self.end(key, report);
            } else {
                self.look_again(key, wait);
            }
        }
    }

    /// Reports everything, at shutdown.
    pub(super) fn settle_all(&mut self, report: &mut dyn FnMut(Report<'_>)) {
        while let Some((_, key)) = self.due.first().copied() {
            self.end(key, report);
        }
    }

    /// The tickets of the runs that go on.
    pub(super) fn active(&self) -> impl Iterator<Item = u32> {
        self.traces.values().filter(|trace| trace.is_active()).filter_map(|trace| trace.evidence)
    }

    fn insert(&mut self, key: u128, node: Node, now: Duration) {
        let known = self.traces.get(&key);
        let is_known = known.is_some_and(|trace| trace.by_span.contains_key(&node.span_id));
        if is_known || self.spans >= self.waits.spans {
            return;
        }
        self.touch(key, now);
        if let Some(trace) = self.traces.get_mut(&key) {
            trace.has_root |= node.parent_id == 0;
            trace.by_span.insert(node.span_id, trace.nodes.len());
            trace.nodes.push(node);
            self.spans += 1;
        }
    }

    /// A trace is heard from. It counts as a span itself.
    fn touch(&mut self, key: u128, now: Duration) {
        self.spans += usize::from(!self.traces.contains_key(&key));
        let trace = self.traces.entry(key).or_default();
        self.heard.remove(&(trace.heard, key));
        trace.heard = now;
        self.heard.insert((now, key));
        self.due.remove(&(trace.due, key));
        let first = *trace.news.get_or_insert(now);
        trace.due = (now + self.waits.settle).min(first + self.waits.settle_max);
        self.due.insert((trace.due, key));
    }

    fn look_again(&mut self, key: u128, wait: Duration) {
        let Some(trace) = self.traces.get_mut(&key) else { return };
        self.due.remove(&(trace.due, key));
        // A run under a remote parent waits less than one under a parent that is still at work here.
        let remote = trace.heard + self.waits.settle_max;
        let due = trace.heard + wait;
        trace.due = if trace.due < remote { remote.min(due) } else { due };
        trace.news = None;
        self.due.insert((trace.due, key));
    }

    fn end(&mut self, key: u128, report: &mut dyn FnMut(Report<'_>)) {
        self.report(key, Duration::MAX, true, report);
        let Some(trace) = self.traces.remove(&key) else { return };
        self.due.remove(&(trace.due, key));
        self.heard.remove(&(trace.heard, key));
        self.spans -= trace.nodes.len() + 1;
        if trace.is_active()
            && let Some(ticket) = trace.evidence
        {
            report(Report::Lost(ticket));
        }
        if trace.has_run {
            self.seen.insert(id(key, RUN));
        }
    }

    fn report(
        &mut self,
        key: u128,
        now: Duration,
        is_end: bool,
        report: &mut dyn FnMut(Report<'_>),
    ) {
        let Some(trace) = self.traces.get_mut(&key) else { return };
        let has_new_agent = |node: &Node| node.role.is_run() && !node.was_reported;
        let under = match trace.nodes.iter().any(has_new_agent) {
            true => trace.under(),
            false => HashMap::new(),
        };
        let is_old = self.seen.contains(id(key, RUN));
        let remote_waited = is_end || now >= trace.heard + self.waits.settle_max;
        for at in 0..trace.nodes.len() {
            let Some(node) = trace.nodes.get(at).filter(|node| node.is_open()) else { continue };
            let gives_way = node.gives_way_to.is_some_and(|source| self.primary.contains(&source));
            if !node.was_reported && !gives_way {
                tell(key, node, trace.is_repeated(node), &under, report);
            }
            let is_run = node.role.is_run() && !node.is_settled_run;
            let top = if is_run { trace.top(node) } else { Top::Agent };
            let ends = match top {
                Top::Root => true,
                Top::Agent => false,
                Top::Missing { .. } if is_old => false,
                Top::Missing { is_remote } => is_end || (is_remote && remote_waited),
            };
            if ends {
                report(Report::Run(key, node));
            }
            let is_known = !matches!(top, Top::Missing { .. }) || ends || is_old;
            self.seen.insert(id(key, node.span_id));
            trace.has_run |= ends;
            if let Some(node) = trace.nodes.get_mut(at) {
                node.was_reported = true;
                node.is_settled_run |= is_run && is_known;
            }
        }
    }
}

fn tell(
    key: u128,
    node: &Node,
    is_repeated: bool,
    under: &HashMap<u64, Under>,
    report: &mut dyn FnMut(Report<'_>),
) {
    match node.role {
        Role::Tool if !is_repeated => report(Report::Tool(key, node)),
        Role::Agent | Role::Workflow => {
            let under = under.get(&node.span_id).copied().unwrap_or_default();
            report(Report::Agent(key, node, under));
        }
        Role::Tool | Role::Leaf | Role::Link => {}
    }
    // What the serving side says is its own; the rest was said one level up.
    if let Some(extra) = &node.extra
        && (extra.server.is_some() || !is_repeated)
    {
        report(Report::Extra(key, node, extra));
    }
}

/// Ids that were seen, the older half forgotten when there are too many.
#[derive(Debug, Default)]
struct Seen {
    new: HashSet<u64>,
    old: HashSet<u64>,
}

impl Seen {
    fn contains(&self, id: u64) -> bool {
        self.new.contains(&id) || self.old.contains(&id)
    }

    /// Whether it was not there.
    fn insert(&mut self, id: u64) -> bool {
        if self.contains(id) {
            return false;
        }
        if self.new.len() >= SEEN_MAX / 2 {
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(id)
    }
}

fn id(trace: u128, span: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (trace, span).hash(&mut hasher);
    hasher.finish()
}
