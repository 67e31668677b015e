use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_varint_reads_back_and_its_length_is_known(value: u64) {
        let mut out = Vec::new();
        put_varint(&mut out, value);
        prop_assert_eq!(out.len(), varint_len(value));
        prop_assert_eq!(read_varint(&out, 0), Some((value, out.len())));
        prop_assert_eq!(prost::encoding::encoded_len_varint(value), out.len());
    }

    #[test]
    fn zigzag_is_its_own_inverse(value: i64) {
        prop_assert_eq!(unzigzag(zigzag(value)), value);
    }

    #[test]
    fn any_bytes_are_walked_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut fields = Fields::new(&bytes);
        let mut last = 0;
        for field in fields.by_ref() {
            prop_assert!(field.start == last && field.end > field.start && field.end <= bytes.len());
            last = field.end;
        }
        prop_assert!(fields.position() <= bytes.len());
    }

    #[test]
    fn a_message_written_in_place_equals_one_written_apart(
        body in proptest::collection::vec(any::<u8>(), 0..40_000), number in 1u32..3000,
    ) {
        let (mut apart, mut in_place) = (vec![7], vec![7]);
        put_len(&mut apart, number, &body);
        put_message(&mut in_place, number, |out| out.extend_from_slice(&body));
        prop_assert_eq!(apart, in_place);
    }
}

#[test]
fn lengths_of_varints_at_each_edge() {
    for bits in 0..64 {
        let value = 1u64 << bits;
        let mut out = Vec::new();
        put_varint(&mut out, value);
        assert_eq!(out.len(), varint_len(value), "1 << {bits}");
        let mut out = Vec::new();
        put_varint(&mut out, value - 1);
        assert_eq!(out.len(), varint_len(value - 1), "(1 << {bits}) - 1");
    }
}

#[test]
fn malformed_fields_end_the_walk() {
    let rows: &[(&str, &[u8])] = &[
        ("field number zero", &[0x00, 0x01]),
        ("length beyond the end", &[0x0a, 0x05, 0x01]),
        ("cut varint", &[0x08, 0xff]),
        ("varint of eleven bytes", &[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
        ("varint beyond 64 bits", &[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2]),
        ("end of a group that never began", &[0x0c]),
        ("group that never ends", &[0x0b, 0x08, 0x01]),
        ("group ended by another number", &[0x0b, 0x14]),
        ("wire type six", &[0x0e, 0x00]),
        ("cut fixed64", &[0x09, 1, 2, 3]),
        ("cut fixed32", &[0x0d, 1, 2, 3]),
    ];
    for (name, bytes) in rows {
        let mut fields = Fields::new(bytes);
        assert_eq!(fields.next(), None, "{name}");
        assert_eq!(fields.position(), 0, "{name}");
    }
}

#[test]
fn groups_are_stepped_over_whole() {
    // group 1 { 1: varint 1, group 2 { } }, then 3: varint 9
    let bytes = [0x0b, 0x08, 0x01, 0x13, 0x14, 0x0c, 0x18, 0x09];
    let fields: Vec<_> = Fields::new(&bytes).collect();
    assert_eq!(fields.len(), 2);
    assert_eq!(fields[0].value, FieldValue::Group(&bytes[1..5]));
    assert_eq!((fields[1].number, fields[1].value), (3, FieldValue::Varint(9)));
}
