use std::str::FromStr;

use super::*;

#[test]
fn the_same_id_and_type_share_one_value() {
    let shared = Shared::default();
    let (one, two) = (Id::from_str("a/1").unwrap(), Id::from_str("a/2").unwrap());
    let first = shared.get_or_insert_with(&one, || 1u32);
    let again = shared.get_or_insert_with(&one, || 2u32);
    let other = shared.get_or_insert_with(&two, || 3u32);
    assert_eq!((*first, *again, *other), (1, 1, 3));
    assert_eq!(*shared.get_or_insert_with(&one, || "text"), "text");
}

#[test]
fn chance_is_the_same_for_the_same_seed_and_stays_in_range() {
    let (a, b) = (Random::from_seed(7), Random::from_seed(7));
    for _ in 0..1000 {
        assert_eq!(a.next_u64(), b.next_u64());
        assert!((0.0..1.0).contains(&a.next_f64()));
        b.next_u64();
    }
}
