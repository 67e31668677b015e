//! The thread that writes: what waits goes to the disk together.

use std::{
    collections::BTreeMap,
    io, mem,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use crossbeam_channel::Receiver;

use crate::{
    Answer, AppendError, Options, ReadError, Record, Shared,
    format::{self, HEADER, RecordHeader},
    marks,
    scan::ReadAt as _,
    segment::{Active, Segment},
};

/// How many bytes go into one write and sync.
const GROUP_BYTES: usize = 8 << 20;
/// How many bytes of the buffer are kept for the next group.
const BUFFER_KEPT: usize = 1 << 20;

/// What callers ask for.
pub(crate) enum Command {
    Append(Append),
    Done(Record),
    Close,
}

/// A record to be.
pub(crate) struct Append {
    pub(crate) parts: Vec<Bytes>,
    pub(crate) length: usize,
    pub(crate) tag: u32,
    pub(crate) answer: Answer,
}

/// The only one who writes to the files.
pub(crate) struct Writer {
    pub(crate) commands: Receiver<Command>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) options: Options,
    /// Files that grow no more.
    pub(crate) sealed: BTreeMap<u64, Segment>,
    pub(crate) active: Option<Active>,
    /// The number of the next record.
    pub(crate) next: u64,
    /// Indexes that are done with and not yet marked, by segment.
    pub(crate) marks: BTreeMap<u64, Vec<u32>>,
    /// Encoded records that wait for the write, and who waits for it.
    pub(crate) buffer: Vec<u8>,
    pub(crate) pending: Vec<(Record, Answer)>,
}

impl Writer {
    /// Until the journal is closed.
    pub(crate) fn run(mut self) {
        let mut open = true;
        while open && let Ok(command) = self.commands.recv() {
            open = self.take(command);
            while open && self.buffer.len() < GROUP_BYTES {
                let Ok(command) = self.commands.try_recv() else { break };
                open = self.take(command);
            }
            self.flush();
            self.mark();
        }
        self.end();
    }

    /// Whether more may come.
    fn take(&mut self, command: Command) -> bool {
        match command {
            Command::Append(append) => self.append(append),
            Command::Done(record) => {
                let index = record.sequence.saturating_sub(record.segment);
                if let Ok(index) = u32::try_from(index) {
                    self.marks.entry(record.segment).or_default().push(index);
                }
            }
            Command::Close => return false,
        }
        true
    }

    fn append(&mut self, append: Append) {
        let size = format::size(append.length);
        let Append { parts, length, tag, answer } = append;
        let segment = match self.place(size, length) {
            Ok(segment) => segment,
            Err(error) => return self.answer(answer, Err(error)),
        };
        let offset = segment.bytes + self.buffer.len() as u64;
        let mut sum = crc32fast::Hasher::new();
        parts.iter().for_each(|part| sum.update(part));
        let (sequence, checksum) = (self.next, sum.finalize());
        // `RECORD_BYTES_MAX` fits.
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let header = RecordHeader { length, sequence, tag, checksum };
        let begin = self.buffer.len();
        self.buffer.extend_from_slice(&header.encode(segment.salt));
        parts.iter().for_each(|part| self.buffer.extend_from_slice(part));
        self.buffer.resize(begin + usize::try_from(size).unwrap_or_default(), 0);
        self.next += 1;
        let record = Record { sequence, segment: segment.first, offset, length, tag };
        self.pending.push((record, answer));
    }

    /// The segment that takes so many more bytes.
    fn place(&mut self, size: u64, length: usize) -> Result<Segment, AppendError> {
        let limit = self.options.max_bytes.unwrap_or(u64::MAX);
        if size + HEADER as u64 > limit {
            return Err(AppendError::TooLarge(length));
        }
        let waiting = self.buffer.len() as u64;
        let grown = self.active.as_ref().is_some_and(|active| {
            let holds = active.segment.bytes + waiting;
            holds > HEADER as u64 && holds + size > self.options.segment_bytes
        });
        if grown {
            self.flush();
            self.seal();
        }
        if self.used() + self.buffer.len() as u64 + size + HEADER as u64 > limit {
            // A file that is done with, but not full, gives its room back.
            self.flush();
            self.mark();
            if self.active.as_ref().is_some_and(|active| active.segment.live == 0) {
                self.seal();
            }
            if self.used() + size + HEADER as u64 > limit {
                return Err(AppendError::Full(format!("the limit of {limit} bytes is reached")));
            }
        }
        self.active().map_err(|error| failure(&error))
    }

    fn active(&mut self) -> io::Result<Segment> {
        if let Some(active) = &self.active {
            return Ok(active.segment);
        }
        let active = Active::create(&self.shared.files, self.next, self.options.sync)?;
        self.shared.used.fetch_add(HEADER as u64, Ordering::Relaxed);
        let segment = active.segment;
        self.active = Some(active);
        Ok(segment)
    }

    /// Writes what waits, and tells those who wait for it.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = mem::take(&mut self.pending);
        let Some(active) = &mut self.active else { return };
        let written = active.write(&self.buffer, self.options.sync);
        if written.is_ok() {
            active.segment.live += pending.len() as u64;
            self.shared.used.fetch_add(self.buffer.len() as u64, Ordering::Relaxed);
        }
        self.buffer.clear();
        self.buffer.shrink_to(BUFFER_KEPT);
        if written.is_err() {
            // What a failed sync leaves behind is not known, so nothing more goes into this file.
            self.seal();
        }
        for (record, answer) in pending {
            let outcome = match &written {
                Ok(()) => Ok(record),
                Err(error) => Err(failure(error)),
            };
            self.answer(answer, outcome);
        }
    }

    fn answer(&self, answer: Answer, outcome: Result<Record, AppendError>) {
        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
        answer(outcome);
    }

    /// Nothing more is written to the active segment.
    fn seal(&mut self) {
        if let Some(active) = self.active.take() {
            let segment = active.segment;
            self.sealed.insert(segment.first, segment);
            self.remove_if_done(segment.first);
        }
    }

    /// Writes down what is done with, and removes files in which everything is.
    fn mark(&mut self) {
        for (first, indexes) in mem::take(&mut self.marks) {
            let active = self.active.as_mut().map(|active| &mut active.segment);
            let segment = match active.filter(|segment| segment.first == first) {
                Some(segment) => Some(segment),
                None => self.sealed.get_mut(&first),
            };
            let Some(segment) = segment else { continue };
            segment.live = segment.live.saturating_sub(indexes.len() as u64);
            let (salt, live) = (segment.salt, segment.live);
            if live == 0 && self.sealed.contains_key(&first) {
                self.remove_if_done(first);
            } else {
                // Without the mark the record comes again, which is allowed.
                drop(marks::append(&self.shared.files.marks(first), salt, &indexes));
            }
        }
    }

    fn remove_if_done(&mut self, first: u64) {
        if self.sealed.get(&first).is_none_or(|segment| segment.live > 0) {
            return;
        }
        if let Some(segment) = self.sealed.remove(&first) {
            // What cannot be removed now is found, and comes again, when the journal is opened.
            drop(self.shared.files.remove(first));
            self.shared.used.fetch_sub(segment.bytes, Ordering::Relaxed);
        }
    }

    fn used(&self) -> u64 {
        self.shared.used.load(Ordering::Relaxed)
    }

    /// Takes what is left in the channel, and leaves the files whole.
    fn end(mut self) {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Append(append) => self.answer(append.answer, Err(AppendError::Closed)),
                Command::Done(_) => drop(self.take(command)),
                Command::Close => {}
            }
        }
        self.mark();
        if let Some(active) = &self.active {
            drop(active.sync());
        }
        self.seal();
        drop(self.shared.files.sync_directory());
    }
}

fn failure(error: &io::Error) -> AppendError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            AppendError::Full(error.to_string())
        }
        _ => AppendError::Io(error.to_string()),
    }
}

impl Shared {
    pub(crate) fn read(&self, record: &Record) -> Result<Bytes, ReadError> {
        let file = self.files.reader(record.segment)?;
        let mut payload = vec![0; record.length as usize];
        let mut header = [0; HEADER];
        let read = file
            .read_exact_at(&mut header, record.offset)
            .and_then(|()| file.read_exact_at(&mut payload, record.offset + HEADER as u64));
        let end = record.offset + format::size(record.length as usize);
        match read {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error.into()),
            Ok(()) if format::checksum(&header) == Some(crc32fast::hash(&payload)) => {
                return Ok(payload.into());
            }
            _ => {}
        }
        drop(self.quarantine.keep(&file, record.segment, &(record.offset..end)));
        Err(ReadError::Damaged { length: record.length as usize })
    }
}
