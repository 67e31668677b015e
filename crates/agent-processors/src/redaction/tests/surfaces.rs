//! Every place of a record where text stands: what the Go collector's processor does not look into.

use serde_json::json;

use super::Redaction;

const MAIL: &str = "allow_all_keys: true\nblocked_values: ['[a-z.]+@[a-z]+[.]com']";

/// Replaces `@` by a mail address everywhere; nothing of it may be left.
fn check_gone(settings: &str, signal: &str, request: &serde_json::Value) {
    let request = request.to_string().replace('@', "a.b@c.com");
    let batch = match signal {
        "traces" => testkit::traces(&request),
        "logs" => testkit::logs(&request),
        _ => testkit::metrics(&request),
    };
    let processor = testkit::record_processor::<Redaction>(settings);
    let once = testkit::apply(&processor, &batch);
    let text = testkit::json_of(&once).to_string();
    assert!(!text.contains("a.b@c.com"), "{text}");
    assert_eq!(text.matches("****").count(), request.matches("a.b@c.com").count(), "{text}");
    assert_eq!(
        testkit::apply(&processor, &once).bytes(),
        once.bytes(),
        "a second pass changes nothing"
    );
}

#[test]
fn every_text_of_a_span_is_looked_at() {
    let attributes = json!([{"key": "k", "value": {"stringValue": "@"}}]);
    check_gone(
        MAIL,
        "traces",
        &json!({"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [{
            "scope": {"name": "@", "version": "@", "attributes": attributes},
            "spans": [{
                "name": "GET /@", "traceState": "v=@", "attributes": attributes,
                "status": {"message": "@", "code": 2},
                "events": [{"name": "@", "attributes": attributes}],
                "links": [{"traceState": "v=@", "attributes": attributes}]}]}]}]}),
    );
}

#[test]
fn every_text_of_a_log_record_is_looked_at() {
    check_gone(
        MAIL,
        "logs",
        &json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [
            {"body": {"stringValue": "@"}, "severityText": "@", "eventName": "@"},
            {"body": {"kvlistValue": {"values": [{"key": "k", "value": {"arrayValue": {"values": [
                {"stringValue": "@"}]}}}]}}}]}]}]}),
    );
}

#[test]
fn every_text_of_a_metric_is_looked_at() {
    let attributes = json!([{"key": "k", "value": {"stringValue": "@"}}]);
    let exemplars = json!([{"filteredAttributes": attributes}]);
    let points = json!([{"attributes": attributes, "exemplars": exemplars}]);
    check_gone(
        MAIL,
        "metrics",
        &json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": [
            {"name": "@", "description": "@", "unit": "@", "metadata": attributes,
             "sum": {"dataPoints": points}},
            {"name": "m", "gauge": {"dataPoints": points}},
            {"name": "m", "histogram": {"dataPoints": points}},
            {"name": "m", "exponentialHistogram": {"dataPoints": points}},
            {"name": "m", "summary": {"dataPoints": [{"attributes": attributes}]}}]}]}]}),
    );
}

/// Attributes of a span in, attributes of it out, one a line.
fn check_attributes(settings: &str, before: &str, after: &str) {
    let processor = testkit::record_processor::<Redaction>(settings);
    let output = testkit::apply(&processor, &testkit::spans(&format!("span {before}")));
    assert_eq!(testkit::text(&output), format!("span {after}").trim(), "{settings}\n{before}");
}

/// The value of an attribute before and after, as OTLP JSON has it, beside an attribute `db.system`.
fn check_value(settings: &str, before: &serde_json::Value, after: &serde_json::Value) {
    let request = |value: &serde_json::Value| {
        let attributes = json!([
            {"key": "db.system", "value": {"stringValue": "redis"}}, {"key": "m", "value": value}]);
        json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": attributes}]}]}]})
            .to_string()
    };
    let processor = testkit::record_processor::<Redaction>(settings);
    let output = testkit::apply(&processor, &testkit::traces(&request(before)));
    let expected = testkit::traces(&request(after));
    assert_eq!(testkit::json_of(&output), testkit::json_of(&expected), "{settings}");
}

#[test]
fn lists_and_maps_keep_their_shape() {
    let map = |pin: &serde_json::Value, mail: &str| {
        json!({"arrayValue": {"values": [
            {"stringValue": mail},
            {"intValue": "7"},
            {"kvlistValue": {"values": [
                {"key": "pw", "value": pin},
                {"key": "x", "value": {"stringValue": "y"}}]}}]}})
    };
    let number = json!({"intValue": "1"});
    let settings = format!("{MAIL}\nblocked_key_patterns: ['^pw$']");
    let after = map(&json!({"stringValue": "****"}), "****");
    check_value(&settings, &map(&number, "a@b.com"), &after);
    let ignored = format!("{settings}\nignored_keys: [pw]");
    check_value(&ignored, &map(&number, "a@b.com"), &map(&number, "****"));
    let all = "allow_all_keys: true\nredact_all_types: true\nblocked_values: ['^[17]$']";
    let after = json!({"arrayValue": {"values": [{"stringValue": "****"}, {"boolValue": true}]}});
    let before = json!({"arrayValue": {"values": [{"intValue": "7"}, {"boolValue": true}]}});
    check_value(all, &before, &after);
}

#[test]
fn bytes_are_looked_at_as_text_and_stay_bytes() {
    // `to a@b.com` and `to ****`.
    let (before, after) = ("dG8gYUBiLmNvbQ==", "dG8gKioqKg==");
    check_value(MAIL, &json!({"bytesValue": before}), &json!({"bytesValue": after}));
}

#[test]
fn a_blocked_key_hides_whole_values_of_any_type() {
    let settings =
        "allow_all_keys: true\nblocked_key_patterns: [pin]\nallowed_values: ['none', '^0+$']";
    check_attributes(settings, "pin=1234", "pin=****");
    check_attributes(settings, "pin=0.5 pins=true", "pin=**** pins=****");
    check_attributes(settings, "pin=none", "pin=none");
    check_attributes(settings, "pin=nonesuch", "pin=****");
    check_attributes(settings, "pin=0", "pin=0");
}

#[test]
fn duplicate_keys_are_looked_at_one_by_one() {
    let processor = testkit::record_processor::<Redaction>(MAIL);
    let attributes = json!([
        {"key": "k", "value": {"stringValue": "clean"}},
        {"key": "k", "value": {"stringValue": "a@b.com"}}]);
    let request =
        json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": attributes}]}]}]});
    let batch = testkit::traces(&request.to_string());
    assert!(!testkit::json_of(&testkit::apply(&processor, &batch)).to_string().contains("a@b.com"));
}

#[test]
fn what_was_told_before_is_added_to_and_kept() {
    let settings = "allowed_keys: [a]\nsummary: debug";
    check_attributes(
        settings,
        "a=1 b=2 redaction.allowed.keys=x redaction.allowed.count=1",
        "a=1 redaction.allowed.keys=x redaction.allowed.count=1 redaction.redacted.keys=b \
         redaction.redacted.count=1",
    );
}

#[test]
fn an_allowed_body_is_told() {
    let settings = format!("{MAIL}\nallowed_values: ['ok@b.com']\nsummary: info");
    let processor = testkit::record_processor::<Redaction>(&settings);
    let request = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"body": {"stringValue": "ok@b.com"}}]}]}]});
    let output = testkit::apply(&processor, &testkit::logs(&request.to_string()));
    let text = testkit::json_of(&output).to_string();
    assert!(text.contains("redaction.body.allowed.count"), "{text}");
    assert!(text.contains("ok@b.com"), "{text}");
}

#[test]
fn queries_of_redis_lose_their_values() {
    let settings = "allow_all_keys: true\ndb_sanitizer: {redis: {enabled: true, attributes: [m]}, \
                    es: {enabled: true, attributes: [m]}}";
    for (query, expected) in [
        ("HSET h f1 v1 f2 v2", "HSET h ?"),
        ("AUTH user password", "AUTH ?"),
        ("EVAL return 1", "EVAL ?"),
        ("get a", "get a"),
        ("SET a b\n\n", "SET a ?\n\n"),
    ] {
        check_value(settings, &json!({"stringValue": query}), &json!({"stringValue": expected}));
    }
}
