//! The journals of the queues that are open.

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use bytes::Bytes;
use journal::{AppendError, Damage, Journal, OpenError, Opened, Options, ReadError, Record};
use sdk::{
    Entry, Error, Id, OpenStore, StartError, Storage, Store, async_trait,
    telemetry::{Counter, Level, Telemetry},
};
use tokio::{sync::oneshot, task::spawn_blocking};

use super::Config;

/// The longest name of a queue's directory that file systems take, less what is added to it.
const NAME_MAX: usize = 200;

/// Opens journals below one directory.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
    options: Options,
    id: Id,
    telemetry: Telemetry,
}

impl Files {
    pub(super) fn new(config: &Config, id: Id, telemetry: Telemetry) -> Self {
        let bytes = |size: i64| u64::try_from(size).unwrap_or_default();
        let max_bytes = Some(bytes(config.max_size)).filter(|size| *size > 0);
        let whole = Options::default();
        let options = Options {
            sync: config.fsync,
            // Room comes back file by file, so a small queue has small files.
            segment_bytes: max_bytes
                .map_or(whole.segment_bytes, |max| (max / 8).clamp(1 << 16, whole.segment_bytes)),
            max_bytes,
            damaged_bytes_max: bytes(config.max_damaged_size),
        };
        Self { directory: config.directory.clone(), options, id, telemetry }
    }

    /// Shows one queue as metrics.
    fn show(&self, queue: &str, journal: &Arc<Journal>) -> Counter {
        let id = self.id.to_string();
        let labels = [("extension", id.as_str()), ("queue", queue)];
        let bytes = self.telemetry.gauge(
            Level::Normal,
            "tollgate_file_storage_bytes",
            "Bytes that the files of a queue take.",
            &labels,
        );
        let journal = Arc::downgrade(journal);
        self.telemetry.on_scrape(move || {
            let size = journal.upgrade().map_or(0, |journal: Arc<Journal>| journal.bytes());
            bytes.set(i64::try_from(size).unwrap_or(i64::MAX));
        });
        self.telemetry.counter(
            Level::Basic,
            "tollgate_file_storage_damaged_records",
            "Records that were kept and cannot be read.",
            &labels,
        )
    }

    fn tell(&self, damage: &[Damage], damaged: &Counter) {
        let id = self.id.to_string();
        for found in damage {
            let Damage { file, bytes, is_tail, records, kept } = found;
            let kept = kept
                .as_ref()
                .map_or_else(|| "nowhere".to_owned(), |file| file.display().to_string());
            let (file, from, to) = (file.display(), bytes.start, bytes.end);
            damaged.add(usize::try_from(*records).unwrap_or(usize::MAX));
            if *is_tail {
                tracing::warn!(
                    otelcol.component.id = %id, otelcol.component.kind = "extension",
                    %file, from, to, %kept,
                    "The end of the file is incomplete, as a crash leaves it. Nobody was told that it is kept."
                );
            } else {
                tracing::error!(
                    otelcol.component.id = %id, otelcol.component.kind = "extension",
                    %file, from, to, records, %kept,
                    "Part of the file is damaged. The rest is delivered."
                );
            }
        }
    }
}

#[async_trait]
impl Storage for Files {
    async fn open(&self, name: &str) -> Result<OpenStore, StartError> {
        let queue = file_name(name);
        let (directory, options) = (self.directory.join(&queue), self.options.clone());
        let opened = spawn_blocking(move || Journal::open(&directory, options)).await;
        let opened = opened.map_err(|error| StartError(error.to_string()))?;
        let Opened { journal, records, damage } = opened.map_err(|error| refusal(&error))?;
        let journal = Arc::new(journal);
        let damaged = self.show(&queue, &journal);
        self.tell(&damage, &damaged);
        let entries = records.iter().map(entry).collect();
        let records = records.into_iter().map(|record| (record.sequence(), record)).collect();
        let store = Queue { journal, records: Mutex::new(records), damaged };
        Ok(OpenStore { store: Arc::new(store), entries })
    }
}

fn refusal(error: &OpenError) -> StartError {
    StartError(format!("cannot open the storage: {error}"))
}

fn entry(record: &Record) -> Entry {
    Entry { key: record.sequence(), tag: record.tag(), bytes: record.length() }
}

/// One journal as the store of a queue.
struct Queue {
    journal: Arc<Journal>,
    /// As many as the queue holds.
    records: Mutex<HashMap<u64, Record>>,
    damaged: Counter,
}

/// A record that nobody may know of yet. Dropped before somebody does, it is done with.
struct Fresh(Option<Record>, Weak<Journal>);

impl Drop for Fresh {
    fn drop(&mut self) {
        if let (Some(record), Some(journal)) = (self.0.take(), self.1.upgrade()) {
            journal.done(record);
        }
    }
}

#[async_trait]
impl Store for Queue {
    async fn append(&self, parts: Vec<Bytes>, tag: u32) -> Result<Entry, Error> {
        let (answer, outcome) = oneshot::channel();
        let journal = Arc::downgrade(&self.journal);
        let tell = Box::new(move |kept: Result<Record, AppendError>| {
            drop(answer.send(kept.map(|record| Fresh(Some(record), journal))));
        });
        self.journal.append(parts, tag, tell);
        let kept = outcome.await.unwrap_or(Err(AppendError::Closed));
        let mut fresh = kept.map_err(|error| not_kept(&error))?;
        // From here on there is no await, so the record is either in the map or was dropped above.
        let record = fresh.0.take().ok_or_else(|| Error::refused("storage: no record"))?;
        let entry = entry(&record);
        self.records.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.key, record);
        Ok(entry)
    }

    async fn read(&self, key: u64) -> Result<Bytes, Error> {
        let record = self.records.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let record = record.ok_or_else(|| Error::permanent("storage: no such entry"))?;
        let journal = self.journal.clone();
        let read = spawn_blocking(move || journal.read(&record)).await;
        match read.map_err(|error| Error::refused(error.to_string()))? {
            Ok(bytes) => Ok(bytes),
            Err(error @ ReadError::Damaged { .. }) => {
                self.damaged.add(1);
                Err(Error::permanent(format!("storage: {error}")))
            }
            Err(error) => Err(Error::refused(format!("storage: {error}"))),
        }
    }

    fn remove(&self, key: u64) {
        let record = self.records.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        if let Some(record) = record {
            self.journal.done(record);
        }
    }

    async fn close(&self) {
        let journal = self.journal.clone();
        // It fails only with the runtime.
        drop(spawn_blocking(move || journal.close()).await);
    }
}

/// A name as the name of a directory: letters, digits, `-`, `_` and `.` stay, other bytes become `~` and
/// two hexadecimal digits.
pub(super) fn file_name(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if out.len() >= NAME_MAX {
            break;
        }
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "~{byte:02x}");
        }
    }
    out
}

/// Why a record is not on the disk. One that is too large never will be.
fn not_kept(error: &AppendError) -> Error {
    let text = format!("storage: {error}");
    match error {
        AppendError::TooLarge(_) => Error::permanent(text),
        _ => Error::refused(text),
    }
}
