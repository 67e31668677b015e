use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn what_is_remembered_is_what_is_read(
        text in "[ab]{0,40}",
        asked in proptest::collection::vec((0..45_usize, 0..20_usize), 1..12),
    ) {
        let text = text.as_bytes();
        let is = |byte: u8| byte == b'a';
        let mut extent = Extent::default();
        for (start, most) in asked {
            prop_assert_eq!(extent.run(text, start, most, is), run(text, start, most, is));
        }
    }
}
