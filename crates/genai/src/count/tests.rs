//! The rules of counting once, each on its smallest example, and that order never matters.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::{Authority, Class, CostSource, RateId, Usage};

const SECOND: Duration = Duration::from_secs(1);

/// A leaf in trace 1 with tokens, one second long.
fn leaf(span: u64, parent: u64) -> Call {
    Call {
        trace_id: trace(1),
        span_id: span,
        parent_id: parent,
        start: span * 10_000_000_000,
        end: span * 10_000_000_000 + 1_000_000_000,
        scope: 1,
        source: 1,
        response: 0,
        model: 7,
        conversation: 0,
        agent: 0,
        class: Class::Leaf,
        signal: Signal::Span,
        authority: Authority::Primary,
        trust: 1,
        evident: true,
        failed: false,
        server_side: false,
        lifetime: false,
        tokens: tokens(100, 10),
        cost: f64::NAN,
        cost_source: CostSource::Unknown,
        rate: RateId::UNKNOWN,
        label: 0,
    }
}

fn trace(number: u8) -> [u8; 16] {
    [number; 16]
}

fn tokens(input: u64, output: u64) -> Packed {
    Packed::new(&Usage { input: Some(input), output: Some(output), ..Usage::default() })
}

fn agent(span: u64, parent: u64) -> Call {
    Call { class: Class::Agent, tokens: Packed::default(), ..leaf(span, parent) }
}

/// What is committed in the end, as sums.
fn count(calls: &[Call]) -> Totals {
    let mut ledger = Ledger::new(Limits::default());
    for call in calls {
        ledger.add(*call, Duration::ZERO);
    }
    let mut totals = Totals::default();
    ledger.settle_all(&mut |commit| {
        assert!(commit.before.is_none());
        totals.add(&commit.now.unwrap(), commit.estimated);
    });
    totals
}

#[track_caller]
fn assert_counts(calls: &[Call], expected: (u64, u64)) {
    let totals = count(calls);
    assert_eq!((totals.calls, totals.usage.input.unwrap_or(0)), expected);
    let reversed: Vec<Call> = calls.iter().rev().copied().collect();
    assert_eq!(count(&reversed), totals, "order matters");
}

#[test]
fn a_call_under_a_call_is_the_same() {
    assert_counts(&[leaf(1, 0), leaf(2, 1)], (1, 100));
    assert_counts(&[leaf(1, 0), agent(2, 1), leaf(3, 2)], (2, 200));
    let tool = Call { class: Class::Tool, ..agent(2, 1) };
    assert_counts(&[leaf(1, 0), tool, leaf(3, 2)], (2, 200));
    let chain = Call { class: Class::Other, ..agent(2, 1) };
    assert_counts(&[leaf(1, 0), chain, leaf(3, 2)], (1, 100));
}

#[test]
fn the_innermost_with_tokens_counts_and_takes_the_rest_from_the_others() {
    let outer = Call {
        tokens: Packed::new(&Usage {
            input: Some(90),
            output: Some(9),
            reasoning: Some(4),
            ..Usage::default()
        }),
        cost: 0.5,
        cost_source: CostSource::Gateway,
        ..leaf(1, 0)
    };
    let innermost = Call { tokens: Packed::default(), ..leaf(3, 2) };
    let totals = count(&[outer, leaf(2, 1), innermost]);
    assert_eq!((totals.calls, totals.usage.input, totals.usage.output), (1, Some(100), Some(10)));
    assert_eq!((totals.usage.reasoning, totals.cost, totals.unpriced), (Some(4), 0.5, 0));
}

#[test]
fn a_call_around_several_is_their_sum() {
    let sum = Call { tokens: tokens(200, 20), ..leaf(1, 0) };
    assert_counts(&[sum, leaf(2, 1), leaf(3, 1)], (2, 200));
    let retry = Call { tokens: Packed::default(), failed: true, ..leaf(2, 1) };
    assert_counts(&[leaf(1, 0), retry, leaf(3, 1)], (1, 100));
}

#[test]
fn one_response_is_one_call_wherever_it_is_seen() {
    let mut twin = Call { trace_id: trace(2), scope: 2, trust: 3, response: 5, ..leaf(1, 0) };
    twin.tokens = tokens(101, 10);
    let call = Call { response: 5, ..leaf(1, 9) };
    assert_counts(&[call, twin], (1, 101));
    let later =
        Call { start: call.start + 100_000_000_000, end: call.end + 100_000_000_000, ..twin };
    assert_counts(&[call, later], (2, 201));
}

#[test]
fn several_twins_at_once_each_find_their_own() {
    let within = |call: Call, start: u64, end: u64| Call {
        start: start * 1_000_000_000,
        end: end * 1_000_000_000,
        ..call
    };
    let twin = |span: u64| Call {
        trace_id: trace(span as u8),
        scope: 2,
        trust: 3,
        response: span,
        ..leaf(span, 0)
    };
    // The twin of the last call also fits into the second, and ends first.
    let calls = [
        within(leaf(1, 9), 0, 45),
        within(twin(51), 9, 40),
        within(leaf(2, 9), 25, 87),
        within(twin(52), 31, 84),
        within(leaf(3, 9), 53, 79),
        within(twin(53), 57, 75),
    ];
    assert_counts(&calls, (3, 300));
}

#[test]
fn two_instrumentations_side_by_side_tell_one_call() {
    let outer = Call { response: 5, ..leaf(1, 9) };
    let inner =
        Call { span_id: 2, scope: 2, start: outer.start + 5, end: outer.end - 5, ..leaf(1, 9) };
    assert_counts(&[outer, inner], (1, 100));
    assert_counts(&[outer, Call { scope: 1, ..inner }], (2, 200));
    assert_counts(&[outer, Call { response: 6, ..inner }], (2, 200));
    assert_counts(&[outer, Call { parent_id: 8, ..inner }], (2, 200));
    let half = 500_000_000;
    let later = Call { start: outer.start + half, end: outer.end + half, ..inner };
    assert_counts(&[outer, later], (2, 200));
}

#[test]
fn counts_the_native_twin_once() {
    let twin =
        |span: u64| Call { trace_id: trace(2), scope: 2, trust: 3, response: 5, ..leaf(span, 0) };
    assert_counts(&[leaf(1, 9), twin(1)], (1, 100));
    assert_counts(&[leaf(1, 9), twin(2)], (2, 200));
    // Two calls at the same time have two twins.
    let both = [
        leaf(1, 9),
        Call { span_id: 50, ..leaf(1, 9) },
        twin(1),
        Call { span_id: 51, response: 6, ..twin(1) },
    ];
    assert_counts(&both, (2, 200));
    // Another model or other tokens are another call.
    assert_counts(&[leaf(1, 9), Call { model: 8, ..twin(1) }], (2, 200));
    assert_counts(&[leaf(1, 9), Call { tokens: tokens(99, 10), ..twin(1) }], (2, 199));
    // Whoever has an id of its own is told apart by it.
    assert_counts(&[Call { response: 4, ..leaf(1, 9) }, twin(1)], (2, 200));
}

#[test]
fn the_call_is_counted_in_the_trace_of_its_agent() {
    let twin = Call { trace_id: trace(2), scope: 2, trust: 3, label: 3, ..leaf(1, 0) };
    let mut ledger = Ledger::new(Limits::default());
    ledger.add(twin, Duration::ZERO);
    ledger.add(Call { label: 4, ..leaf(1, 9) }, Duration::ZERO);
    let mut labels = Vec::new();
    ledger.settle_all(&mut |commit| labels.push((commit.call.trace_id, commit.call.label)));
    assert_eq!(labels, [(trace(1), 4)]);
    assert_eq!(ledger.totals(&trace(2), None), Totals::default());
}

#[test]
fn sums_count_only_where_no_call_came() {
    let sum = Call { tokens: tokens(300, 30), ..agent(1, 0) };
    assert_counts(&[sum, leaf(2, 1)], (1, 100));
    assert_counts(&[sum], (0, 300));
    assert!(count(&[sum]).estimated);
    // Of nested ones the outermost.
    let inner = Call { tokens: tokens(200, 20), ..agent(2, 1) };
    assert_counts(&[sum, inner], (0, 300));
    // A sum with a call below gives way, its neighbour without does not.
    let other = Call { tokens: tokens(50, 5), ..agent(3, 1) };
    assert_counts(&[sum, inner, other, leaf(4, 2)], (1, 150));
}

#[test]
fn a_call_whose_parents_never_came_covers_the_sums_around_it() {
    let sum = Call { tokens: tokens(300, 30), start: 0, end: u64::MAX, ..agent(1, 0) };
    assert_counts(&[sum, leaf(3, 77)], (1, 100));
    let elsewhere = Call { end: 1, ..sum };
    assert_counts(&[elsewhere, leaf(3, 77)], (1, 400));
    let root = leaf(3, 0);
    assert_counts(&[sum, root], (1, 400));
}

#[test]
fn a_lifetime_sum_counts_what_it_grew_by() {
    let sum = |trace_number: u8, end: u64, input: u64| Call {
        trace_id: trace(trace_number),
        end,
        agent: 6,
        lifetime: true,
        tokens: tokens(input, 0),
        ..agent(1, 0)
    };
    let (first, second, third) = (sum(1, 1, 4012), sum(2, 2, 6018), sum(3, 3, 100));
    assert_counts(&[first, second], (0, 6018));
    assert_counts(&[first, second, third], (0, 6118));
    // The calls of the first came; only what the second grew by is missing.
    let call = Call { tokens: tokens(4012, 0), ..leaf(2, 1) };
    assert_counts(&[call, first, second], (1, 6018));
}

#[test]
fn another_signal_gives_way() {
    let span = Call { authority: Authority::Secondary, tokens: tokens(100, 1), ..leaf(1, 0) };
    let log =
        Call { trace_id: [0; 16], span_id: 0, signal: Signal::Log, response: 0, ..leaf(5, 0) };
    assert_counts(&[span], (1, 100));
    assert_counts(&[span, log], (1, 100));
    assert_counts(&[span, Call { source: 2, ..log }], (2, 200));
    // A record inside the span it reports is the same call.
    let inside = Call { trace_id: trace(1), span_id: 1, authority: Authority::Secondary, ..log };
    assert_counts(&[leaf(1, 0), inside], (1, 100));
    assert_counts(&[inside], (1, 100));
}

#[test]
fn a_late_report_is_a_correction() {
    let mut ledger = Ledger::new(Limits::default());
    let sum = Call { tokens: tokens(300, 30), ..agent(1, 0) };
    ledger.add(sum, Duration::ZERO);
    let mut seen = Vec::new();
    ledger.settle(10 * SECOND, &mut |commit| seen.push(*commit));
    assert_eq!(seen.len(), 1);
    assert!(seen[0].estimated && seen[0].before.is_none());
    ledger.add(leaf(2, 1), 20 * SECOND);
    seen.clear();
    ledger.settle(30 * SECOND, &mut |commit| seen.push(*commit));
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].before.unwrap().tokens, seen[0].now), (tokens(300, 30), None));
    assert_eq!(seen[1].now.unwrap().tokens, tokens(100, 10));
    seen.clear();
    ledger.settle(40 * SECOND, &mut |commit| seen.push(*commit));
    assert!(seen.is_empty(), "nothing changed");
}

#[test]
fn waits_until_a_trace_is_quiet_but_not_for_ever() {
    let mut ledger = Ledger::new(Limits::default());
    let mut commits = 0;
    for second in 0..60 {
        ledger.add(leaf(second + 1, 1000), Duration::from_secs(second));
        ledger.settle(Duration::from_secs(second), &mut |_| commits += 1);
        assert_eq!(commits, 0, "second {second}");
    }
    ledger.settle(60 * SECOND, &mut |_| commits += 1);
    assert_eq!(commits, 60);
}

#[test]
fn what_was_forgotten_does_not_count_again() {
    let mut ledger = Ledger::new(Limits::default());
    let call = Call { response: 3, ..leaf(1, 0) };
    ledger.add(call, Duration::ZERO);
    let mut commits = 0;
    ledger.settle(1000 * SECOND, &mut |_| commits += 1);
    ledger.settle(2000 * SECOND, &mut |_| commits += 1);
    assert_eq!((commits, ledger.stats().calls, ledger.stats().traces), (1, 0, 0));
    assert_eq!(ledger.add(call, 2000 * SECOND), Added::Late);
    let twin = Call { trace_id: trace(2), scope: 2, ..call };
    assert_eq!(ledger.add(twin, 2000 * SECOND), Added::Late);
    let sum = Call { tokens: tokens(5, 5), ..agent(7, 0) };
    assert_eq!(ledger.add(sum, 2000 * SECOND), Added::Late, "its calls were counted");
    assert_eq!(ledger.add(leaf(2, 0), 2000 * SECOND), Added::New);
    assert_eq!(ledger.stats().late, 3);
}

#[test]
fn a_span_that_grows_counts_as_it_ends() {
    let early = Call { tokens: tokens(100, 1), evident: false, ..leaf(1, 0) };
    let late = Call { end: leaf(1, 0).end + 1, ..leaf(1, 0) };
    for order in [[early, late], [late, early]] {
        let mut ledger = Ledger::new(Limits::default());
        assert_eq!(ledger.add(order[0], Duration::ZERO), Added::New);
        assert_eq!(ledger.add(order[1], Duration::ZERO), Added::Duplicate);
        assert_eq!(ledger.totals(&trace(1), None).usage.output, Some(10));
    }
}

#[test]
fn a_full_ledger_commits_the_quietest_trace_and_says_so() {
    let mut ledger = Ledger::new(Limits { calls: 10, ..Limits::default() });
    let call = |at: u64| Call { trace_id: (u128::from(at) + 1).to_be_bytes(), ..leaf(1, 0) };
    for at in 0..20 {
        assert_eq!(ledger.add(call(at), Duration::from_millis(at)), Added::New);
    }
    assert_eq!((ledger.stats().calls, ledger.stats().evicted), (10, 10));
    // Nobody fetches: what cannot be kept is refused and counted.
    assert_eq!(ledger.add(call(20), SECOND), Added::Full);
    assert_eq!(ledger.stats().refused, 1);
    let mut totals = Totals::default();
    ledger.settle_all(&mut |commit| totals.add(&commit.now.unwrap(), false));
    assert_eq!(totals.calls, 20);
    assert_eq!(ledger.add(call(3), 2 * SECOND), Added::Late);
}

#[test]
fn a_trace_in_the_place_of_another_waits_for_its_own_time() {
    let mut ledger = Ledger::new(Limits { calls: 1, ..Limits::default() });
    let call = |number: u8| Call { trace_id: trace(number), ..leaf(1, 0) };
    ledger.add(call(1), Duration::ZERO);
    ledger.add(call(2), 5 * SECOND);
    let mut seen = Vec::new();
    ledger.settle(5 * SECOND, &mut |commit| seen.push(commit.call.trace_id));
    assert_eq!(seen, [trace(1)], "it made room");
    ledger.settle(14 * SECOND, &mut |commit| seen.push(commit.call.trace_id));
    assert_eq!(seen, [trace(1)], "at the time of the first there is nothing to settle");
    ledger.settle(15 * SECOND, &mut |commit| seen.push(commit.call.trace_id));
    assert_eq!(seen, [trace(1), trace(2)]);
}

#[test]
fn reports_find_each_other_among_many_that_come_and_go() {
    let mut ledger = Ledger::new(Limits { calls: 300, ..Limits::default() });
    // All are alike, many more than are kept, and each has a twin of another voice but at its own time.
    let mut totals = Totals::default();
    for at in 1..2000u64 {
        let call = Call { trace_id: u128::from(at).to_be_bytes(), response: 5, ..leaf(at * 9, 0) };
        let twin = Call { span_id: 1, parent_id: 7, scope: 2, ..call };
        let twin = Call { trace_id: (u128::from(at) << 64).to_be_bytes(), ..twin };
        let now = Duration::from_secs(at * 20);
        assert_eq!(ledger.add(call, now), Added::New);
        assert_eq!(ledger.add(twin, now), Added::New);
        ledger.settle(now, &mut |commit| totals.add(&commit.now.unwrap(), false));
    }
    ledger.settle_all(&mut |commit| totals.add(&commit.now.unwrap(), false));
    assert_eq!((totals.calls, ledger.stats().calls, ledger.stats().traces), (1999, 0, 0));
}

#[test]
fn a_call_takes_little_room() {
    let bytes = size_of::<Call>();
    assert!(bytes <= 200, "{bytes} bytes a call");
}

#[test]
fn cycles_and_chains_of_parents_end() {
    let cycle = [leaf(1, 2), leaf(2, 1), agent(3, 3)];
    assert!(count(&cycle).calls <= 2);
    let chain: Vec<Call> = (1..3000).map(|at| leaf(at, at - 1)).collect();
    assert!(count(&chain).calls >= 1);
    let wide: Vec<Call> = (1..3000).map(|at| leaf(at, u64::from(at > 1))).collect();
    assert_eq!(count(&wide).calls, 2998);
}

/// Any call of a small world, so that they have much to do with each other.
fn any_call() -> impl Strategy<Value = Call> {
    let ids = (1..3u8, 1..7u64, 0..7u64, 0..3u64, 0..5u64);
    let kinds = (0..6usize, any::<bool>(), 0..4u8, any::<bool>(), any::<bool>(), 0..4u64);
    (ids, kinds).prop_map(|(ids, kinds)| {
        let (trace_number, span, parent, response, start) = ids;
        let (class, is_log, trust, secondary, lifetime, amount) = kinds;
        let classes =
            [Class::Leaf, Class::Leaf, Class::Leaf, Class::Agent, Class::Tool, Class::Aggregate];
        let class = classes[class];
        let is_log = is_log && class == Class::Leaf && span > 4;
        Call {
            trace_id: trace(trace_number),
            start: start * 1_000_000_000,
            end: (start + 1 + span % 3) * 1_000_000_000,
            response: if class == Class::Leaf { response } else { 0 },
            class,
            signal: if is_log { Signal::Log } else { Signal::Span },
            authority: if secondary { Authority::Secondary } else { Authority::Primary },
            scope: u64::from(trust),
            source: u64::from(trust % 2),
            trust,
            lifetime: lifetime && class == Class::Agent,
            tokens: if amount == 0 { Packed::default() } else { tokens(amount * 100, 10) },
            ..leaf(span, parent)
        }
    })
}

/// Adds the calls with the pauses between them and gives what is counted in the end.
fn finally(calls: &[(Call, u64)]) -> (u64, Option<u64>, Option<u64>) {
    let remember = Duration::from_secs(1 << 30);
    let mut ledger = Ledger::new(Limits { remember, ..Limits::default() });
    let mut now = Duration::ZERO;
    let (mut calls_now, mut input, mut output) = (0i64, 0i64, 0i64);
    let mut take = |commit: &Commit| {
        for (amounts, sign) in [(commit.now, 1), (commit.before, -1)] {
            let Some(amounts) = amounts else { continue };
            let usage = amounts.tokens.usage();
            calls_now += sign * i64::from(amounts.calls);
            input += sign * usage.input.unwrap_or(0) as i64;
            output += sign * usage.output.unwrap_or(0) as i64;
        }
    };
    for (call, pause) in calls {
        now += Duration::from_secs(*pause);
        ledger.add(*call, now);
        ledger.settle(now, &mut take);
    }
    ledger.settle_all(&mut take);
    let whole = |number: i64| u64::try_from(number).ok();
    (calls_now as u64, whole(input), whole(output))
}

/// As many cases as `PROPTEST_CASES` asks for, otherwise 400.
fn cases() -> ProptestConfig {
    let config = ProptestConfig::default();
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => config,
        None => ProptestConfig { cases: 400, ..config },
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn order_pauses_and_repetition_do_not_matter(
        calls in prop::collection::vec((any_call(), 0..40u64), 0..14),
        order in prop::collection::vec(any::<u32>(), 14),
    ) {
        let expected = finally(&calls);
        let mut shuffled: Vec<(Call, u64)> = calls.clone();
        let mut keys = order.iter().cycle();
        shuffled.sort_by_cached_key(|_| keys.next().copied());
        prop_assert_eq!(finally(&shuffled), expected);
        let twice: Vec<(Call, u64)> = shuffled.iter().chain(&calls).copied().collect();
        prop_assert_eq!(finally(&twice), expected);
        let at_once: Vec<(Call, u64)> = calls.iter().map(|(call, _)| (*call, 0)).collect();
        prop_assert_eq!(finally(&at_once), expected);
    }

    #[test]
    fn totals_of_all_traces_are_what_is_committed(
        calls in prop::collection::vec(any_call(), 0..14),
    ) {
        let mut ledger = Ledger::new(Limits::default());
        for call in &calls {
            ledger.add(*call, Duration::ZERO);
        }
        let mut by_trace = Totals::default();
        for number in 1..3 {
            let totals = ledger.totals(&trace(number), None);
            by_trace.calls += totals.calls;
            by_trace.usage.input = Some(by_trace.usage.input.unwrap_or(0) + totals.usage.input.unwrap_or(0));
        }
        let mut committed = Totals::default();
        ledger.settle_all(&mut |commit| committed.add(&commit.now.unwrap(), commit.estimated));
        prop_assert_eq!(by_trace.calls, committed.calls);
        prop_assert_eq!(by_trace.usage.input.unwrap_or(0), committed.usage.input.unwrap_or(0));
    }
}
