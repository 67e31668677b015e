//! `sending_queue.batch`: merges and splits what leaves the queue (C§6.4).

use std::{sync::Arc, time::Duration};

use sdk::{BatchConfig, Sizer};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use super::{
    partition::{Part, Partitions},
    queue::{Item, Queue, measure, positive},
    sender::Sender,
};

/// When a batch leaves, and how large it may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The unit of both sizes.
    pub(super) sizer: Sizer,
    /// A batch of this size leaves at once.
    pub(super) min: usize,
    /// No batch is larger; none for any size.
    pub(super) max: Option<usize>,
    /// How long the first item waits at most.
    pub(super) flush_timeout: Duration,
}

/// The only reader of its queue. What it makes is sent by tasks of their own, as many at once as
/// the queue has consumers.
pub(super) struct Batcher<'a> {
    queue: &'a Queue,
    sender: &'a Arc<Sender>,
    limits: Limits,
    partitions: Partitions,
    /// Metadata keys that a batch keeps.
    keys: Arc<[String]>,
    sends: Arc<Semaphore>,
    sends_max: u32,
}

impl<'a> Batcher<'a> {
    pub(super) fn new(queue: &'a Queue, sender: &'a Arc<Sender>, config: &BatchConfig) -> Self {
        let limits = Limits {
            sizer: queue.batch_sizer(),
            min: usize::try_from(config.min_size).unwrap_or_default(),
            max: (config.max_size > 0).then(|| positive(config.max_size)),
            flush_timeout: config.flush_timeout.to_std(),
        };
        let keys: Arc<[String]> = config.partition.metadata_keys.as_slice().into();
        let sends_max = u32::try_from(queue.senders()).unwrap_or(u32::MAX);
        Self {
            queue,
            sender,
            limits,
            partitions: Partitions::new(limits, keys.clone()),
            keys,
            sends: Arc::new(Semaphore::new(sends_max as usize)),
            sends_max,
        }
    }

    /// Runs until the queue is closed and empty and everything is sent.
    pub(super) async fn run(mut self) {
        while let Some(item) = self.next().await {
            self.add(item).await;
            // A queue that never runs dry must not keep small batches from leaving.
            self.flush_due().await;
            tokio::task::coop::consume_budget().await;
        }
        while let Some(part) = self.partitions.take_first() {
            self.send(part).await;
        }
        // All permits are here again when the last send has ended.
        drop(self.sends.acquire_many(self.sends_max).await);
    }

    async fn next(&mut self) -> Option<Item> {
        loop {
            let waiting = match self.partitions.next_deadline() {
                None => self.queue.pop(0).await?,
                Some(deadline) => match timeout_at(deadline, self.queue.pop(0)).await {
                    Ok(waiting) => waiting?,
                    Err(_) => {
                        self.flush_due().await;
                        continue;
                    }
                },
            };
            if let Some(item) = self.queue.load(waiting).await {
                return Some(item);
            }
        }
    }

    async fn add(&mut self, item: Item) {
        let size = measure(self.limits.sizer, &item.batch);
        for part in self.partitions.add(Part::of(item, size), self.sender.observe()) {
            self.send(part).await;
        }
    }

    async fn flush_due(&mut self) {
        while self.partitions.next_deadline().is_some_and(|at| at <= Instant::now()) {
            if let Some(part) = self.partitions.take_first() {
                self.send(part).await;
            }
        }
    }

    /// Waits for a free sender and leaves the part to it.
    async fn send(&self, part: Part) {
        // The semaphore is never closed; were it, sending without a permit would lose nothing.
        let permit = self.sends.clone().acquire_owned().await.ok();
        let (sender, keys) = (self.sender.clone(), self.keys.clone());
        tokio::spawn(async move {
            part.send(&sender, &keys).await;
            drop(permit);
        });
    }
}
