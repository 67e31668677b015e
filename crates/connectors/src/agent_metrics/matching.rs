//! One trace: its spans, and which of them stand for the same or above others.

use std::{collections::HashMap, time::Duration};

/// How far up is looked.
const ANCESTORS_MAX: usize = 64;

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Not of interest but for what is above it.
    Link,
    Leaf,
    Tool,
    Agent,
    Workflow,
}

impl Role {
    pub(super) fn is_run(self) -> bool {
        matches!(self, Self::Agent | Self::Workflow)
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    Failed,
    Partial,
    Timeout,
    Cancelled,
    Lost,
}

impl Outcome {
    pub(super) const ALL: [Self; 6] =
        [Self::Success, Self::Failed, Self::Partial, Self::Timeout, Self::Cancelled, Self::Lost];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Partial => "partial",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
        }
    }

    /// By what `agent_runs` says, otherwise by how the root ended.
    pub(super) fn of(said: Option<&[u8]>, is_failed: bool, error: Option<&[u8]>) -> Self {
        match said {
            Some(b"success" | b"completed") => return Self::Success,
            Some(b"failed" | b"error" | b"max_iterations" | b"guardrail") => return Self::Failed,
            Some(b"partial") => return Self::Partial,
            Some(b"timeout") => return Self::Timeout,
            Some(b"cancelled") => return Self::Cancelled,
            Some(b"lost" | b"unknown") => return Self::Lost,
            _ => {}
        }
        let error: Vec<u8> =
            error.unwrap_or_default().iter().take(64).map(u8::to_ascii_lowercase).collect();
        let says = |word: &[u8]| error.windows(word.len()).any(|part| part == word);
        match is_failed {
            false => Self::Success,
            true if says(b"cancel") || says(b"abort") || says(b"interrupt") => Self::Cancelled,
            true if says(b"timeout") || says(b"timed out") || says(b"deadline") => Self::Timeout,
            true => Self::Failed,
        }
    }
}

/// A span as far as it matters here.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span_id: u64,
    pub(super) parent_id: u64,
    pub(super) role: Role,
    /// Whether its parent is in another process.
    pub(super) is_remote: bool,
    /// The labels and weight to report it with.
    pub(super) ticket: u32,
    /// Nanoseconds since 1970.
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) outcome: Outcome,
    /// Whether this is worth a word of its own: a guardrail, a violation, a server's view.
    pub(super) extra: Option<Box<Extra>>,
    /// Another signal of this source is counted, if it comes.
    pub(super) gives_way_to: Option<u64>,
    pub(super) was_reported: bool,
    pub(super) is_settled_run: bool,
}

/// What else a span says.
#[derive(Clone, Debug, Default)]
pub(super) struct Extra {
    pub(super) is_guardrail: bool,
    pub(super) is_violation: bool,
    pub(super) server: Option<Server>,
}

/// What a serving side says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Server {
    /// Seconds.
    pub(super) first_token: Option<f64>,
    pub(super) output: Option<u64>,
}

impl Node {
    pub(super) fn new(role: Role, span_id: u64, parent_id: u64) -> Self {
        Self {
            span_id,
            parent_id,
            role,
            is_remote: false,
            ticket: 0,
            start: 0,
            end: 0,
            outcome: Outcome::Success,
            extra: None,
            gives_way_to: None,
            was_reported: false,
            is_settled_run: false,
        }
    }

    /// Seconds; `None` where nobody knows.
    pub(super) fn seconds(&self) -> Option<f64> {
        let nanos = self.end.checked_sub(self.start)?;
        (self.start > 0).then(|| nanos as f64 / 1e9)
    }

    /// Whether there is something left to report of it.
    pub(super) fn is_open(&self) -> bool {
        let has_news = self.role == Role::Tool || self.role.is_run() || self.extra.is_some();
        (has_news && !self.was_reported) || (self.role.is_run() && !self.is_settled_run)
    }
}

/// What is under an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Under {
    pub(super) leaves: u64,
    pub(super) tools: u64,
}

/// What there is to see from a span upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Top {
    /// The root of the trace.
    Root,
    /// Another agent.
    Agent,
    /// A span that is not here; whether it is in another process.
    Missing { is_remote: bool },
}

/// The spans of one trace.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) nodes: Vec<Node>,
    pub(super) by_span: HashMap<u64, usize>,
    /// Ticket of a run that is known of from its spans.
    pub(super) evidence: Option<u32>,
    pub(super) has_root: bool,
    pub(super) has_run: bool,
    /// When it was last heard from, when first since it was last reported, and when to look again.
    pub(super) heard: Duration,
    pub(super) news: Option<Duration>,
    pub(super) due: Duration,
}

impl Trace {
    fn node(&self, span_id: u64) -> Option<&Node> {
        self.nodes.get(*self.by_span.get(&span_id)?)
    }

    /// The known spans above one, nearest first.
    fn above<'t>(&'t self, node: &Node) -> impl Iterator<Item = &'t Node> {
        let next = |node: &Node| (node.parent_id != 0).then(|| self.node(node.parent_id)).flatten();
        std::iter::successors(next(node), move |node| next(node)).take(ANCESTORS_MAX)
    }

    /// Whether the same work was reported one level up: a tool right under a tool, a leaf under a leaf.
    pub(super) fn is_repeated(&self, node: &Node) -> bool {
        self.above(node)
            .find(|above| above.role != Role::Link)
            .is_some_and(|it| it.role == node.role)
    }

    /// What is above a span, as far as it is known.
    pub(super) fn top(&self, node: &Node) -> Top {
        let mut top = node;
        for above in self.above(node) {
            if above.role.is_run() {
                return Top::Agent;
            }
            top = above;
        }
        match top.parent_id {
            0 => Top::Root,
            _ => Top::Missing { is_remote: top.is_remote },
        }
    }

    /// How many model and tool calls are under each agent.
    pub(super) fn under(&self) -> HashMap<u64, Under> {
        let mut under: HashMap<u64, Under> = HashMap::new();
        for node in &self.nodes {
            if !matches!(node.role, Role::Leaf | Role::Tool) || self.is_repeated(node) {
                continue;
            }
            for agent in self.above(node).filter(|above| above.role.is_run()) {
                let under = under.entry(agent.span_id).or_default();
                under.leaves += u64::from(node.role == Role::Leaf);
                under.tools += u64::from(node.role == Role::Tool);
            }
        }
        under
    }

    /// Whether a run goes on in it.
    pub(super) fn is_active(&self) -> bool {
        self.evidence.is_some() && !self.has_root && !self.has_run
    }
}
