//! When a run is over.

use std::time::Duration;

/// When runs are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// With its root: so long after the last record.
    pub after_root: Duration,
    /// Without its root: so long after the last record.
    pub idle: Duration,
    /// In any case: so long after the first record.
    pub max_age: Duration,
}

impl Default for Closing {
    fn default() -> Self {
        Self {
            after_root: Duration::from_secs(5),
            idle: Duration::from_mins(10),
            max_age: Duration::from_hours(6),
        }
    }
}

/// When the records of a run arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// The first one.
    pub first: Duration,
    /// The last one.
    pub last: Duration,
    /// Whether the root is among them.
    pub has_root: bool,
}

/// Why a run was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The root came, and then nothing more.
    Root,
    /// Nothing more came, and no root.
    Idle,
    /// It was open for too long.
    Age,
}

impl Reason {
    /// A stable word, for labels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Idle => "idle",
            Self::Age => "max_age",
        }
    }
}

impl Lifetime {
    /// A run whose first record arrived.
    #[must_use]
    pub const fn begin(at: Duration, is_root: bool) -> Self {
        Self { first: at, last: at, has_root: is_root }
    }

    /// Another record arrived. The order does not matter.
    pub fn add(&mut self, at: Duration, is_root: bool) {
        self.first = self.first.min(at);
        self.last = self.last.max(at);
        self.has_root |= is_root;
    }
}

impl Closing {
    /// When the run will be over if nothing more comes, and why.
    #[must_use]
    pub fn due(&self, run: &Lifetime) -> (Duration, Reason) {
        let (quiet, reason) = match run.has_root {
            true => (self.after_root, Reason::Root),
            false => (self.idle, Reason::Idle),
        };
        let (silent, old) =
            (run.last.saturating_add(quiet), run.first.saturating_add(self.max_age));
        if silent <= old { (silent, reason) } else { (old, Reason::Age) }
    }

    /// Why the run is over by now, if it is.
    #[must_use]
    pub fn closed(&self, run: &Lifetime, now: Duration) -> Option<Reason> {
        let (due, reason) = self.due(run);
        (now >= due).then_some(reason)
    }
}
