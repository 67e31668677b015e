//! Both formats, in full and by what other programs make of them.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
};

use proptest::prelude::*;
use sdk::Batch;
use serde_json::json;

use super::{
    Running, attributes, counter, gauge, histogram, number,
    reader::{Line, read_line, read_page},
    samples, sent, shown, text,
};

fn one_of_each() -> Batch {
    let exemplar = json!({"timeUnixNano": "1500000000", "asDouble": 0.25,
        "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708"});
    let mut calls = counter("gen_ai.calls", 2, &[number(&[("model", "m-1")], 1, 2_000_000_000, 7)]);
    calls["sum"]["dataPoints"][0]["exemplars"] = json!([exemplar]);
    let mut latency = histogram(2, &[0.5, 2.0], &[3, 2, 1], [1, 2_000_000_000]);
    latency["histogram"]["dataPoints"][0]["exemplars"] = json!([exemplar]);
    let exponential = json!({"name": "e", "description": "Help.", "exponentialHistogram": {
        "aggregationTemporality": 2, "dataPoints": [{"count": "6", "sum": 9.5, "scale": 0,
            "zeroCount": "1", "positive": {"offset": 0, "bucketCounts": ["2", "1"]},
            "negative": {"offset": 1, "bucketCounts": ["2"]}, "timeUnixNano": "2000000000"}]}});
    let summary = json!({"name": "s", "description": "Help.", "summary": {"dataPoints": [
        {"count": "2", "sum": 3.5, "timeUnixNano": "2000000000", "quantileValues": [
            {"quantile": 1, "value": 2.5}, {"quantile": 0.5, "value": 1}]}]}});
    let up_down = json!({"name": "open", "description": "Help.", "sum": {
        "aggregationTemporality": 2, "dataPoints": [number(&[], 1, 2_000_000_000, -3)]}});
    let mut unknown = gauge("u", &[number(&[], 0, 2_000_000_000, 1)]);
    unknown["metadata"] = attributes(&[("prometheus.type", "unknown")]);
    let resource = [
        ("service.name", "shop"),
        ("service.namespace", "eu"),
        ("service.instance.id", "i-1"),
        ("host.name", "box"),
    ];
    sent(&resource, &[calls, latency, exponential, summary, up_down, unknown])
}

#[tokio::test]
async fn a_page_has_every_kind_of_metric() {
    let expected = r##"# HELP target_info Target metadata
# TYPE target_info gauge
target_info{host_name="box",instance="i-1",job="eu/shop"} 1
# HELP e Help.
# TYPE e histogram
e_bucket{instance="i-1",job="eu/shop",le="-2"} 2
e_bucket{instance="i-1",job="eu/shop",le="0"} 3
e_bucket{instance="i-1",job="eu/shop",le="2"} 5
e_bucket{instance="i-1",job="eu/shop",le="4"} 6
e_bucket{instance="i-1",job="eu/shop",le="+Inf"} 6
e_sum{instance="i-1",job="eu/shop"} 9.5
e_count{instance="i-1",job="eu/shop"} 6
# HELP gen_ai_calls_total Help.
# TYPE gen_ai_calls_total counter
gen_ai_calls_total{instance="i-1",job="eu/shop",model="m-1"} 7
# HELP h_seconds Help.
# TYPE h_seconds histogram
h_seconds_bucket{instance="i-1",job="eu/shop",le="0.5"} 3
h_seconds_bucket{instance="i-1",job="eu/shop",le="2"} 5
h_seconds_bucket{instance="i-1",job="eu/shop",le="+Inf"} 6
h_seconds_sum{instance="i-1",job="eu/shop"} 1.5
h_seconds_count{instance="i-1",job="eu/shop"} 6
# HELP open Help.
# TYPE open gauge
open{instance="i-1",job="eu/shop"} -3
# HELP s Help.
# TYPE s summary
s{instance="i-1",job="eu/shop",quantile="0.5"} 1
s{instance="i-1",job="eu/shop",quantile="1"} 2.5
s_sum{instance="i-1",job="eu/shop"} 3.5
s_count{instance="i-1",job="eu/shop"} 2
# HELP u Help.
# TYPE u untyped
u{instance="i-1",job="eu/shop"} 1
"##;
    assert_eq!(shown("", &[one_of_each()]).await, expected);
}

#[tokio::test]
async fn open_metrics_differs_as_its_specification_says() {
    let running = Running::start("enable_open_metrics: true\nsend_timestamps: true").await;
    running.take(one_of_each()).await;
    let page = running.open_metrics().await;
    let exemplar =
        r#"# {span_id="0102030405060708",trace_id="0102030405060708090a0b0c0d0e0f10"} 0.25 1.500"#;
    for line in [
        "# TYPE gen_ai_calls counter".to_owned(),
        format!(
            r#"gen_ai_calls_total{{instance="i-1",job="eu/shop",model="m-1"}} 7 2.000 {exemplar}"#
        ),
        format!(r#"h_seconds_bucket{{instance="i-1",job="eu/shop",le="0.5"}} 3 2.000 {exemplar}"#),
        r#"h_seconds_bucket{instance="i-1",job="eu/shop",le="2.0"} 5 2.000"#.to_owned(),
        r#"s{instance="i-1",job="eu/shop",quantile="1.0"} 2.5 2.000"#.to_owned(),
        "# TYPE u unknown".to_owned(),
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\nis not in\n{page}");
    }
    assert!(page.ends_with("\n# EOF\n"));
    let plain = running.page().await;
    assert!(plain.contains(r#"model="m-1"} 7 2000"#) && !plain.contains("trace_id"), "{plain}");
}

/// Runs promtool over a page; `None` where there is none.
fn promtool(arguments: &[&str], input: &str) -> Option<(bool, String)> {
    let mut command = Command::new("promtool");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        println!("skipped: promtool is not installed (Debian: apt install prometheus)");
        return None;
    };
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8(said).unwrap()))
}

/// Text that is hard to escape, in every place.
fn hostile() -> Batch {
    let nasty = "quote \" backslash \\ newline \n end \\n \u{1F600} tab \t comma , brace } \0";
    let mut gauge = gauge("nasty", &[number(&[("a.b", nasty), ("a_b", "2"), ("1", "x")], 0, 1, 1)]);
    gauge["description"] = json!(nasty);
    sent(&[("service.name", nasty), ("host.name", nasty)], &[gauge])
}

#[tokio::test]
async fn promtool_accepts_both_formats() {
    let running = Running::start("enable_open_metrics: true\nsend_timestamps: true").await;
    running.take(one_of_each()).await;
    running.take(hostile()).await;
    let plain = running.page().await;
    let Some((is_sound, said)) = promtool(&["check", "metrics"], &plain) else { return };
    assert!(is_sound && said.is_empty(), "{said}\n{plain}");
    let folder = std::env::temp_dir().join(format!("tollgate-promtool-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // Blocks need a time everywhere, and resources have none.
    let timed = |line: &str| match line.starts_with("target_info{") {
        true => format!("{line} 1.000\n"),
        false => format!("{line}\n"),
    };
    let page: String = running.open_metrics().await.lines().map(timed).collect();
    std::fs::write(folder.join("page"), &page).unwrap();
    let [input, blocks] = ["page", "blocks"].map(|name| folder.join(name).display().to_string());
    let answer = promtool(&["tsdb", "create-blocks-from", "openmetrics", &input, &blocks], "");
    std::fs::remove_dir_all(&folder).unwrap();
    if let Some((is_sound, said)) = answer {
        assert!(is_sound, "{said}\n{page}");
    }
}

#[tokio::test]
async fn attributes_that_end_in_one_label_share_it_and_taken_labels_are_renamed() {
    let labels =
        [("a_b", "2"), ("a.b", "1"), ("job", "own"), ("fix", "own"), ("empty", ""), ("a.b", "no")];
    let batch = sent(&[("service.name", "shop")], &[gauge("g", &[number(&labels, 0, 1, 1)])]);
    let page = shown("const_labels: {fix: ed}", &[batch]).await;
    let expected = r#"g{a_b="1;2",exported_fix="own",exported_job="own",fix="ed",job="shop"} 1"#;
    assert_eq!(samples(&page).last(), Some(&expected));
}

#[tokio::test]
async fn resource_and_scope_become_labels_as_the_settings_say() {
    let resource = attributes(&[("service.name", "shop"), ("k8s.pod.name", "p"), ("x", "y")]);
    let scope = json!({"name": "lib", "version": "1.2", "attributes": attributes(&[("k", "v")])});
    let metric = gauge("g", &[number(&[("x", "own")], 0, 1, 1)]);
    let request = json!({"resourceMetrics": [{"resource": {"attributes": resource},
        "scopeMetrics": [{"scope": scope, "schemaUrl": "u", "metrics": [metric]}]}]});
    let batch = testkit::metrics(&request.to_string());
    let scope = r#"otel_scope_k="v",otel_scope_name="lib",otel_scope_schema_url="u",otel_scope_version="1.2""#;
    let bare = "without_scope_info: true\n";
    let conversion = "resource_to_telemetry_conversion";
    for (yaml, expected) in [
        (String::new(), format!(r#"g{{job="shop",{scope},x="own"}} 1"#)),
        (bare.to_owned(), r#"g{job="shop",x="own"} 1"#.to_owned()),
        (
            format!("{bare}{conversion}: {{enabled: true}}"),
            r#"g{job="shop",k8s_pod_name="p",service_name="shop",x="y"} 1"#.to_owned(),
        ),
        (
            format!("{bare}{conversion}: {{enabled: true, exclude_service_attributes: true}}"),
            r#"g{job="shop",k8s_pod_name="p",x="y"} 1"#.to_owned(),
        ),
        (
            format!("{bare}resource_constant_labels: {{included: ['k8s.*.na?e', nope]}}"),
            r#"g{job="shop",k8s_pod_name="p",x="own"} 1"#.to_owned(),
        ),
        (
            format!("{bare}resource_constant_labels: {{excluded: ['*.name']}}"),
            r#"g{job="shop",x="y"} 1"#.to_owned(),
        ),
    ] {
        let page = shown(&yaml, std::slice::from_ref(&batch)).await;
        assert_eq!(samples(&page).last(), Some(&expected.as_str()), "{yaml}");
    }
}

#[tokio::test]
async fn names_keep_their_characters_only_for_readers_who_know_quotes() {
    let running = Running::start("translation_strategy: NoTranslation\nnamespace: n").await;
    let labels = [("a.b", "x\"y"), ("a_b", "z"), ("1é", "w")];
    running.take(sent(&[], &[gauge("my.metric", &[number(&labels, 0, 1, 1)])])).await;
    let answer =
        running.get("/metrics", &["accept: text/plain;version=1.0.0;escaping=allow-utf-8"]).await;
    assert!(answer.header("content-type").ends_with("escaping=allow-utf-8"));
    let expected = r#"{"n_my.metric","1é"="w","a.b"="x\"y",a_b="z"} 1"#;
    assert_eq!(samples(&text(&answer)), [expected]);
    assert!(text(&answer).contains("# TYPE \"n_my.metric\" gauge"));
    let line = read_line(expected);
    assert_eq!((line.name.as_str(), line.labels["a.b"].as_str()), ("n_my.metric", "x\"y"));
    assert_eq!(samples(&running.page().await), [r#"n_my_metric{_1_="w",a_b="x\"y"} 1"#]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn labels_and_help_survive_the_page(
        pairs in prop::collection::btree_map("[a-z]{1,4}", any::<String>(), 0..4),
        help in any::<String>(),
    ) {
        let labels: Vec<_> =
            pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let mut metric = gauge("g", &[number(&labels, 0, 1, 1)]);
        metric["description"] = json!(help);
        let page = testkit::contract::block_on(shown("", &[sent(&[], &[metric])]));
        let kept = |(key, value): (&String, &String)| (key.clone(), value.replace('\0', "\u{fffd}"));
        let expected: BTreeMap<_, _> =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(kept).collect();
        let read = read_page(&page);
        prop_assert_eq!(read, [Line { name: "g".to_owned(), labels: expected, rest: "1".to_owned() }]);
        let heads = page.split('\n').filter(|line| line.starts_with("# ")).count();
        prop_assert_eq!(heads, 1 + usize::from(!help.is_empty()));
    }
}
