//! One batch in the making: collects, then hands on.

use std::sync::Arc;

use pdata::{Context, Limit, concat, split};
use sdk::{Batch, Error, Next};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use super::{config::Config, metrics::Metrics};

/// A batch on its way into a batcher, and who wants to hear what became of it.
pub(super) struct Arrival {
    pub(super) batch: Batch,
    pub(super) answer: Option<oneshot::Sender<Result<(), Error>>>,
}

/// Collects the batches of one combination of metadata values.
pub(super) struct Batcher {
    pub(super) arrivals: mpsc::Receiver<Arrival>,
    pub(super) next: Next,
    pub(super) config: Arc<Config>,
    pub(super) metrics: Metrics,
}

impl Batcher {
    /// Runs until nobody can send to it any more and everything is handed on.
    pub(super) async fn run(mut self) {
        let mut held = Vec::new();
        let mut items = 0;
        let mut deadline = Instant::now();
        loop {
            let arrival = if held.is_empty() {
                match self.arrivals.recv().await {
                    Some(arrival) => arrival,
                    None => return,
                }
            } else {
                tokio::select! {
                    biased;
                    arrival = self.arrivals.recv() => match arrival {
                        Some(arrival) => arrival,
                        None => {
                            self.flush(&mut held, &mut items, false).await;
                            return;
                        }
                    },
                    () = sleep_until(deadline) => {
                        self.flush(&mut held, &mut items, false).await;
                        continue;
                    }
                }
            };
            if held.is_empty() {
                deadline = Instant::now() + *self.config.timeout;
            }
            items += arrival.batch.items();
            held.push(arrival);
            if items >= self.config.send_batch_size as usize {
                self.flush(&mut held, &mut items, true).await;
            }
        }
    }

    async fn flush(&self, held: &mut Vec<Arrival>, items: &mut usize, by_size: bool) {
        *items = 0;
        self.metrics.triggered(by_size);
        let (batches, answers): (Vec<_>, Vec<_>) =
            held.drain(..).map(|arrival| (arrival.batch, arrival.answer)).unzip();
        let outcome = self.hand_on(&batches).await;
        // What the batches hold on to, such as admitted bytes, is given back before the answers.
        drop(batches);
        if let Err(error) = &outcome
            && answers.iter().any(Option::is_none)
        {
            tracing::warn!(%error, "Sender failed");
        }
        for answer in answers.into_iter().flatten() {
            // A client that went away does not want to know.
            let _ = answer.send(outcome.clone());
        }
    }

    async fn hand_on(&self, batches: &[Batch]) -> Result<(), Error> {
        let contexts = batches.iter().map(|batch| &**batch.context());
        let context = Context::merged(contexts, &self.config.metadata_keys);
        let whole = concat(batches, Arc::new(context))
            .map_err(|error| Error::permanent(error.to_string()))?;
        send(whole, &self.next, &self.config, &self.metrics).await
    }
}

/// Splits a batch if it is too large and sends the parts, all of them even if one fails.
pub(super) async fn send(
    batch: Batch,
    next: &Next,
    config: &Config,
    metrics: &Metrics,
) -> Result<(), Error> {
    let parts = match config.send_batch_max_size {
        0 => vec![batch],
        most => split(&batch, Limit::Items(most as usize)),
    };
    let mut errors = Vec::new();
    for part in parts {
        metrics.sent(&part);
        errors.extend(next.send(part).await.err());
    }
    Error::combined(errors).map_or(Ok(()), Err)
}
