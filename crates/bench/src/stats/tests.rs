use proptest::prelude::*;

use super::{Summary, percentile};

#[test]
fn takes_the_middle_of_an_odd_count_and_the_mean_of_two_otherwise() {
    let summary = |values: &[f64]| Summary::of(values.iter().copied());
    assert_eq!(summary(&[3.0, 1.0, 2.0]), Some(Summary { median: 2.0, min: 1.0, max: 3.0 }));
    assert_eq!(summary(&[4.0, 1.0, 2.0, 3.0]), Some(Summary { median: 2.5, min: 1.0, max: 4.0 }));
    assert_eq!(summary(&[7.0]), Some(Summary { median: 7.0, min: 7.0, max: 7.0 }));
    assert_eq!(summary(&[]), None);
    assert_eq!(summary(&[1.0, f64::NAN]), None);
}

#[test]
fn takes_percentiles_by_nearest_rank() {
    let hundred: Vec<u64> = (1..=100).collect();
    for (percent, expected) in [(0.0, 1), (50.0, 50), (99.0, 99), (99.1, 100), (100.0, 100)] {
        assert_eq!(percentile(&hundred, percent), Some(expected), "p{percent}");
    }
    assert_eq!(percentile(&[9], 99.0), Some(9));
    assert_eq!(percentile(&[], 50.0), None);
}

proptest! {
    #[test]
    fn keeps_the_median_between_the_ends(values in prop::collection::vec(-1e9_f64..1e9, 1..40)) {
        let summary = Summary::of(values.iter().copied()).unwrap();
        prop_assert!(summary.min <= summary.median && summary.median <= summary.max);
        let below = values.iter().filter(|&&value| value < summary.median).count();
        prop_assert!(below * 2 <= values.len());
    }
}
