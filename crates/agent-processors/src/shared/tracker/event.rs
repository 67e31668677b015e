//! What happens to runs.

use std::sync::Arc;

use super::{Key, Run};

/// What a trace or session with runs is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// At work, as far as is known.
    #[default]
    Running,
    /// A human is waited for.
    Waiting,
    /// The root has ended; late parts may follow.
    Ended,
    /// Told to be closed; kept to take in what is late.
    Closed,
}

impl State {
    /// Every state, in order.
    pub(crate) const ALL: [Self; 4] = [Self::Running, Self::Waiting, Self::Ended, Self::Closed];

    /// A stable word, for attributes and labels.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Ended => "ended",
            Self::Closed => "closed",
        }
    }
}

/// Why a run is told to be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Nothing came for too long.
    Idle,
    /// It has been open for too long.
    Age,
    /// There was no room for it.
    Evicted,
    /// The collector stops.
    Shutdown,
}

impl Loss {
    /// Every reason, in order.
    pub(crate) const ALL: [Self; 4] = [Self::Idle, Self::Age, Self::Evicted, Self::Shutdown];

    /// A stable word, for attributes and labels.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Age => "age",
            Self::Evicted => "evicted",
            Self::Shutdown => "shutdown",
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Work on a trace or session has begun.
    Started,
    /// It does something else now.
    StateChanged(State, State),
    /// A run ended and its totals stand.
    Closed,
    /// A run did not end as far as was seen; its totals are what is known.
    Lost(Loss),
    /// Something came after a run was closed: its totals now, in place of those told before.
    Amended,
    /// A run that was closed is a part of another one: its totals count there, no longer here.
    Nested,
}

/// Something that happened to a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// What happened.
    pub(crate) what: What,
    /// The trace or session.
    pub(crate) key: Key,
    /// When its first part seen began, milliseconds since 1970.
    pub(crate) begun: u64,
    /// The run; of a trace that has only begun, when it began.
    pub(crate) run: Run,
    /// The agent or workflow at its root; empty if not known.
    pub(crate) agent: Arc<[u8]>,
    /// The service that sent its first part.
    pub(crate) service: Arc<[u8]>,
    /// The conversation; empty if not known.
    pub(crate) conversation: Arc<[u8]>,
    /// The id that its sender gave it; empty if not known.
    pub(crate) run_id: Arc<[u8]>,
}
