//! Verdict totals do not depend on how the telemetry arrives: its order, its repetitions, how it is
//! cut, and on which replica.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::{collections::HashMap, time::Duration};

use proptest::prelude::*;
use slo::{
    Field, Given, Grain, Known, Objective, Set, Verdict, Weight,
    arrival::{Seen, Thing, owner},
    verdict::{Counter, Counts, Standing},
};

/// A span: its trace, its own number, and whether it failed. The root of a trace has the number 0.
type Span = (u8, u8, bool);

fn objective(text: &str) -> Objective {
    let file = format!("objectives:\n- {{name: a, target: 99%, {text}}}");
    let (mut set, faults) = Set::read(&config::parse(&file, "slo.yaml").unwrap(), &[]);
    assert!(!faults.has_errors(), "{faults}");
    set.objectives.remove(0)
}

/// Spans judged one by one, each once.
fn span_totals(objective: &Objective, spans: &[Span]) -> Counts {
    let mut seen = Seen::new(Duration::from_mins(10), 10_000);
    let mut counts = Counts::default();
    for (trace, span, failed) in spans {
        if seen.is_new(Thing::new(&[*trace], &[*span]), 1, Duration::ZERO) {
            let facts = Known::new().with(Field::Error, Given::Bool(*failed));
            if let Some(verdict) = objective.judge(&facts) {
                counts.add(verdict, Weight::ONE);
            }
        }
    }
    counts
}

#[derive(Default)]
struct Run {
    calls: i64,
    has_root: bool,
    standing: Standing,
    is_closed: bool,
}

impl Run {
    fn facts(&self) -> Known {
        let outcome = if self.has_root { "completed" } else { "unknown" };
        Known::new()
            .with(Field::ModelCalls, Given::Int(self.calls))
            .with(Field::Outcome, Given::Text(outcome.to_owned()))
            .with(Field::Partial, Given::Bool(!self.has_root))
    }
}

/// Runs followed as spans arrive; after `close_at` spans all runs are closed, what comes then is
/// late.
fn run_totals(objective: &Objective, spans: &[Span], close_at: usize) -> Counter {
    let mut runs: HashMap<u8, Run> = HashMap::new();
    let mut seen = Seen::new(Duration::from_mins(10), 10_000);
    let mut counter = Counter::default();
    let mut count = |change: Option<slo::verdict::Change>| {
        let Some(change) = change else { return };
        match change.from {
            None => counter.add(change.to, Weight::ONE),
            Some(from) => counter.amend(from, change.to, Weight::ONE),
        }
    };
    for (at, (trace, span, _)) in spans.iter().enumerate() {
        if at == close_at {
            for run in runs.values_mut() {
                run.is_closed = true;
                let verdict = objective.judge(&run.facts());
                count(run.standing.close(verdict));
            }
        }
        if !seen.is_new(Thing::new(&[*trace], &[*span]), 1, Duration::ZERO) {
            continue;
        }
        let run = runs.entry(*trace).or_default();
        if *span == 0 {
            run.has_root = true
        } else {
            run.calls += 1
        }
        let facts = run.facts();
        let is_bad = objective.is_bad_already(&facts);
        count(match run.is_closed {
            true => run.standing.late(is_bad, objective.judge(&facts)),
            false => run.standing.watch(is_bad),
        });
    }
    for run in runs.values_mut().filter(|run| !run.is_closed) {
        let verdict = objective.judge(&run.facts());
        count(run.standing.close(verdict));
    }
    counter
}

/// What counts in the end: what is shown, less what is still owed.
fn settled(counter: &Counter) -> [u64; 4] {
    Verdict::ALL.map(|verdict| counter.shown().units(verdict) - counter.debt().units(verdict))
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    prop::collection::vec((0..6_u8, 0..8_u8, any::<bool>()), 0..80).prop_map(|spans| {
        // One span has one truth.
        let mut truth: HashMap<(u8, u8), bool> = HashMap::new();
        spans
            .into_iter()
            .map(|(trace, span, failed)| {
                (trace, span, *truth.entry((trace, span)).or_insert(failed))
            })
            .collect()
    })
}

fn shuffled(spans: &[Span], seed: u64) -> Vec<Span> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut all: Vec<Span> = spans.iter().chain(spans).copied().collect();
    all.truncate(spans.len() + random.usize(0..=spans.len()));
    random.shuffle(&mut all);
    all
}

proptest! {
    #[test]
    fn spans_permuted_and_repeated_give_the_same(spans in spans(), seed in any::<u64>()) {
        let tools = objective("on: tool_call, good: not error");
        prop_assert_eq!(span_totals(&tools, &shuffled(&spans, seed)), span_totals(&tools, &spans));
    }

    #[test]
    fn two_replicas_that_share_traces_give_the_sum_of_one(spans in spans()) {
        let tools = objective("on: tool_call, good: not error");
        let calls = objective("on: run, good: model_calls <= 3");
        let part = |replica: u32| -> Vec<Span> {
            spans.iter().filter(|span| owner(&[span.0], 2) == Some(replica)).copied().collect()
        };
        let (left, right) = (part(0), part(1));
        prop_assert_eq!(span_totals(&tools, &left).plus(span_totals(&tools, &right)), span_totals(&tools, &spans));
        let of = |spans: &[Span]| settled(&run_totals(&calls, spans, usize::MAX));
        let sum: Vec<u64> = of(&left).iter().zip(of(&right)).map(|(a, b)| a + b).collect();
        prop_assert_eq!(sum, of(&spans));
    }

    /// Runs closed at any time, with the rest coming late in any order and twice, count as if all
    /// had come in time.
    #[test]
    fn runs_end_with_the_verdict_of_all_that_came(spans in spans(), seed in any::<u64>(), cut in any::<prop::sample::Index>()) {
        for text in ["on: run, good: model_calls <= 3", "on: run, good: outcome == completed"] {
            let objective = objective(text);
            let arrived = shuffled(&spans, seed);
            let whole = run_totals(&objective, &spans, usize::MAX);
            let late = run_totals(&objective, &arrived, cut.index(arrived.len() + 1));
            prop_assert_eq!(settled(&late), settled(&whole), "{}", text);
        }
    }

    #[test]
    fn what_matched_is_the_sum_of_the_verdicts(spans in spans()) {
        let calls = objective("on: run, good: model_calls <= 3");
        let counter = run_totals(&calls, &spans, usize::MAX);
        let traces = spans.iter().map(|span| span.0).collect::<std::collections::HashSet<_>>().len();
        prop_assert_eq!(settled(&counter).iter().sum::<u64>(), traces as u64 * Weight::ONE.units());
        prop_assert_eq!(calls.on, Grain::Run);
    }
}
