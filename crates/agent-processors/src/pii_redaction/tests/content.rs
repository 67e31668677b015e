//! What users and models say, when it is not only searched.

use base64::Engine as _;
use serde_json::Value;

use super::*;

const MESSAGES: &str = r#"[{"role":"user","parts":[{"type":"text","content":"I am ill, what now?"}]},
    {"role":"assistant","parts":[{"type":"tool_call","id":"call_1","name":"get_doctor","arguments":{"city":"Bonn","age":41}}],"finish_reason":"tool_call"}]"#;

#[test]
fn content_goes_and_its_structure_stays() {
    let rig = Rig::new("{audit: none, content: {mode: drop}}");
    let left = rig.value("gen_ai.input.messages", MESSAGES);
    let left: Value = serde_json::from_str(&left).unwrap();
    let expected: Value = serde_json::from_str(
        r#"[{"role":"user","parts":[{"type":"text","content":"[CONTENT]"}]},
        {"role":"assistant","parts":[{"type":"tool_call","id":"call_1","name":"get_doctor","arguments":{"city":"[CONTENT]","age":null}}],"finish_reason":"tool_call"}]"#,
    )
    .unwrap();
    assert_eq!(left, expected);
    assert_eq!(rig.value("gen_ai.prompt.0.content", "I am ill"), "[CONTENT]");
    assert_eq!(rig.value("gen_ai.prompt.0.role", "user"), "user");
    assert_eq!(rig.value("http.route", "/cart"), "/cart");
}

#[test]
fn structured_content_goes_too() {
    let rig = Rig::new("{audit: none, content: {mode: drop}}");
    let left = rig.redact(&traces(r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"gen_ai.input.messages","value":{"arrayValue":{"values":[
        {"kvlistValue":{"values":[{"key":"role","value":{"stringValue":"user"}},{"key":"content","value":{"stringValue":"I am ill"}},{"key":"age","value":{"intValue":"41"}}]}}]}}}]}]}]}]}"#));
    assert!(!is_in(&left, "I am ill") && is_in(&left, "user") && is_in(&left, "[CONTENT]"));
    assert!(!testkit::json_of(&left).to_string().contains("41"));
}

#[test]
fn the_same_content_gives_the_same_pseudonym() {
    let rig = Rig::new(
        "{audit: none, content: {mode: pseudonym}, keys: [{id: k1, insecure_literal: 0123456789abcdef0123}]}",
    );
    let one = rig.value("gen_ai.prompt.0.content", "I am ill");
    assert!(one.starts_with("[CONTENT:k1:"), "{one}");
    assert_eq!(one, rig.value("gen_ai.prompt.1.content", "I am ill"));
    assert_ne!(one, rig.value("gen_ai.prompt.0.content", "I am well"));
}

#[test]
fn long_content_is_cut_and_stays_json() {
    let text = "é\\\"\u{1f600}\n".repeat(100);
    let message = serde_json::json!([{"role": "user", "parts": [{"type": "text", "content": text}]}, {"role": "x"}]);
    let ascii = message.to_string().replace('\u{1f600}', "\\ud83d\\ude00");
    for (most, message) in (1..900).step_by(7).zip([message.to_string(), ascii].iter().cycle()) {
        let cut = super::super::syntax::cut(message.as_bytes(), most);
        let value: Result<Value, _> = serde_json::from_slice(&cut);
        assert!(value.is_ok() || cut.is_empty(), "{most}: {}", String::from_utf8_lossy(&cut));
        assert!(cut.len() <= most + 8, "{most}: {}", cut.len());
    }
    let rig = Rig::new("content: {max_bytes: 100}");
    let span = serde_json::json!({"resourceSpans": [{"scopeSpans": [{"spans": [{
        "attributes": [{"key": "gen_ai.input.messages", "value": {"stringValue": message.to_string()}}]}]}]}]});
    let left = rig.processor.redact(&traces(&span.to_string()));
    let noted = attribute(&left, "redaction.truncated");
    let length = format!("gen_ai.input.messages={}:", message.to_string().len());
    assert!(noted.starts_with(&length), "{noted}");
    assert_eq!(noted.len(), length.len() + 16);
}

#[test]
fn media_become_their_kind_size_and_hash() {
    let image: Vec<u8> =
        (0..3000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let image = base64::engine::general_purpose::STANDARD.encode(image);
    let message = serde_json::json!([{"role": "user", "parts": [{"type": "image", "url": format!("data:image/png;base64,{image}")}, {"type": "text", "content": image}]}]);
    let rig = Rig::new(QUIET);
    let left = rig.value("gen_ai.input.messages", &message.to_string());
    let left: Value = serde_json::from_str(&left).unwrap();
    let stub = left[0]["parts"][0]["url"].as_str().unwrap();
    assert!(stub.starts_with("[MEDIA image/png 4000 bytes "), "{stub}");
    let stub = left[0]["parts"][1]["content"].as_str().unwrap();
    assert!(stub.starts_with("[MEDIA base64 4000 bytes "), "{stub}");
    let kept = Rig::new("{audit: none, content: {media: keep}}");
    assert_eq!(kept.value("gen_ai.input.messages", &message.to_string()), message.to_string());
}
