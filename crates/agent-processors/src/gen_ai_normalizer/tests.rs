use serde_json::{Value, json};

use super::{Config, GenAiNormalizer, Source, Sources};

testkit::record_processor_contract!(GenAiNormalizer, include_str!("README.md"));

const BOTH: &str = "sources: [{name: openinference}, {name: openllmetry}]";
const OPENINFERENCE: &str = "sources: [{name: openinference, remove_originals: true}]";
const OPENLLMETRY: &str = "sources: [{name: openllmetry, remove_originals: true}]";

/// Rows of settings, a span's attributes, and those after.
fn check(rows: &[(&str, &str, &str)]) {
    for (yaml, before, after) in rows {
        let processor = testkit::record_processor::<GenAiNormalizer>(yaml);
        let output = testkit::apply(&processor, &testkit::spans(&format!("span {before}")));
        assert_eq!(testkit::text(&output), format!("span {after}").trim(), "{yaml}\n{before}");
    }
}

#[test]
fn keys_of_both_sources_get_those_of_the_conventions() {
    check(&[
        (
            OPENINFERENCE,
            "llm.token_count.prompt=100 llm.token_count.completion=200 llm.model_name=claude",
            "gen_ai.usage.input_tokens=100 gen_ai.usage.output_tokens=200 gen_ai.request.model=claude",
        ),
        (
            OPENLLMETRY,
            "llm.usage.prompt_tokens=150 llm.request.model=gpt-4o llm.response.model=gpt-4o-1",
            "gen_ai.usage.input_tokens=150 gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-1",
        ),
        (OPENLLMETRY, "llm.token_count.prompt=100 a=1", "llm.token_count.prompt=100 a=1"),
        (OPENINFERENCE, "llm.usage.prompt_tokens=200", "llm.usage.prompt_tokens=200"),
        (
            BOTH,
            "llm.token_count.prompt=1 llm.usage.completion_tokens=2",
            "llm.token_count.prompt=1 llm.usage.completion_tokens=2 gen_ai.usage.input_tokens=1 \
             gen_ai.usage.output_tokens=2",
        ),
    ]);
}

#[test]
fn kinds_of_spans_become_operations_in_any_case() {
    check(&[
        (OPENINFERENCE, "openinference.span.kind=LLM", "gen_ai.operation.name=chat"),
        (OPENINFERENCE, "openinference.span.kind=chain", "gen_ai.operation.name=invoke_agent"),
        (OPENINFERENCE, "openinference.span.kind=GUARDRAIL", "gen_ai.operation.name=GUARDRAIL"),
        (OPENLLMETRY, "traceloop.span.kind=workflow", "gen_ai.operation.name=invoke_workflow"),
        (OPENLLMETRY, "llm.request.type=Completion", "gen_ai.operation.name=text_completion"),
    ]);
}

#[test]
fn a_key_that_is_taken_is_left_unless_told_to_overwrite() {
    let before = "llm.model_name=new gen_ai.request.model=old";
    check(&[
        (OPENINFERENCE, before, before),
        (
            "sources: [{name: openinference, remove_originals: true, overwrite: true}]",
            before,
            "gen_ai.request.model=new",
        ),
    ]);
}

#[test]
fn values_come_in_the_type_of_the_conventions_or_stay_where_they_are() {
    let list = r#"{"arrayValue":{"values":[{"stringValue":"stop"}]}}"#;
    check(&[
        (
            OPENLLMETRY,
            "llm.response.finish_reason=stop",
            &format!("gen_ai.response.finish_reasons={list}"),
        ),
        (OPENINFERENCE, "llm.token_count.prompt=\"12\"", "gen_ai.usage.input_tokens=12"),
        (OPENINFERENCE, "llm.token_count.prompt=12.0", "gen_ai.usage.input_tokens=12"),
        (OPENINFERENCE, "llm.token_count.prompt=12.5", "llm.token_count.prompt=12.5"),
        (OPENINFERENCE, "llm.token_count.prompt=many", "llm.token_count.prompt=many"),
        (OPENLLMETRY, "llm.request.temperature=1", "gen_ai.request.temperature=1.0"),
        (OPENINFERENCE, "llm.model_name=4", "gen_ai.request.model=\"4\""),
    ]);
}

#[test]
fn a_source_of_ones_own_maps_keys_and_values() {
    let yaml = "sources: [{name: v, remove_originals: true, mappings: {v.op: gen_ai.operation.name, v.x: y},
                value_mappings: {gen_ai.operation.name: {Chat_Completion: chat}}}]";
    check(&[
        (yaml, "v.op=CHAT_completion", "gen_ai.operation.name=chat"),
        (yaml, "v.op=other v.x=0.7", "gen_ai.operation.name=other y=0.7"),
        (yaml, "llm.model_name=stays", "llm.model_name=stays"),
    ]);
}

#[test]
fn the_older_form_of_settings_works_as_it_did() {
    let adds = "sources: {openinference: {remove_originals: true, custom_mappings: \
                {my.model: gen_ai.request.model, llm.model_name: gen_ai.response.model}}}";
    let custom = "sources: {custom: {custom_mappings: {my.model: gen_ai.request.model}}}";
    check(&[
        (adds, "my.model=a llm.model_name=b", "gen_ai.request.model=a gen_ai.response.model=b"),
        (
            custom,
            "my.model=a llm.model_name=b",
            "my.model=a llm.model_name=b gen_ai.request.model=a",
        ),
        ("sources: {openinference: {}}", "agent.name=a", "agent.name=a gen_ai.agent.name=a"),
    ]);
    let config: Config =
        testkit::settings("sources: {openllmetry: , openinference: {overwrite: true}}");
    let names: Vec<_> = config.sources.0.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["openinference", "openllmetry"]);
}

#[test]
fn the_documented_example_of_the_go_collector_loads_unchanged() {
    let yaml = "overwrite_schema_url: false\nsources:\n  - name: openinference\n    remove_originals: \
                false\n  - name: openllmetry\n    remove_originals: false\n";
    let source = |name: &str| Source { name: name.to_owned(), ..Source::default() };
    let expected = Config {
        sources: Sources(vec![source("openinference"), source("openllmetry")]),
        overwrite_schema_url: false,
    };
    assert_eq!(testkit::settings::<Config>(yaml), expected);
    assert_eq!(testkit::fault::<Config>(yaml), "");
}

#[test]
fn attributes_of_span_events_are_renamed_too() {
    let request = |keys: [&str; 2]| {
        let [tool, arguments] = keys;
        format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"name":"a","events":[{{"name":"tool_call",
            "attributes":[{{"key":"{tool}","value":{{"stringValue":"search"}}}},
            {{"key":"{arguments}","value":{{"stringValue":"q"}}}}]}}]}}]}}]}}]}}"#
        )
    };
    testkit::check_record_processor::<GenAiNormalizer>(
        OPENINFERENCE,
        &request(["tool.name", "tool_call.function.arguments"]),
        &request(["gen_ai.tool.name", "gen_ai.tool.call.arguments"]),
    );
}

#[test]
fn what_no_source_knows_stays_byte_for_byte() {
    testkit::check_untouched::<GenAiNormalizer>(
        BOTH,
        &testkit::spans("GET http.method=GET code=200"),
    );
}

#[test]
fn settings_that_cannot_work_are_refused_in_the_words_of_the_go_collector() {
    let rows = [
        ("{}", "at least one source must be specified"),
        ("sources: []", "at least one source must be specified"),
        ("sources: [{}]", "sources[0]: \"name\" must be set"),
        (
            "sources: [{name: openinference}, {name: openinference}]",
            "sources[1]: duplicate source \"openinference\"",
        ),
        ("sources: [{name: openllllmetry}]", "requires non-empty \"mappings\" (built-in sources"),
        (
            "sources: [{name: openinference, mappings: {a: b}}]",
            "sources[0]: \"mappings\" is not valid on built-in source \"openinference\"",
        ),
        (
            "sources: [{name: openinference, value_mappings: {a: {b: c}}}]",
            "\"value_mappings\" is not valid on built-in source \"openinference\"",
        ),
        (
            "sources: [{name: v, mappings: {a: b}, value_mappings: {c: {d: e}}}]",
            "\"value_mappings\" key \"c\" is not a target in \"mappings\"",
        ),
        ("sources: [{name: v, mappings: {a: a}}]", "source and target are identical (\"a\")"),
        ("sources: [{name: v, mappings: {a: ''}}]", "target for \"a\" must be non-empty"),
        ("sources: [{name: openinference, remove: true}]", "remove"),
    ];
    for (yaml, text) in rows {
        testkit::check_refused::<Config>(yaml, text);
    }
}

#[test]
fn indexed_messages_of_openinference_become_one_attribute() {
    let before =
        "span llm.input_messages.0.message.role=user llm.input_messages.0.message.content=hi";
    let expected = json!([{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]);
    for (yaml, kept) in [(OPENINFERENCE, false), (BOTH, true)] {
        let after = testkit::apply(
            &testkit::record_processor::<GenAiNormalizer>(yaml),
            &testkit::spans(before),
        );
        let request = testkit::json_of(&after);
        let attributes = request.pointer("/resourceSpans/0/scopeSpans/0/spans/0/attributes");
        let last = attributes.and_then(Value::as_array).unwrap().last().unwrap();
        assert_eq!(last["key"], "gen_ai.input.messages");
        let messages: Value =
            serde_json::from_str(last["value"]["stringValue"].as_str().unwrap()).unwrap();
        assert_eq!(messages, expected);
        assert_eq!(testkit::text(&after).contains("llm.input_messages"), kept);
    }
    let taken = "llm.input_messages.0.message.content=hi gen_ai.input.messages=taken";
    check(&[(OPENINFERENCE, taken, taken), (OPENLLMETRY, &before[5..], &before[5..])]);
}
