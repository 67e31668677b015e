//! One batch in the making: collects, then hands on.

use std::{sync::Arc, time::Duration};

use pdata::{Context, Limit, concat, split};
use sdk::{Batch, Error, Next, Note};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, sleep_until},
};

use super::{config::Config, metrics::Metrics};

/// A batch on its way into a batcher, and who wants to hear what became of it.
pub(super) struct Arrival {
    pub(super) batch: Batch,
    pub(super) answer: Option<oneshot::Sender<Outcome>>,
}

/// What became of one arrival. Dropped unheard, its sender is gone and did not hear of a success.
#[derive(Debug)]
pub(super) struct Outcome {
    result: Result<(), Error>,
    handed_on: HandedOn,
}

impl Outcome {
    fn new(result: Result<(), Error>, items: usize, next: &Next) -> Self {
        let items = if result.is_ok() { items } else { 0 };
        Self { result, handed_on: HandedOn { next: next.clone(), items } }
    }

    /// Whoever waits hears it.
    pub(super) fn heard(self) -> Result<(), Error> {
        self.handed_on.answered();
        self.result
    }
}

/// Items that went on. Dropped without an answer of success, whoever sent them may send them again.
#[derive(Debug)]
struct HandedOn {
    next: Next,
    items: usize,
}

impl HandedOn {
    fn answered(mut self) {
        self.items = 0;
    }
}

impl Drop for HandedOn {
    fn drop(&mut self) {
        if self.items > 0 {
            self.next.note(Note::Copied(self.items));
        }
    }
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
        let (batches, answers): (Vec<_>, Vec<_>) = held
            .drain(..)
            .map(|Arrival { batch, answer }| {
                let answer = answer.map(|answer| (answer, batch.items()));
                (batch, answer)
            })
            .unzip();
        let outcome = self.hand_on(&batches).await;
        // What the batches hold on to, such as admitted bytes, is given back before the answers.
        drop(batches);
        if let Err(error) = &outcome
            && !self.is_waited_for()
        {
            tracing::error!(%error, "Sender failed");
        }
        for (answer, items) in answers.into_iter().flatten() {
            // A client that went away does not want to know; the ledger does.
            drop(answer.send(Outcome::new(outcome.clone(), items, &self.next)));
        }
    }

    fn is_waited_for(&self) -> bool {
        self.config.is_waiting(&self.next)
    }

    async fn hand_on(&self, batches: &[Batch]) -> Result<(), Error> {
        let contexts = batches.iter().map(|batch| &**batch.context());
        let context = Context::merged(contexts, &self.config.metadata_keys);
        let whole = match concat(batches, Arc::new(context)) {
            Ok(whole) => whole,
            Err(error) => {
                if !self.is_waited_for() {
                    self.lost(batches.iter().map(Batch::items).sum());
                }
                return Err(Error::permanent(error.to_string()));
            }
        };
        let parts = parts_of(whole, &self.config);
        if self.is_waited_for() {
            return send(parts, &self.next, &self.metrics).await;
        }
        let mut errors = Vec::new();
        for part in parts {
            let items = part.items();
            if let Err(error) = self.insist(part).await {
                self.lost(items);
                errors.push(error);
            }
        }
        Error::combined(errors).map_or(Ok(()), Err)
    }

    /// Items that clients were told are taken are given up.
    fn lost(&self, items: usize) {
        self.next.note(Note::Lost(items));
    }

    /// Sends a part that clients were told is taken: as long as it is refused, it is sent again.
    /// Meanwhile new batches wait in front of the batcher, and then in their receivers, so that
    /// clients slow down instead of losing data. A shutdown leaves it time for what is in the way
    /// to leave, then ends it with a last try.
    async fn insist(&self, part: Batch) -> Result<(), Error> {
        self.metrics.sent(&part);
        let mut wait = SHORTEST_WAIT;
        let mut last_try = None;
        loop {
            if last_try.is_none() && self.arrivals.is_closed() {
                last_try = Some(Instant::now() + SHUTDOWN_GRACE);
                wait = SHORTEST_WAIT;
            }
            let is_last = last_try.is_some_and(|at| Instant::now() >= at);
            match self.next.send(part.clone()).await {
                Err(error) if !error.is_permanent() && !is_last => {
                    tracing::warn!(%error, "Batch was refused and waits to be sent again");
                    sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                outcome => return outcome,
            }
        }
    }
}

/// The first wait before a refused batch is sent again.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);
/// The longest one.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How long a shutdown waits for a full queue to have room again, a second for the last wait aside.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// The batch, split if it is too large.
pub(super) fn parts_of(batch: Batch, config: &Config) -> Vec<Batch> {
    match config.send_batch_max_size {
        0 => vec![batch],
        most => split(&batch, Limit::Items(most as usize)),
    }
}

/// Sends the parts, all of them even if one fails.
pub(super) async fn send(parts: Vec<Batch>, next: &Next, metrics: &Metrics) -> Result<(), Error> {
    let mut errors = Vec::new();
    let mut handed_on = HandedOn { next: next.clone(), items: 0 };
    for part in parts {
        metrics.sent(&part);
        let items = part.items();
        match next.send(part).await {
            Ok(()) => handed_on.items += items,
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        handed_on.answered();
    }
    Error::combined(errors).map_or(Ok(()), Err)
}
