use std::{collections::HashSet, time::Duration};

use proptest::prelude::*;

use super::{Closing, Evaluations, Joined, Lifetime, Reason, Seen, Thing, owner};
use crate::{Verdict, verdict::Change};

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_run_is_over_shortly_after_its_root() {
    let closing = Closing::default();
    let mut run = Lifetime::begin(secs(100), false);
    assert_eq!(closing.due(&run), (secs(700), Reason::Idle));
    run.add(secs(200), true);
    assert_eq!(closing.due(&run), (secs(205), Reason::Root));
    run.add(secs(203), false);
    assert_eq!(closing.closed(&run, secs(207)), None);
    assert_eq!(closing.closed(&run, secs(208)), Some(Reason::Root));
}

#[test]
fn a_run_without_a_root_ends_idle_or_of_age() {
    let closing = Closing::default();
    let mut run = Lifetime::begin(secs(0), false);
    for minute in 0..400 {
        run.add(secs(60 * minute), false);
    }
    assert_eq!(closing.due(&run), (secs(6 * 3_600), Reason::Age));
    let quiet = Lifetime::begin(secs(0), false);
    assert_eq!(closing.closed(&quiet, secs(600)), Some(Reason::Idle));
}

#[test]
fn what_was_seen_is_known_for_the_horizon() {
    let mut seen = Seen::new(secs(600), 100);
    let span = Thing::new(b"trace", b"span");
    assert!(seen.is_new(span, 1, secs(0)));
    assert!(!seen.is_new(span, 1, secs(1)));
    assert!(
        seen.is_new(Thing::new(b"trac", b"espan"), 1, secs(1)),
        "another cut of the same bytes"
    );
    assert!(!seen.is_new(span, 1, secs(599)));
    assert!(!seen.is_new(span, 1, secs(601)), "the generation before");
    assert!(seen.is_new(span, 1, secs(10_000)));
    assert_eq!(seen.forgotten_early(), 0);
}

#[test]
fn marks_of_one_thing_are_told_apart_and_forgotten_with_their_generation() {
    let mut seen = Seen::new(secs(600), 100);
    let span = Thing::new(b"trace", b"span");
    assert_eq!(seen.mark(span, 1, secs(0)), 0);
    assert_eq!(seen.mark(span, 6, secs(1)), 1);
    assert_eq!(seen.len(), 1, "one thing, whatever is noted of it");
    assert_eq!(seen.mark(span, 8 | 1, secs(700)), 7);
    assert_eq!(seen.mark(span, 1, secs(701)), 15);
    // The older generation, which knew the first three, goes.
    assert_eq!(seen.mark(span, 1, secs(1_400)), 8);
}

#[test]
fn memory_is_bounded_under_random_ids_and_told() {
    let mut seen = Seen::new(secs(600), 100);
    for id in 0..10_000_u64 {
        assert!(seen.is_new(Thing::new(&id.to_be_bytes(), b""), 1, secs(1)));
        assert!(seen.len() <= 200);
    }
    assert!(seen.forgotten_early() >= 9_800);
}

fn counted(from: Option<Verdict>, to: Verdict) -> Joined {
    Joined::Counted(Change { from, to, is_early: false })
}

#[test]
fn the_newest_evaluation_within_the_deadline_wins() {
    let mut open = Evaluations::new(secs(3_600), 10);
    assert!(open.expect(1, secs(0)));
    assert_eq!(open.arrive(1, secs(10), Verdict::Good, secs(20)), counted(None, Verdict::Good));
    assert_eq!(open.arrive(1, secs(10), Verdict::Good, secs(21)), Joined::Stale);
    assert_eq!(open.arrive(1, secs(5), Verdict::Bad, secs(22)), Joined::Stale);
    let changed = counted(Some(Verdict::Good), Verdict::Bad);
    assert_eq!(open.arrive(1, secs(30), Verdict::Bad, secs(40)), changed);
    assert_eq!(open.arrive(1, secs(50), Verdict::Good, secs(3_601)), Joined::Late);
}

#[test]
fn an_evaluation_that_never_comes_is_unknown_once() {
    let mut open = Evaluations::new(secs(3_600), 2);
    open.expect(1, secs(0));
    open.arrive(2, secs(0), Verdict::Good, secs(0));
    assert!(!open.expect(3, secs(0)), "bounded");
    assert_eq!(open.arrive(3, secs(0), Verdict::Good, secs(0)), Joined::Full);
    let mut unknown = Vec::new();
    for now in [3_600, 3_601, 3_602] {
        open.expire(secs(now), &mut |key| unknown.push(key));
    }
    assert_eq!((unknown, open.is_empty()), (vec![1], true));
}

#[test]
fn replicas_share_the_traces() {
    let mut shares = [0_u32; 4];
    let mut moved = 0;
    for id in 0..4_000_u64 {
        let id = id.to_be_bytes();
        let (of_four, of_three) = (owner(&id, 4).unwrap(), owner(&id, 3).unwrap());
        shares[of_four as usize] += 1;
        moved += u32::from(of_three != of_four);
        assert!(of_four == 3 || of_three == of_four, "only the traces of the fourth move");
    }
    assert!(shares.iter().all(|share| (800..1_200).contains(share)), "{shares:?}");
    assert_eq!(moved, shares[3]);
    assert_eq!(owner(b"x", 0), None);
}

proptest! {
    #[test]
    fn each_thing_is_new_once_however_often_and_in_whatever_order(
        ids in prop::collection::vec(0..40_u8, 0..200),
    ) {
        let mut seen = Seen::new(secs(600), 1_000);
        let new = ids.iter().filter(|id| seen.is_new(Thing::new(&[**id], &[1]), 1, secs(1))).count();
        prop_assert_eq!(new, ids.iter().collect::<HashSet<_>>().len());
    }

    #[test]
    fn the_order_of_arrival_does_not_move_the_close(
        times in prop::collection::vec((0..100_000_u64, any::<bool>()), 1..20),
    ) {
        let life = |times: &[(u64, bool)]| {
            let mut life = Lifetime::begin(secs(times[0].0), times[0].1);
            times.iter().for_each(|(at, root)| life.add(secs(*at), *root));
            life
        };
        let mut reversed = times.clone();
        reversed.reverse();
        prop_assert_eq!(life(&times), life(&reversed));
        let (due, reason) = Closing::default().due(&life(&times));
        prop_assert_eq!(Closing::default().closed(&life(&times), due), Some(reason));
    }
}
