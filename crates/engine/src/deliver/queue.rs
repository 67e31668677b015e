//! The bounded queue, measured in requests, items or bytes (C§6.4).

use std::sync::{Arc, OnceLock};

use sdk::{Batch, BatchConfig, Entry, Error, Host, Id, QueueConfig, Signal, Sizer, StartError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot};

use super::{
    Answer, DeliverContext,
    channel::Channel,
    disk::{Disk, Kept, Place},
    observe::Observe,
};

/// Batches that wait for an exporter. Their size counts until the export has ended, retries
/// included, so what waits and what is on its way are bounded together.
pub(super) struct Queue {
    config: QueueConfig,
    capacity: usize,
    /// What is free, in units of the sizer.
    room: Arc<Semaphore>,
    waiting: Channel<Waiting>,
    signal: Signal,
    /// Where batches are kept too, once that is open; nowhere without `storage`.
    disk: OnceLock<Disk>,
    observe: Arc<Observe>,
}

/// A place in the queue.
pub(super) struct Waiting {
    /// The batch, or where it is.
    place: Place,
    room: OwnedSemaphorePermit,
    answer: Answer,
    kept: Option<Kept>,
}

/// A batch that leaves the queue.
pub(super) struct Item {
    /// The telemetry.
    pub(super) batch: Batch,
    /// Its share of the queue, given back when dropped.
    pub(super) room: OwnedSemaphorePermit,
    /// Who waits for the outcome; nobody unless `wait_for_result` is set.
    pub(super) answer: Answer,
    /// Its copy on disk, if the queue is there.
    pub(super) kept: Option<Kept>,
}

impl Queue {
    /// An empty queue.
    pub(super) fn new(config: QueueConfig, signal: Signal, observe: Arc<Observe>) -> Self {
        let capacity = positive(config.queue_size).min(Semaphore::MAX_PERMITS);
        let room = Arc::new(Semaphore::new(capacity));
        let (waiting, disk) = (Channel::new(), OnceLock::new());
        Self { config, capacity, room, waiting, signal, disk, observe }
    }

    /// Takes a store over that is open already, from the queue whose place this one takes. What is in it
    /// stays with that queue.
    pub(super) fn share_disk(&self, old: &Self) -> bool {
        let shared = old.disk.get().and_then(Disk::shared);
        shared.is_some_and(|disk| self.disk.set(disk).is_ok())
    }

    /// How much is in it, if it is measured like this one.
    pub(super) fn used_like(&self, other: &Self) -> usize {
        if self.config.sizer != other.config.sizer {
            return 0;
        }
        self.capacity.saturating_sub(self.room.available_permits())
    }

    /// Takes so much room away, as far as there is any, for as long as the answer is held.
    pub(super) fn charge(&self, size: usize) -> Option<OwnedSemaphorePermit> {
        let size = u32::try_from(size.min(self.room.available_permits())).ok()?;
        self.room.clone().try_acquire_many_owned(size).ok()
    }

    /// Opens the queue on disk, if there is to be one, and goes on with what it holds.
    ///
    /// # Errors
    ///
    /// The storage extension does not exist, is none, or cannot open its files.
    pub(super) async fn open(&self, exporter: &Id, host: &Host) -> Result<(), StartError> {
        let Some(storage) = &self.config.storage else { return Ok(()) };
        if self.disk.get().is_some() {
            return Ok(());
        }
        let (disk, entries) = Disk::open(storage, host, exporter, self.signal).await?;
        if !entries.is_empty() {
            let items = entries.iter().map(|entry| entry.tag as usize).sum();
            self.observe.restored(entries.len(), items);
        }
        for entry in entries {
            self.restore(&disk, entry);
        }
        // Opened once, by whoever starts the queue.
        drop(self.disk.set(disk));
        Ok(())
    }

    /// Entries of before have their place even if the queue was made smaller meanwhile.
    fn restore(&self, disk: &Disk, entry: Entry) {
        let size = match self.config.sizer {
            Sizer::Requests => 1,
            Sizer::Items => entry.tag as usize,
            Sizer::Bytes => entry.bytes,
        };
        let free = size.min(self.room.available_permits());
        let permits = u32::try_from(free).unwrap_or(u32::MAX);
        let Ok(room) = self.room.clone().try_acquire_many_owned(permits) else { return };
        let (place, kept) = disk.restore(entry);
        // Nobody closes a queue that is being opened.
        drop(self.waiting.push(Waiting { place, room, answer: None, kept: Some(kept) }));
    }

    /// Closes the queue on disk. Call when nothing is on its way any more.
    pub(super) async fn shut(&self) {
        if let Some(disk) = self.disk.get() {
            disk.close().await;
        }
    }

    /// Shows size and capacity as metrics, read when somebody scrapes.
    pub(super) fn show_size(&self, context: &DeliverContext) {
        let room = Arc::downgrade(&self.room);
        let (size, capacity) = (self.observe.queue_size(), self.capacity);
        self.observe.queue_capacity().set(gauge_value(capacity));
        context.telemetry.on_scrape(move || {
            let free = room.upgrade().map_or(capacity, |room| room.available_permits());
            size.set(gauge_value(capacity.saturating_sub(free)));
        });
    }

    /// Whether a client waits for room rather than being refused.
    pub(super) fn blocks(&self) -> bool {
        self.config.block_on_overflow
    }

    /// Where its batches are kept.
    pub(super) fn storage(&self) -> Option<&Id> {
        self.config.storage.as_ref()
    }

    /// Whether a client hears success as soon as its batch is in the queue.
    pub(super) fn answers_early(&self) -> bool {
        !self.config.wait_for_result
    }

    /// How many tasks read from the queue. A batcher reads alone and sends from many tasks.
    pub(super) fn readers(&self) -> usize {
        if self.batching().is_some() { 1 } else { self.senders() }
    }

    /// How many batches may be on their way at once.
    pub(super) fn senders(&self) -> usize {
        positive(self.config.num_consumers).min(Semaphore::MAX_PERMITS)
    }

    /// How batches are merged and split, if they are.
    pub(super) fn batching(&self) -> Option<&BatchConfig> {
        self.config.batch.as_ref()
    }

    /// The unit of the batch settings.
    pub(super) fn batch_sizer(&self) -> Sizer {
        self.config.batch_sizer().into()
    }

    /// Takes a batch; with `wait_for_result`, also waits for its delivery. A client that leaves
    /// meanwhile does not stop it.
    ///
    /// # Errors
    ///
    /// There is no room, or never will be, or the delivery failed.
    pub(super) async fn offer(&self, batch: Batch) -> Result<(), Error> {
        let items = batch.items();
        self.observe.offered(&batch);
        let offered = Offered { observe: &self.observe, items };
        let waiter = match self.enqueue(batch).await {
            Ok(waiter) => waiter,
            Err(error) => {
                self.observe.enqueue_failed(items);
                return Err(error);
            }
        };
        offered.taken();
        match waiter {
            Some(outcome) => outcome.await.unwrap_or_else(|_| Err(lost())),
            None => Ok(()),
        }
    }

    async fn enqueue(
        &self,
        batch: Batch,
    ) -> Result<Option<oneshot::Receiver<Result<(), Error>>>, Error> {
        let size = measure(self.config.sizer, &batch);
        if size == 0 {
            return Ok(None);
        }
        let room = self.reserve(size).await?;
        let (answer, outcome) = if self.config.wait_for_result {
            let (answer, outcome) = oneshot::channel();
            (Some(answer), Some(outcome))
        } else {
            (None, None)
        };
        let (place, kept) = self.keep(batch).await?;
        match self.waiting.push(Waiting { place, room, answer, kept }) {
            Ok(()) => Ok(outcome),
            Err(Waiting { kept, .. }) => {
                // Its sender keeps it, so it is not to be sent after the next start.
                kept.into_iter().for_each(Kept::done);
                Err(stopped())
            }
        }
    }

    /// Brings a batch to the disk first, if the queue is there.
    async fn keep(&self, batch: Batch) -> Result<(Place, Option<Kept>), Error> {
        match self.disk.get() {
            Some(disk) => {
                let (place, kept) = disk.append(batch).await?;
                Ok((place, Some(kept)))
            }
            None if self.config.storage.is_some() => Err(stopped()),
            None => Ok((Place::Here(batch, None), None)),
        }
    }

    async fn reserve(&self, size: usize) -> Result<OwnedSemaphorePermit, Error> {
        let permits = u32::try_from(size).ok().filter(|_| size <= self.capacity);
        let Some(permits) = permits else {
            // Trying again never helps.
            return Err(Error::permanent(format!(
                "element size too large: {size} {unit} do not fit into a queue of {capacity}",
                unit = String::from(self.config.sizer),
                capacity = self.capacity,
            )));
        };
        match self.room.clone().try_acquire_many_owned(permits) {
            Ok(room) => Ok(room),
            Err(TryAcquireError::Closed) => Err(stopped()),
            Err(TryAcquireError::NoPermits) if self.config.block_on_overflow => {
                self.room.clone().acquire_many_owned(permits).await.map_err(|_| stopped())
            }
            Err(TryAcquireError::NoPermits) => Err(Error::refused("sending queue is full")),
        }
    }

    /// The next batch; none once the queue is closed and empty. Not cancel safe.
    pub(super) async fn next(&self, reader: usize) -> Option<Item> {
        loop {
            let waiting = self.pop(reader).await?;
            if let Some(item) = self.load(waiting).await {
                return Some(item);
            }
        }
    }

    /// The next place in the queue; none once that is closed and empty. Cancel safe, see [`Channel::pop`].
    pub(super) async fn pop(&self, reader: usize) -> Option<Waiting> {
        self.waiting.pop(reader).await
    }

    /// The batch of a place, read from the disk where it is only there; none if it cannot be, which is told.
    pub(super) async fn load(&self, waiting: Waiting) -> Option<Item> {
        let Waiting { place, room, answer, kept } = waiting;
        let (entry, kept) = match (place, kept) {
            (Place::Here(batch, _), kept) => return Some(Item { batch, room, answer, kept }),
            (Place::Stored(entry), kept) => (entry, kept?),
        };
        let items = entry.tag as usize;
        match kept.read(self.signal).await {
            Ok(batch) => return Some(Item { batch, room, answer, kept: Some(kept) }),
            Err(error) if error.is_permanent() => {
                self.observe.unreadable(&error, items);
                kept.done();
            }
            Err(error) => self.observe.unreadable_now(&error, items),
        }
        None
    }

    /// Takes nothing more. What is in it stays to be read.
    pub(super) fn retire(&self) {
        self.room.close();
        self.waiting.close();
    }

    /// Takes nothing more. What is in it stays to be read, or stays on disk.
    pub(super) fn close(&self) {
        self.retire();
        if self.config.storage.is_some() {
            let left = self.waiting.take_all();
            self.observe.account().leave(left.iter().map(|waiting| waiting.place.items()).sum());
        }
    }
}

/// Items that are offered and not yet in the queue. Dropped, they are refused: so is the batch of a
/// client that does not wait for room.
struct Offered<'a> {
    observe: &'a Observe,
    items: usize,
}

impl Offered<'_> {
    fn taken(mut self) {
        self.items = 0;
    }
}

impl Drop for Offered<'_> {
    fn drop(&mut self) {
        if self.items > 0 {
            self.observe.account().refuse(self.items);
        }
    }
}

/// The size of a batch.
pub(super) fn measure(sizer: Sizer, batch: &Batch) -> usize {
    match sizer {
        Sizer::Requests => 1,
        Sizer::Items => batch.items(),
        Sizer::Bytes => batch.bytes().len(),
    }
}

/// A setting that was checked to be positive, as a size.
pub(super) fn positive(number: i64) -> usize {
    usize::try_from(number.max(1)).unwrap_or(usize::MAX)
}

fn gauge_value(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn stopped() -> Error {
    Error::refused("sending queue is stopped: the exporter is shutting down")
}

fn lost() -> Error {
    Error::refused("delivery ended without an answer; the data may or may not have arrived")
}
