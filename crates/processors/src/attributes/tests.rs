use sdk::{Batch, Signal};

use super::{Attributes, Config};

testkit::record_processor_contract!(Attributes, include_str!("README.md"));

const SPANS: &str = r#"{"resourceSpans":[{
    "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
    "scopeSpans":[{"scope":{"name":"lib","version":"1.2"},"spans":[
        {"name":"GET /cart","kind":3,"attributes":[{"key":"http.status","value":{"intValue":"200"}}]}]}]}]}"#;

const LOGS: &str = r#"{"resourceLogs":[{
    "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
    "scopeLogs":[{"scope":{"name":"lib"},"logRecords":[
        {"severityNumber":9,"severityText":"INFO","body":{"stringValue":"order placed"}}]}]}]}"#;

/// Whether an action is done to the only record of a batch when this is `include`.
fn includes(properties: &str, batch: &Batch) -> bool {
    let is_done = is_touched("include", properties, batch);
    assert_eq!(is_done, !is_touched("exclude", properties, batch), "exclude {properties}");
    is_done
}

fn is_touched(key: &str, properties: &str, batch: &Batch) -> bool {
    let yaml = format!(
        "actions: [{{key: touched, action: insert, value: true}}]\n{key}: {{{properties}}}"
    );
    let after = testkit::apply(&testkit::record_processor::<Attributes>(&yaml), batch);
    testkit::text(&after).contains("touched=true")
}

fn check(batch: &Batch, rows: &[(&str, bool)]) {
    for (properties, expected) in rows {
        assert_eq!(includes(properties, batch), *expected, "{} {properties}", batch.signal());
    }
}

#[test]
fn spans_match_by_each_of_their_properties() {
    check(
        &testkit::traces(SPANS),
        &[
            ("match_type: strict, services: [shop]", true),
            ("match_type: strict, services: [sho]", false),
            ("match_type: regexp, services: ['^s.op$', other]", true),
            ("match_type: strict, span_names: [other, 'GET /cart']", true),
            ("match_type: strict, span_names: [GET]", false),
            ("match_type: regexp, span_names: [cart]", true),
            ("match_type: strict, span_kinds: [SPAN_KIND_CLIENT]", true),
            ("match_type: strict, span_kinds: [client]", true),
            ("match_type: strict, span_kinds: ['3']", true),
            ("match_type: strict, span_kinds: [SPAN_KIND_SERVER]", false),
            ("match_type: regexp, span_kinds: ['CLIENT|SERVER']", true),
            ("match_type: strict, attributes: [{key: http.status}]", true),
            ("match_type: strict, attributes: [{key: http.status, value: 200}]", true),
            ("match_type: strict, attributes: [{key: http.status, value: '200'}]", false),
            ("match_type: regexp, attributes: [{key: http.status, value: '^2..$'}]", true),
            ("match_type: strict, attributes: [{key: http.status}, {key: none}]", false),
            ("match_type: strict, resources: [{key: service.name, value: shop}]", true),
            ("match_type: strict, resources: [{key: service.name, value: bank}]", false),
            ("match_type: strict, libraries: [{name: lib}]", true),
            ("match_type: strict, libraries: [{name: lib, version: '1.2'}]", true),
            ("match_type: strict, libraries: [{name: lib, version: ''}]", false),
            ("match_type: strict, libraries: [{name: x}, {name: lib, version: '1.2'}]", true),
        ],
    );
}

#[test]
fn every_property_given_must_match() {
    check(
        &testkit::traces(SPANS),
        &[
            ("match_type: strict, services: [shop], span_names: ['GET /cart']", true),
            ("match_type: strict, services: [shop], span_names: [other]", false),
            ("match_type: strict, services: [bank], span_names: ['GET /cart']", false),
        ],
    );
}

#[test]
fn log_records_match_by_each_of_their_properties() {
    check(
        &testkit::logs(LOGS),
        &[
            ("match_type: strict, log_bodies: ['order placed']", true),
            ("match_type: regexp, log_bodies: [placed]", true),
            ("match_type: strict, log_bodies: [placed]", false),
            ("match_type: strict, log_severity_texts: [WARN, INFO]", true),
            ("match_type: strict, log_severity_texts: [WARN]", false),
            ("match_type: strict, log_severity_number: {min: 9}", true),
            ("match_type: strict, log_severity_number: {min: 10}", false),
            ("match_type: strict, libraries: [{name: lib, version: ''}]", true),
            ("match_type: strict, resources: [{key: service.name}]", true),
        ],
    );
}

#[test]
fn a_log_record_without_severity_matches_only_when_told_so() {
    check(
        &testkit::log_records("a"),
        &[
            ("match_type: strict, log_severity_number: {min: 1}", false),
            ("match_type: strict, log_severity_number: {min: 1, match_undefined: true}", true),
        ],
    );
}

#[test]
fn data_points_match_by_the_name_of_their_metric() {
    check(
        &testkit::gauges("requests path=a"),
        &[
            ("match_type: strict, metric_names: [requests]", true),
            ("match_type: regexp, metric_names: [^req]", true),
            ("match_type: strict, metric_names: [req]", false),
            ("match_type: strict, attributes: [{key: path, value: a}]", true),
        ],
    );
}

#[test]
fn a_property_of_another_kind_of_record_matches_nothing() {
    let batches = [testkit::spans("a"), testkit::log_records("a"), testkit::gauges("a")];
    let rows = [
        ("match_type: regexp, span_names: [a]", Signal::Traces),
        ("match_type: regexp, log_bodies: [a]", Signal::Logs),
        ("match_type: regexp, metric_names: [a]", Signal::Metrics),
    ];
    for (properties, signal) in rows {
        for batch in &batches {
            let expected = batch.signal() == signal;
            assert_eq!(includes(properties, batch), expected, "{} {properties}", batch.signal());
        }
    }
}

#[test]
fn include_comes_first_and_exclude_takes_away() {
    let yaml = "actions: [{key: touched, action: insert, value: 1}]\n\
                include: {match_type: regexp, span_names: [^a]}\n\
                exclude: {match_type: strict, span_names: [ab]}";
    let processor = testkit::record_processor::<Attributes>(yaml);
    let after = testkit::apply(&processor, &testkit::spans("a\nab\nb"));
    assert_eq!(testkit::text(&after), "a touched=1\nab\nb");
}

#[test]
fn what_does_not_match_stays_byte_for_byte() {
    let yaml = "actions: [{pattern: ., action: delete}]\n\
                include: {match_type: strict, services: [bank]}";
    testkit::check_untouched::<Attributes>(yaml, &testkit::traces(SPANS));
}

#[test]
fn the_resource_and_the_rest_of_a_record_stay() {
    testkit::check_record_processor::<Attributes>(
        "actions: [{key: http.status, action: upsert, value: OK}, {key: service.name, action: delete}]",
        SPANS,
        &SPANS.replace(r#""intValue":"200""#, r#""stringValue":"OK""#),
    );
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let action = "actions: [{key: a, action: delete}]";
    let include = |properties: &str| format!("{action}\ninclude: {{{properties}}}");
    let rows = [
        ("{}".to_owned(), "missing required field \"actions\""),
        ("actions: []".to_owned(), "missing required field \"actions\""),
        (include("match_type: glob, services: [a]"), "include: unrecognized match_type: \"glob\""),
        (include("services: [a]"), "unrecognized match_type: \"\""),
        (include("match_type: strict"), "at least one of"),
        (include("match_type: regexp, services: ['(']"), "include::services: not a regular"),
        (include("match_type: strict, attributes: [{value: 1}]"), "can't have empty key"),
        (include("match_type: strict, span_kinds: [sideways]"), "\"sideways\" is not a span kind"),
        (include("match_type: regexp, attributes: [{key: a, value: 1}]"), "takes texts only"),
        (include("match_type: regexp, libraries: [{name: '('}]"), "regex parse error"),
        (include("match_type: strict, service: [a]"), "service"),
    ];
    for (yaml, text) in rows {
        testkit::check_refused::<Config>(&yaml, text);
    }
    let with_cache = include("match_type: regexp, regexp: {cacheenabled: true}, services: [a]");
    assert_eq!(testkit::fault::<Config>(&with_cache), "");
}
