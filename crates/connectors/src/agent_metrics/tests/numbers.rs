//! Sums, histograms and series by themselves.

use proptest::prelude::*;

use crate::agent_metrics::{
    config::Config,
    labels::{Labels, Set},
    names::{Key, Kind, Name, Source},
    series::{Exact, Exemplar, Shown, Store},
};

fn store(limit: usize) -> (Labels, Store) {
    (Labels::new(&Config::default()), Store::new(|_| true, limit))
}

/// What a store shows after a first look at zero.
fn shown(store: &mut Store) -> Vec<(Name, Shown)> {
    let mut all = Vec::new();
    for (name, list) in store.all() {
        for series in list {
            series.show(false);
            all.push((name, series.show(false).0));
        }
    }
    all
}

proptest! {
    #[test]
    fn the_order_of_addition_changes_nothing(
        mut amounts in prop::collection::vec(0.0..1e7f64, 1..50),
        seed: u64,
    ) {
        let sums = |amounts: &[f64]| {
            let (mut labels, mut store) = store(100);
            for amount in amounts {
                store.add(&mut labels, Name::Cost, &Set::EMPTY, *amount, None);
                store.observe(&mut labels, Name::CallDuration, &Set::EMPTY, (*amount, 1.5), None);
            }
            shown(&mut store)
        };
        let before = sums(&amounts);
        fastrand::Rng::with_seed(seed).shuffle(&mut amounts);
        prop_assert_eq!(sums(&amounts), before);
    }

    #[test]
    fn a_number_comes_back_as_it_went_in(cents in 0u64..1_000_000_000_000, decimals in 0u32..9) {
        let number = cents as f64 / 10f64.powi(decimals as i32);
        prop_assert_eq!(Exact::new(number).to_f64(), number);
        prop_assert_eq!(Exact::new(cents as f64).to_u64(), cents);
    }

    #[test]
    fn a_counter_never_falls(changes in prop::collection::vec(-100.0..100f64, 1..50)) {
        let (mut labels, mut store) = store(100);
        let mut last = Exact::default();
        let mut sum = 0.0f64;
        for change in changes {
            store.add(&mut labels, Name::Cost, &Set::EMPTY, change, None);
            sum += change;
            let all = shown(&mut store);
            let [(_, Shown::Number(now))] = all[..] else { panic!("{all:?}") };
            prop_assert!(now >= last && now.to_f64() >= sum - 1e-6);
            last = now;
        }
    }

    #[test]
    fn a_histogram_puts_a_value_where_its_bound_includes_it(value in 0.0..100f64) {
        let (mut labels, mut store) = store(100);
        store.observe(&mut labels, Name::CallDuration, &Set::EMPTY, (value, 1.0), None);
        let all = shown(&mut store);
        let [(_, Shown::Histogram { bounds, ref counts, .. })] = all[..] else { panic!("{all:?}") };
        let place = counts.iter().position(|count| *count == 1).unwrap();
        prop_assert!(place == 0 || bounds[place - 1] < value);
        prop_assert!(place == bounds.len() || value <= bounds[place]);
    }
}

#[test]
fn what_is_no_number_adds_nothing() {
    let (mut labels, mut store) = store(100);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        store.observe(&mut labels, Name::CallDuration, &Set::EMPTY, (value, 1.0), None);
    }
    store.add(&mut labels, Name::Calls, &Set::EMPTY, f64::NAN, None);
    assert_eq!(shown(&mut store), [(Name::Calls, Shown::Number(Exact::default()))]);
}

#[test]
fn hostile_amounts_end_at_the_largest_number() {
    let (mut labels, mut store) = store(100);
    for _ in 0..3 {
        store.add(&mut labels, Name::Calls, &Set::EMPTY, f64::MAX, None);
    }
    let [(_, Shown::Number(sum))] = shown(&mut store)[..] else { panic!() };
    assert_eq!(sum.to_u64(), i64::MAX as u64);
}

#[test]
fn a_correction_downwards_is_made_up_for_by_what_comes_next() {
    let (mut labels, mut store) = store(100);
    let mut totals = Vec::new();
    for amount in [10.0, -4.0, 3.0, 5.0] {
        store.add(&mut labels, Name::Calls, &Set::EMPTY, amount, None);
        let [(_, Shown::Number(sum))] = shown(&mut store)[..] else { panic!() };
        totals.push(sum.to_u64());
    }
    assert_eq!(totals, [10, 10, 10, 14]);
}

#[test]
fn a_series_begins_at_zero() {
    let (mut labels, mut store) = store(100);
    store.add(&mut labels, Name::Calls, &Set::EMPTY, 3.0, None);
    let (_, list) = store.all().find(|(name, _)| *name == Name::Calls).unwrap();
    assert_eq!(list[0].show(false).0, Shown::Number(Exact::default()));
    assert_eq!(list[0].show(false).0, Shown::Number(Exact::new(3.0)));
}

#[test]
fn series_beyond_the_limit_share_one() {
    let (mut labels, mut store) = store(3);
    for at in 0..10 {
        let value = labels.value(Key::Tool, Some(format!("tool {at}").as_bytes()));
        store.add(&mut labels, Name::ToolCalls, &Set::EMPTY.with(Key::Tool, value), 1.0, None);
    }
    let (_, list) = store.all().find(|(name, _)| *name == Name::ToolCalls).unwrap();
    assert_eq!(list.len(), 4);
    let overflow = list.iter_mut().find(|series| series.labels == Set::OVERFLOW).unwrap();
    assert_eq!(overflow.show(true).0, Shown::Number(Exact::new(7.0)));
    assert_eq!(store.overflowed, 7);
}

#[test]
fn the_latest_call_of_a_bucket_is_its_exemplar_whatever_the_order() {
    let calls = [(1, 0.5), (3, 0.6), (2, 0.55), (4, 50.0)];
    let mut orders = [calls.to_vec(), calls.iter().rev().copied().collect()];
    let kept = orders.iter_mut().map(|order| {
        let (mut labels, mut store) = store(100);
        for (time, seconds) in order {
            let exemplar = Exemplar { value: 0.0, time: *time, trace_id: [1; 16], span_id: *time };
            let value = (*seconds, 1.0);
            store.observe(&mut labels, Name::CallDuration, &Set::EMPTY, value, Some(exemplar));
        }
        let (_, list) = store.all().find(|(name, _)| *name == Name::CallDuration).unwrap();
        let mut kept: Vec<_> =
            list[0].show(true).1.iter().map(|(_, it)| (it.time, it.value)).collect();
        kept.sort_by_key(|(time, _)| *time);
        kept
    });
    for kept in kept {
        assert_eq!(kept, [(3, 0.6), (4, 50.0)]);
    }
}

#[test]
fn the_table_of_metrics_is_sound() {
    for name in Name::ALL {
        let row = name.row();
        if let Kind::Histogram(bounds) = row.kind {
            assert!(bounds.is_sorted_by(|a, b| a < b), "{}", row.name);
        }
        assert!(!row.help.is_empty() && row.help.ends_with('.'), "{}", row.name);
        let is_ours = row.name.starts_with("tollgate.");
        assert_eq!(is_ours, row.source == Source::Own, "{}", row.name);
        let same = Name::ALL.iter().filter(|other| other.row().name == row.name).count();
        assert_eq!(same, 1, "{}", row.name);
    }
}
