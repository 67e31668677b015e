use proptest::prelude::*;

use super::{Change, Counter, Counts, Effective, Standing, Verdict, Weight};
use crate::Ratio;

fn verdict() -> impl Strategy<Value = Verdict> {
    prop::sample::select(&Verdict::ALL[..])
}

fn weight() -> impl Strategy<Value = Weight> {
    prop::sample::select(vec!["0", "8", "c", "e", "fd7", "fd8"])
        .prop_map(|threshold| Weight::of_threshold(threshold).unwrap())
}

fn counts(events: &[(Verdict, Weight)]) -> Counts {
    let mut counts = Counts::default();
    events.iter().for_each(|(verdict, weight)| counts.add(*verdict, *weight));
    counts
}

#[test]
fn weights_are_those_of_the_thresholds() {
    for (threshold, num, den) in
        [("0", 1, 1), ("8", 2, 1), ("c", 4, 1), ("e", 8, 1), ("fd7", 4096, 41), ("fd8", 1024, 10)]
    {
        let weight = Weight::of_threshold(threshold).unwrap().ratio();
        let exact = Ratio::new(num, den).unwrap();
        let off = weight.minus(exact).unwrap();
        let bound = Ratio::new(1, 1 << 21).unwrap();
        assert!(off <= bound && off >= bound.times(Ratio::whole(-1)).unwrap(), "{threshold}");
        if den == 1 {
            assert_eq!(weight, exact, "{threshold}");
        }
    }
}

#[test]
fn thresholds_are_found_in_the_tracestate() {
    for (state, units) in [
        ("", 1),
        ("vendor=th:c", 1),
        ("ot=rv:abc", 1),
        ("ot=th:8", 2),
        ("a=b, ot=rv:0;th:c,x=y", 4),
    ] {
        let weight = Weight::of_tracestate(state).unwrap();
        assert_eq!(weight.ratio(), Ratio::whole(units), "{state}");
    }
    for state in ["ot=th:", "ot=th:+8", "ot=th:g", "ot=th:000000000000000", "ot=th:\u{e9}"] {
        assert!(Weight::of_tracestate(state).is_err(), "{state}");
    }
}

#[test]
fn no_weight_is_boundless() {
    let most = Weight::of_threshold("ffffffffffffff").unwrap();
    assert_eq!(most.ratio(), Ratio::whole(1 << 32));
    let mut counts = Counts::default();
    for _ in 0..1_000_000 {
        counts.add(Verdict::Bad, most);
    }
    assert!(counts.units(Verdict::Bad) == u64::MAX, "the sum stays where it is");
}

/// Sampling must not change the expected sum: within five standard deviations of it.
#[test]
fn the_weights_of_a_sampled_population_add_up() {
    let mut random = fastrand::Rng::with_seed(7);
    for threshold in ["8", "c", "fd7"] {
        let weight = Weight::of_threshold(threshold).unwrap();
        let (population, p) = (200_000_u32, 1.0 / weight.ratio().to_f64());
        let sampled = (0..population).filter(|_| random.f64() < p).count();
        let sum = sampled as f64 * weight.ratio().to_f64();
        let deviation = (f64::from(population) * (1.0 - p) / p).sqrt();
        assert!((sum - f64::from(population)).abs() < 5.0 * deviation, "{threshold}: {sum}");
    }
}

#[test]
fn a_heavy_event_is_still_one() {
    let of = |thresholds: &[&str]| {
        let mut effective = Effective::default();
        let weights = thresholds.iter().map(|t| Weight::of_threshold(t).unwrap());
        weights.for_each(|weight| effective.add(weight));
        effective.events()
    };
    assert_eq!(of(&[]), 0.0);
    assert_eq!(of(&["0"; 20]), 20.0);
    assert_eq!(of(&["fd8"; 20]).round(), 20.0);
    assert_eq!(of(&["ffffffffffffff"]).round(), 1.0);
    let mixed = of(&["0", "0", "fd8"]);
    assert!(mixed > 1.0 && mixed < 1.1, "{mixed}");
}

/// What open runs cost: fifty thousand of them with twenty objectives are a megabyte.
#[test]
fn a_standing_is_one_byte() {
    assert_eq!(size_of::<Standing>(), 1);
}

#[test]
fn a_verdict_said_early_is_said_once() {
    let mut standing = Standing::default();
    assert_eq!(standing.watch(false), None);
    let bad = Change { from: None, to: Verdict::Bad, is_early: true };
    assert_eq!(standing.watch(true), Some(bad));
    assert_eq!(standing.watch(true), None);
    assert_eq!(standing.close(Some(Verdict::Bad)), None);
    assert_eq!(standing.late(true, Some(Verdict::Bad)), None);
}

#[test]
fn what_comes_late_amends() {
    let change = |from, to| Some(Change { from: Some(from), to, is_early: false });
    let mut good = Standing::Said(Verdict::Good);
    assert_eq!(good.late(false, Some(Verdict::Bad)), None, "not bad for good");
    assert_eq!(good.late(true, Some(Verdict::Bad)), change(Verdict::Good, Verdict::Bad));
    assert_eq!(good.late(false, Some(Verdict::Good)), None, "bad stays bad");
    let mut unknown = Standing::Said(Verdict::Unknown);
    assert_eq!(unknown.late(false, Some(Verdict::Good)), change(Verdict::Unknown, Verdict::Good));
    let mut unmatched = Standing::default();
    assert_eq!(unmatched.close(None), None);
    let first = Change { from: None, to: Verdict::Good, is_early: false };
    assert_eq!(unmatched.late(false, Some(Verdict::Good)), Some(first));
}

#[test]
fn a_debt_is_paid_by_the_next_of_its_kind() {
    let mut counter = Counter::default();
    counter.add(Verdict::Good, Weight::ONE);
    counter.amend(Verdict::Good, Verdict::Bad, Weight::ONE);
    let shown = |counter: &Counter| Verdict::ALL.map(|v| counter.shown().value(v));
    assert_eq!(shown(&counter), [1.0, 1.0, 0.0, 0.0]);
    counter.add(Verdict::Good, Weight::ONE);
    assert_eq!(shown(&counter), [1.0, 1.0, 0.0, 0.0], "swallowed");
    counter.add(Verdict::Good, Weight::ONE);
    assert_eq!(shown(&counter), [2.0, 1.0, 0.0, 0.0]);
}

proptest! {
    #[test]
    fn worse_is_commutative_associative_and_idempotent(a in verdict(), b in verdict(), c in verdict()) {
        prop_assert_eq!(a.worse(b), b.worse(a));
        prop_assert_eq!(a.worse(b).worse(c), a.worse(b.worse(c)));
        prop_assert_eq!(a.worse(a), a);
        prop_assert_eq!(a.worse(Verdict::Excluded), a);
        prop_assert_eq!(a.worse(Verdict::Bad), Verdict::Bad);
    }

    #[test]
    fn counting_does_not_depend_on_order_or_on_how_it_is_split(
        events in prop::collection::vec((verdict(), weight()), 0..60),
        cut in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let whole = counts(&events);
        let mut shuffled = events.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
        prop_assert_eq!(counts(&shuffled), whole);
        let (left, right) = events.split_at(cut.index(events.len() + 1));
        prop_assert_eq!(counts(left).plus(counts(right)), whole);
        prop_assert_eq!(counts(right).plus(counts(left)), whole);
        let sum: u128 = Verdict::ALL.iter().map(|v| u128::from(whole.units(*v))).sum();
        prop_assert_eq!(whole.matched(), sum);
    }

    /// Counters never fall, and end at the true totals once the debts are paid.
    #[test]
    fn counters_are_monotonic_and_converge(
        events in prop::collection::vec((verdict(), verdict(), any::<bool>(), weight()), 0..40),
    ) {
        let mut counter = Counter::default();
        let mut truth = Counts::default();
        let mut before = *counter.shown();
        for (first, second, is_amended, weight) in &events {
            counter.add(*first, *weight);
            if *is_amended {
                counter.amend(*first, *second, *weight);
            }
            truth.add(if *is_amended { *second } else { *first }, *weight);
            for verdict in Verdict::ALL {
                prop_assert!(counter.shown().units(verdict) >= before.units(verdict));
                let owed = counter.debt().units(verdict);
                prop_assert_eq!(counter.shown().units(verdict), truth.units(verdict) + owed);
            }
            before = *counter.shown();
        }
        for verdict in Verdict::ALL {
            // A debt is at most what all events stand for.
            for _ in 0..events.len() * 200 {
                if counter.debt().units(verdict) == 0 {
                    break;
                }
                counter.add(verdict, Weight::ONE);
                truth.add(verdict, Weight::ONE);
            }
        }
        prop_assert_eq!(*counter.shown(), truth);
    }

    /// However the standing got there, what is counted in the end is one verdict for each thing.
    #[test]
    fn a_thing_is_counted_once_whatever_happens(
        steps in prop::collection::vec((any::<bool>(), prop::option::of(verdict()), 0..3_u8), 0..12),
    ) {
        let mut standing = Standing::default();
        let mut totals = [0_i32; 4];
        for (is_bad, verdict, step) in steps {
            let change = match step {
                0 => standing.watch(is_bad),
                1 => standing.close(verdict),
                _ => standing.late(is_bad, verdict),
            };
            if let Some(change) = change {
                change.from.into_iter().for_each(|from| totals[from as usize] -= 1);
                totals[change.to as usize] += 1;
                prop_assert_ne!(change.from, Some(change.to));
                prop_assert_ne!(change.from, Some(Verdict::Bad), "nothing leaves bad");
            }
            let expected = Verdict::ALL.map(|v| i32::from(standing.verdict() == Some(v)));
            let counted = Verdict::ALL.map(|v| totals[v as usize]);
            prop_assert_eq!(counted, expected);
        }
    }
}
