use proptest::prelude::*;

use super::{bound, target, traffic};
use crate::Ratio;

fn ratio(text: &str) -> Ratio {
    Ratio::decimal(text).unwrap()
}

#[test]
fn few_events_promise_little() {
    assert_eq!(target(0, 0), None);
    assert_eq!(target(0, 10), None, "nothing was ever good");
    let of = |good, bad| target(good, bad).map(|s| s.target.to_string()).unwrap();
    assert_eq!(of(10, 0), "0.7");
    assert_eq!(of(100, 0), "0.95");
    assert_eq!(of(1_000, 0), "0.995");
    assert_eq!(of(100_000, 0), "0.9999");
    assert_eq!(of(950, 50), "0.93");
}

#[test]
fn bounds_have_two_digits() {
    let of = |values: &[f64], part: &str| bound(&mut values.to_vec(), ratio(part));
    assert_eq!(of(&[], "0.9"), None);
    assert_eq!(of(&[f64::NAN, 1.234], "0.9"), Some(1.3));
    assert_eq!(of(&[0.0, 0.0], "0.9"), Some(0.0));
    assert_eq!(of(&[12_345.0], "0.5"), Some(13_000.0));
    assert_eq!(of(&[0.3], "0.5"), Some(0.3));
    assert_eq!(of(&[1.0, 2.0, 3.0, 4.0], "0.5"), Some(2.0));
    assert_eq!(of(&[1.0, 2.0, 3.0, 4.0], "0.51"), Some(3.0));
}

#[test]
fn traffic_is_events_by_time() {
    assert_eq!(traffic(6, 3_600).unwrap().events_per_hour(), Ratio::whole(6));
    assert_eq!(traffic(0, 3_600), None);
    assert_eq!(traffic(6, 0), None);
}

proptest! {
    #[test]
    fn what_is_suggested_would_have_been_kept(good in 0..100_000_u64, bad in 0..10_000_u64) {
        if let Some(suggestion) = target(good, bad) {
            prop_assert!(suggestion.remaining >= Ratio::ZERO);
            prop_assert_eq!(suggestion.events, good + bad);
        }
    }

    #[test]
    fn the_bound_is_kept_as_often_as_promised(
        values in prop::collection::vec(0.0..1e6_f64, 1..60), permille in 1..1_000_i128,
    ) {
        let target = Ratio::new(permille, 1_000).unwrap();
        let bound = bound(&mut values.clone(), target).unwrap();
        let kept = values.iter().filter(|value| **value <= bound).count();
        prop_assert!(Ratio::new(kept as i128, values.len() as i128).unwrap() >= target);
    }
}
