//! What is followed, told, stamped and given up.

use serde_json::json;

use super::rig::{Rig, Told, count, hex, last, names, spans, trace};

const AGENT: &str = "gen_ai.operation.name=invoke_agent";
const CALL: &str = "gen_ai.operation.name=chat gen_ai.request.model=gpt-4o \
    gen_ai.provider.name=openai gen_ai.usage.input_tokens=100 gen_ai.usage.output_tokens=10";
const TOOL: &str = "gen_ai.operation.name=execute_tool";

/// A pass over one trace after the other, each in one batch.
async fn after(yaml: &str, batches: &[&str]) -> (Rig, Vec<Told>) {
    let rig = Rig::new(yaml).await;
    for lines in batches {
        rig.pass(&trace(1, lines));
    }
    let told = rig.stop().await;
    (rig, told)
}

#[tokio::test(start_paused = true)]
async fn a_root_is_told_the_totals_as_it_passes() {
    let rig = Rig::new("").await;
    let batch = trace(
        1,
        &format!(
            "2 1 1 2 {CALL} gen_ai.response.id=r1
             3 1 2 3 {TOOL} gen_ai.tool.name=search error.type=timeout status=error
             4 1 3 4 {TOOL} gen_ai.tool.name=search
             5 1 4 5 {CALL} gen_ai.response.id=r2
             1 0 0 6 {AGENT} gen_ai.agent.name=planner"
        ),
    );
    let spans = spans(&rig.pass(&batch));
    let root = &spans[&hex(1)];
    for (key, wanted) in [
        ("model_calls", 2),
        ("input_tokens", 200),
        ("output_tokens", 20),
        ("tool_calls", 2),
        ("tool_failures", 1),
        ("errors", 1),
        ("agents", 1),
    ] {
        assert_eq!(count(root, &format!("tollgate.run.{key}")), wanted, "{key}: {root:#?}");
    }
    assert_eq!(root["tollgate.run.outcome"], "completed");
    assert_eq!(root["tollgate.run.certain"], true);
    // gpt-4o: 2.50 USD a million in, 10 USD out.
    let cost = root["tollgate.run.cost"].as_f64().unwrap();
    assert!((cost - 2.0 * (100.0 * 2.5e-6 + 10.0 * 1e-5)).abs() < 1e-9, "{cost}");
    for id in 2..=5 {
        let is_stamped = spans[&hex(id)].keys().any(|key| key.starts_with("tollgate.run."));
        assert!(!is_stamped, "only the root is stamped");
    }
    assert_eq!(rig.metric("stamped_roots"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn agents_in_agents_are_one_run() {
    let lines = format!(
        "2 1 1 2 {CALL} gen_ai.response.id=r1
         5 4 3 4 {CALL} gen_ai.response.id=r2
         4 3 3 5 {AGENT} gen_ai.agent.name=helper
         3 1 2 6 {TOOL} gen_ai.tool.name=ask
         1 0 0 7 {AGENT} gen_ai.agent.name=planner"
    );
    let rig = Rig::new("").await;
    let stamped = spans(&rig.pass(&trace(1, &lines)));
    assert!(!stamped[&hex(4)].contains_key("tollgate.run.outcome"), "the inner one is no root");
    assert_eq!(count(&stamped[&hex(1)], "tollgate.run.model_calls"), 2);
    let told = rig.stop().await;
    assert_eq!(last(&told).len(), 1, "{told:#?}");
    assert_eq!(last(&told)[0].count("tollgate.run.agents"), 2);
    assert_eq!(last(&told)[0].text("gen_ai.agent.name"), "planner");
}

#[tokio::test(start_paused = true)]
async fn two_agents_below_one_request_are_two_runs() {
    let lines = format!(
        "3 2 1 2 {CALL} gen_ai.response.id=r1
         2 1 1 3 {AGENT} gen_ai.agent.name=first
         5 4 4 5 {CALL} gen_ai.response.id=r2
         4 1 4 6 {AGENT} gen_ai.agent.name=second
         1 0 0 7 http.request.method=POST"
    );
    let rig = Rig::new("").await;
    let stamped = spans(&rig.pass(&trace(1, &lines)));
    for id in [2, 4] {
        assert_eq!(count(&stamped[&hex(id)], "tollgate.run.model_calls"), 1);
        assert_eq!(stamped[&hex(id)]["tollgate.run.certain"], false, "its parent may be an agent");
    }
    assert!(!stamped[&hex(1)].contains_key("tollgate.run.outcome"), "nothing outside of agents");
    let runs = last(&rig.stop().await);
    let roots: Vec<_> = runs.iter().map(|run| run.span.clone()).collect();
    assert_eq!(roots, [hex(2), hex(4)]);
    assert!(runs.iter().all(|run| run.attributes["tollgate.run.certain"] == true));
}

#[tokio::test(start_paused = true)]
async fn a_sub_agent_in_another_service_belongs_to_its_caller() {
    // Spans of HTTP stand between; every order of the services gives one run.
    let parts = [
        format!(
            "service far\n6 5 3 4 {CALL} gen_ai.response.id=r2\n5 4 3 5 {AGENT} gen_ai.agent.name=far"
        ),
        "service far\n4 3 3 5 http.request.method=POST".to_owned(),
        "3 2 2 6 http.request.method=POST".to_owned(),
        format!("2 1 2 6 {TOOL} gen_ai.tool.name=call\n1 0 0 7 {AGENT} gen_ai.agent.name=near"),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1], [1, 2, 3, 0]] {
        let batches: Vec<&str> = order.iter().map(|at: &usize| parts[*at].as_str()).collect();
        let (_, told) = after("", &batches).await;
        let runs = last(&told);
        assert_eq!(runs.len(), 1, "{order:?} {told:#?}");
        assert_eq!((runs[0].span.as_str(), runs[0].count("tollgate.run.agents")), (&*hex(1), 2));
        assert_eq!(runs[0].count("tollgate.run.input_tokens"), 100);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_outside_of_agents_count_for_the_root_of_the_trace() {
    let lines = format!(
        "2 1 1 2 {CALL} gen_ai.response.id=r1
         3 1 2 3 {CALL} gen_ai.response.id=r2
         1 0 0 4 http.request.method=POST"
    );
    let rig = Rig::new("").await;
    let stamped = spans(&rig.pass(&trace(1, &lines)));
    assert_eq!(count(&stamped[&hex(1)], "tollgate.run.model_calls"), 2);
    assert_eq!(names(&rig.stop().await), ["started", "state_changed", "closed"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_stands_alone_is_no_run() {
    let lines = format!("1 0 1 2 {CALL} gen_ai.response.id=r1");
    let rig = Rig::new("").await;
    let batch = trace(1, &lines);
    assert_eq!(rig.pass(&batch).bytes(), batch.bytes());
    assert!(rig.stop().await.is_empty());
    let (_, told) = after("lone_calls: true", &[&lines]).await;
    assert_eq!(last(&told).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn traces_without_agents_leave_nothing_behind() {
    let rig = Rig::new("").await;
    let batch = trace(1, "2 1 1 2 http.request.method=GET\n1 0 0 3 http.request.method=GET");
    assert_eq!(rig.pass(&batch).bytes(), batch.bytes());
    assert_eq!(rig.metric("in_flight"), 0.0);
    assert!(rig.stop().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn spans_that_have_not_ended_are_followed_and_not_passed_on() {
    let rig = Rig::new("").await;
    let passed = rig.pass(&trace(1, &format!("1 0 0 - {AGENT}\n2 1 1 2 {CALL}")));
    assert_eq!(spans(&passed).keys().collect::<Vec<_>>(), [&hex(2)]);
    let logfire = "9 1 3 3 logfire.span_type=pending_span logfire.pending_parent_id=0000000000000000 \
        gen_ai.operation.name=invoke_agent";
    assert_eq!(rig.pass(&trace(2, logfire)).items(), 0);
    assert_eq!(rig.metric("pending_spans"), 2.0);
    assert_eq!(rig.metric(r#"in_flight{processor="agent_runs",state="running"}"#), 2.0);
    // When it ends, it is the same run.
    let stamped = spans(&rig.pass(&trace(2, &format!("2 1 3 4 {CALL}\n1 0 3 5 {AGENT}"))));
    assert_eq!(count(&stamped[&hex(1)], "tollgate.run.agents"), 1);
    let runs = last(&rig.stop().await);
    let ends: Vec<_> = runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(ends, ["tollgate.run.lost", "tollgate.run.closed"]);
    assert_eq!(runs[0].text("tollgate.run.reason"), "shutdown");
    let keep = Rig::new("forward_pending: true").await;
    assert_eq!(keep.pass(&trace(1, &format!("1 0 0 - {AGENT}"))).items(), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_human_is_told_and_its_time_counts_once() {
    const WAIT: &str = "name=claude_code.tool.blocked_on_user";
    let rig = Rig::new("idle_timeout: 10s\nwaiting_timeout: 1h").await;
    let claude = |lines: &str| {
        let named = testkit::json_of(&trace(1, lines)).to_string().replace(
            r#""scopeSpans":[{"#,
            r#""scopeSpans":[{"scope":{"name":"com.anthropic.claude_code.tracing"},"#,
        );
        testkit::traces(&named.replace(r#""scope":{},"#, ""))
    };
    rig.pass(&claude(&format!("3 2 1 - {WAIT}")));
    rig.wait(60).await;
    let told = rig.told();
    assert_eq!(
        names(&told),
        ["started", "state_changed"],
        "ten seconds are no limit while it waits"
    );
    assert_eq!(told[1].text("tollgate.run.state.to"), "waiting");
    rig.pass(&claude(&format!(
        "3 2 1 40 {WAIT}\n4 2 30 50 {WAIT}\n\
         2 1 1 60 name=claude_code.tool tool_name=Bash\n1 0 0 61 name=claude_code.interaction"
    )));
    let runs = last(&rig.stop().await);
    assert_eq!(runs[0].attributes["tollgate.run.human_wait"], 49.0, "{runs:#?}");
    assert_eq!(runs[0].attributes["tollgate.run.duration"], 61.0);
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_root_never_comes_is_lost() {
    let rig = Rig::new("idle_timeout: 10s").await;
    rig.pass(&trace(1, &format!("2 1 1 2 {CALL}\n3 1 2 3 {TOOL} gen_ai.tool.name=t")));
    rig.wait(9).await;
    assert_eq!(names(&rig.told()), ["started"]);
    rig.wait(3).await;
    let told = rig.told();
    assert_eq!(names(&told), ["lost"]);
    assert_eq!(told[0].text("tollgate.run.reason"), "idle");
    assert_eq!(told[0].text("tollgate.run.outcome"), "unknown");
    assert_eq!(told[0].count("tollgate.run.input_tokens"), 100);
    assert_eq!(told[0].service, "shop");
    assert_eq!(
        (rig.metric("split"), rig.metric(r#"lost{processor="agent_runs",reason="idle"}"#)),
        (1.0, 1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_late_amends_a_closed_run_and_then_it_is_forgotten() {
    let rig = Rig::new("close_after_root: 2s\namend_window: 20s").await;
    rig.pass(&trace(1, &format!("2 1 1 2 {CALL} gen_ai.response.id=r1\n1 0 0 5 {AGENT}")));
    rig.wait(4).await;
    assert_eq!(names(&rig.told()), ["started", "state_changed", "closed"]);
    rig.pass(&trace(1, &format!("3 1 3 4 {CALL} gen_ai.response.id=r2")));
    rig.wait(4).await;
    let told = rig.told();
    assert_eq!(names(&told), ["amended"]);
    assert_eq!(told[0].count("tollgate.run.input_tokens"), 200, "all of it, not the difference");
    // The same again says nothing new.
    rig.pass(&trace(1, &format!("3 1 3 4 {CALL} gen_ai.response.id=r2")));
    rig.wait(30).await;
    assert!(rig.told().is_empty());
    assert_eq!(rig.metric("in_flight"), 0.0);
    assert_eq!(rig.metric("amended"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_root_that_turns_out_to_be_nested_is_taken_back() {
    let rig = Rig::new("close_after_root: 2s").await;
    rig.pass(&trace(1, &format!("3 2 1 2 {CALL}\n2 1 1 3 {AGENT} gen_ai.agent.name=inner")));
    rig.wait(4).await;
    assert_eq!(names(&rig.told()).last().unwrap(), "closed");
    rig.pass(&trace(1, &format!("1 0 0 5 {AGENT} gen_ai.agent.name=outer")));
    rig.wait(4).await;
    let told = rig.told();
    let nested = told.iter().find(|told| told.text("tollgate.run.reason") == "nested").unwrap();
    assert_eq!((nested.name.as_str(), nested.span.as_str()), ("tollgate.run.amended", &*hex(2)));
    let closed = told.iter().find(|told| told.name.ends_with("closed")).unwrap();
    assert_eq!((closed.span.as_str(), closed.count("tollgate.run.input_tokens")), (&*hex(1), 100));
}

#[tokio::test(start_paused = true)]
async fn when_there_is_no_room_the_next_to_close_is_given_up() {
    // One run for each of the sixteen trackers.
    let rig = Rig::new("max_runs: 16").await;
    for id in 1..=100 {
        rig.pass(&trace(id, &format!("2 1 1 2 {CALL}\n3 1 1 2 {TOOL} gen_ai.tool.name=t")));
    }
    rig.wait(1).await;
    assert!(rig.metric("in_flight") <= 16.0);
    let told = rig.stop().await;
    let lost = told.iter().filter(|told| told.text("tollgate.run.reason") == "evicted").count();
    assert_eq!(lost as f64, rig.metric(r#"lost{processor="agent_runs",reason="evicted"}"#));
    assert_eq!(last(&told).len(), 100, "every run is told of in the end");
    let tokens: u64 = last(&told).iter().map(|run| run.count("tollgate.run.input_tokens")).sum();
    assert_eq!(tokens, 100 * 100, "with all that is known of it");
}

#[tokio::test(start_paused = true)]
async fn outcomes_follow_their_precedence() {
    for (root, outcome) in [
        ("", "completed"),
        ("status=error", "error"),
        ("status=error error.type=ValueError", "error"),
        ("status=error error.type=asyncio.exceptions.CancelledError", "cancelled"),
        ("status=error error.type=openai.APITimeoutError", "timeout"),
        ("status=error error.type=MaxTurnsExceeded", "max_iterations"),
        ("status=error error.type=InputGuardrailTripwireTriggered", "guardrail"),
        ("status=error error.type=ValueError gen_ai.agent.finish_reason=completed", "completed"),
        ("gen_ai.agent.finish_reason=max_iterations", "max_iterations"),
        ("gen_ai.agent.finish_reason=nonsense", "completed"),
    ] {
        let lines = format!("2 1 1 2 {CALL}\n1 0 0 3 {AGENT} {root}");
        let (_, told) = after("", &[&lines]).await;
        assert_eq!(last(&told)[0].text("tollgate.run.outcome"), outcome, "{root}");
    }
    let filtered =
        format!("2 1 1 2 {CALL} gen_ai.response.finish_reasons=content_filter\n1 0 0 3 {AGENT}");
    let (_, told) = after("", &[&filtered]).await;
    assert_eq!(last(&told)[0].text("tollgate.run.outcome"), "guardrail");
}

#[tokio::test(start_paused = true)]
async fn a_tool_call_seen_by_its_server_too_counts_once() {
    let lines = format!(
        "4 3 2 3 {TOOL} gen_ai.tool.name=search
         3 2 2 3 {TOOL} gen_ai.tool.name=search
         2 1 1 4 {TOOL} gen_ai.tool.name=search
         1 0 0 5 {AGENT} status=error"
    );
    let (_, told) = after("", &[&lines]).await;
    assert_eq!(last(&told)[0].count("tollgate.run.tool_calls"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_trace_is_one_run() {
    let rig = Rig::new("idle_timeout: 10s").await;
    let record = |conversation: &str, second: u64, id: &str| {
        json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{
        "timeUnixNano": ((testkit::NOW + second) * 1_000_000_000).to_string(),
        "attributes": [
            {"key": "event.name", "value": {"stringValue": "codex.sse_event"}},
            {"key": "event.kind", "value": {"stringValue": "response.completed"}},
            {"key": "conversation.id", "value": {"stringValue": conversation}},
            {"key": "model", "value": {"stringValue": "gpt-5"}},
            {"key": "input_token_count", "value": {"stringValue": id}},
            {"key": "output_token_count", "value": {"stringValue": "20"}},
        ]}]}]}]})
        .to_string()
    };
    for (conversation, second, input) in
        [("c1", 1, "100"), ("c1", 2, "200"), ("c2", 3, "5"), ("c2", 4, "6")]
    {
        rig.pass(&testkit::logs(&record(conversation, second, input)));
    }
    // Sent again by a client that got no answer.
    rig.pass(&testkit::logs(&record("c1", 2, "200")));
    rig.wait(15).await;
    let runs = last(&rig.told());
    assert_eq!(runs.len(), 2, "{runs:#?}");
    let of = |id: &str| runs.iter().find(|run| run.text("gen_ai.conversation.id") == id).unwrap();
    assert_eq!(of("c1").count("tollgate.run.input_tokens"), 300);
    assert_eq!(of("c1").count("tollgate.run.model_calls"), 2);
    assert_eq!(of("c2").count("tollgate.run.input_tokens"), 11);
    assert_eq!(of("c1").name, "tollgate.run.closed");
    assert!(of("c1").trace.is_empty() && of("c1").span.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_told_of_runs_is_not_followed() {
    let rig = Rig::new("").await;
    let log = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{
        "eventName": "tollgate.run.closed", "traceId": "5b8efff798038103d269b633813fc60c",
        "attributes": [{"key": "gen_ai.conversation.id", "value": {"stringValue": "c"}}]}]}]}]});
    rig.pass(&testkit::logs(&log.to_string()));
    assert_eq!(rig.metric("in_flight"), 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_chat_in_one_trace_is_a_run_for_each_turn() {
    let rig = Rig::new("close_after_root: 2s").await;
    for turn in 1..=3u64 {
        let (root, call) = (turn * 10, turn * 10 + 1);
        rig.pass(&trace(
            1,
            &format!("{call} {root} {root} {call} {CALL} gen_ai.response.id=r{turn}\n{root} 0 {root} {call} {AGENT}"),
        ));
        rig.wait(4).await;
        let told = rig.told();
        let closed: Vec<_> = told.iter().filter(|told| told.name.ends_with("closed")).collect();
        assert_eq!(closed.len(), 1, "turn {turn}: {told:#?}");
        assert_eq!((&closed[0].span, closed[0].count("tollgate.run.model_calls")), (&hex(root), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn more_records_than_the_limit_are_counted_all_the_same() {
    let rig = Rig::new("max_records_per_run: 16").await;
    for call in 2..500 {
        let tool = call + 1000;
        rig.pass(&trace(
            1,
            &format!("{call} 1 1 2 {CALL} gen_ai.response.id=r{call}\n{tool} 1 1 2 {TOOL} gen_ai.tool.name=t"),
        ));
    }
    let stamped = spans(&rig.pass(&trace(1, &format!("1 0 0 3 {AGENT}"))));
    let root = &stamped[&hex(1)];
    assert_eq!(count(root, "tollgate.run.model_calls"), 498);
    assert_eq!(count(root, "tollgate.run.tool_calls"), 498);
    assert_eq!(count(root, "tollgate.run.input_tokens"), 49_800);
}
