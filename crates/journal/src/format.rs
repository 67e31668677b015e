//! What stands in the files: see "Format" in the README.

/// The first bytes of every segment.
const MAGIC: [u8; 8] = *b"TGJRNL\r\n";
/// The first bytes of every record.
pub(crate) const RECORD_MAGIC: [u8; 4] = [0xf3, b'T', b'G', 0x9e];
/// The version that is written and read.
pub(crate) const VERSION: u32 = 1;
/// Bytes of a segment's header and of a record's.
pub(crate) const HEADER: usize = 32;
/// Records begin at multiples of this.
pub(crate) const ALIGN: usize = 8;
/// Bytes of a mark.
pub(crate) const MARK: usize = 8;

/// The start of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) version: u32,
    /// The sequence number of its first record.
    pub(crate) first: u64,
    /// Goes into every checksum of the segment, so that no payload can look like a record.
    pub(crate) salt: u32,
}

impl SegmentHeader {
    pub(crate) fn encode(self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        put(&mut out, 0, &MAGIC);
        put(&mut out, 8, &self.version.to_le_bytes());
        put(&mut out, 12, &self.salt.to_le_bytes());
        put(&mut out, 16, &self.first.to_le_bytes());
        let sum = crc32fast::hash(out.split_at(24).0);
        put(&mut out, 24, &sum.to_le_bytes());
        out
    }

    /// `None` if these are no such bytes.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (covered, sum) = bytes.split_at_checked(24)?;
        let fits = covered.starts_with(&MAGIC) && u32_at(sum, 0)? == crc32fast::hash(covered);
        let header = Self {
            version: u32_at(covered, 8)?,
            salt: u32_at(covered, 12)?,
            first: u64_at(covered, 16)?,
        };
        fits.then_some(header)
    }
}

/// The start of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    pub(crate) length: u32,
    pub(crate) sequence: u64,
    pub(crate) tag: u32,
    /// Of the payload.
    pub(crate) checksum: u32,
}

impl RecordHeader {
    pub(crate) fn encode(self, salt: u32) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        put(&mut out, 0, &RECORD_MAGIC);
        put(&mut out, 4, &self.length.to_le_bytes());
        put(&mut out, 8, &self.sequence.to_le_bytes());
        put(&mut out, 16, &self.tag.to_le_bytes());
        put(&mut out, 20, &self.checksum.to_le_bytes());
        let sum = salted(salt, out.split_at(24).0);
        put(&mut out, 24, &sum.to_le_bytes());
        out
    }

    /// `None` if these are no such bytes, of a segment with that salt.
    pub(crate) fn decode(bytes: &[u8], salt: u32) -> Option<Self> {
        let (covered, sum) = bytes.split_at_checked(24)?;
        let fits = covered.starts_with(&RECORD_MAGIC) && u32_at(sum, 0)? == salted(salt, covered);
        let header = Self {
            length: u32_at(covered, 4)?,
            sequence: u64_at(covered, 8)?,
            tag: u32_at(covered, 16)?,
            checksum: u32_at(covered, 20)?,
        };
        fits.then_some(header)
    }
}

/// How many bytes a record with such a payload takes.
pub(crate) const fn size(payload: usize) -> u64 {
    (HEADER + payload.next_multiple_of(ALIGN)) as u64
}

/// Says that the record at an index of its segment is done with.
pub(crate) fn encode_mark(index: u32, salt: u32) -> [u8; MARK] {
    let mut out = [0; MARK];
    put(&mut out, 0, &index.to_le_bytes());
    let sum = salted(salt, &index.to_le_bytes());
    put(&mut out, 4, &sum.to_le_bytes());
    out
}

/// The index, or `None` if these are no such bytes.
pub(crate) fn decode_mark(bytes: &[u8], salt: u32) -> Option<u32> {
    let index = u32_at(bytes, 0)?;
    (u32_at(bytes, 4)? == salted(salt, &index.to_le_bytes())).then_some(index)
}

fn salted(salt: u32, bytes: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new_with_initial(salt);
    sum.update(bytes);
    sum.finalize()
}

fn put(out: &mut [u8], at: usize, bytes: &[u8]) {
    let end = at.saturating_add(bytes.len());
    if let Some(place) = out.get_mut(at..end) {
        place.copy_from_slice(bytes);
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The checksum of the payload that a record's header names, whether the header itself is whole or not.
pub(crate) fn checksum(header: &[u8]) -> Option<u32> {
    u32_at(header, 20)
}
