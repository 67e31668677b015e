//! Telemetry that was never sent by an honest SDK: it passes as it came, whole and without delay.

use pdata::{AnyValue, Record, RecordKinds, Verdict, rewrite};
use sdk::{Batch, RecordProcessor};

use super::{TokenUsage, after, check, span};

/// A call of OpenInference that gives its tokens so.
fn call(tokens: &str) -> Batch {
    span(
        "openinference.instrumentation.openai",
        &format!("ChatCompletion openinference.span.kind=LLM llm.model_name=gpt-4o {tokens}"),
    )
}

#[test]
fn counts_that_are_none_are_not_written() {
    for value in ["-1", "-5", "NaN", "\"-7\"", "\"nan\"", "1e400", "\"1e999\"", "\"\"", "[]", "{}"]
    {
        check(
            "originals: remove",
            &call(&format!("llm.token_count.prompt={value}")),
            "gen_ai.usage.input_tokens gen_ai.usage.cost llm.model_name",
        );
    }
}

#[test]
fn the_largest_counts_there_are_do_not_overflow() {
    let most = i64::MAX;
    for batch in [
        call(&format!("llm.token_count.prompt={most} llm.token_count.completion={most}")),
        call(&format!(
            "llm.token_count.prompt={most} llm.token_count.prompt_details.cache_read={most} \
                       llm.token_count.prompt_details.cache_write={most}"
        )),
    ] {
        let once = after("", &batch);
        assert_eq!(after("", &once).bytes(), once.bytes());
    }
}

/// A span with these attributes, which JSON could hardly hold.
fn with(attributes: &[(&str, AnyValue<'_>)]) -> Batch {
    let empty = call("");
    let mut add = |record: &mut Record<'_>, _: &sdk::Around<'_, '_>| {
        for (key, value) in attributes {
            record.attributes_mut().set(key.as_bytes(), *value);
        }
        Verdict::Keep
    };
    rewrite(&empty, RecordKinds::SPAN, &mut add).batch
}

/// Whether the only span has this attribute.
fn has(batch: &Batch, key: &str, value: AnyValue<'_>) -> bool {
    let mut found = false;
    let mut look = |record: &mut Record<'_>, _: &sdk::Around<'_, '_>| {
        found = record.attributes().get(key.as_bytes()) == Some(value);
        Verdict::Keep
    };
    let _ = rewrite(batch, RecordKinds::SPAN, &mut look);
    found
}

#[test]
fn texts_of_ten_megabytes_pass_whole() {
    let deep = "{\"a\":".repeat(2 << 20);
    let wide = format!("{{\"usage\":[{}0]}}", "1,".repeat(5 << 20));
    let repr = "Usage(prompt_tokens=".repeat(512 << 10);
    let cycle = "{'self': {...}, 'id': '<Recursion on dict with id=1>'}".repeat(200_000);
    for text in [deep, wide, repr, cycle] {
        let text = AnyValue::Str(text.as_bytes());
        let keys = [
            "langfuse.observation.usage_details",
            "output.value",
            "llm.usage",
            "ai.prompt.messages",
        ];
        for key in keys {
            let before = with(&[(key, text)]);
            let after = after("{originals: remove, rebuild_messages: true}", &before);
            assert!(has(&after, key, text), "{key}");
        }
    }
}

#[test]
fn two_hundred_thousand_attributes_pass_whole() {
    let odd = (0..200_000).map(|at| format!("gen_ai.request.odd.{at}=1"));
    let odd = odd.collect::<Vec<_>>().join(" ");
    let before = call(&format!("{odd} llm.token_count.prompt=5 llm.token_count.completion=3"));
    let text = testkit::text(&after("originals: remove", &before));
    assert!(text.contains(&odd));
    assert!(text.contains("gen_ai.usage.input_tokens=5"));
}

#[test]
fn of_duplicate_keys_the_first_counts_and_none_is_lost() {
    let batch =
        call("llm.token_count.prompt=5 llm.token_count.prompt=900 llm.token_count.completion=1");
    let text = testkit::text(&after("", &batch));
    assert!(text.contains("llm.token_count.prompt=5 llm.token_count.prompt=900"), "{text}");
    assert!(text.contains("gen_ai.usage.input_tokens=5 "), "{text}");
}

#[test]
fn bytes_that_are_no_text_pass_as_they_came() {
    let before = with(&[
        ("llm.model_name", AnyValue::Str(b"\xff\xfe\x00")),
        ("llm.provider", AnyValue::Bytes(b"\x00\x01")),
        ("session.id", AnyValue::Empty),
        ("llm.token_count.prompt", AnyValue::Int(5)),
    ]);
    let once = after("", &before);
    assert_eq!(after("", &once).bytes(), once.bytes());
}

#[test]
fn a_call_whose_tokens_cannot_be_read_is_counted() {
    let context = testkit::context(sdk::ComponentKind::Processor, "token_usage");
    let processor = TokenUsage::new(Default::default(), context.clone()).unwrap();
    let _ = testkit::apply(&processor, &call("llm.token_count.prompt=NaN gen_ai.response.id=r1"));
    let series = testkit::series(&context, "otelcol_processor_token_usage_usage_missing");
    assert_eq!(series.len(), 1);
    assert!(series[0].ends_with(" 1"), "{series:?}");
}
