//! What is written to which records.

use serde_json::{Value, json};

use super::{Config, TokenUsage, after, check, log_record, span};

const OPENINFERENCE: &str = "openinference.instrumentation.openai";

/// A call in the words of OpenInference.
const CALL: &str = "ChatCompletion openinference.span.kind=LLM llm.model_name=gpt-4o llm.provider=openai \
                    llm.token_count.prompt=2006 llm.token_count.completion=300 \
                    llm.token_count.prompt_details.cache_read=1920";

#[test]
fn a_call_gets_the_attributes_of_the_conventions_beside_its_own() {
    check(
        "",
        &span(OPENINFERENCE, CALL),
        "gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.usage.input_tokens=2006 \
         gen_ai.usage.output_tokens=300 gen_ai.usage.cache_read.input_tokens=1920 \
         openinference.span.kind=LLM llm.token_count.prompt=2006",
    );
}

#[test]
fn each_profile_writes_its_own_names() {
    let call = span(
        "com.anthropic.sdk.python",
        "anthropic.messages.create gen_ai.operation.name=chat gen_ai.provider.name=anthropic \
         gen_ai.request.model=claude-sonnet-4-5 gen_ai.usage.input_tokens=1205 \
         gen_ai.usage.output_tokens=40 gen_ai.usage.cache_read.input_tokens=1000 \
         anthropic.usage.cache_creation.ephemeral_5m_input_tokens=150 \
         anthropic.usage.cache_creation.ephemeral_1h_input_tokens=50",
    );
    let written =
        "gen_ai.usage.cache_creation.input_tokens=200 gen_ai.usage.cache_write.input_tokens";
    let next = "gen_ai.usage.cache_write.input_tokens=200 gen_ai.usage.cache_creation.input_tokens";
    let none = "gen_ai.usage.cache_write.input_tokens gen_ai.usage.cache_creation.input_tokens";
    check("profile: v1_41", &call, written);
    check("profile: next", &call, next);
    check("profile: v1_37", &call, none);
}

#[test]
fn originals_go_when_told_so_and_others_stay() {
    let call =
        span(OPENINFERENCE, &format!("{CALL} my.own=1 llm.token_count.completion_details.audio=x"));
    check(
        "originals: remove",
        &call,
        "gen_ai.usage.input_tokens=2006 my.own=1 llm.token_count.prompt llm.token_count.completion \
         llm.model_name openinference.span.kind llm.token_count.prompt_details.cache_read \
         llm.token_count.completion_details.audio=x",
    );
}

#[test]
fn an_original_that_cannot_be_read_is_not_removed() {
    let call = span(
        OPENINFERENCE,
        "ChatCompletion openinference.span.kind=LLM llm.model_name=gpt-4o llm.token_count.prompt=many \
         llm.token_count.completion=5",
    );
    check(
        "originals: remove",
        &call,
        "llm.token_count.prompt=many gen_ai.usage.input_tokens gen_ai.usage.output_tokens=5",
    );
}

#[test]
fn counts_without_the_cache_are_completed_once_and_marked() {
    // OpenLIT leaves the cache out of Anthropic's input; the key is that of the conventions.
    let call = span(
        "openlit",
        "chat gen_ai.operation.name=chat gen_ai.provider.name=anthropic gen_ai.request.model=claude-x \
         gen_ai.usage.input_tokens=2000 gen_ai.usage.output_tokens=40 \
         gen_ai.usage.cache_read.input_tokens=1000 gen_ai.usage.cache_creation.input_tokens=200",
    );
    let settled = "gen_ai.usage.input_tokens=3200 tollgate.token.accounting=assumed";
    check("", &call, settled);
    check("", &after("", &call), settled);
    check("profile: next", &after("", &after("", &call)), settled);
}

#[test]
fn a_call_in_the_words_of_the_conventions_passes_byte_for_byte() {
    let call = span(
        "opentelemetry.instrumentation.openai_v2",
        "chat gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o \
         gen_ai.response.model=gpt-4o gen_ai.usage.input_tokens=10 gen_ai.usage.output_tokens=5",
    );
    testkit::check_untouched::<TokenUsage>("cost: none", &call);
    check("{cost: none, mark_accounting: true}", &call, "tollgate.token.accounting=verified");
}

#[test]
fn what_is_not_genai_passes_byte_for_byte() {
    let spans = testkit::spans(
        "resource service.name=shop\nGET http.method=GET http.status_code=200\nempty",
    );
    testkit::check_untouched::<TokenUsage>("originals: remove", &spans);
    let logs = testkit::log_records("order placed order.id=7\nuser logged in");
    testkit::check_untouched::<TokenUsage>("originals: remove", &logs);
}

#[test]
fn codex_tells_its_tokens_in_texts_on_log_records() {
    let record = log_record(
        "codex_otel",
        "none event.name=codex.sse_event event.kind=response.completed model=gpt-5 \
         input_token_count=\"2006\" output_token_count=\"300\" cached_token_count=1920 \
         reasoning_token_count=128 tool_token_count=\"2306\" conversation.id=c1",
    );
    check(
        "",
        &record,
        "gen_ai.usage.input_tokens=2006 gen_ai.usage.output_tokens=300 \
         gen_ai.usage.cache_read.input_tokens=1920 gen_ai.usage.reasoning.output_tokens=128 \
         gen_ai.request.model=gpt-5 gen_ai.conversation.id=c1 input_token_count=\"2006\"",
    );
}

#[test]
fn gemini_cli_tells_thoughts_beside_the_output() {
    let record = log_record(
        "gemini-cli",
        "answered event.name=gemini_cli.api_response model=gemini-2.5-pro input_token_count=100 \
         output_token_count=20 thoughts_token_count=30 cached_content_token_count=60 \
         tool_token_count=0 total_token_count=150",
    );
    check(
        "",
        &record,
        "gen_ai.usage.input_tokens=100 gen_ai.usage.output_tokens=50 \
         gen_ai.usage.reasoning.output_tokens=30 tollgate.token.accounting=verified",
    );
}

#[test]
fn claude_code_leaves_the_cache_out_of_its_input() {
    let record = log_record(
        "com.anthropic.claude_code.events",
        "claude_code.api_request event.name=api_request model=claude-sonnet-4-5 input_tokens=5 \
         output_tokens=40 cache_read_tokens=1000 cache_creation_tokens=200 cost_usd=0.01",
    );
    check(
        "",
        &record,
        "gen_ai.usage.input_tokens=1205 gen_ai.usage.output_tokens=40 gen_ai.usage.cost=0.01 \
         tollgate.cost.source=sdk tollgate.cost.price_date",
    );
}

#[test]
fn the_signal_that_is_not_counted_passes_untouched_unless_asked() {
    let twin = span(
        "com.anthropic.claude_code.tracing",
        "claude_code.llm_request span.type=llm_request model=claude-sonnet-4-5 input_tokens=5 \
         output_tokens=40 cache_read_tokens=1000 cache_creation_tokens=200",
    );
    testkit::check_untouched::<TokenUsage>("", &twin);
    check("secondary: write", &twin, "gen_ai.usage.input_tokens=1205");
}

#[test]
fn records_are_counted_by_dialect_and_by_what_came_of_them() {
    let context = testkit::context(sdk::ComponentKind::Processor, "token_usage/x");
    let processor =
        <TokenUsage as sdk::RecordProcessor>::new(Config::default(), context.clone()).unwrap();
    let batches = [
        span(OPENINFERENCE, CALL),
        span(
            OPENINFERENCE,
            "ChatCompletion openinference.span.kind=LLM llm.model_name=m gen_ai.response.id=r1",
        ),
        span(
            "someone",
            "chat gen_ai.operation.name=chat gen_ai.request.model=no-such-model \
              gen_ai.usage.input_tokens=7 gen_ai.usage.output_tokens=3",
        ),
        span("someone", "GET http.method=GET"),
    ];
    for batch in &batches {
        let _ = testkit::apply(&processor, batch);
    }
    let series = testkit::series(&context, "otelcol_processor_token_usage_");
    for line in [
        r#"records{dialect="openinference",outcome="written",processor="token_usage/x"} 2"#,
        r#"records{dialect="semconv",outcome="unchanged",processor="token_usage/x"} 1"#,
        r#"usage_missing{dialect="openinference",processor="token_usage/x"} 1"#,
        r#"unpriced_calls{dialect="semconv",processor="token_usage/x"} 1"#,
        r#"unpriced_tokens{dialect="semconv",processor="token_usage/x"} 10"#,
        r#"unknown_scope{processor="token_usage/x"} 1"#,
    ] {
        let line = format!("otelcol_processor_token_usage_{line}");
        assert!(series.contains(&line), "{line}\nin\n{}", series.join("\n"));
    }
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let rows = [
        ("profile: v2", "profile: \"v2\" is no profile; use v1_37, v1_41 or next"),
        ("originals: rename", "originals"),
        ("{mark_unpriced: true, cost: amount}", "`mark_unpriced` needs `cost: details`"),
        ("prices: {max_file_mib: 0}", "prices::max_file_mib: must be greater than zero"),
        ("prices: {reload_interval: -1s}", "prices::reload_interval: must not be negative"),
        ("prices: {aliases: {'': a}}", "prices::aliases: names must not be empty"),
    ];
    for (yaml, text) in rows {
        testkit::check_refused::<Config>(yaml, text);
    }
}

#[test]
fn messages_are_rebuilt_when_asked_for() {
    let line = "gen_ai.prompt.0.role=user gen_ai.prompt.0.content=hi gen_ai.completion.0.role=assistant \
                gen_ai.completion.0.content=hello gen_ai.request.model=gpt-4o llm.request.type=chat";
    let call = span("opentelemetry.instrumentation.openai.v1", &format!("openai.chat {line}"));
    check("", &call, "gen_ai.input.messages gen_ai.output.messages");
    let once = after("rebuild_messages: true", &call);
    let request = testkit::json_of(&once);
    let attributes = request.pointer("/resourceSpans/0/scopeSpans/0/spans/0/attributes").unwrap();
    for (key, role, content) in
        [("gen_ai.input.messages", "user", "hi"), ("gen_ai.output.messages", "assistant", "hello")]
    {
        let is = |pair: &&Value| pair["key"] == key;
        let found = attributes.as_array().unwrap().iter().find(is).unwrap();
        let found: Value =
            serde_json::from_str(found["value"]["stringValue"].as_str().unwrap()).unwrap();
        let part = json!({"type": "text", "content": content});
        assert_eq!(found, json!([{"role": role, "parts": [part]}]));
    }
    assert!(testkit::text(&once).contains("gen_ai.prompt.0.content=hi"));
    assert_eq!(after("rebuild_messages: true", &once).bytes(), once.bytes());
}
