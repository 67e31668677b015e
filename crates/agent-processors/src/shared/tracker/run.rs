//! One run, as far as it has come.

use super::{Kind, Outcome, Sums, node::Node, tree::Place};

/// What is known of one run. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Run {
    /// The span it begins with; 0 while that is not known.
    pub(crate) root: u64,
    /// Whether that span has come and has ended.
    pub(crate) has_root: bool,
    /// Whether nothing can turn out to stand above the root.
    pub(crate) is_certain: bool,
    /// Whether nothing seems to.
    pub(crate) is_top: bool,
    /// Whether it is what a trace holds outside of agents.
    pub(crate) is_rest: bool,
    /// When it began: the root, or as long as that has not come the first part.
    pub(crate) start: u64,
    /// When it ended: the root, or as long as that has not come the last part.
    pub(crate) end: u64,
    /// Milliseconds in which a human was waited for; what overlaps counts once.
    pub(crate) waited: u64,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// Tokens, cost and model calls.
    pub(crate) sums: Sums,
    /// Spans that are GenAI telemetry; log records where there are no such spans.
    pub(crate) records: u32,
    /// Agents and workflows at work, the root included.
    pub(crate) agents: u32,
    /// Tool calls.
    pub(crate) tool_calls: u32,
    /// Of them, those that failed.
    pub(crate) tool_failures: u32,
    /// Of them, those after which no call of the same tool went well.
    pub(crate) unrecovered: u32,
    /// Whether a part of it hangs below a span that never came.
    pub(crate) has_gap: bool,
    /// Whether its root failed.
    pub(crate) failed: bool,
    /// How many agents stand above each other, the root included.
    pub(crate) depth: u16,
    /// The span that never came that all parts hang below which hang below such a one; 0 if there are
    /// several or none.
    pub(crate) missing: u64,
}

impl Run {
    /// Whether it is one model call and nothing else, which says all of it itself.
    pub(crate) fn is_lone_call(&self) -> bool {
        self.is_rest && self.records <= 1 && self.tool_calls == 0
    }

    /// Milliseconds from its begin to its end.
    pub(crate) fn duration(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Failed model and tool calls.
    pub(crate) fn errors(&self) -> u64 {
        self.sums.failed() + u64::from(self.tool_failures)
    }
}

/// Counts the records of one run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    first: Option<u64>,
    last: u64,
    span_records: u32,
    log_records: u32,
    pub(super) agents: u32,
    /// Tool calls and failures of spans, and those of log records, which repeat them.
    span_tools: (u32, u32),
    log_tools: (u32, u32),
    pub(super) unrecovered: u32,
    pub(super) waited: u64,
    /// When the last model call ended and whether a filter ended its answer.
    last_call: Option<(u64, u64, bool, bool)>,
    pub(super) has_gap: bool,
    /// Whether a call with tokens came.
    pub(super) has_usage: bool,
    depth: u16,
    /// Below which spans that never came its parts hang: none, this one, or several.
    missing: Missing,
}

/// Spans that never came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Missing {
    #[default]
    None,
    One(u64),
    Several,
}

impl Missing {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, other) | (other, Self::None) => other,
            (Self::One(one), Self::One(other)) if one == other => self,
            _ => Self::Several,
        }
    }
}

impl Tally {
    pub(super) fn add(&mut self, node: &Node, place: &Place, base: u64) {
        if node.kind() == Kind::Link {
            return;
        }
        let (start, end) = (node.start(base), node.end(base));
        self.first = Some(self.first.map_or(start, |first| first.min(start)));
        self.last = self.last.max(end);
        let records = if node.is_log() { &mut self.log_records } else { &mut self.span_records };
        *records = records.saturating_add(1);
        self.has_gap |= !place.is_complete;
        self.depth = self.depth.max(place.depth);
        if !place.is_complete {
            self.missing = self.missing.and(Missing::One(place.end));
        }
        match node.kind() {
            Kind::Agent => self.agents += u32::from(!node.is_log()),
            Kind::Tool if !place.in_tool => {
                let tools = if node.is_log() { &mut self.log_tools } else { &mut self.span_tools };
                tools.0 += 1;
                tools.1 += u32::from(node.failed());
            }
            Kind::Call => {
                self.has_usage |= node.has_usage();
                let call = (end, node.span(), node.filtered(), node.failed());
                self.last_call = self.last_call.max(Some(call));
            }
            _ => {}
        }
    }

    /// Adds what was counted before and let go.
    pub(super) fn join(&mut self, other: &Self) {
        self.first = match (self.first, other.first) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        self.last = self.last.max(other.last);
        self.span_records = self.span_records.saturating_add(other.span_records);
        self.log_records = self.log_records.saturating_add(other.log_records);
        self.agents = self.agents.saturating_add(other.agents);
        let add = |one: (u32, u32), two: (u32, u32)| {
            (one.0.saturating_add(two.0), one.1.saturating_add(two.1))
        };
        self.span_tools = add(self.span_tools, other.span_tools);
        self.log_tools = add(self.log_tools, other.log_tools);
        self.unrecovered = self.unrecovered.saturating_add(other.unrecovered);
        self.waited = self.waited.saturating_add(other.waited);
        self.last_call = self.last_call.max(other.last_call);
        self.has_gap |= other.has_gap;
        self.depth = self.depth.max(other.depth);
        self.missing = self.missing.and(other.missing);
        self.has_usage |= other.has_usage;
    }

    /// The run, with its root if that has come. A session has none: it ends as its last call did.
    pub(super) fn run(&self, root: Option<&Node>, base: u64, is_session: bool) -> Run {
        let tools = if self.span_tools.0 > 0 { self.span_tools } else { self.log_tools };
        let root = root.filter(|root| !root.is_pending());
        let (filtered, failed) = self.last_call.map_or((false, false), |call| (call.2, call.3));
        let outcome = match root {
            None if is_session && failed => Outcome::Error,
            None if is_session && filtered => Outcome::Guardrail,
            None if is_session => Outcome::Completed,
            None => Outcome::Unknown,
            Some(root) => root.ending().outcome().unwrap_or({
                match (root.failed(), filtered) {
                    (_, true) => Outcome::Guardrail,
                    (true, false) => Outcome::Error,
                    (false, false) => Outcome::Completed,
                }
            }),
        };
        let completed = outcome == Outcome::Completed;
        Run {
            has_root: root.is_some(),
            start: root.map_or(self.first.unwrap_or(base), |root| root.start(base)),
            end: root.map_or(self.last, |root| root.end(base)),
            waited: self.waited,
            outcome,
            records: if self.span_records > 0 { self.span_records } else { self.log_records },
            agents: self.agents,
            tool_calls: tools.0,
            tool_failures: tools.1,
            unrecovered: if completed { 0 } else { self.unrecovered },
            has_gap: self.has_gap,
            failed: root.is_some_and(Node::failed),
            depth: self.depth,
            missing: match self.missing {
                Missing::One(span) => span,
                Missing::None | Missing::Several => 0,
            },
            ..Run::default()
        }
    }
}
