//! Runs, agents, tools, queues, and the names that MUTX's dashboards ask for.

use super::support::{Rig, Sent, sent, spans};

fn runs(sent: &Sent, outcome: &str) -> f64 {
    sent.sum("tollgate.agent.runs", &[("outcome", outcome)])
}

const CHAT: &str = "gen_ai.operation.name=chat gen_ai.request.model=gpt-4o gen_ai.provider.name=openai \
                    gen_ai.usage.input_tokens=10 gen_ai.usage.output_tokens=1";

fn nested() -> String {
    format!(
        "1 1 - invoke_agent start:1000 end:9000 gen_ai.operation.name=invoke_agent gen_ai.agent.name=planner\n\
         1 2 1 execute_tool start:2000 end:8000 gen_ai.operation.name=execute_tool gen_ai.tool.name=delegate\n\
         1 3 2 POST start:2000 end:8000 http.request.method=POST\n\
         1 4 3 invoke_agent start:3000 end:7000 gen_ai.operation.name=invoke_agent gen_ai.agent.name=writer\n\
         1 5 4 chat start:4000 end:5000 {CHAT}\n\
         1 6 4 execute_tool start:5000 end:6000 status:2 gen_ai.operation.name=execute_tool gen_ai.tool.name=search \
         error.type=TimeoutError"
    )
}

#[tokio::test(start_paused = true)]
async fn a_run_is_the_topmost_agent_and_those_under_it_are_not() {
    let sent = sent("profile: next", [spans(&nested())]).await;
    let by_planner = [("gen_ai.agent.name", "planner"), ("outcome", "success")];
    assert_eq!(sent.sum("tollgate.agent.runs", &by_planner), 1.0);
    assert_eq!(sent.sum("tollgate.agent.runs", &[]), 1.0);
    assert_eq!(sent.series("tollgate.agent.run.duration", &[])[0].sum, 8.0);
    assert_eq!(sent.sum("gen_ai.invoke_agent.duration", &[]), 2.0);
    let of_planner = |metric| sent.series(metric, &[("gen_ai.agent.name", "planner")])[0].sum;
    assert_eq!(of_planner("gen_ai.invoke_agent.inference_calls"), 1.0);
    assert_eq!(of_planner("gen_ai.invoke_agent.tool_calls"), 2.0);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_the_same_in_any_order_of_its_spans() {
    let text = nested();
    let lines: Vec<_> = text.lines().collect();
    let together = sent("profile: next", [spans(&text)]).await;
    for seed in 0..10 {
        let mut order = lines.clone();
        // The agent's own spans in any order; what is not GenAI is known once its trace is.
        fastrand::Rng::with_seed(seed).shuffle(&mut order);
        if order[0].contains("POST") {
            order.swap(0, 1);
        }
        let one_by_one = sent("profile: next", order.into_iter().map(spans)).await;
        assert_eq!(one_by_one.numbers(), together.numbers(), "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn runs_end_as_their_root_says() {
    for (says, outcome) in [
        ("", "success"),
        ("status:2", "failed"),
        ("status:2 error.type=ValueError", "failed"),
        ("status:2 error.type=asyncio.TimeoutError", "timeout"),
        ("status:2 error.type=DeadlineExceeded", "timeout"),
        ("status:2 error.type=CancelledError", "cancelled"),
        ("status:2 error.type=AbortError", "cancelled"),
        ("status:2 tollgate.run.outcome=partial", "partial"),
        ("tollgate.run.outcome=cancelled", "cancelled"),
    ] {
        let line = format!(
            "1 1 - invoke_agent {says} gen_ai.operation.name=invoke_agent gen_ai.agent.name=a"
        );
        let sent = sent("{}", [spans(&line)]).await;
        assert_eq!(
            (runs(&sent, outcome), sent.sum("tollgate.agent.runs", &[])),
            (1.0, 1.0),
            "{says}"
        );
        assert_eq!(sent.series("tollgate.agent.runs", &[]).len(), 6, "every outcome is there");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_tool_is_a_call_and_a_failure() {
    let sent = sent("{}", [spans(&nested())]).await;
    let search = [("gen_ai.tool.name", "search")];
    assert_eq!(sent.sum("tollgate.tool.calls", &search), 1.0);
    let failures = sent.series("tollgate.tool.failures", &search);
    let failed: Vec<_> = failures.iter().filter(|point| point.value > 0.0).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].attribute("error.type"), Some("TimeoutError"));
    assert_eq!(failed[0].exemplars[0].span_id, [0, 0, 0, 0, 0, 0, 0, 6]);
    // What never failed is a series at zero, so that its first failure is seen to be one.
    assert_eq!(
        sent.series("tollgate.tool.failures", &[("gen_ai.tool.name", "delegate")])[0].value,
        0.0
    );
}

#[tokio::test(start_paused = true)]
async fn a_tool_reported_by_two_libraries_is_one_call() {
    let lines = "1 1 - invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=a\n\
                 1 2 1 execute_tool gen_ai.operation.name=execute_tool gen_ai.tool.name=t\n\
                 1 3 2 execute_tool gen_ai.operation.name=execute_tool gen_ai.tool.name=t";
    assert_eq!(sent("{}", [spans(lines)]).await.sum("tollgate.tool.calls", &[]), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_run_goes_on_from_its_first_span_to_its_root() {
    let rig = Rig::start("{settle: 5s, settle_max: 10s}").await;
    let active =
        |rig: &Rig| rig.sent().sum("tollgate.agent.active_runs", &[("gen_ai.agent.name", "a")]);
    rig.take(spans(&format!("1 2 1 chat gen_ai.agent.name=a {CHAT}"))).await;
    rig.wait(31).await;
    assert_eq!(active(&rig), 1.0);
    rig.take(spans("1 1 - invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=a"))
        .await;
    rig.wait(31).await;
    assert_eq!((active(&rig), runs(&rig.sent(), "success")), (0.0, 1.0));
    let sent = rig.stop().await;
    assert_eq!(sent.sum("tollgate.agent.runs", &[]), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_span_sent_while_it_runs_shows_the_run_and_counts_nothing() {
    let rig = Rig::start("{}").await;
    rig.take(spans(
        "1 1 - invoke_agent end:0 gen_ai.operation.name=invoke_agent gen_ai.agent.name=a",
    ))
    .await;
    rig.wait(20).await;
    assert_eq!(rig.sent().sum("tollgate.agent.active_runs", &[]), 1.0);
    assert_eq!(rig.sent().sum("tollgate.agent.runs", &[]), 0.0);
    rig.take(spans("1 1 - invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=a"))
        .await;
    rig.wait(45).await;
    assert_eq!(rig.sent().sum("tollgate.agent.active_runs", &[]), 0.0);
    assert_eq!(runs(&rig.sent(), "success"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_root_never_comes_is_lost() {
    let rig = Rig::start("run_timeout: 2m").await;
    rig.take(spans(&format!("1 2 1 chat gen_ai.agent.name=a {CHAT}"))).await;
    rig.wait(100).await;
    assert_eq!(runs(&rig.sent(), "lost"), 0.0);
    rig.wait(60).await;
    let sent = rig.sent();
    assert_eq!((runs(&sent, "lost"), sent.sum("tollgate.agent.active_runs", &[])), (1.0, 0.0));
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_ends_without_an_agent_is_no_run() {
    let lines = format!("1 2 1 chat gen_ai.agent.name=a {CHAT}\n1 1 - GET http.request.method=GET");
    let sent = sent("{}", [spans(&lines)]).await;
    assert_eq!(sent.sum("tollgate.agent.runs", &[]), 0.0);
    assert_eq!(sent.tokens("input"), 10.0);
}

#[tokio::test(start_paused = true)]
async fn an_agent_called_from_another_process_that_stays_silent_is_a_run_after_a_while() {
    let rig = Rig::start("{settle: 5s, settle_max: 30s, run_timeout: 10m}").await;
    rig.take(spans(
        "1 2 1 invoke_agent flags:769 gen_ai.operation.name=invoke_agent gen_ai.agent.name=a",
    ))
    .await;
    rig.wait(25).await;
    assert_eq!(runs(&rig.sent(), "success"), 0.0);
    rig.wait(60).await;
    assert_eq!(runs(&rig.sent(), "success"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn an_agent_whose_caller_is_still_at_work_waits_for_it() {
    let rig = Rig::start("{settle: 5s, settle_max: 30s, run_timeout: 10m}").await;
    rig.take(spans(
        "1 2 1 invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=inner",
    ))
    .await;
    rig.wait(300).await;
    assert_eq!(rig.sent().sum("tollgate.agent.runs", &[]), 0.0);
    rig.take(spans(
        "1 1 - invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=outer",
    ))
    .await;
    rig.wait(60).await;
    let sent = rig.sent();
    let outer = [("gen_ai.agent.name", "outer"), ("outcome", "success")];
    assert_eq!(sent.sum("tollgate.agent.runs", &outer), 1.0);
    assert_eq!(sent.sum("tollgate.agent.runs", &[]), 1.0);
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_again_after_its_trace_is_forgotten_counts_once() {
    let rig = Rig::start("{remember: 60s, run_timeout: 2m}").await;
    rig.take(spans(&nested())).await;
    rig.wait(400).await;
    rig.take(spans(&nested())).await;
    rig.wait(400).await;
    let sent = rig.stop().await;
    assert_eq!(sent.sum("tollgate.agent.runs", &[]), 1.0);
    assert_eq!(sent.sum("tollgate.tool.calls", &[]), 2.0);
    assert_eq!(sent.tokens("input"), 10.0);
}

#[tokio::test(start_paused = true)]
async fn full_traces_are_ended_early_and_nothing_is_lost_of_their_calls() {
    let mut lines = String::new();
    for at in 1..=500 {
        lines += &format!(
            "{at} 2 1 execute_tool gen_ai.operation.name=execute_tool gen_ai.tool.name=t\n"
        );
        lines += &format!(
            "{at} 1 - invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=a\n"
        );
    }
    let rig = Rig::start("limits: {spans: 100, calls: 100}").await;
    rig.take(spans(&lines)).await;
    rig.wait(2).await;
    let evicted = testkit::series(&rig.context, "tollgate_connector_agent_metrics_evicted");
    assert!(
        evicted.iter().any(|line| line.contains("traces") && !line.ends_with(" 0")),
        "{evicted:?}"
    );
    let sent = rig.stop().await;
    assert_eq!(sent.sum("tollgate.tool.calls", &[]), 500.0);
    assert_eq!(runs(&sent, "success"), 500.0);
}

#[tokio::test(start_paused = true)]
async fn hostile_traces_end() {
    // A cycle, a span that is its own parent, and a very deep trace.
    let mut lines = "1 1 2 invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=a\n\
                     1 2 1 invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=b\n\
                     2 1 1 execute_tool gen_ai.operation.name=execute_tool gen_ai.tool.name=t\n"
        .to_owned();
    for at in 1..3_000 {
        lines += &format!(
            "3 {} {at} execute_tool gen_ai.operation.name=execute_tool gen_ai.tool.name=t\n",
            at + 1
        );
    }
    let sent = sent("{}", [spans(&lines)]).await;
    assert!(sent.sum("tollgate.agent.runs", &[]) <= 2.0);
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_trace_is_a_run_where_agent_runs_tells_of_it() {
    let event = |name: &str, id: &str, trace: &str| {
        testkit::logs(&format!(
            r#"{{"resourceLogs": [{{"scopeLogs": [{{"scope": {{"name": "tollgate.agent_runs"}}, "logRecords": [{{
                "timeUnixNano": "60000000000", "eventName": "tollgate.run.{name}", "traceId": "{trace}", "attributes": [
                {{"key": "tollgate.run.id", "value": {{"stringValue": "{id}"}}}},
                {{"key": "tollgate.run.outcome", "value": {{"stringValue": "completed"}}}},
                {{"key": "tollgate.run.duration", "value": {{"doubleValue": 2.5}}}},
                {{"key": "tollgate.run.input_tokens", "value": {{"intValue": "99"}}}},
                {{"key": "gen_ai.agent.name", "value": {{"stringValue": "codex"}}}}]}}]}}]}}]}}"#
        ))
    };
    let trace = "0".repeat(31) + "1";
    let sent = sent(
        "{}",
        [
            event("started", "a", ""),
            event("closed", "a", ""),
            event("closed", "a", ""),
            event("closed", "b", &trace),
            event("amended", "c", ""),
        ],
    )
    .await;
    let by_codex = [("gen_ai.agent.name", "codex"), ("outcome", "success")];
    assert_eq!(sent.sum("tollgate.agent.runs", &by_codex), 1.0);
    assert_eq!(sent.sum("tollgate.agent.runs", &[]), 1.0);
    assert_eq!(sent.series("tollgate.agent.run.duration", &by_codex)[0].sum, 2.5);
    assert_eq!(sent.tokens("input"), 0.0, "the totals of a run are not calls");
}

#[tokio::test(start_paused = true)]
async fn a_queue_is_as_deep_as_telemetry_last_said() {
    let lines = "resource service.name=worker\n\
                 1 1 - poll end:3000 queue.name=tasks queue.depth=7\n\
                 1 2 - poll end:2000 queue.name=tasks queue.depth=9\n\
                 1 3 - poll end:2000 queue.name=mail queue.depth=2.0\n\
                 1 4 - poll end:9000 queue.name=tasks queue.depth=-1";
    let sent = sent("compatibility: [mutx]", [spans(lines)]).await;
    assert_eq!(
        sent.sum("tollgate.queue.depth", &[("queue", "tasks"), ("service.name", "worker")]),
        7.0
    );
    assert_eq!(sent.sum("tollgate.queue.depth", &[("queue", "mail")]), 2.0);
    assert_eq!(sent.sum("mutx_queue_size", &[]), 9.0);
}

#[tokio::test(start_paused = true)]
async fn the_panels_of_mutx_have_their_series() {
    let lines = format!(
        "resource service.name=shop\n\
         1 1 - invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=a\n\
         1 2 1 chat {CHAT} gen_ai.agent.name=a\n\
         2 1 - invoke_agent status:2 gen_ai.operation.name=invoke_agent gen_ai.agent.name=a error.type=TimeoutError\n\
         2 2 1 chat status:2 {CHAT} error.type=ContentPolicyViolationError\n\
         2 3 1 guard status:2 gen_ai.operation.name=apply_guardrail gen_ai.agent.name=a"
    );
    let rig = Rig::start("{compatibility: [mutx], conventions: false, own: false}").await;
    rig.take(spans(&lines)).await;
    rig.wait(60).await;
    let sent = rig.sent();
    let of =
        |metric: &str, status: &str| sent.sum(metric, &[("status", status), ("service", "shop")]);
    assert_eq!(
        (of("mutx_agent_tasks_total", "success"), of("mutx_agent_tasks_total", "timeout")),
        (1.0, 1.0)
    );
    assert_eq!(of("mutx_agent_tasks_total", "failed"), 0.0);
    assert_eq!(
        (of("llm_requests_total", "success"), of("llm_requests_total", "failed")),
        (1.0, 1.0)
    );
    assert_eq!(sent.sum("llm_latency_seconds", &[("agent", "a")]), 1.0);
    // A call without an agent's name goes by its service.
    assert_eq!(sent.sum("llm_latency_seconds", &[("agent", "shop")]), 1.0);
    assert_eq!(sent.sum("policy_violations_total", &[]), 1.0);
    assert_eq!(sent.sum("guardrail_triggers_total", &[("agent", "a")]), 1.0);
    assert_eq!(sent.sum("otel_traces_span_count_total", &[("service", "shop")]), 5.0);
    assert_eq!(sent.sum("mutx_agent_task_duration_seconds", &[("agent", "a")]), 2.0);
    assert_eq!(sent.sum("mutx_agents_active", &[]), 1.0);
    assert!(sent.attribute_values("gen_ai.agent.name").is_empty());
    rig.wait(400).await;
    assert_eq!(rig.sent().sum("mutx_agents_active", &[]), 0.0);
}
