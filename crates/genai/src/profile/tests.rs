//! What is written in each version of the conventions.

use std::collections::BTreeMap;

use pdata::{AnyValue, KeyValue, views::SpanView, wire};

use super::*;
use crate::{ScopeDialect, read};

fn span(attributes: &[(&str, AnyValue<'_>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, value) in attributes {
        wire::put_message(&mut bytes, 9, |out| KeyValue::write(key.as_bytes(), *value, out));
    }
    bytes
}

/// What is written for a span, as text.
fn written(scope: &str, bytes: &[u8], profile: Profile) -> BTreeMap<&'static str, String> {
    let view = SpanView::read(bytes);
    let reading = read(&ScopeDialect::of(scope.as_bytes(), b""), &view).unwrap();
    let mut all = BTreeMap::new();
    each_attribute(&reading, profile, &mut |key, out| {
        let text = match out {
            Out::Str(text) => String::from_utf8_lossy(text).into_owned(),
            Out::Int(number) => number.to_string(),
            Out::Double(number) => number.to_string(),
            Out::Bool(flag) => flag.to_string(),
            Out::Strs(list) => {
                let words: Vec<_> = list.iter().map(String::from_utf8_lossy).collect();
                format!("[{}]", words.join(","))
            }
        };
        assert!(all.insert(key, text).is_none(), "{key} twice");
    });
    all
}

fn openinference() -> Vec<u8> {
    let text = |text: &'static str| AnyValue::Str(text.as_bytes());
    span(&[
        ("openinference.span.kind", text("LLM")),
        ("llm.provider", text("OpenAI")),
        ("llm.model_name", text("gpt-4o")),
        ("llm.token_count.prompt", AnyValue::Int(2006)),
        ("llm.token_count.completion", AnyValue::Int(300)),
        ("llm.token_count.prompt_details.cache_read", AnyValue::Int(1920)),
        ("llm.token_count.prompt_details.cache_write", AnyValue::Int(40)),
        ("llm.token_count.prompt_details.audio", AnyValue::Int(7)),
        ("llm.token_count.completion_details.reasoning", AnyValue::Int(128)),
        ("llm.finish_reason", text("stop")),
        ("session.id", text("s")),
    ])
}

#[test]
fn each_version_has_its_keys() {
    let scope = "openinference.instrumentation.openai";
    let mut expected = BTreeMap::from([
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.response.model", "gpt-4o"),
        ("gen_ai.usage.input_tokens", "2006"),
        ("gen_ai.usage.output_tokens", "300"),
        ("gen_ai.response.finish_reasons", "[stop]"),
        ("gen_ai.conversation.id", "s"),
    ]);
    let assert = |expected: &BTreeMap<&str, &str>, profile| {
        let found = written(scope, &openinference(), profile);
        let found: BTreeMap<&str, &str> =
            found.iter().map(|(key, value)| (*key, value.as_str())).collect();
        assert_eq!(&found, expected, "{profile:?}");
    };
    assert(&expected, Profile::V1_37);
    expected.insert("gen_ai.usage.cache_read.input_tokens", "1920");
    expected.insert("gen_ai.usage.reasoning.output_tokens", "128");
    expected.insert("gen_ai.usage.cache_creation.input_tokens", "40");
    assert(&expected, Profile::V1_41);
    expected.remove("gen_ai.usage.cache_creation.input_tokens");
    expected.insert("gen_ai.usage.cache_write.input_tokens", "40");
    expected.insert("gen_ai.usage.audio.input_tokens", "7");
    assert(&expected, Profile::Next);
}

#[test]
fn what_stands_there_already_is_not_written_again() {
    let text = |text: &'static str| AnyValue::Str(text.as_bytes());
    let mut reasons = Vec::new();
    wire::put_message(&mut reasons, 1, |out| text("stop").write(out));
    let attributes = [
        ("gen_ai.operation.name", text("chat")),
        ("gen_ai.provider.name", text("openai")),
        ("gen_ai.request.model", text("gpt-4o")),
        ("gen_ai.response.id", text("r")),
        ("gen_ai.usage.input_tokens", AnyValue::Int(5)),
        ("gen_ai.usage.output_tokens", AnyValue::Int(6)),
        ("gen_ai.usage.cache_read.input_tokens", AnyValue::Int(2)),
        ("gen_ai.response.finish_reasons", AnyValue::Array(pdata::Array(&reasons))),
        ("gen_ai.conversation.id", text("c")),
        ("error.type", text("x")),
    ];
    assert!(written("", &span(&attributes), Profile::V1_41).is_empty());
    // Numbers in text, lists in JSON and other spellings are brought into form.
    let odd = [
        ("gen_ai.operation.name", text("completion")),
        ("gen_ai.provider.name", text("OpenAI")),
        ("gen_ai.usage.input_tokens", text("5")),
        ("gen_ai.response.finish_reasons", text("[\"stop\", \"length\"]")),
        ("gen_ai.conversation.id", text(" c ")),
    ];
    let found = written("", &span(&odd), Profile::V1_41);
    let found: Vec<&str> = found.values().map(String::as_str).collect();
    assert_eq!(found, ["c", "chat", "openai", "[stop,length]", "5"]);
}

#[test]
fn originals_are_what_is_written_under_another_name() {
    let is = |key: &str, profile| is_original(key.as_bytes(), Dialect::OpenInference, profile);
    for key in ["llm.token_count.prompt", "llm.model_name", "openinference.span.kind", "llm.system"]
    {
        assert!(is(key, Profile::V1_37), "{key}");
    }
    assert!(is("llm.token_count.prompt_details.cache_read", Profile::V1_41));
    assert!(!is("llm.token_count.prompt_details.cache_read", Profile::V1_37), "would be lost");
    for key in [
        "gen_ai.usage.input_tokens",
        "session.id",
        "input.value",
        "output.value",
        "llm.token_count.total",
        "http.route",
        "input_tokens",
    ] {
        assert!(!is(key, Profile::Next), "{key}");
    }
    assert!(is_original(b"input_tokens", Dialect::ClaudeCode, Profile::V1_41));
    assert!(is_original(b"gen_ai.usage.prompt_tokens", Dialect::Semconv, Profile::V1_41));
}

#[test]
fn profiles_have_names() {
    assert_eq!(Profile::from_name("v1_37"), Some(Profile::V1_37));
    assert_eq!(Profile::from_name("v1_41"), Some(Profile::V1_41));
    assert_eq!(Profile::from_name("next"), Some(Profile::Next));
    assert_eq!(Profile::from_name("latest"), None);
}
