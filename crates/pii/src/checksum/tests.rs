use proptest::prelude::*;

use super::*;

#[test]
fn published_addresses_pass_and_changed_ones_fail() {
    assert_eq!(base58check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), Some((0, 21)));
    assert_eq!(base58check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"), None);
    assert!(bech32(b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
    assert!(!bech32(b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"));
    assert!(eip55(b"5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
    assert!(!eip55(b"5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"));
}

#[test]
fn crc_32_is_the_one_of_zip_files() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
}

proptest! {
    #[test]
    fn one_wrong_digit_breaks_luhn_and_verhoeff(digits in proptest::collection::vec(0u8..10, 2..20), at in 0usize..20, by in 1u8..10) {
        let at = at % digits.len();
        for check in [luhn, verhoeff] {
            let sound: Vec<Vec<u8>> = (0..10).map(|last| [digits.as_slice(), &[last]].concat()).filter(|all| check(all)).collect();
            prop_assert_eq!(sound.len(), 1);
            let mut wrong = sound[0].clone();
            wrong[at] = (wrong[at] + by) % 10;
            prop_assert!(!check(&wrong));
        }
    }
}
