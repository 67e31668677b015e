//! What the fuzz target drives.

use crate::{
    format::{HEADER, SegmentHeader, VERSION, decode_mark},
    scan::{Verify, scan},
};

/// Bytes as a segment and as marks: whatever they are, no panic, and what is found lies within them,
/// in order and apart.
///
/// # Panics
///
/// When that does not hold.
pub fn segment(bytes: &[u8], salt: u32) {
    let header =
        SegmentHeader::decode(bytes).unwrap_or(SegmentHeader { version: VERSION, first: 1, salt });
    for verify in [Verify::Headers, Verify::Everything] {
        let Ok(scanned) = scan(&bytes, header, verify) else { continue };
        let mut end = HEADER as u64;
        for found in &scanned.records {
            assert!(found.offset >= end, "records overlap");
            end = found.offset + HEADER as u64 + u64::from(found.length);
            assert!(end <= bytes.len() as u64, "a record leaves the file");
        }
        assert!(scanned.records.is_sorted_by_key(|found| found.sequence), "out of order");
    }
    let marks = bytes.chunks(8).filter_map(|mark| decode_mark(mark, salt)).count();
    assert!(marks <= bytes.len() / 8, "more marks than fit");
}
