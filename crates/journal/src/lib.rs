#![doc = include_str!("../README.md")]

mod damage;
mod files;
mod format;
#[doc(hidden)]
pub mod fuzzing;
mod marks;
mod open;
mod scan;
mod segment;
mod writer;

#[cfg(test)]
mod tests;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use bytes::Bytes;
use crossbeam_channel::Sender;

pub use self::damage::Damage;
use self::{damage::Quarantine, files::Files, writer::Command};

/// The largest record: payload bytes.
pub const RECORD_BYTES_MAX: usize = 1 << 30;
/// How many appends may wait for the disk at once.
pub const APPENDS_MAX: usize = 65_536;

/// How a journal is kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether an append is on the disk when it is answered (`fdatasync`), or only with the system.
    pub sync: bool,
    /// How many bytes of files there may be; none for as many as the disk has.
    pub max_bytes: Option<u64>,
    /// How large a file grows before the next one is begun.
    pub segment_bytes: u64,
    /// How many bytes of damaged data are kept aside.
    pub damaged_bytes_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { sync: true, max_bytes: None, segment_bytes: 64 << 20, damaged_bytes_max: 64 << 20 }
    }
}

/// Where a record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Counts up over all records of the journal.
    sequence: u64,
    /// The first sequence number of its file.
    segment: u64,
    offset: u64,
    length: u32,
    tag: u32,
}

impl Record {
    /// Its number, higher than those of all records before it.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The caller's own number that was appended with it.
    #[must_use]
    pub const fn tag(&self) -> u32 {
        self.tag
    }

    /// How many bytes the payload has.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length as usize
    }
}

/// A journal that was just opened.
#[derive(Debug)]
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// What was appended before and is not done with, oldest first.
    pub records: Vec<Record>,
    /// What could not be read.
    pub damage: Vec<Damage>,
}

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process, or another part of this one, has it.
    #[error("{0} is in use by another process: give each collector a directory of its own")]
    InUse(PathBuf),
    /// It was written by a newer version.
    #[error(
        "{0} was written by a newer version (format {1}): use that version, or another directory"
    )]
    Newer(PathBuf, u32),
    /// The system refused.
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
}

/// Why a record was not taken. It is not on the disk, or may come back after a crash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The limit of bytes is reached, or the disk is full.
    #[error("no room: {0}")]
    Full(String),
    /// The system refused.
    #[error("{0}")]
    Io(String),
    /// Larger than [`RECORD_BYTES_MAX`] or than the whole journal may be.
    #[error("a record of {0} bytes is too large")]
    TooLarge(usize),
    /// More than [`APPENDS_MAX`] wait.
    #[error("the disk cannot keep up: {APPENDS_MAX} records wait for it")]
    Busy,
    /// The journal is closed.
    #[error("the journal is closed")]
    Closed,
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Its bytes are not those that were written. They were put aside.
    #[error("a record of {length} bytes is damaged")]
    Damaged {
        /// How large it was.
        length: usize,
    },
    /// The system refused.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Who hears what became of an append. Called on the writer's thread: must not block.
pub type Answer = Box<dyn FnOnce(Result<Record, AppendError>) + Send>;

/// Records on disk. Share it; all calls may come from any thread. [`Journal::open`], [`Journal::read`]
/// and [`Journal::close`] wait for the disk.
#[derive(Debug)]
pub struct Journal {
    commands: Sender<Command>,
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Held so that nobody else opens the directory.
    _lock: File,
}

/// What the callers and the writer share.
#[derive(Debug)]
struct Shared {
    files: Files,
    quarantine: Quarantine,
    used: AtomicU64,
    waiting: AtomicUsize,
}

impl Journal {
    /// Opens the journal in a directory, which is made if it is not there, and finds what is in it.
    ///
    /// Headers are read of every record, payloads only of the last file's: what a crash left half
    /// written is cut off there.
    ///
    /// # Errors
    ///
    /// The directory is in use, cannot be read or written, or holds a newer format.
    pub fn open(directory: &Path, options: Options) -> Result<Opened, OpenError> {
        open::open(directory, options)
    }

    /// Appends a record made of `parts`, and tells `answer` when it is on the disk. Appends that
    /// wait at the same time share one write and one sync.
    pub fn append(&self, parts: Vec<Bytes>, tag: u32, answer: Answer) {
        let length = parts.iter().map(Bytes::len).sum::<usize>();
        if length > RECORD_BYTES_MAX {
            return answer(Err(AppendError::TooLarge(length)));
        }
        if self.shared.waiting.fetch_add(1, Ordering::Relaxed) >= APPENDS_MAX {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            return answer(Err(AppendError::Busy));
        }
        let append = writer::Append { parts, length, tag, answer };
        if let Err(unsent) = self.commands.send(Command::Append(append)) {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            if let Command::Append(append) = unsent.0 {
                (append.answer)(Err(AppendError::Closed));
            }
        }
    }

    /// The payload of a record. Waits for the disk.
    ///
    /// # Errors
    ///
    /// The bytes are damaged, or the system refuses to read them.
    pub fn read(&self, record: &Record) -> Result<Bytes, ReadError> {
        self.shared.read(record)
    }

    /// The record is done with: it does not come back. After a crash of the machine it may. Say it once for each record:
    /// a file goes when it was said as often as there are records in it.
    pub fn done(&self, record: Record) {
        // A closed journal keeps the record, which then comes once more.
        drop(self.commands.send(Command::Done(record)));
    }

    /// How many bytes the files have.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.used.load(Ordering::Relaxed)
    }

    /// Writes everything that waits, and takes nothing more. Waits for the disk.
    pub fn close(&self) {
        drop(self.commands.send(Command::Close));
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            drop(writer.join());
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}
