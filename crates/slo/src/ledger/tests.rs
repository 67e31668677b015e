use proptest::prelude::*;

use super::{Budget, SnapshotError, Source, State, Sums};
use crate::{Period, Ratio, Verdict, Weight};

const START: u64 = 1_790_000_000;
const ONE: u64 = 1 << 20;

const fn source(replica: u64) -> Source {
    Source { replica, epoch: 1 }
}

fn ratio(text: &str) -> Ratio {
    Ratio::decimal(text).unwrap()
}

#[test]
fn what_is_left_is_one_minus_what_was_burnt() {
    let mut budget = Budget::new(Period::days(28));
    let target = ratio("0.95");
    assert_eq!(budget.remaining(target, START), None, "nothing is known");
    for at in 0..100 {
        let verdict = if at == 7 { Verdict::Bad } else { Verdict::Good };
        budget.add(source(1), START + at * 60, verdict, Weight::ONE);
        budget.add(source(1), START + at * 60, Verdict::Excluded, Weight::ONE);
        budget.add(source(1), START + at * 60, Verdict::Unknown, Weight::ONE);
    }
    assert_eq!(budget.remaining(target, START + 6_000), Some(ratio("0.8")));
    let hour = budget.sums(Period::hours(1), START + 99 * 60);
    assert_eq!(hour, Sums { good: 60 * ONE, bad: 0 });
}

#[test]
fn an_empty_ring_is_never_called_healthy() {
    let target = ratio("0.95");
    let factor = ratio("7.2");
    let mut budget = Budget::new(Period::days(1));
    let next = |state: State, budget: &Budget, now| state.next(budget, target, factor, now);
    assert_eq!(next(State::Ok, &budget, START), State::Unknown);
    budget.begin(source(1), START);
    budget.add(source(1), START + 60, Verdict::Good, Weight::ONE);
    assert_eq!(next(State::Unknown, &budget, START + 77_000), State::Unknown, "89 %");
    assert_eq!(next(State::Unknown, &budget, START + 78_000), State::Ok, "90 %");
}

#[test]
fn the_state_does_not_flap_around_its_bounds() {
    let target = ratio("0.90");
    let of = |bad: u64, before: State| {
        let mut budget = Budget::new(Period::days(1));
        budget.begin(source(1), START);
        for at in 0..1_000 {
            let verdict = if at < bad { Verdict::Bad } else { Verdict::Good };
            budget.add(source(1), START + 10 + at, verdict, Weight::ONE);
        }
        before.next(&budget, target, ratio("4.8"), START + 86_000)
    };
    // 100 of 1,000 may be bad.
    assert_eq!(of(74, State::Ok), State::Ok);
    assert_eq!(of(75, State::Ok), State::AtRisk);
    assert_eq!(of(74, State::AtRisk), State::AtRisk);
    assert_eq!(of(69, State::AtRisk), State::Ok);
    assert_eq!(of(100, State::AtRisk), State::Exhausted);
    assert_eq!(of(96, State::Exhausted), State::Exhausted);
    assert_eq!(of(94, State::Exhausted), State::AtRisk);
}

#[test]
fn fast_burning_is_a_risk_before_the_budget_is_low() {
    let mut budget = Budget::new(Period::days(28));
    budget.begin(source(1), START - 28 * 86_400);
    for at in 0..10_000 {
        budget.add(source(1), START - 20 * 86_400 + at, Verdict::Good, Weight::ONE);
    }
    for at in 0..100 {
        budget.add(source(1), START + at, Verdict::Bad, Weight::ONE);
    }
    let (target, now) = (ratio("0.90"), START + 100);
    assert!(budget.remaining(target, now).unwrap() > ratio("0.9"));
    assert_eq!(State::Ok.next(&budget, target, ratio("4.8"), now), State::AtRisk);
}

#[test]
fn replicas_are_bounded() {
    let mut budget = Budget::new(Period::days(1));
    for replica in 0..500 {
        budget.add(source(replica), START + replica * 60, Verdict::Bad, Weight::ONE);
    }
    assert_eq!(budget.sums(Period::days(1), START + 499 * 60).bad, 64 * ONE);
}

#[test]
fn damaged_snapshots_are_refused() {
    let mut budget = Budget::new(Period::days(28));
    budget.add(source(1), START, Verdict::Bad, Weight::ONE);
    let bytes = budget.to_bytes();
    assert_eq!(Budget::from_bytes(&bytes), Ok(budget));
    for cut in 0..bytes.len() {
        assert!(Budget::from_bytes(&bytes[..cut]).is_err());
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(Budget::from_bytes(&changed).is_err(), "{at}");
    }
    assert_eq!(Budget::from_bytes(b"{}"), Err(SnapshotError::Foreign));
}

type Event = (u64, u64, bool);

/// Replica, seconds since the start, bad or not.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let at = prop_oneof![0..20_000_u64, 0..2_600_000_u64];
    prop::collection::vec((0..3_u64, at, any::<bool>()), 0..80)
}

fn budget(events: &[Event]) -> Budget {
    let mut budget = Budget::new(Period::days(28));
    for (replica, at, is_bad) in events {
        let verdict = if *is_bad { Verdict::Bad } else { Verdict::Good };
        budget.add(source(*replica), START + at, verdict, Weight::ONE);
    }
    budget
}

fn merged(left: &Budget, right: &Budget) -> Budget {
    let mut both = left.clone();
    both.merge(right);
    both
}

proptest! {
    /// The oracle counts buckets by their definition.
    #[test]
    fn windows_add_up_whatever_the_order(events in events(), seed in any::<u64>(), late in 0..3_000_u64) {
        let mut shuffled = events.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
        prop_assert_eq!(budget(&shuffled), budget(&events));
        let newest = events.iter().map(|(_, at, _)| START + at).max().unwrap_or(START);
        let now = newest + late;
        for (window, step) in [(Period::minutes(5), 60), (Period::hours(1), 60), (Period::hours(6), 60),
            (Period::days(1), 300), (Period::days(3), 300), (Period::days(28), 3_600)] {
            let buckets = u64::from(window.as_seconds()) / step;
            let first = (now / step + 1 - buckets) * step;
            // A ring keeps what its newest bucket lets it, for each replica.
            let count = |wanted: bool| events.iter()
                .filter(|(_, at, is_bad)| START + at >= first && *is_bad == wanted).count() as u64 * ONE;
            let expected = Sums { good: count(false), bad: count(true) };
            prop_assert_eq!(budget(&events).sums(window, now), expected, "{}", window);
        }
    }

    #[test]
    fn merging_is_commutative_associative_and_idempotent(events in events(), cuts in prop::array::uniform3(any::<prop::sample::Index>())) {
        // States of the same counters at different times.
        let [a, b, c] = cuts.map(|cut| budget(&events[..cut.index(events.len() + 1)]));
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        let longest = cuts.iter().map(|cut| cut.index(events.len() + 1)).max().unwrap();
        prop_assert_eq!(merged(&merged(&a, &b), &c), budget(&events[..longest]));
        prop_assert_eq!(merged(&a, &a), a);
    }

    #[test]
    fn replicas_that_share_the_events_are_one(events in events()) {
        let whole = budget(&events);
        let part = |replica| -> Vec<Event> {
            events.iter().filter(|event| event.0 == replica).copied().collect()
        };
        let sum = (0..3).map(|replica| budget(&part(replica))).fold(budget(&[]), |all, one| merged(&all, &one));
        prop_assert_eq!(sum, whole);
    }

    /// A crash loses what came after the last snapshot, and nothing else; reading it twice adds
    /// nothing.
    #[test]
    fn a_snapshot_may_be_read_again_and_again(events in events(), cut in any::<prop::sample::Index>()) {
        let (before, _) = events.split_at(cut.index(events.len() + 1));
        let snapshot = Budget::from_bytes(&budget(before).to_bytes()).unwrap();
        prop_assert_eq!(&snapshot, &budget(before));
        prop_assert_eq!(merged(&budget(&events), &snapshot), budget(&events));
        prop_assert_eq!(merged(&merged(&snapshot, &snapshot), &budget(&events)), budget(&events));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Budget::from_bytes(&bytes);
        let _ = Budget::from_bytes(&[b"slo-budget-1".as_slice(), &bytes].concat());
    }
}
