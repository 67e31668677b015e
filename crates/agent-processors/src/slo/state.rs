//! What the processors and the connector of one id have in common.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, UNIX_EPOCH},
};

use sdk::{BuildContext, BuildError};
use tokio::time::Instant;

use super::{action::Book, config::Config, metrics::Metrics};
use crate::{
    replay::Recorder,
    shared::{Meeting, now_in},
};

/// Whoever is built first makes it.
#[derive(Debug)]
pub(super) struct Desk {
    opened: Instant,
    shared: OnceLock<Shared>,
}

/// What the processors opened.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) book: Arc<Book>,
    pub(super) config: Config,
    pub(super) meeting: Arc<Meeting>,
    pub(super) metrics: Metrics,
}

impl Desk {
    /// The desk of this id.
    pub(super) fn of(context: &BuildContext) -> Arc<Self> {
        context.shared.get_or_insert_with(&context.id, || Self {
            opened: Instant::now(),
            shared: OnceLock::new(),
        })
    }

    /// The book, made by the first processor.
    pub(super) fn open(
        &self,
        config: &Config,
        context: &BuildContext,
        meeting: &Arc<Meeting>,
        recorder: Option<Arc<Recorder>>,
    ) -> Result<Arc<Book>, BuildError> {
        if let Some(shared) = self.shared.get() {
            return Ok(shared.book.clone());
        }
        let (set, faults) = config.set();
        for fault in &faults {
            tracing::warn!(processor = %context.id, "{fault}");
        }
        let since = context.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let book = Arc::new(Book::new(set, config, since.as_secs(), recorder));
        if !meeting.appoint(book.clone()) {
            let id = &config.agent_runs;
            return Err(format!("the runs of {id:?} are judged by another slo processor").into());
        }
        let shared = Shared {
            book: book.clone(),
            config: config.clone(),
            meeting: meeting.clone(),
            metrics: Metrics::new(context),
        };
        let _ = self.shared.set(shared);
        Ok(book)
    }

    /// What the processors opened; none if no processor has this id.
    pub(super) fn shared(&self) -> Option<&Shared> {
        self.shared.get()
    }

    /// The time since it was made, asked for once for all records of a batch.
    #[inline]
    pub(super) fn now_in(&self, walk: u64) -> Duration {
        now_in(walk).saturating_duration_since(self.opened)
    }

    /// The time since it was made.
    pub(super) fn now(&self) -> Duration {
        self.opened.elapsed()
    }
}

impl Shared {
    /// Closes what is over, says what can be said. `time` is seconds since 1970.
    pub(super) fn review(&self, now: Duration, time: u64) {
        if let Some(runs) = self.meeting.followed() {
            runs.review();
        }
        self.book.review(now, time);
        self.metrics.show(&self.book.board().stats);
    }
}
