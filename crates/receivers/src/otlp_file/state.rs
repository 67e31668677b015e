//! The player: sends what the files hold, one request after the other.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use sdk::{Batch, BuildContext, Error, Outputs, Signal, Status};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use super::{
    config::{Config, OnRefused},
    decode::{Fault, Requests},
};

/// The longest that one request may take by the pace.
const PACE_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// The first and the longest wait before a refused request is sent again.
const WAIT_FIRST: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_secs(5);
/// The longest wait that the pipeline may ask for.
const WAIT_ASKED_MAX: Duration = Duration::from_secs(60);
/// How many faults of one file are logged.
const WARNINGS_MAX: u64 = 10;

/// Plays the files.
pub(super) struct Player {
    pub(super) config: Config,
    pub(super) files: Vec<PathBuf>,
    pub(super) outputs: Outputs,
    pub(super) context: BuildContext,
    /// True once the receiver stops.
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) counts: Counts,
    /// Requests dropped that might have been taken later.
    pub(super) refused_for_now: u64,
    pub(super) pace: Pace,
    /// Signals in the files that no pipeline takes, each warned about once.
    pub(super) without_pipeline: BTreeSet<Signal>,
}

/// What became of the requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) requests: u64,
    pub(super) items: usize,
    /// Refused for good, or once where refused means dropped.
    pub(super) dropped: u64,
    /// Neither read nor sent.
    pub(super) faulty: u64,
    /// Of a signal that no pipeline takes.
    pub(super) skipped: u64,
}

/// Spreads items evenly over time.
#[derive(Debug)]
pub(super) struct Pace {
    per_second: f64,
    next: Instant,
}

impl Pace {
    pub(super) fn new(per_second: f64) -> Self {
        Self { per_second, next: Instant::now() }
    }

    /// Notes that items were sent; gives when the next may be.
    fn sent(&mut self, items: usize) -> Option<Instant> {
        if self.per_second <= 0.0 {
            return None;
        }
        let taken = Duration::try_from_secs_f64(items as f64 / self.per_second);
        // Time lost to a slow pipeline is not made up for with a burst.
        let begin = self.next.max(Instant::now());
        self.next = begin + taken.unwrap_or(PACE_MAX).min(PACE_MAX);
        Some(self.next)
    }
}

impl Player {
    /// Plays everything, as often as asked, or until told to stop.
    pub(super) async fn run(mut self) {
        let mut rounds = 0;
        while !self.is_stopping() && (self.config.r#loop == 0 || rounds < self.config.r#loop) {
            let before = (self.counts.requests, self.refused_for_now);
            for file in self.files.clone() {
                self.play(&file).await;
            }
            rounds += 1;
            if (self.counts.requests, self.refused_for_now) == before {
                // Nothing in the files can be sent, however often they are played.
                break;
            }
        }
        let Counts { requests, items, dropped, faulty, skipped } = self.counts;
        let message = if self.is_stopping() { "Replay stopped" } else { "Replay finished" };
        tracing::info!(requests, items, dropped, faulty, skipped, rounds, "{message}");
    }

    async fn play(&mut self, file: &Path) {
        let mut requests = match Requests::open(file, &self.config).await {
            Ok(requests) => requests,
            Err(fault) => return self.lost(file, fault),
        };
        let mut faults = 0;
        while !self.is_stopping() {
            match requests.next().await {
                Ok(None) => break,
                Ok(Some(batch)) => self.send(file, batch).await,
                Err(Fault::Bad { at, reason }) => {
                    faults += 1;
                    self.counts.faulty += 1;
                    if faults <= WARNINGS_MAX {
                        let file = file.display();
                        tracing::warn!(%file, line = at, %reason, "A request is left out");
                    }
                }
                Err(fault) => return self.lost(file, fault),
            }
        }
        if faults > WARNINGS_MAX {
            tracing::warn!(file = %file.display(), requests = faults, "Requests were left out");
        }
    }

    fn lost(&mut self, file: &Path, fault: Fault) {
        let (Fault::Bad { reason, .. } | Fault::Lost(reason)) = fault;
        let file = file.display();
        tracing::error!(%file, %reason, "The file cannot be read any further");
        self.counts.faulty += 1;
        self.context.report(Status::PermanentError(format!("cannot read {file}: {reason}")));
    }

    /// Sends one request and keeps the pace.
    async fn send(&mut self, file: &Path, batch: Batch) {
        let (signal, items) = (batch.signal(), batch.items());
        let Some(next) = self.outputs.get(signal).cloned() else {
            self.counts.skipped += 1;
            if self.without_pipeline.insert(signal) {
                tracing::warn!(file = %file.display(), %signal, "No pipeline takes this signal from this receiver");
            }
            return;
        };
        let mut wait = WAIT_FIRST;
        loop {
            let error = match next.send(batch.clone()).await {
                Ok(()) => break,
                Err(error) => error,
            };
            if error.is_permanent() || self.config.on_refused == OnRefused::Drop {
                self.counts.dropped += 1;
                self.refused_for_now += u64::from(!error.is_permanent());
                tracing::warn!(file = %file.display(), %error, "A request was refused and is left out");
                if !error.is_permanent() {
                    // Files played for ever must not spin on a pipeline that takes nothing.
                    self.pause_after(&error, WAIT_FIRST).await;
                }
                return;
            }
            if wait == WAIT_FIRST {
                tracing::warn!(file = %file.display(), %error, "A request was refused and will be sent again");
                self.context.report(Status::RecoverableError(error.to_string()));
            }
            if !self.pause_after(&error, wait).await {
                self.counts.dropped += 1;
                return;
            }
            wait = (wait * 2).min(WAIT_MAX);
        }
        if wait > WAIT_FIRST {
            self.context.report(Status::Ok);
        }
        self.counts.requests += 1;
        self.counts.items += items;
        if let Some(due) = self.pace.sent(items) {
            tokio::select! {
                () = sleep_until(due) => {}
                () = stopped(&mut self.stopping) => {}
            }
        }
    }

    /// Waits before another attempt. False when there will be none.
    async fn pause_after(&mut self, error: &Error, wait: Duration) -> bool {
        let wait = error.wait().map_or(wait, |asked| asked.min(WAIT_ASKED_MAX));
        tokio::select! {
            () = sleep(wait) => true,
            () = stopped(&mut self.stopping) => false,
        }
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

/// Returns once the receiver stops or is gone.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _stopped_or_gone = stopping.wait_for(|stopping| *stopping).await;
}
