//! Bytes that are not what was written: put aside, and told.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::scan::ReadAt;

/// The folder of what was put aside.
pub(crate) const FOLDER: &str = "damaged";
/// Bytes copied at once.
const CHUNK: usize = 64 << 10;

/// Something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// Where in it.
    pub bytes: Range<u64>,
    /// Whether it is the end of the file that was being written: what a crash leaves of records that
    /// nobody was told are kept.
    pub is_tail: bool,
    /// How many records are missing there, as far as their numbers tell.
    pub records: u64,
    /// Where the bytes were put aside; nowhere if there was no room.
    pub kept: Option<PathBuf>,
}

/// The folder of damaged bytes, of bounded size.
#[derive(Debug)]
pub(crate) struct Quarantine {
    folder: PathBuf,
    left: AtomicU64,
}

impl Quarantine {
    /// Counts what is there already.
    pub(crate) fn new(directory: &Path, bytes_max: u64) -> Self {
        let folder = directory.join(FOLDER);
        let there = fs::read_dir(&folder).into_iter().flatten().flatten();
        let used = there.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum();
        Self { folder, left: AtomicU64::new(bytes_max.saturating_sub(used)) }
    }

    /// Copies a range of a segment. Best effort: what matters is that the rest goes on.
    pub(crate) fn keep(&self, from: &File, segment: u64, range: &Range<u64>) -> Option<PathBuf> {
        let length = range.end.saturating_sub(range.start);
        let taken = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(length));
        taken.ok()?;
        let file = self.folder.join(format!("{segment:020}-{:012}.bytes", range.start));
        let kept = fs::create_dir_all(&self.folder).and_then(|()| copy(from, range, &file));
        if kept.is_err() {
            self.left.fetch_add(length, Ordering::Relaxed);
        }
        kept.ok().map(|()| file)
    }
}

fn copy(from: &File, range: &Range<u64>, to: &Path) -> io::Result<()> {
    let mut out = File::create(to)?;
    let mut at = range.start;
    let mut chunk = vec![0; CHUNK];
    while at < range.end {
        let length = usize::try_from(range.end - at).unwrap_or(CHUNK).min(CHUNK);
        chunk.truncate(length);
        ReadAt::read_exact_at(from, &mut chunk, at)?;
        out.write_all(&chunk)?;
        at += length as u64;
    }
    Ok(())
}
