//! One batch to one exporter, as often as it takes.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::FutureExt as _;
use sdk::{Batch, Code, Delivered, DynExporter, Error, GrpcStatus, Random, RetryConfig};
use tokio::{
    sync::{RwLock, watch},
    time::{sleep, timeout},
};

use super::{
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

/// Why a batch was given up.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// What the client and the log hear.
    pub(super) error: Error,
    /// Whether it might have gone through, had we not been shutting down.
    pub(super) shutdown: bool,
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

    /// Exports one batch and counts the outcome. When the future is dropped before its end, the
    /// batch counts as failed.
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
        let mut left = batch;
        let outcome = match &self.retry {
            Some(config) => self.send_with_retries(&mut left, config, &mut flight).await,
            None => match self.attempt(left.clone()).await {
                Some(outcome) => outcome.map_err(|mut error| {
                    drop(flight.land_part(&mut error));
                    Failure::of(error)
                }),
                None => Err(replaced()),
            },
        };
        match self.heir.get() {
            Some(heir) if outcome.as_ref().is_err_and(|failure| failure.shutdown) => {
                flight.hand_over();
                Box::pin(heir.send(left)).await
            }
            _ => flight.land(outcome),
        }
    }

    async fn send_with_retries(
        &self,
        batch: &mut Batch,
        config: &RetryConfig,
        flight: &mut Flight<'_>,
    ) -> Result<Delivered, Failure> {
        let mut backoff = Backoff::new(config);
        loop {
            // An attempt that begins while we shut down is the last; one that waits when the
            // shutdown begins is made at once, so that nothing is given up without a try.
            let is_last = *self.phase.borrow() == Phase::Stopping;
            let mut error = match self.attempt(batch.clone()).await {
                Some(Ok(delivered)) => return Ok(delivered),
                Some(Err(error)) => error,
                None => return Err(replaced()),
            };
            if let Some(rest) = flight.land_part(&mut error) {
                *batch = rest;
            }
            if error.is_permanent() {
                return Err(Failure::of(error.context("not retryable error")));
            }
            if is_last {
                return Err(Failure::shutdown(error));
            }
            let Some(wait) = backoff.next_wait(&self.random, error.wait()) else {
                return Err(Failure::of(error.context("no more retries left")));
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

impl Failure {
    pub(super) fn of(error: Error) -> Self {
        Self { error, shutdown: false }
    }

    fn shutdown(error: Error) -> Self {
        Self { error: error.context("interrupted due to shutdown"), shutdown: true }
    }
}

/// No attempt was made, because another exporter makes it.
fn replaced() -> Failure {
    Failure::shutdown(Error::refused("the exporter was replaced"))
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
