//! What stands between a pipeline and an exporter: queue, batching, retry, timeout, counting.
//!
//! ```text
//! consume ──► queue ──► [ batcher ] ──► sender: retry ──► attempt: timeout ──► export
//! ```
//!
//! Without a queue, `consume` waits for the sender. Every batch that was taken ends as sent, as
//! failed (counted and logged), or is still queued; nothing leaves silently. Source: C§6.3, C§6.4,
//! and C§3.2 for the drain. Read in this order: [`Deliver`], `queue`, `channel`, `sender`, `retry`,
//! `batcher`, `observe`.

mod batcher;
mod channel;
mod claim;
mod observe;
mod partition;
mod queue;
mod retry;
mod sender;
#[cfg(test)]
mod tests;

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use sdk::{
    Batch, BuildError, Consumer, Delivery, DynExporter, Error, Id, Random, Signal, async_trait,
    telemetry::Telemetry,
};
use tokio::{sync::oneshot, task::JoinHandle};

use self::{
    batcher::Batcher,
    observe::Observe,
    queue::{Item, Queue},
    sender::Sender,
};

/// What a [`Deliver`] uses from outside.
#[derive(Clone, Debug)]
pub struct DeliverContext {
    /// The exporter's id in the config.
    pub id: Id,
    /// Where its metrics are kept.
    pub telemetry: Telemetry,
    /// Chance, for the jitter of retries.
    pub random: Random,
}

/// Brings the batches of one signal to one exporter.
pub struct Deliver {
    core: Arc<Core>,
    consumers: Mutex<Vec<JoinHandle<()>>>,
}

/// What the consumers share.
struct Core {
    sender: Arc<Sender>,
    queue: Option<Queue>,
}

impl Deliver {
    /// Whether these settings can be carried out.
    ///
    /// # Errors
    ///
    /// The settings ask for a queue on disk.
    pub fn check(delivery: &Delivery) -> Result<(), BuildError> {
        let storage = delivery.queue.as_ref().and_then(|queue| queue.storage.as_ref());
        storage.map_or(Ok(()), |id| {
            Err(BuildError(format!(
                "persistent queue is not supported yet: remove `storage: {id}` from \
                 `sending_queue` to keep the queue in memory"
            )))
        })
    }

    /// Makes the way to `exporter` for one signal. No tasks; see [`Deliver::start`].
    pub fn new(
        exporter: Arc<dyn DynExporter>,
        delivery: Delivery,
        signal: Signal,
        context: DeliverContext,
    ) -> Arc<Self> {
        let observe = Arc::new(Observe::new(&delivery, signal, &context));
        let queue = delivery.queue.map(|config| Queue::new(config, observe.clone()));
        if let Some(queue) = &queue {
            queue.show_size(&context);
        }
        let (timeout, retry) = (delivery.timeout, delivery.retry);
        let sender = Arc::new(Sender::new(exporter, timeout, retry, observe, context.random));
        Arc::new(Self { core: Arc::new(Core { sender, queue }), consumers: Mutex::default() })
    }

    /// Starts the tasks that empty the queue. Call once, inside a runtime.
    pub fn start(&self) {
        let Some(queue) = &self.core.queue else { return };
        let mut consumers = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        consumers.extend((0..queue.readers()).map(|reader| {
            let core = self.core.clone();
            tokio::spawn(async move { core.work(reader).await })
        }));
    }

    /// Empties the queue and returns when nothing is on its way any more: waits between retries
    /// end at once, and what is queued gets one attempt each (C§3.2). How long that takes is
    /// bounded by the exporter's timeout. Nothing new is taken once this is called.
    pub async fn drain(&self) {
        self.core.close();
        let consumers =
            mem::take(&mut *self.consumers.lock().unwrap_or_else(PoisonError::into_inner));
        for consumer in consumers {
            // The outcome only says whether the task panicked; what it left is picked up below.
            drop(consumer.await);
        }
        self.core.work(0).await;
    }
}

impl Drop for Deliver {
    /// Lets the consumers end by themselves when nobody called [`Deliver::drain`].
    fn drop(&mut self) {
        self.core.close();
    }
}

#[async_trait]
impl Consumer for Deliver {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let items = batch.items();
        let taken = match &self.core.queue {
            Some(queue) => queue.offer(batch).await,
            None => self.core.sender.send(batch).await,
        };
        taken.inspect_err(|error| self.core.sender.observe().rejecting(error, items))
    }

    fn is_queued(&self) -> bool {
        self.core.queue.as_ref().is_some_and(Queue::answers_early)
    }
}

impl Core {
    fn close(&self) {
        self.sender.interrupt_retries();
        if let Some(queue) = &self.queue {
            queue.close();
        }
    }

    /// One consumer: takes from the queue until that is closed and empty.
    async fn work(&self, reader: usize) {
        let Some(queue) = &self.queue else { return };
        if let Some(batching) = queue.batching() {
            return Batcher::new(queue, &self.sender, batching).run().await;
        }
        while let Some(item) = queue.next(reader).await {
            self.deliver(item).await;
            // An exporter that never waits must not keep its thread for itself.
            tokio::task::coop::consume_budget().await;
        }
    }

    async fn deliver(&self, item: Item) {
        let Item { batch, room, answer } = item;
        let items = batch.items();
        let outcome = self.sender.send(batch).await;
        // The room is free before the client hears, so that its next batch finds it.
        drop(room);
        if let Err(unheard) = tell(answer, outcome) {
            self.sender.observe().dropping(&unheard, items);
        }
    }
}

/// Whoever waits for what became of a batch.
type Answer = Option<oneshot::Sender<Result<(), Error>>>;

/// Tells the waiting client. A failure that nobody hears comes back, to be logged.
fn tell(answer: Answer, outcome: Result<(), Error>) -> Result<(), Error> {
    match answer {
        Some(waiting) => waiting.send(outcome).or_else(|outcome| outcome),
        None => outcome,
    }
}
