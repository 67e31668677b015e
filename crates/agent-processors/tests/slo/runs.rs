//! Runs: at their end, before it, after it.

use crate::rig::{Rig, Told, hex, tag, trace};

const AGENT: &str = "gen_ai.operation.name=invoke_agent gen_ai.agent.name=support";
const CALL: &str = "gen_ai.operation.name=chat gen_ai.request.model=gpt-4o \
    gen_ai.provider.name=openai gen_ai.usage.input_tokens=100 gen_ai.usage.output_tokens=10";
const TOOL: &str = "gen_ai.operation.name=execute_tool gen_ai.tool.name=search";
const OBJECTIVES: &str = "
    {name: complete, on: run, match: {gen_ai.agent.name: 'supp*'}, good: outcome == completed, target: 95%}
    {name: quick, on: run, good: duration <= 60s, target: 90%}
    {name: frugal, on: run, good: model_calls <= 2 and cost <= $1, target: 97%}";

fn lines(told: &[Told]) -> Vec<String> {
    told.iter().map(Told::line).collect()
}

#[tokio::test(start_paused = true)]
async fn a_run_is_judged_when_it_is_over_and_its_root_is_tagged_as_it_passes() {
    let rig = Rig::with("", "events: all", OBJECTIVES).await;
    let batch = rig.pass(&trace(1, &format!("2 1 1 2 {CALL}\n1 0 0 70 {AGENT}")));
    assert_eq!(tag(&batch, 1, "slo.verdict"), "bad");
    assert_eq!(tag(&batch, 1, "slo.evaluated"), "complete frugal quick");
    assert_eq!(tag(&batch, 1, "slo.bad"), "quick");
    assert_eq!(tag(&batch, 1, "slo.reason"), "duration>60s");
    assert_eq!(tag(&batch, 2, "slo.verdict"), "", "only the root is tagged");
    rig.wait(2).await;
    assert_eq!(lines(&rig.told()), ["quick bad duration>60s"], "that is sure already");
    rig.wait(5).await;
    let told = rig.told();
    assert_eq!(lines(&told), ["complete good", "frugal good"]);
    assert!(
        told.iter().all(|told| told.span == hex(1) && told.text("gen_ai.agent.name") == "support")
    );
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("complete"), "1/0/0/0");
    assert_eq!(counts.of("quick"), "0/1/0/0");
}

#[tokio::test(start_paused = true)]
async fn a_bound_that_is_crossed_is_told_before_the_root_comes() {
    let rig = Rig::new(OBJECTIVES).await;
    for id in 2..=4 {
        rig.pass(&trace(1, &format!("{id} 1 {id} {id}.5 {CALL} gen_ai.response.id=r{id}")));
    }
    rig.wait(3).await;
    let told = rig.told();
    assert_eq!(lines(&told), ["frugal bad model_calls>2"]);
    assert_eq!(told[0].attributes["slo.early"], true);
    rig.pass(&trace(1, &format!("1 0 0 6 {AGENT}")));
    let (told, counts) = rig.stop().await;
    assert_eq!(lines(&told), Vec::<String>::new(), "it is not said twice");
    assert_eq!(counts.of("frugal"), "0/1/0/0");
    assert_eq!(counts.of("complete"), "1/0/0/0");
}

#[tokio::test(start_paused = true)]
async fn a_hung_run_is_found_while_it_hangs() {
    let rig = Rig::new(OBJECTIVES).await;
    rig.pass(&trace(1, &format!("2 1 1 2 {CALL} gen_ai.agent.name=support")));
    rig.pass(&trace(2, &format!("2 1 1 2 {CALL}\n3 1 1 2 {CALL}")));
    rig.wait(80).await;
    assert_eq!(lines(&rig.told()), Vec::<String>::new(), "a span may come 30 s late");
    rig.wait(11).await;
    assert_eq!(lines(&rig.told()), ["quick bad duration>60s"], "only what an agent does hangs");
    rig.wait(600).await;
    let mut told = rig.told();
    told.retain(|told| told.trace.ends_with('1'));
    assert_eq!(lines(&told), ["complete unknown", "frugal unknown"], "its root never came");
    assert_eq!(told[0].attributes["slo.partial"], true);
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("quick"), "0/1/0/1");
}

#[tokio::test(start_paused = true)]
async fn what_comes_late_makes_a_verdict_worse_and_counters_never_fall() {
    let rig = Rig::with("", "interval: 5s", OBJECTIVES).await;
    rig.pass(&trace(1, &format!("2 1 1 2 {CALL}\n1 0 0 6 {AGENT}")));
    rig.wait(8).await;
    let late = (3..=5).map(|id| format!("{id} 1 3 4 {CALL} gen_ai.response.id=r{id}"));
    rig.pass(&trace(1, &late.collect::<Vec<_>>().join("\n")));
    rig.wait(8).await;
    let (told, _) = rig.take();
    assert_eq!(lines(&told), ["frugal bad model_calls>2"]);
    assert_eq!(told[0].text("slo.verdict.before"), "good");
    rig.pass(&trace(2, &format!("2 1 1 2 {CALL}\n1 0 0 6 {AGENT}")));
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("frugal"), "1/1/0/0", "the next good one pays for the wrong one");
    assert_eq!(rig.metric("amendments"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_a_part_of_another_is_taken_back() {
    let rig = Rig::new(OBJECTIVES).await;
    rig.pass(&trace(1, &format!("3 2 1 2 {CALL}\n2 1 1 3 {AGENT}")));
    rig.wait(8).await;
    rig.pass(&trace(1, &format!("1 0 0 6 {AGENT}")));
    rig.wait(8).await;
    rig.pass(&trace(2, &format!("1 0 0 6 {AGENT}")));
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("complete"), "2/0/0/0", "one run each");
    assert!(rig.metric("retracted") >= 1.0);
}

#[tokio::test(start_paused = true)]
async fn tools_called_again_with_the_same_arguments_and_unrecovered_failures_are_seen() {
    let objectives = "
        {name: loops, on: run, good: repeated_tool_calls <= 1, target: 95%}
        {name: deep, on: run, good: depth <= 1, target: 95%}
        {name: start, on: run, good: response_start <= 2s, missing: exclude, target: 95%}";
    let rig = Rig::with("", "events: all", objectives).await;
    let tool = |id: u64, arguments: &str| {
        format!("{id} 1 {id} {id} {TOOL} gen_ai.tool.call.arguments={arguments}\n")
    };
    let call = format!(
        "9 1 3 9 {CALL} gen_ai.request.stream=true gen_ai.response.time_to_first_chunk=0.5\n"
    );
    let all = [tool(2, "a"), tool(3, "a"), tool(4, "b"), tool(5, "a"), call].concat();
    rig.pass(&trace(1, &format!("{all}1 0 1 12 {AGENT}")));
    let (told, _) = rig.stop().await;
    let mut lines = lines(&told);
    lines.sort_unstable();
    assert_eq!(
        lines,
        ["deep good", "loops bad repeated_tool_calls>1", "start bad response_start>2s"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_trace_sent_again_after_it_was_forgotten_is_not_judged_again() {
    let rig = Rig::new(OBJECTIVES).await;
    let batch = trace(1, &format!("2 1 1 2 {CALL}\n1 0 0 6 {AGENT}"));
    rig.pass(&batch);
    rig.wait(120).await;
    rig.pass(&batch);
    rig.wait(120).await;
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("complete"), "1/0/0/0");
}

#[tokio::test(start_paused = true)]
async fn a_verdict_is_told_at_most_a_second_after_a_run_is_settled() {
    let rig = Rig::with("close_after_root: 2s", "events: all", OBJECTIVES).await;
    // Roots that end at any moment between the looks that are taken.
    for phase in 0..20_u64 {
        rig.pass(&trace(phase + 1, &format!("2 1 1 2 {CALL}\n1 0 0 6 {AGENT}")));
        let mut waited = 0;
        let mut told = Vec::new();
        while told.len() < 3 {
            rig.step(100).await;
            waited += 100;
            told.extend(rig.told());
            assert!(waited <= 2_000 + 1_000, "{waited} ms: {told:#?}");
        }
        assert!(waited >= 2_000, "not before it is over: {waited} ms");
        rig.step(37 * phase).await;
    }
}
