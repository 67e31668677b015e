//! One batch to one exporter, as often as it takes.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use sdk::{Batch, Code, Delivered, DynExporter, Error, GrpcStatus, Random, RetryConfig};
use tokio::{
    sync::watch,
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
    /// Set once, when retries are to end.
    stopping: watch::Sender<bool>,
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
        Self { exporter, timeout, retry, random, observe, stopping: watch::Sender::new(false) }
    }

    /// Where outcomes are counted and logged.
    pub(super) fn observe(&self) -> &Observe {
        &self.observe
    }

    /// Ends all waits between attempts, now and from now on: what waits is tried once more.
    pub(super) fn interrupt_retries(&self) {
        self.stopping.send_replace(true);
    }

    /// Exports one batch and counts the outcome. When the future is dropped before its end, the
    /// batch counts as failed.
    ///
    /// # Errors
    ///
    /// The last attempt's error, with words in front that say why there is no further one.
    pub(super) async fn send(&self, batch: Batch) -> Result<(), Failure> {
        let mut flight = self.observe.take_off(batch.items());
        let outcome = match &self.retry {
            Some(config) => self.send_with_retries(batch, config, &mut flight).await,
            None => self.attempt(batch).await.map_err(|mut error| {
                drop(flight.land_part(&mut error));
                Failure::of(error)
            }),
        };
        flight.land(outcome)
    }

    async fn send_with_retries(
        &self,
        mut batch: Batch,
        config: &RetryConfig,
        flight: &mut Flight<'_>,
    ) -> Result<Delivered, Failure> {
        let mut backoff = Backoff::new(config);
        loop {
            // An attempt that begins while we shut down is the last; one that waits when the
            // shutdown begins is made at once, so that nothing is given up without a try.
            let is_last = *self.stopping.borrow();
            let mut error = match self.attempt(batch.clone()).await {
                Ok(delivered) => return Ok(delivered),
                Err(error) => error,
            };
            if let Some(rest) = flight.land_part(&mut error) {
                batch = rest;
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
        }
    }

    /// One export, bounded by the timeout. An exporter that panics fails this batch only.
    async fn attempt(&self, batch: Batch) -> Result<Delivered, Error> {
        let export = AssertUnwindSafe(self.exporter.export(batch)).catch_unwind();
        let ended = match self.timeout {
            Some(limit) => timeout(limit, export).await.unwrap_or_else(|_| Ok(Err(late(limit)))),
            None => export.await,
        };
        ended
            .unwrap_or_else(|_| Err(Error::permanent("the exporter panicked; this is a bug in it")))
            .map_err(name_throttle)
    }

    async fn stopped(&self) {
        // It fails only when the sender of the signal is gone, which is `self`.
        drop(self.stopping.subscribe().wait_for(|stopping| *stopping).await);
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
