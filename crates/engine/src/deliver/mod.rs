//! What stands between a pipeline and an exporter: queue, batching, retry, timeout, counting.
//!
//! ```text
//! consume ──► queue ──► [ batcher ] ──► sender: retry ──► attempt: timeout ──► export
//! ```
//!
//! With `storage`, a batch is on disk before it is in the queue, and leaves the disk when it is done
//! with. Without a queue, `consume` waits for the sender. Every batch that was taken ends as sent, as
//! failed (counted and logged), or is still queued; nothing leaves silently. Source: C§6.3, C§6.4,
//! and C§3.2 for the drain. Read in this order: [`Deliver`], `queue`, `channel`, `disk`, `sender`,
//! `failure`, `retry`, `batcher`, `observe`, `trouble`.

mod batcher;
mod channel;
mod claim;
mod disk;
mod failure;
mod observe;
mod partition;
mod queue;
mod record;
mod retry;
mod sender;
mod succession;
#[cfg(test)]
mod tests;
mod trouble;

use std::{
    mem,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use sdk::{
    Batch, BuildError, Consumer, Delivery, DynExporter, Error, Host, Id, Random, Signal,
    StartError, async_trait, telemetry::Telemetry,
};
use tokio::{sync::oneshot, task::JoinHandle};

pub(crate) use self::trouble::Troubles;
use self::{
    batcher::Batcher,
    disk::Kept,
    observe::Observe,
    queue::{Item, Queue},
    sender::Sender,
};
use crate::ledger::Ledger;

/// What a [`Deliver`] uses from outside.
#[derive(Clone, Debug)]
pub struct DeliverContext {
    /// The exporter's id in the config.
    pub id: Id,
    /// Where its metrics are kept.
    pub telemetry: Telemetry,
    /// Chance, for the jitter of retries.
    pub random: Random,
    /// Where a storage extension is found.
    pub host: Host,
    /// Where its account is kept.
    pub(crate) ledger: Ledger,
    /// What is known of its settings.
    pub(crate) troubles: Arc<Troubles>,
}

/// Brings the batches of one signal to one exporter.
pub struct Deliver {
    core: Arc<Core>,
    id: Id,
    host: Host,
    consumers: Mutex<Vec<JoinHandle<()>>>,
    /// Who took its place at a reload.
    heir: OnceLock<Arc<Self>>,
    /// Those whose place it took, for as long as they have something to send.
    elders: Mutex<Vec<Arc<Self>>>,
    /// Whether the queue on disk was closed.
    is_shut: AtomicBool,
}

/// What the consumers share.
struct Core {
    sender: Arc<Sender>,
    queue: Option<Queue>,
}

impl Deliver {
    /// Whether these settings can be carried out beside these extensions.
    ///
    /// # Errors
    ///
    /// The queue is to be kept by an extension that the service does not use.
    pub fn check(delivery: &Delivery, extensions: &[Id]) -> Result<(), BuildError> {
        let storage = delivery.queue.as_ref().and_then(|queue| queue.storage.as_ref());
        match storage.filter(|id| !extensions.contains(id)) {
            Some(id) => Err(BuildError(disk::not_found(id))),
            None => Ok(()),
        }
    }

    /// Makes the way to `exporter` for one signal. No tasks; see [`Deliver::start`].
    pub fn new(
        exporter: Arc<dyn DynExporter>,
        delivery: Delivery,
        signal: Signal,
        context: DeliverContext,
    ) -> Arc<Self> {
        let observe = Arc::new(Observe::new(&delivery, signal, &context));
        let queue = delivery.queue.map(|config| Queue::new(config, signal, observe.clone()));
        if let Some(queue) = &queue {
            queue.show_size(&context);
        }
        let (timeout, retry) = (delivery.timeout, delivery.retry);
        let (id, host) = (context.id, context.host);
        let sender = Arc::new(Sender::new(exporter, timeout, retry, observe, context.random));
        let core = Arc::new(Core { sender, queue });
        let (consumers, elders) = (Mutex::default(), Mutex::default());
        let (heir, is_shut) = (OnceLock::new(), AtomicBool::default());
        Arc::new(Self { core, id, host, consumers, heir, elders, is_shut })
    }

    /// Opens the queue on disk, if there is one, and starts the tasks that empty the queue. Call it
    /// inside a runtime, when extensions run; a second call does nothing.
    ///
    /// # Errors
    ///
    /// The storage extension does not exist, is none, or cannot open its files.
    pub async fn start(&self) -> Result<(), StartError> {
        let Some(queue) = &self.core.queue else { return Ok(()) };
        queue.open(&self.id, &self.host).await?;
        let mut consumers = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        if !consumers.is_empty() {
            return Ok(());
        }
        consumers.extend((0..queue.readers()).map(|reader| {
            let core = self.core.clone();
            tokio::spawn(async move { core.work(reader).await })
        }));
        Ok(())
    }

    /// Empties the queue and returns when nothing is on its way any more: waits between retries
    /// end at once, and what is queued gets one attempt each (C§3.2). How long that takes is
    /// bounded by the exporter's timeout. What is queued on disk stays there, and so does what that
    /// attempt does not bring home. Nothing new is taken once this is called.
    pub async fn drain(&self) {
        self.core.close();
        let elders = self.elders.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for elder in &elders {
            elder.core.close();
        }
        let consumers =
            mem::take(&mut *self.consumers.lock().unwrap_or_else(PoisonError::into_inner));
        for consumer in consumers {
            // The outcome only says whether the task panicked; what it left is picked up below.
            drop(consumer.await);
        }
        self.core.work(0).await;
        for elder in &elders {
            elder.finish().await;
        }
        self.shut().await;
    }

    async fn shut(&self) {
        if let Some(queue) = &self.core.queue
            && !self.is_shut.swap(true, Ordering::AcqRel)
        {
            queue.shut().await;
        }
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
        if let Some(heir) = self.heir.get() {
            return heir.consume(batch).await;
        }
        let items = batch.items();
        // Who waits for room when the queue is replaced waits for the next one's.
        let waiting = self.core.queue.as_ref().is_some_and(Queue::blocks).then(|| batch.clone());
        self.core.sender.observe().account().offer(items);
        let taken = match &self.core.queue {
            Some(queue) => queue.offer(batch).await,
            None => self.core.sender.send(batch).await.map_err(|failure| failure.error),
        };
        if let (Err(_), Some(batch), Some(heir)) = (&taken, waiting, self.heir.get()) {
            return heir.consume(batch).await;
        }
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
        let Item { batch, room, answer, kept } = item;
        let outcome = self.sender.send(batch).await;
        let items = outcome.as_ref().err().map_or(0, |failure| failure.items);
        let stays = settle_kept(kept, outcome.as_ref().is_err_and(|failure| failure.shutdown));
        let outcome = outcome.map_err(|failure| failure.error);
        // The room is free before the client hears, so that its next batch finds it.
        drop(room);
        if let Err(unheard) = tell(answer, outcome)
            && !stays
        {
            self.sender.observe().dropping(&unheard, items);
        }
    }
}

/// Takes off the disk what was sent or can never be. What only the shutdown interrupted stays; whether
/// something does.
fn settle_kept(kept: Option<Kept>, interrupted: bool) -> bool {
    let Some(kept) = kept else { return false };
    if !interrupted {
        kept.done();
    }
    interrupted
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
