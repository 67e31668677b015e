use serde_json::{Value, json};

use super::{QUIET, Rig, is_in, traces};

fn span(chunks: &[&str]) -> sdk::Batch {
    let event = |text: &&str| {
        json!({"name": "gen_ai.content.chunk",
            "attributes": [{"key": "content", "value": {"stringValue": text}}]})
    };
    let events: Vec<Value> = chunks.iter().map(event).collect();
    traces(
        &json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"events": events}]}]}]}).to_string(),
    )
}

fn texts(batch: &sdk::Batch) -> Vec<String> {
    let json = testkit::json_of(batch);
    let events =
        json["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["events"].as_array().unwrap();
    let text = |event: &Value| {
        let value = &event["attributes"][0]["value"]["stringValue"];
        value.as_str().unwrap_or_default().to_owned()
    };
    events.iter().map(text).collect()
}

#[test]
fn pieces_that_cannot_be_searched_as_one_do_not_pass() {
    let mut rig = Rig::new(QUIET);
    // Only the whole is at fault, no piece by itself.
    rig.processor.core.fault =
        Some(|text| assert!(!text.ends_with(b"1111 1111"), "as the test wants"));
    let left = rig.processor.redact(&span(&["card 4111 1111 ", "1111 ", "1111"]));
    assert_eq!(texts(&left), ["[REDACTION_ERROR]"; 3]);
    let mut open = Rig::new("{audit: none, on_error: open}");
    open.processor.core.fault = rig.processor.core.fault;
    let left = open.processor.redact(&span(&["card 4111 1111 ", "1111 ", "1111"]));
    assert_eq!(texts(&left), ["card 4111 1111 ", "1111 ", "1111"]);
}

#[test]
fn a_stream_longer_than_a_text_may_be_is_searched_across_all_its_borders() {
    let rig = Rig::new("{audit: none, max_text_bytes: 200}");
    let filler = "nothing to see here, ".repeat(3);
    // Wherever the card stands, it is found.
    for at in 0..12 {
        let mut chunks = vec![filler.as_str(); 12];
        chunks.splice(at..at, [" 4111 1111", " 1111 11", "11 "]);
        let left = rig.redact(&span(&chunks));
        assert!(!is_in(&left, "4111"), "{at}: {:?}", texts(&left));
        assert!(is_in(&left, "[CREDIT_CARD]"), "{at}");
    }
}

#[test]
fn a_piece_too_long_by_itself_does_not_pass() {
    let rig = Rig::new("{audit: none, max_text_bytes: 40}");
    let long = "the long one ".repeat(4);
    let left = rig.processor.redact(&span(&["write to jane@", "example.org ", &long, "the end"]));
    assert_eq!(texts(&left)[2], "[REDACTION_ERROR]");
    assert!(!is_in(&left, "jane@"), "{:?}", texts(&left));
}
