//! Where private data hides in telemetry, and what must not be taken for it.

use serde_json::Value;

use super::*;

#[test]
fn json_in_json_in_json_stays_json() {
    let rig = Rig::new(QUIET);
    let inner = r#"{"to":"jane.doe@example.org","card":"4111-1111-1111-1111","password":"hunter2!x","n":4111111111111111}"#;
    let call = serde_json::json!({"name": "mail", "arguments": inner}).to_string();
    let messages =
        serde_json::json!([{"role": "assistant", "parts": [{"type": "tool_call", "text": call}]}]);
    let left = rig.value("gen_ai.output.messages", &messages.to_string());
    for secret in ["jane.doe", "4111", "hunter2"] {
        assert!(!left.contains(secret), "{secret} in {left}");
    }
    let left: Value = serde_json::from_str(&left).unwrap();
    let call = left[0]["parts"][0]["text"].as_str().unwrap();
    let call: Value = serde_json::from_str(call).unwrap();
    let inner: Value = serde_json::from_str(call["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(inner["to"], "[EMAIL_ADDRESS]");
    assert_eq!(left[0]["role"], "assistant");
}

#[test]
fn numbers_are_read_as_what_they_are() {
    let rig = Rig::new(QUIET);
    let left = rig.spans("pay order=4111111111111111 amount=4111111111111111.0 count=12");
    assert_eq!(left, "pay order=[CREDIT_CARD] amount=[CREDIT_CARD] count=12");
}

#[test]
fn bytes_that_are_text_are_searched_and_others_stay() {
    let rig = Rig::new(QUIET);
    let log = |body: &str| {
        testkit::logs(&format!(
            r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{{"bytesValue":"{body}"}}}}]}}]}}]}}"#
        ))
    };
    // `mail jane.doe@example.org`, and four bytes that are no text.
    let left = rig.redact(&log("bWFpbCBqYW5lLmRvZUBleGFtcGxlLm9yZw=="));
    assert!(!is_in(&left, "jane.doe") && is_in(&left, "mail [EMAIL_ADDRESS]"));
    let binary = log("/wD+gA==");
    assert_eq!(rig.redact(&binary).bytes().as_ptr(), binary.bytes().as_ptr());
}

#[test]
fn keys_that_are_private_get_other_names_that_differ() {
    let rig = Rig::new(QUIET);
    let left = rig.spans("count jane.doe@example.org=3 john@example.org=4 EMAIL=5");
    assert_eq!(left, "count [EMAIL_ADDRESS]=3 [EMAIL_ADDRESS]_2=4 EMAIL=5");
}

#[test]
fn the_key_tells_at_any_depth() {
    let rig = Rig::new(QUIET);
    let left = rig.redact(&traces(r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"tool","value":{"kvlistValue":{"values":[
        {"key":"password","value":{"stringValue":"correct horse"}},{"key":"list","value":{"arrayValue":{"values":[{"stringValue":"x jane.doe@example.org"}]}}}]}}}]}]}]}]}"#));
    assert!(!is_in(&left, "correct horse"));
    assert!(!is_in(&left, "jane.doe"));
    assert!(is_in(&left, "x [EMAIL_ADDRESS]"));
}

#[test]
fn what_is_let_through_is_the_finding_and_not_the_text_around_it() {
    let rig = Rig::new("{audit: none, allow: ['@mycompany.com']}");
    let left = rig.value("note", "ask support@mycompany.com or jane.doe@example.org");
    assert_eq!(left, "ask support@mycompany.com or [EMAIL_ADDRESS]");
}

#[test]
fn addresses_of_servers_stay_and_those_of_clients_do_not() {
    let rig = Rig::new(QUIET);
    let left = rig.spans("resource host.ip=203.0.113.9\nGET client.address=203.0.113.9");
    assert_eq!(left, "resource host.ip=203.0.113.9\nGET client.address=[IP_ADDRESS]");
    let rig = Rig::new("{audit: none, keep_resource_addresses: false}");
    let left = rig.spans("resource host.ip=203.0.113.9\nGET");
    assert_eq!(left, "resource host.ip=[IP_ADDRESS]\nGET");
}

#[test]
fn a_version_is_no_address() {
    let rig = Rig::new(QUIET);
    let batch = traces(
        r#"{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"x","version":"1.2.3.4"},"spans":[{"name":"a"}]}]}]}"#,
    );
    assert_eq!(rig.redact(&batch).bytes().as_ptr(), batch.bytes().as_ptr());
}

#[test]
fn pieces_of_a_stream_are_one_text() {
    let rig = Rig::new(QUIET);
    let event = |text: &str| {
        serde_json::json!({"name": "gen_ai.content.completion.chunk", "attributes": [
            {"key": "gen_ai.completion.chunk", "value": {"stringValue": text}}]})
    };
    let events: Vec<_> =
        ["card 4111 11", "11 1111", " 1111, mail jane", ".doe@exam", "ple.org ok", " bye"]
            .map(event)
            .to_vec();
    let span =
        serde_json::json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"events": events}]}]}]});
    let left = testkit::json_of(&rig.redact(&traces(&span.to_string())));
    let events =
        left["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["events"].as_array().unwrap();
    let texts: Vec<_> = events
        .iter()
        .map(|event| event["attributes"][0]["value"]["stringValue"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["card [CREDIT_CARD]", "", ", mail [EMAIL_ADDRESS]", "", " ok", " bye"]);
    let dropped = Rig::new("{audit: none, content: {stream_chunks: drop}}");
    let left = dropped.redact(&traces(&span.to_string()));
    assert!(!is_in(&left, "chunk"));
}

#[test]
fn a_text_that_was_seen_before_is_not_searched_again() {
    let rig = Rig::new(QUIET);
    let turn = |at: usize| {
        let text = format!("turn {at}: {} jane.doe@example.org", "nothing to see here ".repeat(20));
        serde_json::json!({"role": "user", "parts": [{"type": "text", "content": text}]})
    };
    let history = |turns: usize| {
        let messages = Value::Array((0..turns).map(turn).collect()).to_string();
        rig.processor.redact(&traces(&serde_json::json!({"resourceSpans": [{"scopeSpans": [{"spans": [{
            "attributes": [{"key": "gen_ai.input.messages", "value": {"stringValue": messages}}]}]}]}]}).to_string()))
    };
    let hits = || rig.series("otelcol_processor_pii_redaction_cache_hits").join("");
    history(4);
    assert!(hits().ends_with(" 0"), "{}", hits());
    let left = history(5);
    assert!(hits().ends_with(" 4"), "{}", hits());
    assert!(!is_in(&left, "jane.doe"));
    let messages: Value = serde_json::from_str(&attribute(&left, "gen_ai.input.messages")).unwrap();
    assert_eq!(messages.as_array().unwrap().len(), 5);
    // The same bytes, whether they were known or not.
    let fresh = Rig::new("{audit: none, cache_entries: 0}");
    let input = testkit::json_of(&left);
    assert_eq!(testkit::json_of(&fresh.redact(&left)), input);
}
