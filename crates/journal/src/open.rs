//! Opening: what is there, what is damaged, where to go on.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize},
    },
    thread,
};

use crossbeam_channel::bounded;

use crate::{
    APPENDS_MAX, Damage, Journal, OpenError, Opened, Options, Record, Shared,
    damage::Quarantine,
    files::{Files, gone},
    format::{HEADER, SegmentHeader, VERSION},
    marks,
    scan::{Found, ReadAt as _, Scanned, Verify, scan},
    segment::Segment,
    writer::Writer,
};

/// How many missing records are looked up one by one.
const MISSING_MAX: usize = 1 << 20;

pub(crate) fn open(directory: &Path, options: Options) -> Result<Opened, OpenError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error: io::Error| OpenError::Io(path, error)
    };
    fs::create_dir_all(directory).map_err(at(directory))?;
    let lock = lock(directory)?;
    let files = Files::new(directory);
    let quarantine = Quarantine::new(directory, options.damaged_bytes_max);
    let mut found = Contents::new(&files, &quarantine);
    let numbers = files.numbers("log").map_err(at(directory))?;
    for (place, first) in numbers.iter().enumerate() {
        let path = files.segment(*first);
        let is_last = place + 1 == numbers.len();
        found.segment(*first, is_last).map_err(|error| match error {
            Refused::Newer(version) => OpenError::Newer(path.clone(), version),
            Refused::Io(error) => OpenError::Io(path.clone(), error),
        })?;
    }
    // Marks whose segment is gone would mark the records of a new one with its number.
    for first in files.numbers("done").map_err(at(directory))? {
        if !found.sealed.contains_key(&first) {
            gone(fs::remove_file(files.marks(first))).map_err(at(&files.marks(first)))?;
        }
    }
    let Contents { sealed, records, damage, next, .. } = found;
    let used = sealed.values().map(|segment| segment.bytes).sum();
    let shared = Arc::new(Shared {
        files,
        quarantine,
        used: AtomicU64::new(used),
        waiting: AtomicUsize::new(0),
    });
    // Appends are counted, so they always find room beside as many records that are done with.
    let (commands, receiver) = bounded(2 * APPENDS_MAX);
    let writer = Writer {
        commands: receiver,
        shared: shared.clone(),
        options,
        sealed,
        active: None,
        next: next.max(1),
        marks: BTreeMap::new(),
        buffer: Vec::new(),
        pending: Vec::new(),
    };
    let thread = thread::Builder::new().name("journal".to_owned());
    let writer = thread.spawn(move || writer.run()).map_err(at(directory))?;
    let journal = Journal { commands, shared, writer: Mutex::new(Some(writer)), _lock: lock };
    Ok(Opened { journal, records, damage })
}

fn lock(directory: &Path) -> Result<File, OpenError> {
    let path = directory.join("lock");
    let io = |error| OpenError::Io(path.clone(), error);
    let file = File::options().create(true).write(true).truncate(false).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(directory.to_owned())),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

enum Refused {
    Newer(u32),
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What the directory holds.
struct Contents<'a> {
    files: &'a Files,
    quarantine: &'a Quarantine,
    sealed: BTreeMap<u64, Segment>,
    records: Vec<Record>,
    damage: Vec<Damage>,
    next: u64,
}

impl<'a> Contents<'a> {
    fn new(files: &'a Files, quarantine: &'a Quarantine) -> Self {
        let (sealed, records, damage) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { files, quarantine, sealed, records, damage, next: 0 }
    }

    fn segment(&mut self, first: u64, is_last: bool) -> Result<(), Refused> {
        let path = self.files.segment(first);
        let file = File::options().read(true).write(is_last).open(&path)?;
        let size = file.size()?;
        // A number that was given once is not given again.
        self.next = self.next.max(first.saturating_add(1));
        let Some(header) = read_header(&file, size)? else {
            return self.unreadable(first, &file, size);
        };
        if header.version > VERSION {
            return Err(Refused::Newer(header.version));
        }
        let verify = if is_last { Verify::Everything } else { Verify::Headers };
        let scanned = scan(&file, SegmentHeader { first, ..header }, verify)?;
        let done = marks::read(&self.files.marks(first), header.salt)?;
        let done = |sequence: u64| {
            u32::try_from(sequence - first).is_ok_and(|index| done.contains(&index))
        };
        self.damaged(first, &file, &scanned, is_last, done);
        if is_last && scanned.end < size {
            file.set_len(scanned.end)?;
        }
        self.next = self.next.max(scanned.records.last().map_or(0, |last| last.sequence + 1));
        let before = self.records.len();
        let waiting = scanned.records.iter().filter(|found| !done(found.sequence));
        self.records.extend(waiting.map(|found| {
            let Found { offset, sequence, length, tag } = *found;
            Record { sequence, segment: first, offset, length, tag }
        }));
        let live = (self.records.len() - before) as u64;
        if live == 0 {
            return Ok(self.files.remove(first)?);
        }
        let bytes = if is_last { scanned.end } else { size };
        self.sealed.insert(first, Segment { first, salt: header.salt, live, bytes });
        Ok(())
    }

    /// Without its header nothing in a file can be told from noise.
    fn unreadable(&mut self, first: u64, file: &File, size: u64) -> Result<(), Refused> {
        // A crash right after a file was made leaves nothing in it.
        if size > HEADER as u64 {
            let bytes = 0..size;
            let kept = self.quarantine.keep(file, first, &bytes);
            let file = self.files.segment(first);
            self.damage.push(Damage { file, bytes, is_tail: false, records: 0, kept });
        }
        Ok(self.files.remove(first)?)
    }

    /// Tells what is not as it was written, and puts it aside; not what was done with anyway.
    fn damaged(
        &mut self,
        first: u64,
        file: &File,
        scanned: &Scanned,
        is_last: bool,
        done: impl Fn(u64) -> bool,
    ) {
        let tail = (scanned.end < scanned.size).then_some(scanned.end..scanned.size);
        let inside = scanned.damage.iter().map(|range| (range.clone(), false));
        for (bytes, is_tail) in inside.chain(tail.map(|range| (range, is_last))) {
            let before = scanned.records.iter().rev().find(|found| found.offset < bytes.start);
            let behind = scanned.records.iter().find(|found| found.offset >= bytes.end);
            let expected = before.map_or(first, |found| found.sequence + 1);
            let missing = expected..behind.map_or(expected, |found| found.sequence);
            let records = missing.clone().take(MISSING_MAX).filter(|at| !done(*at)).count() as u64;
            if records == 0 && !missing.is_empty() {
                continue;
            }
            let kept = self.quarantine.keep(file, first, &bytes);
            let file = self.files.segment(first);
            self.damage.push(Damage { file, bytes, is_tail, records, kept });
        }
    }
}

fn read_header(file: &File, size: u64) -> io::Result<Option<SegmentHeader>> {
    let mut bytes = [0; HEADER];
    if size < HEADER as u64 {
        return Ok(None);
    }
    file.read_exact_at(&mut bytes, 0)?;
    Ok(SegmentHeader::decode(&bytes))
}
