//! The file that is being written.

use std::{
    fs::File,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io,
    os::unix::fs::FileExt as _,
};

use crate::{
    files::Files,
    format::{HEADER, SegmentHeader, VERSION},
};

/// What is known of a file that holds records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    /// The number of its first record, and its name.
    pub(crate) first: u64,
    pub(crate) salt: u32,
    /// Records that are not done with.
    pub(crate) live: u64,
    pub(crate) bytes: u64,
}

/// The last segment, open for writing.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) segment: Segment,
    file: File,
}

impl Active {
    /// A new file with a header.
    pub(crate) fn create(files: &Files, first: u64, sync: bool) -> io::Result<Self> {
        let path = files.segment(first);
        let file = files.create(&path, sync)?;
        // Randomly seeded by the standard library: nobody who sends records can know it.
        let salt = RandomState::new().build_hasher().finish() as u32;
        let header = SegmentHeader { version: VERSION, first, salt };
        if let Err(error) = file.write_all_at(&header.encode(), 0) {
            // A file without a header would be in the way of the next attempt.
            drop(std::fs::remove_file(path));
            return Err(error);
        }
        Ok(Self { segment: Segment { first, salt, live: 0, bytes: HEADER as u64 }, file })
    }

    /// Adds bytes at the end; with `sync` they are on the disk when this returns. On failure the file
    /// is cut to what it was, as far as the system lets us.
    pub(crate) fn write(&mut self, bytes: &[u8], sync: bool) -> io::Result<()> {
        let at = self.segment.bytes;
        let written = self.file.write_all_at(bytes, at);
        let kept = written.and_then(|()| if sync { self.file.sync_data() } else { Ok(()) });
        match kept {
            Ok(()) => self.segment.bytes += bytes.len() as u64,
            Err(_) => drop(self.file.set_len(at)),
        }
        kept
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}
