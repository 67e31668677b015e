//! What the tracker is told of one record.

use super::Outcome;

/// What the parts of a run have in common: a trace, or where records carry none, a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    high: u64,
    low: u64,
    session: bool,
}

impl Key {
    /// The key of a trace; none if the id is no id.
    pub(crate) fn trace(id: &[u8]) -> Option<Self> {
        let id = u128::from_be_bytes(*id.first_chunk::<16>()?);
        (id != 0).then_some(Self { high: (id >> 64) as u64, low: id as u64, session: false })
    }

    /// The key of a session: its sender and its conversation, both hashed. None without a conversation.
    pub(crate) fn session(source: u64, conversation: u64) -> Option<Self> {
        (conversation != 0).then_some(Self { high: source, low: conversation, session: true })
    }

    /// The trace id; none for a session.
    pub(crate) fn trace_id(self) -> Option<[u8; 16]> {
        let id = u128::from(self.high) << 64 | u128::from(self.low);
        (!self.session).then_some(id.to_be_bytes())
    }

    /// Whether it is a session.
    pub(crate) fn is_session(self) -> bool {
        self.session
    }

    /// The two numbers it consists of.
    pub(crate) fn parts(self) -> [u64; 2] {
        [self.high, self.low]
    }
}

/// What a record stands for in a run, from what says least to what says most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A span that is not GenAI telemetry and leads from one that is to another.
    #[default]
    Link,
    /// GenAI telemetry that is none of the following.
    Other,
    /// A model call.
    Call,
    /// A tool call.
    Tool,
    /// An agent or a workflow at work.
    Agent,
}

impl Kind {
    pub(super) const ALL: [Self; 5] =
        [Self::Link, Self::Other, Self::Call, Self::Tool, Self::Agent];
}

/// How a record says that it ended; what it says in so many words counts more than its error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ending(u8);

/// Set when the outcome was said in so many words.
const SAID: u8 = 8;

impl Ending {
    /// An ending concluded from an error.
    pub(crate) fn concluded(outcome: Outcome) -> Self {
        Self(outcome as u8 + 1)
    }

    /// An ending said in so many words.
    pub(crate) fn said(outcome: Outcome) -> Self {
        Self((outcome as u8 + 1) | SAID)
    }

    pub(super) fn outcome(self) -> Option<Outcome> {
        let at = (self.0 & !SAID).checked_sub(1)?;
        Outcome::ALL.get(usize::from(at)).copied()
    }

    /// In four bits.
    pub(super) fn bits(self) -> u16 {
        u16::from(self.0)
    }

    pub(super) fn from_bits(bits: u16) -> Self {
        Self(bits as u8 & 0xf)
    }
}

/// One span or log record, as far as runs are concerned. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sighting<'a> {
    /// The span; for a log record anything that is the same when it is sent again.
    pub(crate) span: u64,
    /// The span above; for a log record the span it was written in. 0 for none.
    pub(crate) parent: u64,
    /// When it began.
    pub(crate) start: u64,
    /// When it ended; `start` while it has not.
    pub(crate) end: u64,
    /// What it stands for.
    pub(crate) kind: Kind,
    /// Whether it is a log record.
    pub(crate) is_log: bool,
    /// Whether it has not ended yet.
    pub(crate) is_pending: bool,
    /// Whether it failed.
    pub(crate) failed: bool,
    /// Whether it is time spent waiting for a human.
    pub(crate) awaits_human: bool,
    /// Whether it carries tokens.
    pub(crate) has_usage: bool,
    /// Whether a filter of content ended a model's answer.
    pub(crate) filtered: bool,
    /// How it says it ended.
    pub(crate) ending: Ending,
    /// The name of the agent, workflow or tool.
    pub(crate) name: &'a [u8],
    /// The service that sent it.
    pub(crate) service: &'a [u8],
    /// The conversation it belongs to.
    pub(crate) conversation: &'a [u8],
    /// The id its sender gave the run.
    pub(crate) run: &'a [u8],
}
