//! Finds the records of a segment, whatever happened to its bytes.

use std::{fs::File, io, ops::Range};

use crate::format::{ALIGN, HEADER, RECORD_MAGIC, RecordHeader, SegmentHeader};

/// Bytes read at once where all of them are looked at.
const WINDOW: usize = 64 << 10;
/// Bytes read at once where only the next header is wanted.
const HOP: usize = 8 << 10;

/// Something that is read at any place: a file, or bytes.
pub(crate) trait ReadAt {
    /// How many bytes there are.
    fn size(&self) -> io::Result<u64>;
    /// Fills `out` from `offset` on.
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()>;
}

impl ReadAt for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, out, offset)
    }
}

impl ReadAt for &[u8] {
    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        let from = self.get(at..).and_then(|rest| rest.get(..out.len()));
        out.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// A record, found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) offset: u64,
    pub(crate) sequence: u64,
    pub(crate) length: u32,
    pub(crate) tag: u32,
}

/// What a segment holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scanned {
    pub(crate) records: Vec<Found>,
    /// Where something else stands than was written, in front of a record that is whole.
    pub(crate) damage: Vec<Range<u64>>,
    /// Where the last whole record ends.
    pub(crate) end: u64,
    /// How many bytes there are.
    pub(crate) size: u64,
}

/// Which payloads are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verify {
    /// Headers only; payloads are checked when they are read.
    Headers,
    /// Everything: of the file that was being written when the process ended.
    Everything,
}

/// Finds the records of a segment. Reads each byte at most twice, whatever stands there.
pub(crate) fn scan(
    source: &impl ReadAt,
    header: SegmentHeader,
    verify: Verify,
) -> io::Result<Scanned> {
    let size = source.size()?;
    let mut scan = Scan {
        window: Window { source, size, start: 0, bytes: Vec::new() },
        salt: header.salt,
        next: header.first,
        verify,
    };
    let mut scanned = Scanned { end: (HEADER as u64).min(size), size, ..Scanned::default() };
    let mut damaged_from = None;
    let mut offset = HEADER as u64;
    while offset + HEADER as u64 <= size {
        let Some((found, whole)) = scan.record(offset)? else {
            damaged_from.get_or_insert(offset);
            offset = scan.next_magic(offset + ALIGN as u64)?;
            continue;
        };
        let end = offset + crate::format::size(found.length as usize);
        if whole {
            scanned.damage.extend(damaged_from.take().map(|from| from..offset));
            scan.next = found.sequence + 1;
            scanned.records.push(found);
            scanned.end = end.min(size);
        } else {
            damaged_from.get_or_insert(offset);
        }
        offset = end;
    }
    Ok(scanned)
}

struct Scan<'a, S> {
    window: Window<'a, S>,
    salt: u32,
    /// The lowest sequence number that may come.
    next: u64,
    verify: Verify,
}

impl<S: ReadAt> Scan<'_, S> {
    /// The record whose header stands here and fits, and whether its payload is whole as far as that
    /// is to be checked.
    fn record(&mut self, offset: u64) -> io::Result<Option<(Found, bool)>> {
        let Some(bytes) = self.window.get(offset, HEADER)? else { return Ok(None) };
        let Some(header) = RecordHeader::decode(bytes, self.salt) else { return Ok(None) };
        let payload = offset + HEADER as u64;
        let fits = payload + u64::from(header.length) <= self.window.size;
        if !fits || header.sequence < self.next {
            return Ok(None);
        }
        let whole = match self.verify {
            Verify::Headers => true,
            Verify::Everything => self.checksum(payload, header.length)? == header.checksum,
        };
        let (sequence, length, tag) = (header.sequence, header.length, header.tag);
        Ok(Some((Found { offset, sequence, length, tag }, whole)))
    }

    fn checksum(&mut self, mut offset: u64, length: u32) -> io::Result<u32> {
        let mut sum = crc32fast::Hasher::new();
        let mut left = length as usize;
        while left > 0 {
            let part = left.min(WINDOW);
            if let Some(bytes) = self.window.get(offset, part)? {
                sum.update(bytes);
            }
            left -= part;
            offset += part as u64;
        }
        Ok(sum.finalize())
    }

    /// The next place from `offset` on where a record may begin; the end if there is none.
    fn next_magic(&mut self, mut offset: u64) -> io::Result<u64> {
        while let Some(bytes) = self.window.some(offset)? {
            let starts = bytes.chunks_exact(ALIGN);
            if let Some(at) = starts.into_iter().position(|start| start.starts_with(&RECORD_MAGIC))
            {
                return Ok(offset + (at * ALIGN) as u64);
            }
            offset += (bytes.len() / ALIGN * ALIGN).max(ALIGN) as u64;
        }
        Ok(self.window.size)
    }
}

/// A piece of the source in memory.
struct Window<'a, S> {
    source: &'a S,
    size: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<S: ReadAt> Window<'_, S> {
    /// `length` bytes from `offset` on, at most [`WINDOW`]; `None` behind the end.
    fn get(&mut self, offset: u64, length: usize) -> io::Result<Option<&[u8]>> {
        if !self.holds(offset, length) {
            self.load(offset, length.max(HOP))?;
        }
        let at = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        Ok(self.bytes.get(at..).and_then(|rest| rest.get(..length)))
    }

    /// What there is from `offset` on, at least eight bytes; `None` at the end.
    fn some(&mut self, offset: u64) -> io::Result<Option<&[u8]>> {
        if !self.holds(offset, ALIGN) {
            self.load(offset, WINDOW)?;
        }
        let at = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        Ok(self.bytes.get(at..).filter(|rest| rest.len() >= ALIGN))
    }

    fn holds(&self, offset: u64, length: usize) -> bool {
        let end = self.start + self.bytes.len() as u64;
        self.start <= offset && offset + length as u64 <= end
    }

    fn load(&mut self, offset: u64, wanted: usize) -> io::Result<()> {
        let left = self.size.saturating_sub(offset);
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(wanted);
        self.bytes.resize(length, 0);
        self.start = offset;
        self.source.read_exact_at(&mut self.bytes, offset)
    }
}
