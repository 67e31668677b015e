use proptest::prelude::*;

use super::*;

#[test]
fn every_byte_has_the_same_class_on_every_processor() {
    for byte in 0..=255 {
        let block = [byte; BLOCK];
        assert_eq!(Level::best().classify(&block), scalar::classify(&block), "{byte:#x}");
    }
}

#[test]
fn what_is_missing_in_the_last_block_is_of_no_class() {
    assert_eq!(Level::best().block(b"ab12", 0).token(), 0b1111);
    assert_eq!(Level::best().block(b"ab12", 64), Masks::default());
}

proptest! {
    #[test]
    fn simd_and_table_agree(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for start in 0..bytes.len() {
            prop_assert_eq!(Level::best().block(&bytes, start), Level::Scalar.block(&bytes, start));
        }
    }
}
