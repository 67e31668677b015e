//! One batch to one exporter, as often as it takes.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::FutureExt as _;
use pdata::Limit;
use sdk::{Batch, Code, Delivered, DynExporter, Error, GrpcStatus, Random, RetryConfig};
use tokio::{
    sync::{RwLock, watch},
    time::{sleep, timeout},
};

use super::{
    failure::{Failure, Failures},
    observe::{Flight, Observe},
    retry::Backoff,
};

/// The shortest wait between two attempts, so that settings of zero do not spin.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// Exports with timeout and retries, and counts what became of it.
pub(super) struct Sender {
    exporter: Arc<dyn DynExporter>,
    timeout: Option<Duration>,
    retry: Option<RetryConfig>,
    random: Random,
    observe: Arc<Observe>,
    phase: watch::Sender<Phase>,
    /// Held for each attempt, so that one can wait until none is under way.
    attempts: RwLock<()>,
    /// Who sends what this one is interrupted at.
    heir: OnceLock<Arc<Self>>,
}

/// How far a sender is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It sends.
    Open,
    /// What comes waits.
    Held,
    /// Waits between retries end, and the next attempt is the last.
    Stopping,
}

impl Sender {
    /// A zero timeout waits for ever, as none does.
    pub(super) fn new(
        exporter: Arc<dyn DynExporter>,
        timeout: Option<Duration>,
        retry: Option<RetryConfig>,
        observe: Arc<Observe>,
        random: Random,
    ) -> Self {
        let timeout = timeout.filter(|limit| !limit.is_zero());
        let retry = retry.filter(|retry| retry.enabled);
        let phase = watch::Sender::new(Phase::Open);
        Self {
            exporter,
            timeout,
            retry,
            random,
            observe,
            phase,
            attempts: RwLock::default(),
            heir: OnceLock::new(),
        }
    }

    /// Where outcomes are counted and logged.
    pub(super) fn observe(&self) -> &Observe {
        &self.observe
    }

    /// Ends all waits between attempts, now and from now on: what waits is tried once more.
    pub(super) fn interrupt_retries(&self) {
        self.phase.send_replace(Phase::Stopping);
    }

    /// Lets everything wait that is not under way, and returns when nothing is, or after `patience`.
    pub(super) async fn hold(&self, patience: Duration) {
        let hold = |phase: &mut Phase| {
            let is_open = *phase == Phase::Open;
            if is_open {
                *phase = Phase::Held;
            }
            is_open
        };
        self.phase.send_if_modified(hold);
        drop(timeout(patience, self.attempts.write()).await);
    }

    /// Ends [`Sender::hold`].
    pub(super) fn release(&self) {
        let release = |phase: &mut Phase| {
            let is_held = *phase == Phase::Held;
            if is_held {
                *phase = Phase::Open;
            }
            is_held
        };
        self.phase.send_if_modified(release);
    }

    /// From now on another one sends: what waits, at once; what is under way, if it does not arrive.
    pub(super) fn succeed(&self, heir: Arc<Self>) {
        // The first heir stays: it has an heir of its own when it is replaced.
        drop(self.heir.set(heir));
        self.interrupt_retries();
    }

    /// Returns when no attempt is under way. None begins once there is an heir.
    pub(super) async fn idle(&self) {
        drop(self.attempts.write().await);
    }

    /// Exports one batch and counts the outcome; in pieces where the backend takes nothing as large.
    /// When the future is dropped before its end, what is left of the batch counts as failed.
    ///
    /// # Errors
    ///
    /// The last attempt's error, with words in front that say why there is no further one.
    pub(super) async fn send(&self, batch: Batch) -> Result<(), Failure> {
        self.opened().await;
        if let Some(heir) = self.heir.get() {
            return Box::pin(heir.send(batch)).await;
        }
        let mut flight = self.observe.take_off(batch.items());
        let mut backoff = self.retry.as_ref().map(Backoff::new);
        let mut failures = Failures::default();
        // The next one is the last. Each half is at most half as many items as what it is of, so no
        // more wait than the batch has binary digits of items.
        let mut pieces = vec![batch];
        while let Some(mut piece) = pieces.pop() {
            self.opened().await;
            let failure = match self.export(&mut piece, &mut backoff, &mut flight).await {
                Ok(delivered) => {
                    flight.land(piece.items(), &delivered);
                    // What went well once begins with short waits again.
                    if let Some(backoff) = &mut backoff {
                        backoff.restart();
                    }
                    continue;
                }
                Err(failure) => failure,
            };
            match (self.heir.get(), halves(&piece, &failure)) {
                (Some(heir), _) if failure.shutdown => {
                    flight.hand_over(piece.items());
                    failures.extend(Box::pin(heir.send(piece)).await.err());
                }
                (_, Some(halves)) => pieces.extend(halves.into_iter().rev()),
                _ => {
                    flight.crash(&failure);
                    failures.note_size(&failure, &piece);
                    failures.extend([failure]);
                }
            }
        }
        failures.tell(&self.observe);
        failures.into_outcome()
    }

    /// Exports one piece as often as it takes. What was taken of it is counted and taken off it.
    async fn export(
        &self,
        piece: &mut Batch,
        backoff: &mut Option<Backoff<'_>>,
        flight: &mut Flight<'_>,
    ) -> Result<Delivered, Failure> {
        loop {
            // An attempt that begins while we shut down is the last; one that waits when the
            // shutdown begins is made at once, so that nothing is given up without a try.
            let is_last = *self.phase.borrow() == Phase::Stopping;
            let Some(outcome) = self.attempt(piece.clone()).await else {
                let replaced = Error::refused("the exporter was replaced");
                return Err(Failure::shutdown(replaced, piece.items()));
            };
            let mut error = match outcome {
                Ok(delivered) => return Ok(delivered),
                Err(error) => error,
            };
            flight.land_part(piece, &mut error);
            let items = piece.items();
            let Some(backoff) = backoff else { return Err(Failure::of(error, items)) };
            if error.is_permanent() {
                return Err(Failure::of(error.context("not retryable error"), items));
            }
            if is_last {
                return Err(Failure::shutdown(error, items));
            }
            let Some(wait) = backoff.next_wait(&self.random, error.wait()) else {
                return Err(Failure::of(error.context("no more retries left"), items));
            };
            self.observe.will_retry(&error, wait);
            tokio::select! {
                biased;
                () = self.stopped() => {}
                () = sleep(wait.max(SHORTEST_WAIT)) => {}
            }
            self.opened().await;
        }
    }

    /// One export, bounded by the timeout; none once there is an heir. An exporter that panics fails this
    /// batch only.
    async fn attempt(&self, batch: Batch) -> Option<Result<Delivered, Error>> {
        let _attempt = self.attempts.read().await;
        if self.heir.get().is_some() {
            return None;
        }
        let export = AssertUnwindSafe(self.exporter.export(batch)).catch_unwind();
        let ended = match self.timeout {
            Some(limit) => timeout(limit, export).await.unwrap_or_else(|_| Ok(Err(late(limit)))),
            None => export.await,
        };
        let ended = ended.unwrap_or_else(|_| {
            Err(Error::permanent("the exporter panicked; this is a bug in it"))
        });
        self.observe.hear(ended.as_ref().err());
        Some(ended.map_err(name_throttle))
    }

    async fn stopped(&self) {
        // It fails only when the sender of the signal is gone, which is `self`.
        drop(self.phase.subscribe().wait_for(|phase| *phase == Phase::Stopping).await);
    }

    async fn opened(&self) {
        if *self.phase.borrow() == Phase::Held {
            drop(self.phase.subscribe().wait_for(|phase| *phase != Phase::Held).await);
        }
    }
}

/// The halves of what the backend takes nothing as large as; none where there are none, as of a single
/// item and of profiles, which share a table.
fn halves(piece: &Batch, failure: &Failure) -> Option<Vec<Batch>> {
    if !failure.error.is_too_large() || piece.items() < 2 {
        return None;
    }
    let halves = pdata::split(piece, Limit::Items(piece.items().div_ceil(2)));
    (halves.len() > 1).then_some(halves)
}

fn late(limit: Duration) -> Error {
    let message = format!("context deadline exceeded: no answer within {}", go_text(limit));
    Error::refused(message.clone()).with_status(GrpcStatus {
        code: Code::DeadlineExceeded,
        message,
        details: bytes::Bytes::new(),
    })
}

/// Says how long the backend wants to be left alone, in the Go collector's words.
fn name_throttle(error: Error) -> Error {
    match error.wait() {
        Some(wait) if !wait.is_zero() && !error.is_permanent() => {
            error.context(format_args!("Throttle ({}), error", go_text(wait)))
        }
        _ => error,
    }
}

/// `1.5s`, as Go prints durations.
pub(super) fn go_text(duration: Duration) -> String {
    sdk::Duration::from_std(duration).to_string()
}
