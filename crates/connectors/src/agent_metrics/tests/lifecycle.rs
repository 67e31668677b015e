//! When metrics are sent, what holds for every point, start, stop and failure.

use std::{collections::BTreeMap, fs, time::Duration};

use sdk::{ComponentKind, Connector as _, Error};
use testkit::{Answer, Sink};

use super::support::{Rig, Sent, points, resource, sent, spans};
use crate::agent_metrics::AgentMetrics;

const CHAT: &str = "chat gen_ai.operation.name=chat gen_ai.request.model=gpt-4o gen_ai.provider.name=openai \
                    gen_ai.usage.input_tokens=1000 gen_ai.usage.output_tokens=100";

fn chat(trace: usize) -> sdk::Batch {
    spans(&format!("{trace} 1 - {CHAT}"))
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_before_there_is_something_to_say() {
    let rig = Rig::start("own: false").await;
    rig.wait(60).await;
    assert!(rig.sink.batches().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_call_is_counted_once_its_trace_is_quiet_and_its_series_begins_at_zero() {
    let rig = Rig::start("{interval: 15s, settle: 10s}").await;
    rig.take(chat(1)).await;
    rig.wait(9).await;
    assert_eq!(rig.sent().series("tollgate.tokens", &[]).len(), 0);
    rig.wait(7).await;
    assert_eq!(rig.sent().series("tollgate.tokens", &[]).len(), 5, "every type of token is there");
    assert_eq!(rig.sent().tokens("input"), 0.0);
    rig.wait(15).await;
    assert_eq!((rig.sent().tokens("input"), rig.sent().tokens("output")), (1000.0, 100.0));
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_is_never_quiet_is_counted_all_the_same() {
    let rig = Rig::start("{interval: 5s, settle: 10s, settle_max: 30s}").await;
    for at in 1..=50 {
        rig.take(spans(&format!("1 {at} 77 {CHAT}"))).await;
        rig.wait(1).await;
    }
    assert!(rig.sent().tokens("input") >= 20_000.0, "{}", rig.sent().tokens("input"));
    assert_eq!(rig.stop().await.tokens("input"), 50_000.0);
}

#[tokio::test(start_paused = true)]
async fn counters_and_times_only_rise_and_all_points_share_the_start() {
    let rig = Rig::start("{interval: 5s, settle: 1s, compatibility: [mutx], profile: next}").await;
    let mut rng = fastrand::Rng::with_seed(3);
    for at in 1..=40 {
        rig.take(chat(rng.usize(1..=at))).await;
        // A clock that is set back must not be seen in the points.
        if at == 20 {
            rig.set_clock_by(-3600);
        }
        rig.wait(3).await;
    }
    let sink = rig.sink.clone();
    rig.stop().await;
    let mut last: BTreeMap<_, (f64, f64, Vec<u64>, u64)> = BTreeMap::new();
    for point in sink.batches().iter().flat_map(points) {
        let is_gauge = !point.is_cumulative;
        assert_eq!(point.start, if is_gauge { 0 } else { testkit::NOW * 1_000_000_000 });
        let now = (point.value, point.sum, point.buckets.clone(), point.time);
        let before = last.insert((point.metric.clone(), point.attributes.clone()), now.clone());
        let Some(before) = before else {
            assert!(is_gauge || point.value == 0.0, "does not begin at zero: {point:?}");
            continue;
        };
        assert!(before.3 < now.3, "{point:?}");
        if !is_gauge {
            assert!(before.0 <= now.0 && before.1 <= now.1, "{point:?}");
            assert!(before.2.iter().zip(&now.2).all(|(before, now)| before <= now), "{point:?}");
        }
    }
    assert!(last.len() > 20);
}

#[tokio::test(start_paused = true)]
async fn the_metrics_stand_under_the_collectors_own_resource() {
    let batch = spans(&format!("resource service.name=shop service.instance.id=x\n1 1 - {CHAT}"));
    let rig =
        Rig::start("{resource: {service.instance.id: tollgate-0, k8s.cluster.name: west}}").await;
    let sink = rig.sink.clone();
    rig.take(batch).await;
    rig.stop().await;
    let expected = [
        ("k8s.cluster.name", "west"),
        ("service.instance.id", "tollgate-0"),
        ("service.name", "tollgate"),
        ("service.version", "0.0.0"),
    ];
    let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(resource(&sink.batches()[0]), expected.into());
}

#[tokio::test(start_paused = true)]
async fn every_instance_is_one_of_its_own() {
    let context = testkit::context(ComponentKind::Connector, "agent_metrics");
    let mut instances = Vec::new();
    for _ in 0..2 {
        let sink = Sink::default();
        let connector = AgentMetrics::new(testkit::settings("{}"), context.clone()).unwrap();
        connector.start(sink.outputs()).await.unwrap();
        connector.consume(chat(1), &sink.outputs()).await.unwrap();
        connector.shutdown().await.unwrap();
        instances.push(resource(&sink.batches()[0])["service.instance.id"].clone());
    }
    assert_ne!(instances[0], instances[1]);
    let shape: Vec<_> = instances[0].split('-').map(str::len).collect();
    assert_eq!(shape, [8, 4, 4, 4, 12], "{}", instances[0]);
}

#[tokio::test(start_paused = true)]
async fn latency_and_errors_lead_to_the_call_behind_them() {
    let sent =
        sent("{}", [chat(7), spans(&format!("8 2 - {CHAT} status:2 error.type=RateLimitError"))])
            .await;
    let ids = |metric: &str, attributes: &[(&str, &str)]| {
        let exemplar = sent.series(metric, attributes)[0].exemplars[0].clone();
        (exemplar.trace_id[15], exemplar.span_id[7])
    };
    let failed = [("error.type", "RateLimitError")];
    assert_eq!(ids("tollgate.calls", &failed), (8, 2));
    assert_eq!(ids("tollgate.call.duration", &failed), (8, 2));
    assert_eq!(ids("gen_ai.client.operation.duration", &failed), (8, 2));
    let good: Vec<_> = sent
        .series("tollgate.call.duration", &[])
        .into_iter()
        .filter(|point| point.attribute("error.type").is_none())
        .collect();
    assert_eq!((good[0].exemplars[0].trace_id[15], good[0].sum), (7, 1.0));
}

#[tokio::test(start_paused = true)]
async fn a_stop_tells_everything() {
    let rig = Rig::start("{interval: 1h, settle: 1h, settle_max: 1h}").await;
    rig.take(chat(1)).await;
    let sent = rig.stop().await;
    assert_eq!(sent.tokens("input"), 1000.0);
    assert_eq!(sent.series("tollgate.tokens", &[]).len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_is_away_costs_nothing_but_time() {
    let sink = Sink::scripted((0..3).map(|_| Answer::Fail(Error::refused("away"))));
    let rig = Rig::start_with("{interval: 5s, settle: 1s}", sink.clone()).await;
    rig.take(chat(1)).await;
    rig.wait(30).await;
    rig.take(chat(2)).await;
    rig.wait(30).await;
    assert_eq!(rig.sent().tokens("input"), 2000.0);
    let failed = testkit::series(&rig.context, "tollgate_connector_agent_metrics_failed_batches");
    assert!(failed[0].ends_with(" 3"), "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_never_answers_holds_up_neither_counting_nor_a_stop() {
    let sink = Sink::scripted((0..100).map(|_| Answer::Hang));
    let rig = Rig::start_with("{interval: 5s, settle: 1s}", sink.clone()).await;
    rig.take(chat(1)).await;
    rig.wait(30).await;
    let sent = sink.batches().len();
    assert!((3..=6).contains(&sent), "{sent}");
    let began = tokio::time::Instant::now();
    assert_eq!(rig.stop().await.tokens("input"), 1000.0);
    assert!(began.elapsed() <= Duration::from_secs(6));
}

#[tokio::test(start_paused = true)]
async fn the_last_metrics_are_offered_again() {
    let sink = Sink::scripted((0..4).map(|_| Answer::Fail(Error::refused("full"))));
    let rig = Rig::start_with("{}", sink.clone()).await;
    rig.take(chat(1)).await;
    rig.stop().await;
    assert_eq!(Sent::of(&sink.batches()[4..]).tokens("input"), 1000.0);
}

#[tokio::test(start_paused = true)]
async fn many_series_are_sent_in_batches_of_bounded_size() {
    let mut lines = String::new();
    for at in 1..=3_000 {
        lines += &format!(
            "{at} 1 - execute_tool gen_ai.operation.name=execute_tool gen_ai.tool.name=t{at}\n"
        );
    }
    let rig = Rig::start("{limits: {tools: 5000}, conventions: false}").await;
    let sink = rig.sink.clone();
    rig.take(spans(&lines)).await;
    let sent = rig.stop().await;
    assert_eq!(sent.sum("tollgate.tool.calls", &[]), 3_000.0);
    let items = sink.items();
    assert!(items.len() > 3 && items.iter().all(|items| *items <= 2_000), "{items:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reported_cost_goes_before_a_computed_one() {
    let cost = async |more: &str| {
        sent("{}", [spans(&format!("1 1 - {CHAT} {more}"))]).await.sum("tollgate.cost", &[])
    };
    assert_eq!(cost("").await, 0.0035);
    assert_eq!(cost("gen_ai.usage.cost=0.5").await, 0.5);
}

#[tokio::test(start_paused = true)]
async fn tokens_of_models_without_a_price_are_told_apart_from_free_ones() {
    let line =
        format!("1 1 - {CHAT}").replace("gpt-4o", "in-house-7b").replace("=openai", "=in_house");
    let unknown = sent("{}", [spans(&line)]).await;
    assert_eq!(unknown.sum("tollgate.cost", &[]), 0.0);
    assert_eq!(
        unknown.sum("tollgate.cost.unpriced_tokens", &[("gen_ai.token.type", "input")]),
        1000.0
    );
    assert_eq!(unknown.sum("tollgate.cost.unpriced_tokens", &[]), 1100.0);
    let alias = sent(
        "prices: {aliases: {in-house-7b: gpt-4o}}",
        [spans(&line.replace("=in_house", "=openai"))],
    )
    .await;
    assert_eq!(alias.sum("tollgate.cost", &[]), 0.0035);
    assert_eq!(alias.sum("tollgate.cost.unpriced_tokens", &[]), 0.0);
}

#[tokio::test(start_paused = true)]
async fn prices_of_a_file_go_before_those_built_in() {
    let path =
        std::env::temp_dir().join(format!("agent-metrics-prices-{}.json", std::process::id()));
    fs::write(&path, r#"{"gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-3, "output_cost_per_token": 1e-2}}"#).unwrap();
    let sent = sent(&format!("prices: {{file: {path:?}}}"), [chat(1)]).await;
    fs::remove_file(&path).unwrap();
    assert_eq!(sent.sum("tollgate.cost", &[]), 2.0);
}

/// A file in LiteLLM's format: what a token of gpt-4o costs. Of another length for every price.
fn price_table(usd: &str) -> String {
    format!(
        r#"{{"gpt-4o": {{"input_cost_per_token": {usd}, "output_cost_per_token": 0,
        "cache_read_input_token_cost": 0.01}}}}"#
    )
}

/// Lets the prices be looked at; the clock stands still until that has ended.
async fn past_a_reload(rig: &Rig) {
    rig.wait(12).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    rig.wait(30).await;
}

fn price_reloads(rig: &Rig) -> [bool; 3] {
    let name = "tollgate_connector_agent_metrics_price_reloads";
    let series = testkit::series(&rig.context, name);
    let has = |outcome: &str, count: &str| {
        series.iter().any(|line| line.contains(outcome) && line.ends_with(count))
    };
    [has("loaded", " 1"), has("failed", " 1"), has("loaded", " 2")]
}

#[tokio::test(start_paused = true)]
async fn a_changed_price_file_is_taken_while_running_and_leaves_what_was_counted() {
    let path =
        std::env::temp_dir().join(format!("agent-metrics-reload-{}.json", std::process::id()));
    fs::write(&path, price_table("0.001")).unwrap();
    let rig = Rig::start(&format!(
        "{{interval: 5s, settle: 2s, prices: {{file: {path:?}, reload_interval: 10s}}}}"
    ))
    .await;
    rig.take(spans(&format!("1 1 - {CHAT} gen_ai.response.id=r1"))).await;
    past_a_reload(&rig).await;
    assert_eq!(rig.sent().sum("tollgate.cost", &[]), 1.0);
    assert_eq!(price_reloads(&rig), [false; 3], "the file is what it was");

    fs::write(&path, price_table("0.0020")).unwrap();
    past_a_reload(&rig).await;
    assert_eq!(price_reloads(&rig), [true, false, false]);
    rig.take(chat(2)).await;
    rig.wait(30).await;
    assert_eq!(rig.sent().sum("tollgate.cost", &[]), 1.0 + 2.0);
    // The first call again, told better: what it cost is taken back at the price it had.
    let more = "gen_ai.response.id=r1 gen_ai.usage.cache_read.input_tokens=600";
    rig.take(spans(&format!("1 2 1 {CHAT} {more}"))).await;
    rig.wait(30).await;
    assert_eq!(rig.sent().sum("tollgate.calls", &[]), 2.0);
    assert_eq!(rig.sent().sum("tollgate.cost", &[]), (400.0 * 0.002 + 600.0 * 0.01) + 2.0);

    fs::write(&path, "half a tab").unwrap();
    past_a_reload(&rig).await;
    past_a_reload(&rig).await;
    assert_eq!(price_reloads(&rig), [true, true, false], "a bad file is told once");
    fs::remove_file(&path).unwrap();
}

#[tokio::test(start_paused = true)]
async fn prices_that_cannot_be_used_fail_the_start_and_say_why() {
    let path = std::env::temp_dir().join(format!("agent-metrics-bad-{}.json", std::process::id()));
    fs::write(&path, "not JSON").unwrap();
    for (yaml, reason) in [
        ("prices: {file: /no/such/file.json}".to_owned(), "No such file"),
        (format!("prices: {{file: {path:?}}}"), "expected a JSON"),
    ] {
        let context = testkit::context(ComponentKind::Connector, "agent_metrics");
        let connector = AgentMetrics::new(testkit::settings(&yaml), context).unwrap();
        let error = connector.start(Sink::default().outputs()).await.unwrap_err().to_string();
        assert!(error.contains("prices of") && error.contains(reason), "{error}");
    }
    fs::remove_file(&path).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_report_that_comes_after_its_call_was_counted_corrects_it() {
    let rig = Rig::start("{interval: 5s, settle: 2s}").await;
    // A framework's span without the cached part, then the provider's under it.
    rig.take(spans(&format!("1 1 - {CHAT}"))).await;
    rig.wait(30).await;
    assert_eq!((rig.sent().tokens("input"), rig.sent().tokens("cache_read")), (1000.0, 0.0));
    let more = "gen_ai.response.id=r1 gen_ai.usage.cache_read.input_tokens=600";
    rig.take(spans(&format!("1 2 1 {CHAT} {more}"))).await;
    rig.wait(30).await;
    let sent = rig.stop().await;
    assert_eq!((sent.tokens("input"), sent.tokens("cache_read")), (1000.0, 600.0));
    assert_eq!(sent.sum("tollgate.calls", &[]), 1.0);
    assert_eq!(sent.sum("tollgate.call.duration", &[]), 1.0);
}

#[tokio::test(start_paused = true)]
async fn hostile_values_are_counted_and_cost_no_series() {
    let long = "x".repeat(10_000_000);
    let nested = "[".repeat(100_000);
    let many: String = (0..20_000).map(|at| format!(" k{at}={at}")).collect();
    for (hostile, input) in [
        (format!("gen_ai.agent.name={long}"), 1000.0),
        (format!("gen_ai.usage.details={nested}"), 1000.0),
        (many, 1000.0),
        ("gen_ai.usage.output_tokens=-5".to_owned(), 1000.0),
    ] {
        let sent = sent("{}", [spans(&format!("1 1 - {CHAT} {hostile}"))]).await;
        assert_eq!(sent.tokens("input"), input);
        assert!(sent.numbers().len() < 20_000);
    }
    let nothing = CHAT.replace("=1000", "=-1").replace("=100", "=NaN");
    let sent = sent("{}", [spans(&format!("1 1 - {nothing} gen_ai.response.id=r"))]).await;
    assert_eq!((sent.tokens("input"), sent.tokens("output")), (0.0, 0.0));
    assert_eq!(sent.sum("tollgate.usage.missing", &[]), 1.0);
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    for (yaml, problem) in [
        ("interval: 10ms", "`interval` must be at least 1s"),
        ("{settle: 2m}", "`settle` must be at most `settle_max`"),
        ("{own: false, conventions: false}", "there is nothing to measure"),
        ("dimensions: [a, a]", "names \"a\" twice"),
        ("dimensions: [a, b, c, d, e, f, g, h, i]", "at most 8"),
        ("limits: {series: 3}", "`limits::series` must be at least 100"),
        ("remember: -1s", "`remember` must be between 0 and 24h"),
        ("prices: {max_file_mib: 0}", "must be greater than zero"),
    ] {
        let fault = testkit::fault::<crate::agent_metrics::Config>(yaml);
        assert!(fault.contains(problem), "{yaml}: {fault}");
    }
}
