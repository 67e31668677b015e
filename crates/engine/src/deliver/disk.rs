//! The queue on disk: batches are there before the client hears of success (`sending_queue.storage`).

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sdk::{Batch, Entry, Error, Host, Id, Signal, StartError, Storage, Store};

use super::record;

/// That nobody keeps the queue.
pub(super) fn not_found(storage: &Id) -> String {
    format!(
        "no storage client extension found: `sending_queue.storage` names {:?}, which the service does not use; \
         configure it below `extensions` and name it in `service.extensions`",
        storage.to_string(),
    )
}

/// How many bytes of queued batches stay in memory too, so that they need not be read again.
const MEMORY_BYTES_MAX: usize = 16 << 20;

/// An open store.
pub(super) struct Disk {
    store: Arc<dyn Store>,
    /// Bytes of queued batches that are in memory.
    held: Arc<AtomicUsize>,
    /// How many queues keep their batches there: more than one while one takes another's place.
    queues: Arc<AtomicUsize>,
}

/// Where a queued batch is.
pub(super) enum Place {
    /// In memory, maybe on disk too.
    Here(Batch, #[expect(dead_code, reason = "held for its Drop")] Option<Held>),
    /// On disk only.
    Stored(Entry),
}

impl Place {
    /// How many items are there.
    pub(super) fn items(&self) -> usize {
        match self {
            Self::Here(batch, _) => batch.items(),
            Self::Stored(entry) => entry.tag as usize,
        }
    }
}

/// Bytes in memory, given back when dropped.
pub(super) struct Held {
    held: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A batch on disk. Dropped without [`Kept::done`] it stays there, and is sent after the next start.
pub(super) struct Kept {
    store: Arc<dyn Store>,
    key: u64,
}

impl Kept {
    /// The batch was sent, or can never be.
    pub(super) fn done(self) {
        self.store.remove(self.key);
    }

    /// Reads the batch.
    ///
    /// # Errors
    ///
    /// Permanent when its bytes are not those of a batch.
    pub(super) async fn read(&self, signal: Signal) -> Result<Batch, Error> {
        record::decode(signal, &self.store.read(self.key).await?).map_err(Error::permanent)
    }
}

impl Disk {
    /// The store of one exporter and signal, and what is in it.
    ///
    /// # Errors
    ///
    /// The storage extension does not exist, is none, or cannot open its files.
    pub(super) async fn open(
        storage: &Id,
        host: &Host,
        exporter: &Id,
        signal: Signal,
    ) -> Result<(Self, Vec<Entry>), StartError> {
        let offered = host.capabilities(storage).ok_or_else(|| StartError(not_found(storage)))?;
        let offered = offered.get::<Arc<dyn Storage>>().ok_or_else(|| {
            StartError(format!(
                "requested extension is not a storage extension: `sending_queue.storage` names {:?}; use \
                 `file_storage`",
                storage.to_string(),
            ))
        })?;
        let name = format!("exporter_{exporter}_{}", signal.name());
        let opened = offered.open(&name).await?;
        let (held, queues) = (Arc::default(), Arc::new(AtomicUsize::new(1)));
        Ok((Self { store: opened.store, held, queues }, opened.entries))
    }

    /// The same store for one more queue; none once the last has closed it.
    pub(super) fn shared(&self) -> Option<Self> {
        let more = |queues: usize| (queues > 0).then_some(queues + 1);
        self.queues.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok()?;
        Some(Self {
            store: self.store.clone(),
            held: self.held.clone(),
            queues: self.queues.clone(),
        })
    }

    /// Brings a batch to the disk.
    ///
    /// # Errors
    ///
    /// It was not kept; the client has to keep it.
    pub(super) async fn append(&self, batch: Batch) -> Result<(Place, Kept), Error> {
        // A count that does not fit is only shown wrong.
        let items = u32::try_from(batch.items()).unwrap_or(u32::MAX);
        let entry = self.store.append(record::encode(&batch), items).await?;
        let kept = Kept { store: self.store.clone(), key: entry.key };
        Ok((self.place(batch, entry), kept))
    }

    /// An entry of before.
    pub(super) fn restore(&self, entry: Entry) -> (Place, Kept) {
        (Place::Stored(entry), Kept { store: self.store.clone(), key: entry.key })
    }

    /// Closes the store, if no other queue uses it. Once for each queue.
    pub(super) async fn close(&self) {
        if self.queues.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.store.close().await;
        }
    }

    fn place(&self, batch: Batch, entry: Entry) -> Place {
        let bytes = batch.bytes().len();
        let before = self.held.fetch_add(bytes, Ordering::Relaxed);
        let held = Held { held: self.held.clone(), bytes };
        if before + bytes > MEMORY_BYTES_MAX {
            drop(held);
            return Place::Stored(entry);
        }
        Place::Here(batch, Some(held))
    }
}
