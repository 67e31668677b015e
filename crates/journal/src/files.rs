//! The files of a journal, by the number of their first record.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// How many segments stay open for reading.
const OPEN_MAX: usize = 8;

/// Names and open files.
#[derive(Debug)]
pub(crate) struct Files {
    directory: PathBuf,
    /// Segments read last, the latest at the end.
    open: Mutex<VecDeque<(u64, Arc<File>)>>,
}

impl Files {
    pub(crate) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), open: Mutex::default() }
    }

    /// Where the records from number `first` on are.
    pub(crate) fn segment(&self, first: u64) -> PathBuf {
        self.directory.join(format!("{first:020}.log"))
    }

    /// Where it says which of them are done with.
    pub(crate) fn marks(&self, first: u64) -> PathBuf {
        self.directory.join(format!("{first:020}.done"))
    }

    /// The first numbers of all files that end with `.{ending}`, lowest first.
    pub(crate) fn numbers(&self, ending: &str) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            let named = path.extension().is_some_and(|found| found == ending);
            let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| named);
            let digits = stem.filter(|stem| stem.bytes().all(|byte| byte.is_ascii_digit()));
            numbers.extend(digits.and_then(|digits| digits.parse::<u64>().ok()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The segment, open for reading.
    pub(crate) fn reader(&self, first: u64) -> io::Result<Arc<File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|(number, _)| *number == first)
            && let Some(found) = open.remove(at)
        {
            let file = found.1.clone();
            open.push_back(found);
            return Ok(file);
        }
        let file = Arc::new(File::open(self.segment(first))?);
        if open.len() >= OPEN_MAX {
            open.pop_front();
        }
        open.push_back((first, file.clone()));
        Ok(file)
    }

    /// A new file for writing. Its name is on the disk when this returns.
    pub(crate) fn create(&self, path: &Path, sync: bool) -> io::Result<File> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        if sync {
            self.sync_directory()?;
        }
        Ok(file)
    }

    /// Removes a segment, then its marks: marks without a segment say nothing, but a segment without
    /// marks would come back.
    pub(crate) fn remove(&self, first: u64) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(number, _)| *number != first);
        drop(open);
        gone(fs::remove_file(self.segment(first)))?;
        gone(fs::remove_file(self.marks(first)))
    }

    pub(crate) fn sync_directory(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

/// A file that is not there is removed.
pub(crate) fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
