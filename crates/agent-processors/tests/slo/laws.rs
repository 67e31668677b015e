//! Order, repetition, cuts and replicas change no total.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::Index};

use crate::rig::{Rig, trace};

const OBJECTIVES: &str = "
    {name: complete, on: run, good: outcome == completed, target: 95%}
    {name: frugal, on: run, good: model_calls <= 2 and cost <= $1, target: 97%}
    {name: quick, on: run, good: duration <= 6s, target: 97%}
    {name: tools, on: tool_call, good: not error, target: 98%}
    {name: calls, on: model_call, good: duration <= 2s, target: 99%, group_by: [gen_ai.request.model]}";
const NAMES: [&str; 5] = ["complete", "frugal", "quick", "tools", "calls"];

/// One run: how long it takes, whether it fails, and its calls: whether of a tool, seconds, failure.
type Shape = (u64, bool, Vec<(bool, u64, bool)>);

fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    let call = (any::<bool>(), 1..4_u64, prop::bool::weighted(0.2));
    let run = (1..10_u64, prop::bool::weighted(0.3), prop::collection::vec(call, 0..5));
    prop::collection::vec(run, 1..5)
}

/// The spans of all runs, each with its trace.
fn spans(shapes: &[Shape]) -> Vec<(u64, String)> {
    let mut spans = Vec::new();
    for (at, (took, failed, calls)) in shapes.iter().enumerate() {
        let trace = at as u64 + 1;
        let error = |failed: bool| if failed { "status=error error.type=boom" } else { "" };
        for (id, (is_tool, took, failed)) in calls.iter().enumerate() {
            let (id, end) = (id + 2, took + 1);
            let what = match is_tool {
                true => format!("gen_ai.operation.name=execute_tool gen_ai.tool.name=t{id}"),
                false => format!(
                    "gen_ai.operation.name=chat gen_ai.provider.name=openai \
                     gen_ai.request.model=gpt-4o gen_ai.usage.input_tokens=10 \
                     gen_ai.usage.output_tokens=1 gen_ai.response.id=r{trace}-{id}"
                ),
            };
            spans.push((trace, format!("{id} 1 1 {end} {what} {}", error(*failed))));
        }
        let root = "gen_ai.operation.name=invoke_agent gen_ai.agent.name=planner";
        spans.push((trace, format!("1 0 0 {took} {root} {}", error(*failed))));
    }
    spans
}

/// What the counters say once `spans` have passed in requests of so many, seconds apart.
fn totals(spans: &[(u64, String)], cut: usize, pause: u64) -> BTreeMap<&'static str, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        // All of it comes before the close; what comes later amends.
        let rig = Rig::with("close_after_root: 1m", "", OBJECTIVES).await;
        for part in spans.chunks(cut) {
            for (of, line) in part {
                rig.pass(&trace(*of, line));
            }
            rig.wait(pause).await;
        }
        rig.wait(70).await;
        let (_, counts) = rig.stop().await;
        NAMES.into_iter().map(|name| (name, counts.of(name))).collect()
    })
}

fn add(one: &str, two: &str) -> String {
    let numbers = one.split('/').zip(two.split('/'));
    let sums = numbers
        .map(|(one, two)| (one.parse::<f64>().unwrap() + two.parse::<f64>().unwrap()).to_string());
    sums.collect::<Vec<_>>().join("/")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn order_repetition_and_cuts_change_no_total(
        shapes in shapes(),
        order in prop::collection::vec(any::<Index>(), 40),
        again in prop::collection::vec(any::<Index>(), 0..6),
        cut in 1..6_usize,
    ) {
        let spans = spans(&shapes);
        let wanted = totals(&spans, spans.len(), 0);
        let mut moved = spans.clone();
        for (at, index) in order.iter().take(moved.len()).enumerate() {
            let to = index.index(moved.len());
            moved.swap(at, to);
        }
        for index in again {
            moved.push(spans[index.index(spans.len())].clone());
        }
        // A pause of a second lets what is open be looked at in between.
        prop_assert_eq!(&totals(&moved, cut, 1), &wanted);
        prop_assert_eq!(&totals(&moved, moved.len(), 0), &wanted);
    }

    #[test]
    fn two_replicas_split_by_trace_give_the_sum_of_one(shapes in shapes(), owner in any::<u8>()) {
        let spans = spans(&shapes);
        let is_first = |(trace, _): &&(u64, String)| owner >> (trace % 8) & 1 == 1;
        let first: Vec<_> = spans.iter().filter(is_first).cloned().collect();
        let second: Vec<_> = spans.iter().filter(|span| !is_first(span)).cloned().collect();
        let (whole, one, two) =
            (totals(&spans, 3, 0), totals(&first, 3, 0), totals(&second, 3, 0));
        for name in NAMES {
            prop_assert_eq!(&add(&one[name], &two[name]), &whole[name]);
        }
    }

    #[test]
    fn what_is_said_early_is_said_in_the_end(shapes in shapes(), cut in 0..20_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let spans = spans(&shapes);
        let wanted = totals(&spans, spans.len(), 0);
        let told = runtime.unwrap().block_on(async {
            let rig = Rig::new(OBJECTIVES).await;
            for (of, line) in spans.iter().take(cut) {
                rig.pass(&trace(*of, line));
            }
            rig.wait(3).await;
            rig.told()
        });
        for name in ["frugal", "quick"] {
            let early = told.iter().filter(|told| {
                told.text("slo.name") == name && told.attributes.contains_key("slo.early")
            });
            let bad: f64 = wanted[name].split('/').nth(1).unwrap().parse().unwrap();
            prop_assert!(early.count() as f64 <= bad, "{name}: {told:#?} {wanted:?}");
        }
    }
}
