//! Values that nobody should send.

use super::*;

#[test]
fn sentinels_say_nothing_and_the_next_key_is_asked() {
    for nothing in ["", "None", "null", " ", "\"\"", "undefined"] {
        let span = Span::new("x")
            .text("gen_ai.operation.name", "chat")
            .text("gen_ai.conversation.id", nothing)
            .text("session.id", "s");
        assert_eq!(span.reading("").conversation_id, Some(&b"s"[..]), "{nothing:?}");
    }
    let bad = [
        AnyValue::Int(-1),
        AnyValue::Double(f64::NAN),
        AnyValue::Double(f64::INFINITY),
        AnyValue::Double(-0.5),
        AnyValue::Str(b"-7"),
        AnyValue::Str(b"many"),
        AnyValue::Str(b"nan"),
        AnyValue::Bool(true),
        AnyValue::Empty,
        AnyValue::Int(i64::MAX),
    ];
    for value in bad {
        let span = Span::new("x")
            .text("gen_ai.operation.name", "chat")
            .any("gen_ai.usage.input_tokens", value)
            .int("gen_ai.usage.prompt_tokens", 7);
        assert_eq!(span.reading("").usage.input, Some(7), "{value:?}");
        let alone = Span::new("x").any("gen_ai.usage.input_tokens", value);
        assert_eq!(alone.reading("").usage, crate::Usage::default(), "{value:?}");
    }
}

#[test]
fn of_duplicate_keys_the_first_counts() {
    let span = Span::new("x")
        .int("gen_ai.usage.input_tokens", 1)
        .int("gen_ai.usage.input_tokens", 2)
        .text("gen_ai.usage.input_tokens", "3");
    assert_eq!(span.reading("").usage.input, Some(1));
}

#[test]
fn numbers_come_as_anything() {
    for value in [
        AnyValue::Int(2006),
        AnyValue::Double(2006.0),
        AnyValue::Double(2006.7),
        AnyValue::Str(b"2006"),
        AnyValue::Str(b" 2006 "),
        AnyValue::Str(b"\"2006\""),
        AnyValue::Str(b"2006.0"),
        AnyValue::Str(b"{\"intValue\":\"2006\"}"),
        AnyValue::Str(b"{\"intValue\": 2006}"),
    ] {
        let span = Span::new("x").any("gen_ai.usage.input_tokens", value);
        assert_eq!(span.reading("").usage.input, Some(2006), "{value:?}");
    }
}

#[test]
fn a_million_attributes_are_walked_once() {
    let mut span = Span::new("x");
    for at in 0..1_000_000 {
        wire::put_message(&mut span.0, 9, |out| {
            let key = if at % 2 == 0 { "gen_ai.usage.input_tokens" } else { "unknown.key" };
            KeyValue::write(key.as_bytes(), AnyValue::Int(at), out);
        });
    }
    assert_eq!(span.reading("").usage.input, Some(0));
}

#[test]
fn ten_megabytes_of_json_are_looked_at_from_the_front_only() {
    let long = format!("{{\"input\":5,\"output\":6,\"x\":\"{}\"}}", "y".repeat(10 << 20));
    let deep = format!("{}\"input\":5{}", "{\"a\":[".repeat(1 << 20), "]}".repeat(1 << 20));
    let endless = format!("\"{}", "\\\"".repeat(5 << 20));
    for body in [long, deep, endless, "{".repeat(10 << 20), "'".repeat(10 << 20)] {
        let span = Span::new("x")
            .text("langfuse.observation.type", "generation")
            .text("langfuse.observation.usage_details", &body)
            .text("langfuse.observation.cost_details", &body)
            .text("output.value", &body)
            .text("gen_ai.response.finish_reasons", &body)
            .text("gen_ai.usage.output_tokens", &body)
            .text("langfuse.observation.model.name", &body);
        let reading = span.reading("langfuse-sdk");
        assert!(reading.finish_reasons.iter().count() <= 32);
    }
}

#[test]
fn cyclic_references_in_text_are_text() {
    let span = Span::new("x")
        .text("langfuse.observation.type", "generation")
        .text("langfuse.observation.usage_details", "{'a': {...}, 'self': [...], 'input': 3}");
    assert_eq!(span.reading("langfuse-sdk").usage.input, Some(3));
}

#[test]
fn structured_usage_is_read_like_text() {
    let mut inner = Vec::new();
    wire::put_message(&mut inner, 1, |out| {
        KeyValue::write(b"cached_tokens", AnyValue::Int(4), out)
    });
    let mut map = Vec::new();
    wire::put_message(&mut map, 1, |out| KeyValue::write(b"prompt_tokens", AnyValue::Int(9), out));
    let details = AnyValue::KvList(pdata::KvList(&inner));
    wire::put_message(&mut map, 1, |out| KeyValue::write(b"prompt_tokens_details", details, out));
    let log = Log::new("x")
        .text("langfuse.observation.type", "generation")
        .any("langfuse.observation.usage_details", AnyValue::KvList(pdata::KvList(&map)));
    assert_eq!(counts(&log.reading(""))[..3], [Some(9), None, Some(4)]);
}
