use std::time::Duration;

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits {
    runs: 1000,
    bytes: 64 << 20,
    records: 512,
    after_root: Duration::from_secs(5),
    idle: Duration::from_secs(60),
    waiting: Duration::from_secs(600),
    age: Duration::from_secs(3600),
    amend: Duration::from_secs(30),
};

fn key() -> Key {
    Key::trace(&[7; 16]).unwrap()
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn agent(span: u64, parent: u64) -> Sighting<'static> {
    Sighting { kind: Kind::Agent, ..call(span, parent) }
}

fn call(span: u64, parent: u64) -> Sighting<'static> {
    Sighting { span, parent, start: 1000, end: 2000, kind: Kind::Call, ..Sighting::default() }
}

/// What is told in the end when records come so, one after the other at the same time.
fn told(records: &[Sighting<'_>]) -> Vec<(What, Run)> {
    let mut tracker = Tracker::new(LIMITS);
    let mut events = Vec::new();
    for record in records {
        if record.kind == Kind::Link {
            tracker.link(key(), record, || seconds(1), &mut events);
        } else {
            tracker.see(key(), record, seconds(1), &mut events);
        }
    }
    events.clear();
    tracker.finish(seconds(2), &mut events);
    let mut told: Vec<_> = events.iter().map(|event| (event.what, event.run)).collect();
    told.sort_by_key(|(_, run)| run.root);
    assert_eq!(*tracker.stats().states.iter().max().unwrap(), 0, "nothing is kept");
    told
}

prop_compose! {
    /// A record whose parent is any other of the trace, itself and records that never come included.
    fn record(count: u64)(
        parent in 0..count + 2,
        start in 0u64..50,
        length in 0u64..50,
        kind in 0usize..Kind::ALL.len(),
        name in 0usize..3,
        flags in prop::array::uniform5(any::<bool>()),
        outcome in prop::option::of(0usize..6),
    ) -> Sighting<'static> {
        let [failed, awaits_human, is_pending, has_usage, filtered] = flags;
        Sighting {
            parent,
            start: 1_000_000 + start,
            end: 1_000_000 + start + if is_pending { 0 } else { length },
            kind: Kind::ALL[kind],
            is_pending,
            failed,
            awaits_human,
            has_usage,
            filtered,
            ending: outcome.map_or(Ending::default(), |at| Ending::concluded(Outcome::ALL[at])),
            name: [&b""[..], b"search", b"mail"][name],
            ..Sighting::default()
        }
    }
}

prop_compose! {
    fn records()(count in 1u64..24)(
        records in prop::collection::vec(record(count), count as usize),
        order in Just((0..count as usize * 2).collect::<Vec<_>>()).prop_shuffle(),
    ) -> (Vec<Sighting<'static>>, Vec<usize>) {
        let named = records.into_iter().zip(1..);
        let named = named.map(|(record, span)| match (Sighting { span, ..record }) {
            // Of what is not GenAI telemetry no more is known.
            Sighting { kind: Kind::Link, span, parent, start, end, failed, .. } => {
                Sighting { span, parent, start, end, failed, ..Sighting::default() }
            }
            record => record,
        });
        (named.collect(), order)
    }
}

proptest! {
    #[test]
    fn any_order_and_repetition_tell_the_same((records, order) in records()) {
        let twice: Vec<_> =
            order.iter().map(|at| records[at % records.len()]).collect();
        prop_assert_eq!(told(&records), told(&twice));
    }

    #[test]
    fn every_record_counts_in_one_run((records, _) in records()) {
        let of_agents = records.iter().filter(|record| record.kind != Kind::Link).count();
        let told = told(&records);
        let counted: u32 = told.iter().map(|(_, run)| run.records).sum();
        prop_assert_eq!(counted as usize, of_agents);
        for (_, run) in told {
            prop_assert!(run.tool_failures <= run.tool_calls);
            prop_assert!(run.unrecovered <= run.tool_failures);
        }
    }
}

#[test]
fn a_circle_is_cut_and_takes_no_longer() {
    let circle: Vec<_> = (1..=500).map(|span| call(span, span % 500 + 1)).collect();
    let of_circle = told(&circle);
    assert_eq!((of_circle.len(), of_circle[0].1.records), (1, 500));
    let own_parent = [agent(1, 1), call(2, 1)];
    assert_eq!(told(&own_parent)[0].0, What::Closed);
}

#[test]
fn the_topmost_agent_is_the_root_however_deep() {
    let mut chain: Vec<_> = (2..=400).map(|span| call(span, span - 1)).collect();
    chain.push(agent(1, 0));
    chain[100].kind = Kind::Agent;
    let told = told(&chain);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].1.root, told[0].1.agents, told[0].1.is_certain), (1, 2, true));
}

#[test]
fn a_run_is_closed_when_nothing_came_for_a_while_after_its_root() {
    let mut tracker = Tracker::new(LIMITS);
    let mut events = Vec::new();
    tracker.see(key(), &call(2, 1), seconds(1), &mut events);
    tracker.see(key(), &agent(1, 0), seconds(2), &mut events);
    // Late, so it is waited for longer.
    tracker.see(key(), &call(3, 1), seconds(6), &mut events);
    events.clear();
    tracker.review(seconds(10), &mut events);
    assert!(events.is_empty());
    tracker.review(seconds(11), &mut events);
    assert!(matches!(events[..], [Event { what: What::Closed, run: Run { root: 1, .. }, .. }]));
    assert_eq!(tracker.stats().states[State::Closed as usize], 1);
    tracker.review(seconds(42), &mut events);
    assert_eq!((tracker.len(), tracker.stats().bytes), (0, 0), "and forgotten in the end");
}

#[test]
fn a_run_is_given_up_for_its_age_even_if_parts_still_come() {
    let mut tracker = Tracker::new(LIMITS);
    let mut events = Vec::new();
    for at in 0..=72 {
        tracker.see(key(), &call(at + 2, 1), seconds(at * 50), &mut events);
        tracker.review(seconds(at * 50), &mut events);
    }
    let lost = events.iter().find(|event| matches!(event.what, What::Lost(_))).unwrap();
    assert_eq!(lost.what, What::Lost(Loss::Age));
}

#[test]
fn what_is_reckoned_is_given_back() {
    let mut tracker = Tracker::new(LIMITS);
    let mut events = Vec::new();
    for trace in 1..=100u8 {
        let key = Key::trace(&[trace; 16]).unwrap();
        for span in 2..20 {
            tracker.see(key, &call(span, 1), seconds(1), &mut events);
        }
        tracker.see(key, &Sighting { name: b"a", ..agent(1, 0) }, seconds(1), &mut events);
    }
    assert!(tracker.stats().bytes > 100 * 18 * 28);
    tracker.finish(seconds(2), &mut events);
    assert_eq!((tracker.len(), tracker.stats().bytes), (0, 0));
}

#[test]
fn names_are_cut_between_characters() {
    let mut texts = Texts::new();
    let long = "ä".repeat(100);
    let cut = texts.shared(long.as_bytes());
    assert_eq!(str::from_utf8(&cut).unwrap().chars().count(), 64);
    assert!(Arc::ptr_eq(&cut, &texts.shared(long.as_bytes())));
}

#[test]
fn an_outcome_is_known_by_the_class_of_the_error() {
    for (class, outcome) in [
        ("asyncio.exceptions.CancelledError", Outcome::Cancelled),
        ("System.OperationCanceledException", Outcome::Cancelled),
        ("context deadline exceeded", Outcome::Timeout),
        ("langgraph.errors.GraphRecursionError", Outcome::MaxIterations),
        ("agents.exceptions::OutputGuardrailTripwireTriggered", Outcome::Guardrail),
        ("500", Outcome::Error),
        ("", Outcome::Error),
    ] {
        assert_eq!(Outcome::of_error(class.as_bytes()), outcome, "{class}");
    }
}
