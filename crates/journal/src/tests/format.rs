//! The bytes in the files, and any bytes in their place.

use proptest::prelude::*;

use crate::format::{RecordHeader, SegmentHeader, decode_mark, encode_mark};

#[test]
fn the_first_version_is_what_the_readme_says() {
    let header = SegmentHeader { version: 1, first: 258, salt: 0x0403_0201 }.encode();
    assert_eq!(header[..24], *b"TGJRNL\r\n\x01\0\0\0\x01\x02\x03\x04\x02\x01\0\0\0\0\0\0");
    let record = RecordHeader { length: 3, sequence: 5, tag: 7, checksum: 9 };
    let bytes = record.encode(1);
    assert_eq!(bytes[..24], *b"\xf3TG\x9e\x03\0\0\0\x05\0\0\0\0\0\0\0\x07\0\0\0\x09\0\0\0");
    assert_eq!(RecordHeader::decode(&bytes, 1), Some(record));
    assert_eq!(RecordHeader::decode(&bytes, 2), None);
    assert_eq!(decode_mark(&encode_mark(11, 3), 3), Some(11));
    assert_eq!(decode_mark(&encode_mark(11, 3), 4), None);
}

proptest! {
    #[test]
    fn any_bytes_are_a_segment_in_which_records_lie_apart(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        salt in any::<u32>(),
    ) {
        crate::fuzzing::segment(&bytes, salt);
    }

    #[test]
    fn records_between_noise_are_found(
        parts in proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<u8>(), 0..80)), 0..20),
    ) {
        let segment = SegmentHeader { version: 1, first: 1, salt: 77 };
        let mut bytes = segment.encode().to_vec();
        let mut written = 0;
        for (is_record, payload) in &parts {
            if *is_record {
                written += 1;
                let (length, checksum) = (payload.len() as u32, crc32fast::hash(payload));
                let header = RecordHeader { length, sequence: written, tag: 0, checksum };
                bytes.extend(header.encode(77));
            }
            bytes.extend(payload);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        let scanned = crate::scan::scan(&bytes.as_slice(), segment, crate::scan::Verify::Everything).unwrap();
        prop_assert_eq!(scanned.records.len() as u64, written);
        crate::fuzzing::segment(&bytes, 77);
    }
}
