//! Which records of a segment are done with.

use std::{
    collections::HashSet,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use crate::format::{MARK, decode_mark, encode_mark};

/// The indexes that are marked; what is not readable marks nothing.
pub(crate) fn read(path: &Path, salt: u32) -> io::Result<HashSet<u32>> {
    match fs::read(path) {
        Ok(bytes) => {
            Ok(bytes.chunks_exact(MARK).filter_map(|mark| decode_mark(mark, salt)).collect())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashSet::new()),
        Err(error) => Err(error),
    }
}

/// Adds marks at the end, without waiting for the disk.
///
/// What a crash left half written is cut off first, so that later marks stand where marks stand.
pub(crate) fn append(path: &Path, salt: u32, indexes: &[u32]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let length = file.metadata()?.len();
    let odd = length % MARK as u64;
    if odd != 0 {
        file.set_len(length - odd)?;
    }
    let bytes: Vec<u8> = indexes.iter().flat_map(|index| encode_mark(*index, salt)).collect();
    file.write_all(&bytes)
}
