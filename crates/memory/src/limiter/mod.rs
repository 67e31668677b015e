//! Whether the memory in use is too much.

#[cfg(test)]
mod tests;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::interval;

use crate::{Limits, used};

/// Whether data is refused; shared by all that name the same limiter.
#[derive(Debug)]
pub struct Limiter {
    limits: Limits,
    refusing: AtomicBool,
    watched: AtomicBool,
}

/// What a measurement changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// From now on data is refused.
    Refuse,
    /// From now on data is taken again.
    Resume,
}

impl Change {
    /// The Go collector's words for it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Refuse => "Memory usage is above soft limit. Refusing data.",
            Self::Resume => "Memory usage back within limits. Resuming normal operation.",
        }
    }
}

impl Limiter {
    /// A limiter that refuses nothing until it is told a measurement.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, refusing: AtomicBool::new(false), watched: AtomicBool::new(false) }
    }

    /// What it keeps to.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether data is to be refused now.
    #[must_use]
    pub fn is_refusing(&self) -> bool {
        self.refusing.load(Ordering::Relaxed)
    }

    /// Takes a measurement, in bytes.
    pub fn observe(&self, used: u64) -> Option<Change> {
        let refuse = used >= self.limits.soft;
        let before = self.refusing.swap(refuse, Ordering::Relaxed);
        match (before, refuse) {
            (false, true) => Some(Change::Refuse),
            (true, false) => Some(Change::Resume),
            _ => None,
        }
    }

    /// Claims the task of watching; `false` if somebody watches already.
    #[must_use]
    pub fn begin_watch(&self) -> bool {
        !self.watched.swap(true, Ordering::Relaxed)
    }

    /// Whoever watched does so no longer.
    pub fn end_watch(&self) {
        self.watched.store(false, Ordering::Relaxed);
    }
}

/// Measures without end, and tells of each change and the bytes in use.
pub async fn watch(limiter: Arc<Limiter>, every: Duration, tell: impl Fn(Change, u64) + Send) {
    let mut ticks = interval(every);
    loop {
        ticks.tick().await;
        let used = used();
        if let Some(change) = limiter.observe(used) {
            tell(change, used);
        }
    }
}
