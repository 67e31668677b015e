//! What is judged where it stands.

use crate::rig::{Rig, tag, trace};

const CALL: &str = "gen_ai.operation.name=chat gen_ai.request.model=gpt-4o \
    gen_ai.provider.name=openai gen_ai.usage.input_tokens=100 gen_ai.usage.output_tokens=10";
const TOOL: &str = "gen_ai.operation.name=execute_tool";
const OBJECTIVES: &str = "
    {name: first-token, on: model_call, match: {gen_ai.request.stream: true}, good: ttft <= 2s, target: 95%}
    {name: tools, on: tool_call, good: not error, exclude: 'error_type == user_rejected', target: 98%, severity: ticket}
    {name: calls, on: model_call, good: not error and cost <= $1, target: 99%}";

#[tokio::test(start_paused = true)]
async fn calls_are_judged_as_they_pass_and_tagged() {
    let rig = Rig::new(OBJECTIVES).await;
    let batch = rig.pass(&trace(
        1,
        &format!(
            "2 1 1 2 {CALL} gen_ai.request.stream=true gen_ai.response.time_to_first_chunk=2.5
             3 1 2 3 {TOOL} gen_ai.tool.name=search error.type=timeout status=error
             4 1 3 4 {TOOL} gen_ai.tool.name=search error.type=user_rejected status=error
             5 1 4 5 {CALL}
             6 1 4 5 http.request.method=GET"
        ),
    ));
    assert_eq!(tag(&batch, 2, "slo.verdict"), "bad");
    assert_eq!(tag(&batch, 2, "slo.evaluated"), "calls first-token");
    assert_eq!(tag(&batch, 2, "slo.bad"), "first-token");
    assert_eq!(tag(&batch, 2, "slo.reason"), "ttft>2s");
    assert_eq!(tag(&batch, 2, "slo.severity"), "page");
    assert_eq!(tag(&batch, 3, "slo.verdict"), "bad");
    assert_eq!(tag(&batch, 3, "slo.severity"), "ticket");
    assert_eq!(tag(&batch, 4, "slo.verdict"), "excluded");
    assert_eq!(tag(&batch, 5, "slo.verdict"), "good");
    assert_eq!(tag(&batch, 5, "slo.evaluated"), "calls", "no answer was streamed");
    assert_eq!(tag(&batch, 6, "slo.verdict"), "", "nothing looks at it");
    let (told, counts) = rig.stop().await;
    let lines: Vec<_> = told.iter().map(crate::rig::Told::line).collect();
    assert_eq!(lines, ["first-token bad ttft>2s", "tools bad error"]);
    assert_eq!(counts.of("first-token"), "0/1/0/0");
    assert_eq!(counts.of("tools"), "0/1/1/0");
    assert_eq!(counts.of("calls"), "2/0/0/0");
}

#[tokio::test(start_paused = true)]
async fn however_many_objectives_match_alike_each_looks_at_its_own() {
    let one = |at: usize, good: &str, name: char| {
        format!(
            "{{name: {name}{at}, on: model_call, match: {{gen_ai.request.model: m{at}}}, good: {good}, \
             target: 95%}}"
        )
    };
    let lines = (0..70).map(|at| one(at, "not error", 'a'));
    let lines = lines.chain((0..70).map(|at| one(at, "tokens.input <= 50", 'b')));
    let rig = Rig::new(&lines.collect::<Vec<_>>().join("\n")).await;
    let spans = [2, 63, 64, 69].map(|at| {
        let call = CALL.replace("gpt-4o", &format!("m{at}"));
        format!("{} 1 1 2 {call}", at + 1)
    });
    let batch = rig.pass(&trace(1, &spans.join("\n")));
    for at in [2, 63, 64, 69] {
        assert_eq!(tag(&batch, at + 1, "slo.evaluated"), format!("a{at} b{at}"));
        assert_eq!(tag(&batch, at + 1, "slo.bad"), format!("b{at}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_verdict_tells_what_was_found_and_what_was_asked() {
    let rig = Rig::new(OBJECTIVES).await;
    let line = format!(
        "2 1 1 4 {CALL} gen_ai.request.stream=true gen_ai.response.time_to_first_chunk=2.5"
    );
    rig.pass(&trace(1, &line));
    rig.wait(1).await;
    let told = rig.told();
    let [told] = told.as_slice() else { panic!("{told:#?}") };
    assert_eq!(told.span, crate::rig::hex(2));
    assert_eq!(told.attributes["slo.indicator.value"], 2.5);
    assert_eq!(told.attributes["slo.objective.threshold"], 2.0);
    assert_eq!(told.text("slo.objective.operator"), "<=");
    assert_eq!(told.text("slo.indicator.unit"), "s");
    assert_eq!(told.attributes["slo.objective.target"], 0.95);
    assert_eq!(told.text("slo.window"), "28d");
    assert_eq!(told.attributes["slo.weight"], 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_span_sent_again_is_tagged_again_and_counted_once() {
    let rig = Rig::new(OBJECTIVES).await;
    let batch = trace(1, &format!("3 1 2 3 {TOOL} error.type=timeout status=error"));
    rig.pass(&batch);
    assert_eq!(tag(&rig.pass(&batch), 3, "slo.verdict"), "bad");
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("tools"), "0/1/0/0");
    assert_eq!(rig.metric("duplicates"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_call_told_of_by_framework_and_sdk_counts_once_in_either_order() {
    let lines = [format!("3 2 1 2 {CALL}"), format!("2 1 1 2 {CALL}")];
    for order in [[0, 1], [1, 0]] {
        let rig = Rig::new(OBJECTIVES).await;
        order.iter().for_each(|at| drop(rig.pass(&trace(1, &lines[*at]))));
        let (_, counts) = rig.stop().await;
        assert_eq!(counts.of("calls"), "1/0/0/0");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sampled_span_counts_for_as_many_as_it_stands_for() {
    let rig = Rig::new(OBJECTIVES).await;
    rig.pass(&trace(1, &format!("3 1 2 3 {TOOL} state=ot:th:c status=error error.type=x")));
    rig.pass(&trace(2, &format!("3 1 2 3 {TOOL} state=ot:th:8")));
    rig.pass(&trace(3, &format!("3 1 2 3 {TOOL} state=ot:th:nonsense")));
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("tools"), "3/4/0/0");
    assert_eq!(rig.metric("unreadable_weights"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_model_without_a_price_is_unknown_never_free() {
    let rig = Rig::new("{name: cheap, on: model_call, good: cost <= $1, target: 99%}").await;
    let call = CALL.replace("gpt-4o", "home-made").replace("openai", "me");
    rig.pass(&trace(1, &format!("2 1 1 2 {call}")));
    rig.pass(&trace(2, &format!("2 1 1 2 {CALL}")));
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("cheap"), "1/0/0/1");
}

#[tokio::test(start_paused = true)]
async fn every_verdict_begins_at_zero_and_only_bad_ones_have_exemplars() {
    let rig = Rig::with("", "interval: 10s", OBJECTIVES).await;
    rig.pass(&trace(7, &format!("3 1 2 3 {TOOL} status=error error.type=x\n4 1 2 3 {TOOL}")));
    rig.wait(25).await;
    let (_, counts) = rig.take();
    let series = |verdict: &str| format!("slo.events slo.name=tools slo.verdict={verdict}");
    assert_eq!(counts.shown[&series("bad")], [0.0, 1.0]);
    assert_eq!(counts.shown[&series("good")], [0.0, 1.0]);
    assert_eq!(counts.shown[&series("unknown")], [0.0, 0.0]);
    assert_eq!(counts.exemplars.len(), 1, "{:?}", counts.exemplars);
    assert_eq!(counts.exemplars[&series("bad")], format!("{:032x}", 7));
    assert_eq!(counts.values["slo.objective.target slo.name=tools"], 0.98);
    assert_eq!(counts.values["slo.window slo.name=tools"], 28.0 * 86_400.0);
}

#[tokio::test(start_paused = true)]
async fn groups_are_bounded() {
    let objective = "{name: tools, on: tool_call, good: not error, target: 98%, group_by: [gen_ai.tool.name], max_groups: 2}";
    let rig = Rig::new(objective).await;
    for tool in 1..=5 {
        rig.pass(&trace(tool, &format!("3 1 2 3 {TOOL} gen_ai.tool.name=t{tool}")));
    }
    let (_, counts) = rig.stop().await;
    let good = |group: &str| {
        let key = format!(
            "slo.events slo.name=tools slo.verdict=good slo.group.gen_ai.tool.name={group}"
        );
        counts.values[&key]
    };
    assert_eq!([good("t1"), good("t2"), good("__other__")], [1.0, 1.0, 3.0]);
    assert_eq!(rig.metric("overflowed"), 3.0);
}

#[tokio::test(start_paused = true)]
async fn evaluations_are_joined_the_newest_within_the_deadline() {
    let objective = "{name: quality, on: evaluation, match: {gen_ai.evaluation.name: relevance}, good: score >= 0.7, deadline: 1h, target: 90%}";
    let rig = Rig::new(objective).await;
    let log = |at: u64, score: f64| {
        let nanos = (testkit::NOW + at) * 1_000_000_000;
        let attribute =
            |key: &str, value: serde_json::Value| serde_json::json!({"key": key, "value": value});
        let record = serde_json::json!({
            "timeUnixNano": nanos.to_string(), "eventName": "gen_ai.evaluation.result",
            "traceId": format!("{:032x}", 1), "spanId": format!("{:016x}", 2),
            "attributes": [
                attribute("gen_ai.evaluation.name", serde_json::json!({"stringValue": "relevance"})),
                attribute("gen_ai.evaluation.score.value", serde_json::json!({"doubleValue": score})),
            ],
        });
        testkit::logs(
            &serde_json::json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
                .to_string(),
        )
    };
    rig.pass(&log(10, 0.9));
    rig.pass(&log(10, 0.9));
    rig.pass(&log(20, 0.2));
    rig.pass(&log(15, 0.9));
    rig.wait(1).await;
    let told = rig.told();
    assert_eq!(
        told.iter().map(crate::rig::Told::line).collect::<Vec<_>>(),
        ["quality bad score<0.7"]
    );
    assert_eq!(told[0].text("slo.verdict.before"), "good");
    let (_, counts) = rig.stop().await;
    assert_eq!(counts.of("quality"), "1/1/0/0", "the good one is taken back by the next");
    assert_eq!(rig.metric("duplicates"), 2.0);
}
