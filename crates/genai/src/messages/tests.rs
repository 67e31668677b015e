//! Messages of every form.

use pdata::{AnyValue, KeyValue, views::SpanView, wire};
use serde_json::{Value, json};

use super::*;

#[derive(Default)]
struct Span(Vec<u8>);

impl Span {
    fn text(mut self, key: &str, text: &str) -> Self {
        wire::put_message(&mut self.0, 9, |out| {
            KeyValue::write(key.as_bytes(), AnyValue::Str(text.as_bytes()), out);
        });
        self
    }

    fn event(mut self, name: &str, attributes: &[(&str, &str)]) -> Self {
        wire::put_message(&mut self.0, 11, |out| {
            wire::put_len(out, 2, name.as_bytes());
            for (key, text) in attributes {
                wire::put_message(out, 3, |out| {
                    KeyValue::write(key.as_bytes(), AnyValue::Str(text.as_bytes()), out);
                });
            }
        });
        self
    }

    fn rebuild(&self) -> Messages {
        rebuild(&SpanView::read(&self.0), BYTES_MAX)
    }
}

#[track_caller]
fn assert_json(found: Option<&String>, expected: &Value) {
    let found: Value = serde_json::from_str(found.expect("messages")).unwrap();
    assert_eq!(&found, expected);
}

#[test]
fn indexed_keys_become_messages_in_their_order() {
    let openllmetry = Span::default()
        .text("gen_ai.prompt.1.content", "Weather?")
        .text("gen_ai.prompt.1.role", "user")
        .text("gen_ai.prompt.0.role", "system")
        .text("gen_ai.prompt.0.content", "be brief")
        .text("gen_ai.completion.0.role", "assistant")
        .text("gen_ai.completion.0.finish_reason", "tool_calls")
        .text("gen_ai.completion.0.tool_calls.0.id", "call_1")
        .text("gen_ai.completion.0.tool_calls.0.name", "get_weather")
        .text("gen_ai.completion.0.tool_calls.0.arguments", "{\"city\":\"Paris\"}");
    let input = json!([
        {"role": "system", "parts": [{"type": "text", "content": "be brief"}]},
        {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
    ]);
    let output = json!([{"role": "assistant", "finish_reason": "tool_calls", "parts": [
        {"type": "tool_call", "id": "call_1", "name": "get_weather", "arguments": {"city": "Paris"}},
    ]}]);
    let found = openllmetry.rebuild();
    assert_json(found.input.as_ref(), &input);
    assert_json(found.output.as_ref(), &output);

    let openinference = Span::default()
        .text("llm.input_messages.0.message.role", "system")
        .text("llm.input_messages.0.message.contents.0.message_content.text", "be brief")
        .text("llm.input_messages.1.message.role", "user")
        .text("llm.input_messages.1.message.content", "Weather?")
        .text("llm.output_messages.0.message.role", "assistant")
        .text("llm.output_messages.0.message.tool_calls.0.tool_call.id", "call_1")
        .text("llm.output_messages.0.message.tool_calls.0.tool_call.function.name", "get_weather")
        .text(
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
            "{\"city\":\"Paris\"}",
        );
    assert_json(openinference.rebuild().input.as_ref(), &input);
    let answer = Span::default()
        .text("llm.input_messages.0.message.role", "tool")
        .text("llm.input_messages.0.message.tool_call_id", "call_1")
        .text("llm.input_messages.0.message.content", "rainy");
    let answered = json!([{"role": "tool", "parts": [
        {"type": "tool_call_response", "id": "call_1", "response": "rainy"},
    ]}]);
    assert_json(answer.rebuild().input.as_ref(), &answered);
}

#[test]
fn vercel_messages_are_translated() {
    let span = Span::default()
        .text(
            "ai.prompt.messages",
            r#"[{"role":"user","content":[{"type":"text","text":"Weather?"}]},
                {"role":"assistant","content":[{"type":"tool-call","toolCallId":"c","toolName":"w","input":{"a":1}}]},
                {"role":"tool","content":[{"type":"tool-result","toolCallId":"c","toolName":"w","output":"rainy"}]}]"#,
        )
        .text("ai.response.text", "Rainy.")
        .text("ai.response.finishReason", "stop");
    let found = span.rebuild();
    let input = json!([
        {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
        {"role": "assistant", "parts": [
            {"type": "tool_call", "id": "c", "name": "w", "arguments": {"a": 1}}]},
        {"role": "tool", "parts": [
            {"type": "tool_call_response", "id": "c", "response": "rainy"}]},
    ]);
    assert_json(found.input.as_ref(), &input);
    let output = json!([{"role": "assistant", "finish_reason": "stop", "parts": [
        {"type": "text", "content": "Rainy."}]}]);
    assert_json(found.output.as_ref(), &output);
}

#[test]
fn span_events_are_messages() {
    let span = Span::default()
        .event("gen_ai.system.message", &[("content", r#"[{"text": "be brief"}]"#)])
        .event("gen_ai.user.message", &[("content", "Weather?")])
        .event(
            "gen_ai.choice",
            &[
                ("finish_reason", "tool_use"),
                ("message", r#"[{"toolUse": {"toolUseId": "t", "name": "w", "input": {"a": 1}}}]"#),
            ],
        )
        .event("exception", &[("message", "no")]);
    let found = span.rebuild();
    let input = json!([
        {"role": "system", "parts": [{"type": "text", "content": "be brief"}]},
        {"role": "user", "parts": [{"type": "text", "content": "Weather?"}]},
    ]);
    assert_json(found.input.as_ref(), &input);
    let output = json!([{"role": "assistant", "finish_reason": "tool_use", "parts": [
        {"type": "tool_call", "id": "t", "name": "w", "arguments": {"a": 1}}]}]);
    assert_json(found.output.as_ref(), &output);
}

#[test]
fn what_is_there_already_is_left_alone() {
    let span =
        Span::default().text("gen_ai.input.messages", "[]").text("gen_ai.prompt.0.content", "x");
    assert_eq!(span.rebuild(), Messages::default());
    assert_eq!(Span::default().text("other", "x").rebuild(), Messages::default());
}

#[test]
fn too_much_is_not_rebuilt_rather_than_cut() {
    let long = "x".repeat(BYTES_MAX);
    let fits = Span::default().text("gen_ai.prompt.0.content", &long);
    assert!(fits.rebuild().input.is_some());
    assert_eq!(fits.text("gen_ai.prompt.1.content", "y").rebuild().input, None);
    let far = Span::default().text("gen_ai.prompt.5000.content", "x");
    assert_eq!(far.rebuild().input, None);
    let odd = Span::default()
        .text("gen_ai.prompt.99999999999999999999.content", "x")
        .text("gen_ai.prompt.-1.content", "x")
        .text("gen_ai.prompt..content", "x")
        .text("ai.prompt.messages", &"[".repeat(100_000))
        .text("gen_ai.completion", "not json");
    assert_eq!(odd.rebuild().output, None);
}
