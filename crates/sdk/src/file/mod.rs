//! A file that is read again when it changed.

#[cfg(test)]
mod tests;

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

/// A file that may be written anew while the collector runs, such as a table of prices.
///
/// It reads from a disk: ask it from a thread that may block.
#[derive(Debug)]
pub struct WatchedFile {
    path: PathBuf,
    max_mib: u32,
    /// What the file looked like when it was last read, whatever came of it.
    seen: Mutex<Option<Stamp>>,
}

/// What a file says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileContent {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it was written, if the system knows.
    pub modified: Option<SystemTime>,
}

/// What tells that a file is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl WatchedFile {
    /// A file of at most `max_mib` MiB.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, max_mib: u32) -> Self {
        Self { path: path.into(), max_mib, seen: Mutex::default() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file says, the first time and whenever its length or time differs from the last.
    ///
    /// # Errors
    ///
    /// Why it cannot be read. A file that is too large is told once for as long as it stays what it is.
    pub fn changed(&self) -> Result<Option<FileContent>, String> {
        let found = fs::metadata(&self.path).map_err(|error| error.to_string())?;
        if !found.is_file() {
            return Err("is not a file".to_owned());
        }
        let stamp = Stamp { modified: found.modified().ok(), length: found.len() };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == Some(stamp) {
            return Ok(None);
        }
        *seen = Some(stamp);
        let bytes = self.read()?;
        Ok(Some(FileContent { bytes, modified: stamp.modified }))
    }

    fn read(&self) -> Result<Vec<u8>, String> {
        let max = u64::from(self.max_mib) << 20;
        let file = File::open(&self.path).map_err(|error| error.to_string())?;
        let mut bytes = Vec::new();
        let read = file.take(max.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| error.to_string())?;
        if bytes.len() as u64 > max {
            return Err(format!("is larger than {} MiB, the most that is taken", self.max_mib));
        }
        Ok(bytes)
    }
}
