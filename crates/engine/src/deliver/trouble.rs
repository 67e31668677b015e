//! Settings of an exporter that are wrong, by what its backend answers.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use sdk::{ComponentKind, Error, Host, Id, Signal, Status, StatusEvent};

/// What is wrong with the settings of one exporter, for all its signals: told once when it begins, and
/// the exporter's status until an export succeeds. There are as many kinds of trouble as advices.
pub(crate) struct Troubles {
    id: Id,
    host: Host,
    now: Mutex<BTreeSet<(Signal, &'static str)>>,
    /// Whether there are any, so that a success without them takes no lock.
    any: AtomicBool,
}

impl Troubles {
    /// Of an exporter that nothing is known of.
    pub(crate) fn new(id: Id, host: Host) -> Self {
        Self { id, host, now: Mutex::default(), any: AtomicBool::default() }
    }

    /// An attempt failed. What that says of the settings is logged if it is news.
    pub(super) fn begin(&self, signal: Signal, error: &Error) {
        let Some(advice) = error.advice() else { return };
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = now.iter().any(|(_, known)| *known == advice);
        now.insert((signal, advice));
        self.any.store(true, Ordering::Relaxed);
        // Reported under the lock, so that the last report is of the last state.
        if !is_known {
            tracing::error!(
                otelcol.component.id = %self.id,
                otelcol.component.kind = "exporter",
                otelcol.signal = signal.name(),
                %error,
                "What the destination answers means that a setting is wrong: {advice}"
            );
            self.report(Status::RecoverableError(advice.to_owned()));
        }
    }

    /// An attempt of that signal succeeded.
    pub(super) fn end(&self, signal: Signal) {
        if !self.any.load(Ordering::Relaxed) {
            return;
        }
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let before = now.len();
        now.retain(|(of, _)| *of != signal);
        let (is_news, left) = (now.len() < before, now.first().map(|(_, advice)| *advice));
        self.any.store(left.is_some(), Ordering::Relaxed);
        if is_news {
            self.report(
                left.map_or(Status::Ok, |advice| Status::RecoverableError(advice.to_owned())),
            );
        }
    }

    fn report(&self, status: Status) {
        let (kind, id) = (ComponentKind::Exporter, self.id.clone());
        self.host.report(StatusEvent { kind, id, status });
    }
}

impl fmt::Debug for Troubles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Troubles").field("id", &self.id).finish_non_exhaustive()
    }
}
