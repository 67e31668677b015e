//! What happens where there is no room, and when series get old.

use std::time::Duration;

use super::{Config, Running, check_refused, gauge, number, samples, sent};

/// Gauges with one label of these values.
fn gauges(values: &[&str]) -> sdk::Batch {
    let points: Vec<_> = values.iter().map(|value| number(&[("k", value)], 0, 1, 1)).collect();
    sent(&[], &[gauge("g", &points)])
}

fn dropped(running: &Running, reason: &str) -> String {
    let name = "tollgate_exporter_prometheus_dropped_data_points";
    let start = format!("{name}{{exporter=\"prometheus\",reason=\"{reason}\"}} ");
    testkit::series(&running.context, &start).concat().replace(&start, "")
}

#[tokio::test]
async fn a_series_too_many_is_not_shown_and_the_others_go_on() {
    let running = Running::start("limits: {series: 2}").await;
    assert_eq!(running.take(gauges(&["a", "b"])).await, []);
    let not_shown = running.take(gauges(&["b", "c", "d", "a"])).await;
    assert_eq!(not_shown, [(2, "series_limit")]);
    assert_eq!(samples(&running.page().await), [r#"g{k="a"} 1"#, r#"g{k="b"} 1"#]);
    assert_eq!(dropped(&running, "series_limit"), "2");
    let held = testkit::series(&running.context, "tollgate_exporter_prometheus_series");
    assert_eq!(held, [r#"tollgate_exporter_prometheus_series{exporter="prometheus"} 2"#]);
}

#[tokio::test]
async fn bytes_are_bounded_for_new_series_and_for_those_that_grow() {
    let running = Running::start("limits: {bytes: 3000}").await;
    let values: Vec<String> = (0..20).map(|at| format!("{at:0>100}")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let not_shown = running.take(gauges(&values)).await;
    let shown = samples(&running.page().await).len();
    assert!((1..10).contains(&shown), "{shown}");
    assert_eq!(not_shown, [(20 - shown as u64, "byte_limit")]);
    let running = Running::start("limits: {bytes: 3000}").await;
    let small = super::histogram(2, &[1.0], &[1, 1], [1, 2]);
    assert_eq!(running.take(sent(&[], &[small])).await, []);
    let bounds: Vec<f64> = (0..500).map(f64::from).collect();
    let large = super::histogram(2, &bounds, &[1; 501], [1, 3]);
    let not_shown = running.take(sent(&[], &[large])).await;
    assert_eq!(not_shown, [(1, "byte_limit")]);
    assert!(running.page().await.contains("h_seconds_count 2\n"));
}

#[tokio::test]
async fn a_series_gives_its_room_back() {
    let running = Running::start("limits: {series: 1}").await;
    for value in ["a", "b", "c"] {
        assert_eq!(running.take(gauges(&[value])).await, [], "{value}");
        let mut end = number(&[("k", value)], 0, 2, 0);
        end["flags"] = serde_json::json!(1);
        running.take(sent(&[], &[gauge("g", &[end])])).await;
        assert_eq!(running.page().await, "");
    }
}

#[tokio::test]
async fn a_series_that_is_updated_takes_no_more_room() {
    let running = Running::start("limits: {bytes: 3000}").await;
    for _ in 0..100 {
        assert_eq!(running.take(gauges(&["a"])).await, []);
    }
    assert_eq!(samples(&running.page().await), [r#"g{k="a"} 1"#]);
}

#[tokio::test]
async fn labels_names_and_descriptions_are_bounded() {
    let running = Running::start("limits: {label_bytes: 20}").await;
    let long = "x".repeat(20);
    let not_shown = running.take(gauges(&[&long, "short"])).await;
    assert_eq!(not_shown, [(1, "label_limit")]);
    let named = sent(&[], &[gauge(&long.repeat(2), &[number(&[], 0, 1, 1)])]);
    assert_eq!(running.take(named).await, [(1, "label_limit")]);
    let scope = sent(&[("service.name", &long)], &[gauge("h", &[number(&[], 0, 1, 1)])]);
    assert_eq!(running.take(scope).await, [(1, "label_limit")]);
    let mut described = gauge("d", &[number(&[], 0, 1, 1)]);
    described["description"] = serde_json::json!("é".repeat(20));
    assert_eq!(running.take(sent(&[], &[described])).await, []);
    let page = running.page().await;
    assert!(page.contains(&format!("# HELP d {}\n", "é".repeat(10))), "{page}");
    assert_eq!(samples(&page), ["d 1", r#"g{k="short"} 1"#]);
}

#[tokio::test]
async fn a_page_that_is_too_long_is_not_served_in_part() {
    let running = Running::start("limits: {page_bytes: 100}").await;
    running.take(gauges(&["a", "b", "c", "d", "e", "f", "g", "h"])).await;
    let answer = running.get("/metrics", &[]).await;
    assert_eq!(answer.status, 500);
    assert!(String::from_utf8_lossy(&answer.body).contains("limits::page_bytes"));
}

#[tokio::test(start_paused = true)]
async fn a_series_is_shown_until_it_expires() {
    let running = Running::start("metric_expiration: 1m\nlimits: {series: 3}").await;
    running.take(gauges(&["old", "kept"])).await;
    tokio::time::advance(Duration::from_secs(40)).await;
    running.take(gauges(&["kept"])).await;
    tokio::time::advance(Duration::from_secs(19)).await;
    let page = || {
        let mut store = running.exporter.store.lock().unwrap();
        store.purge(tokio::time::Instant::now());
        let count: usize = store.families().map(|(_, family)| family.series.len()).sum();
        (count, store.len())
    };
    assert_eq!(page(), (2, 2));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(page(), (1, 1));
    // Nobody needs to ask for the page.
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(running.take(gauges(&["x", "y", "z"])).await, []);
    assert_eq!(page(), (3, 3));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    check_refused::<Config>("{}", "endpoint must be specified");
    let endpoint = "endpoint: localhost:1\n";
    for (yaml, text) in [
        ("metric_expiration: 0s", "must be positive"),
        ("limits: {series: 0}", "must be positive"),
        ("translation_strategy: Nope", "invalid translation_strategy: Nope"),
        ("sending_queue: {queue_size: -1}", "queue_size"),
        ("const_labels: {'': x}", "without a name"),
    ] {
        check_refused::<Config>(&format!("{endpoint}{yaml}"), text);
    }
}
