use std::{env, fs, process, time::Duration};

use sdk::{Batch, ComponentKind, Exporter as _, Signal};
use testkit::{check_refused, contract::block_on_paused, problems, settings};

use super::{
    Config, Debug,
    encode::{counts, detailed, normal},
    state::Sampler,
};

testkit::exporter_contract!(Debug, include_str!("README.md"), "verbosity: detailed");

/// The requests of the Go collector's own tests of this exporter, and what it makes of them.
#[test]
fn detailed_is_the_text_of_the_go_collector() {
    for (request, expected) in [
        (include_str!("testdata/traces.json"), include_str!("testdata/traces.detailed.txt")),
        (include_str!("testdata/logs.json"), include_str!("testdata/logs.detailed.txt")),
        (include_str!("testdata/metrics.json"), include_str!("testdata/metrics.detailed.txt")),
    ] {
        assert_eq!(detailed(&testkit::batch(request)), expected);
    }
}

#[test]
fn detailed_shows_entities_metadata_scope_and_event_name() {
    let request = r#"{"resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}],
            "entityRefs": [
                {"schemaUrl": "https://schema", "type": "service", "idKeys": ["service.name"],
                 "descriptionKeys": ["service.version"]},
                {"type": "host", "idKeys": ["host.name"]}]},
        "scopeMetrics": [{"scope": {"name": "meter", "version": "1"}, "metrics": [{
            "name": "m", "metadata": [{"key": "id", "value": {"intValue": "101"}}],
            "gauge": {"dataPoints": [{"asInt": "1"}]}}]}]}]}"#;
    let text = detailed(&testkit::metrics(request));
    let expected = "Resource entity refs:\n     -> Entity ref #0:\n          -> Type: service\n          \
        -> Schema URL: https://schema\n          -> ID keys:\n               -> service.name\n          \
        -> Description keys:\n               -> service.version\n     -> Entity ref #1:\n          \
        -> Type: host\n          -> ID keys:\n               -> host.name\nScopeMetrics #0\n\
        ScopeMetrics SchemaURL: \nInstrumentationScope meter 1\n";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("DataType: Gauge\n     -> Metadata:\n          -> id: Int(101)\nNumber"));
    let logs = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "e"}]}]}]}"#;
    let text = detailed(&testkit::logs(logs));
    assert!(text.contains("SeverityNumber: Unspecified(0)\nEventName: e\nBody: Empty()\nTrace"));
}

#[test]
fn values_are_shown_with_their_type() {
    for (value, expected) in [
        (r#"{"boolValue": true}"#, "Bool(true)"),
        (r#"{"doubleValue": 0.5}"#, "Double(0.5)"),
        (r#"{"bytesValue": "AQI="}"#, "Bytes(AQI=)"),
        (r#"{"arrayValue": {"values": [{"intValue": "1"}]}}"#, "Slice([1])"),
        (
            r#"{"kvlistValue": {"values": [{"key": "a", "value": {"stringValue": "b"}}]}}"#,
            r#"Map({"a":"b"})"#,
        ),
        ("{}", "Empty()"),
    ] {
        let request = format!(
            r#"{{"resourceLogs": [{{"scopeLogs": [{{"logRecords": [{{"body": {value}}}]}}]}}]}}"#
        );
        let text = detailed(&testkit::logs(&request));
        assert!(text.contains(&format!("Body: {expected}\n")), "{text}");
    }
}

#[test]
fn normal_gives_a_line_for_each_span_and_log_record() {
    let traces = r#"{"resourceSpans": [{"schemaUrl": "https://r", "resource": {"attributes": [
            {"key": "a", "value": {"stringValue": "b"}}]},
        "scopeSpans": [{"schemaUrl": "http://s", "scope": {"name": "lib", "version": "1.2.3"},
            "spans": [{"name": "get", "traceId": "0102030405060708090a0b0c0d0e0f10",
                "spanId": "1112131415161718",
                "attributes": [{"key": "n", "value": {"intValue": "1"}}]}, {"name": "bare"}]}]}]}"#;
    let expected = "ResourceTraces #0 [https://r] a=b\nScopeTraces #0 lib@1.2.3 [http://s]\n\
        get 0102030405060708090a0b0c0d0e0f10 1112131415161718 n=1\nbare  \n";
    assert_eq!(normal(&testkit::traces(traces)), expected);
    let logs = testkit::log_records("hello a=b n=1\nbare");
    assert_eq!(normal(&logs), "ResourceLog #0\nScopeLog #0\nhello a=b n=1\nbare \n");
}

#[test]
fn normal_gives_a_line_for_each_data_point_of_every_kind() {
    let text = normal(&testkit::batch(include_str!("testdata/metrics.json")));
    let labels = "label-1=label-value-1";
    for line in [
        format!("gauge-int{{{labels}}} 123"),
        format!("sum-double{{{labels},label-3=label-value-3}} 4.56"),
        "histogram{label-2=label-value-2} count=1 sum=15 min=15 max=15 le1=0 1".to_owned(),
        "exponential-histogram{label-2=label-value-2} count=3 sum=1.25 min=0 max=1".to_owned(),
        "summary{label-2=label-value-2} count=1 sum=15.000000 q0.01=15".to_owned(),
    ] {
        assert!(text.contains(&format!("\n{line}\n")), "{line}\n{text}");
    }
}

#[test]
fn numbers_are_spelled_as_go_spells_them() {
    for (number, fixed, shortest) in [
        ("1e21", "1000000000000000000000.000000", "1e+21"),
        ("123456789012345680000", "123456789012345683968.000000", "123456789012345680000"),
        ("0.00001", "0.000010", "1e-05"),
        ("0.0001", "0.000100", "0.0001"),
        ("-2.5", "-2.500000", "-2.5"),
        (r#""NaN""#, "NaN", "NaN"),
        (r#""Infinity""#, "+Inf", "+Inf"),
        (r#""-Infinity""#, "-Inf", "-Inf"),
    ] {
        let request = format!(
            r#"{{"resourceMetrics": [{{"scopeMetrics": [{{"metrics": [{{"name": "m",
                "gauge": {{"dataPoints": [{{"asDouble": {number}}}]}}}}]}}]}}]}}"#
        );
        let batch = testkit::metrics(&request);
        assert!(detailed(&batch).ends_with(&format!("\nValue: {fixed}\n")), "{number}");
        assert!(normal(&batch).ends_with(&format!("\nm{{}} {shortest}\n")), "{number}");
    }
}

#[test]
fn counts_have_the_go_collectors_names() {
    let profiles = Batch::written(Signal::Profiles, Default::default(), Default::default());
    for (batch, expected) in [
        (testkit::spans("a\nb"), r#"Traces	{"resource spans": 1, "spans": 2}"#),
        (
            testkit::gauges("a"),
            r#"Metrics	{"resource metrics": 1, "metrics": 1, "data points": 1}"#,
        ),
        (testkit::log_records("a"), r#"Logs	{"resource logs": 1, "log records": 1}"#),
        (profiles, r#"Profiles	{"resource profiles": 0, "sample records": 0}"#),
    ] {
        assert_eq!(counts(&batch), expected);
    }
}

#[test]
fn after_the_first_messages_of_a_second_every_nth_is_shown() {
    block_on_paused(async {
        let shown = |sampler: &Sampler| (0..9).map(|_| sampler.admits("x")).collect::<Vec<_>>();
        let third = Sampler::new(2, 3);
        let expected = [true, true, false, false, true, false, false, true, false];
        assert_eq!(shown(&third), expected);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(shown(&third), expected, "a new second begins anew");
        assert!(shown(&Sampler::new(2, 1)).into_iter().all(|shown| shown));
        assert_eq!(shown(&Sampler::new(1, 0)).into_iter().filter(|shown| *shown).count(), 1);
        let by_text = Sampler::new(1, 0);
        assert!(by_text.admits("a") && by_text.admits("b") && !by_text.admits("a"));
    });
}

#[test]
fn verbosity_has_any_case_and_none_is_refused() {
    assert!(problems::<Config>("verbosity: DeTailed").is_empty());
    check_refused::<Config>("verbosity: none", "verbosity level \"None\" is not supported");
    check_refused::<Config>("verbosity: loud", "unknown metrics level \"loud\"");
    check_refused::<Config>("{use_internal_logger: false, output_paths: []}", "output_paths");
}

#[test]
fn the_queue_is_off_unless_asked_for() {
    assert!(Debug::delivery(&settings("{}"), Signal::Logs).queue.is_none());
    let queue = "sending_queue: {queue_size: 7}";
    assert_eq!(Debug::delivery(&settings(queue), Signal::Logs).queue.unwrap().queue_size, 7);
}

#[tokio::test]
async fn without_the_logger_the_text_goes_to_the_files() {
    let path = env::temp_dir().join(format!("tollgate-debug-{}.txt", process::id()));
    let yaml = format!(
        "{{verbosity: normal, use_internal_logger: false, output_paths: [{}]}}",
        path.display()
    );
    let context = testkit::context(ComponentKind::Exporter, "debug");
    let debug = Debug::new(settings(&yaml), &Signal::ALL, context).unwrap();
    debug.start().await.unwrap();
    debug.export(testkit::log_records("hello")).await.unwrap();
    debug.shutdown().await.unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    let expected = "Logs\t{\"resource logs\": 1, \"log records\": 1}\n\
        ResourceLog #0\nScopeLog #0\nhello \n\n";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named_at_start() {
    let path = env::temp_dir().join("no-such-folder").join("x").display().to_string();
    let yaml = format!("{{use_internal_logger: false, output_paths: [{path}]}}");
    let context = testkit::context(ComponentKind::Exporter, "debug");
    let debug = Debug::new(settings(&yaml), &Signal::ALL, context).unwrap();
    assert!(debug.start().await.unwrap_err().to_string().contains(&path));
}
