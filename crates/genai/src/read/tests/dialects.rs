//! One record of each dialect that no recording shows.

use super::*;
use crate::CostSource;

#[test]
fn ordinary_telemetry_is_none() {
    let http = Span::new("GET /").text("http.request.method", "GET").text("session.id", "s");
    assert!(http.read("opentelemetry.instrumentation.fastapi").is_none());
    assert!(http.read("").is_none());
    assert!(Span::new("mutex.lock").read("").is_none());
    assert!(Span::new("ai").read("ai").is_none(), "a scope alone says too little");
    assert!(Log::new("").body("hello").read("app").is_none());
    assert!(Log::new("order.created").text("model", "gpt-4o").read("app").is_none());
    let tool = Span::new("x").text("tool.name", "hammer").text("error.type", "io");
    assert!(tool.read("workshop").is_none());
}

#[test]
fn reads_the_oldest_conventions() {
    let span = Span::new("openai.chat")
        .text("gen_ai.system", "OpenAI")
        .text("llm.request.type", "chat")
        .text("gen_ai.request.model", "gpt-4")
        .int("gen_ai.usage.prompt_tokens", 10)
        .int("gen_ai.usage.completion_tokens", 20)
        .int("llm.usage.total_tokens", 30)
        .text("gen_ai.completion.0.finish_reason", "stop");
    let reading = span.reading("opentelemetry.instrumentation.openai.v1");
    assert_eq!((reading.dialect, reading.class), (Dialect::OpenLlmetry, Class::Leaf));
    assert_eq!((reading.operation, provider(&reading).as_str()), (&b"chat"[..], "openai"));
    assert_eq!(counts(&reading), [Some(10), Some(20), None, None, None]);
    assert_eq!(reading.finish_reasons.iter().collect::<Vec<_>>(), [b"stop"]);
}

#[test]
fn corrects_anthropic_input_of_openlit_and_takes_a_cost_of_zero_for_unknown() {
    let span = Span::new("chat claude")
        .text("gen_ai.operation.name", "chat")
        .text("gen_ai.provider.name", "anthropic")
        .text("gen_ai.request.model", "claude-sonnet-4-5")
        .int("gen_ai.usage.input_tokens", 1_500)
        .int("gen_ai.usage.output_tokens", 40)
        .int("gen_ai.usage.cache_read.input_tokens", 1000)
        .int("gen_ai.usage.cache_creation.input_tokens", 200)
        .int("gen_ai.usage.cost", 0)
        .double("gen_ai.server.time_to_first_token", 0.25)
        .int("gen_ai.request.max_tokens", -1);
    let reading = span.reading("openlit.instrumentation.anthropic");
    assert_eq!(counts(&reading), [Some(2_700), Some(40), Some(1000), Some(200), None]);
    assert_eq!(reading.accounting, Accounting::Assumed);
    assert_eq!(reading.cost, None);
    assert_eq!(reading.time_to_first_chunk, Some(0.25));
    // Its span attribute of the metric's name is input and output.
    let span = span.int("gen_ai.client.token.usage", 2_740);
    let reading = span.reading("openlit.instrumentation.anthropic");
    assert_eq!(reading.accounting, Accounting::Verified);
}

#[test]
fn reads_langfuse_in_either_of_its_shapes() {
    let span = |usage: &str| {
        Span::new("generation")
            .text("langfuse.observation.type", "generation")
            .text("langfuse.observation.model.name", "\"gpt-4o-2024-08-06\"")
            .text("langfuse.observation.usage_details", usage)
            .text("langfuse.observation.cost_details", "{\"input\":0.002615,\"output\":0.003}")
            .text("langfuse.observation.completion_start_time", "\"1970-01-01T00:00:01.500Z\"")
            .text("session.id", "s1")
    };
    let raw = span(
        "{\"prompt_tokens\":2006,\"completion_tokens\":300,\"total_tokens\":2306,\
         \"prompt_tokens_details\":{\"cached_tokens\":1920},\
         \"completion_tokens_details\":{\"reasoning_tokens\":128}}",
    );
    let reading = raw.reading("langfuse-sdk");
    assert_eq!((reading.dialect, reading.class), (Dialect::Langfuse, Class::Leaf));
    assert_eq!(counts(&reading), [Some(2006), Some(300), Some(1920), None, Some(128)]);
    assert_eq!(reading.response_model, Some(&b"gpt-4o-2024-08-06"[..]));
    assert_eq!(provider(&reading), "openai");
    assert_eq!(reading.conversation_id, Some(&b"s1"[..]));
    assert_eq!(reading.time_to_first_chunk, Some(0.5));
    let cost = reading.cost.unwrap();
    assert!((cost.usd - 0.005615).abs() < 1e-12);
    assert_eq!(cost.source, CostSource::Sdk);
    let flat =
        span("{\"input\":86,\"output\":300,\"cache_read_input_tokens\":1920,\"total\":2306}");
    let reading = flat.reading("langfuse-sdk");
    assert_eq!(counts(&reading), [Some(2006), Some(300), Some(1920), None, None]);
    assert_eq!(reading.accounting, Accounting::Verified);
    let golden = span("{\"input\":\"{\\\"intValue\\\":\\\"5\\\"}\",\"output\":7}");
    assert_eq!(counts(&golden.reading("langfuse-sdk"))[1], Some(7));
}

#[test]
fn reads_vercel_seven() {
    let span = Span::new("chat gpt-4o")
        .text("gen_ai.operation.name", "chat")
        .text("gen_ai.provider.name", "openai")
        .text("gen_ai.request.model", "gpt-4o")
        .int("gen_ai.usage.input_tokens", 2006)
        .int("gen_ai.usage.output_tokens", 300)
        .double("gen_ai.client.operation.time_to_first_chunk", 0.013);
    let reading = span.reading("gen_ai");
    assert_eq!((reading.dialect, reading.class), (Dialect::VercelOtel, Class::Leaf));
    assert_eq!(reading.time_to_first_chunk, Some(0.013));
    let step = Span::new("step 1").text("gen_ai.operation.name", "agent_step");
    assert_eq!(step.reading("gen_ai").class, Class::Aggregate);
}

#[test]
fn the_sum_of_vercel_five_is_no_sum() {
    let span = Span::new("ai.generateText")
        .text("ai.operationId", "ai.generateText")
        .text("ai.telemetry.functionId", "weather-fn")
        .int("ai.usage.promptTokens", 2006);
    let reading = span.reading("ai");
    assert_eq!((reading.class, reading.usage.input), (Class::Agent, None));
    assert_eq!(reading.agent_name, Some(&b"weather-fn"[..]));
    let six = span.int("ai.usage.inputTokenDetails.noCacheTokens", 6);
    assert_eq!(six.reading("ai").usage.input, Some(2006));
}

#[test]
fn claude_code_counts_on_its_record() {
    let log = Log::new("")
        .body("claude_code.api_request")
        .text("event.name", "api_request")
        .text("session.id", "s")
        .text("prompt.id", "p")
        .text("model", "claude-sonnet-4-5")
        .int("input_tokens", 5)
        .int("output_tokens", 40)
        .int("cache_read_tokens", 1000)
        .int("cache_creation_tokens", 200)
        .any("cost_usd", AnyValue::Double(0.0016))
        .text("duration_ms", "1250")
        .text("request_id", "req_1");
    for scope in ["com.anthropic.claude_code.events", "com.anthropic.claude_code"] {
        let reading = log.reading(scope);
        assert_eq!((reading.dialect, reading.class), (Dialect::ClaudeCode, Class::Leaf));
        assert_eq!(counts(&reading), [Some(1205), Some(40), Some(1000), Some(200), None]);
        assert_eq!(reading.authority, Authority::Primary);
        assert_eq!((reading.duration, provider(&reading).as_str()), (Some(1.25), "anthropic"));
        assert_eq!(reading.call_id, Some(&b"req_1"[..]));
        assert_eq!(reading.run.id, Some(&b"p"[..]));
        assert_eq!(reading.cost.unwrap().usd, 0.0016);
    }
    let lost = Log::new("claude_code.api_request").text("model", "claude").int("input_tokens", 7);
    assert_eq!(lost.reading("").dialect, Dialect::ClaudeCode);
    let span = Span::new("claude_code.llm_request")
        .text("span.type", "llm_request")
        .text("gen_ai.request.model", "claude-sonnet-4-5")
        .text("gen_ai.system", "anthropic")
        .int("input_tokens", 5)
        .int("cache_read_tokens", 1000)
        .int("output_tokens", 40)
        .int("attempt", 2)
        .int("ttft_ms", 90)
        .text("success", "false");
    let reading = span.reading("com.anthropic.claude_code.tracing");
    assert_eq!((reading.class, reading.authority), (Class::Leaf, Authority::Secondary));
    assert_eq!(counts(&reading), [Some(1005), Some(40), Some(1000), None, None]);
    assert_eq!((reading.attempt, reading.time_to_first_chunk), (Some(2), Some(0.09)));
    assert!(reading.failed);
    let wait =
        Span::new("claude_code.tool.blocked_on_user").text("span.type", "tool.blocked_on_user");
    assert!(wait.reading("com.anthropic.claude_code.tracing").awaits_human);
}

#[test]
fn codex_counts_on_its_record() {
    let log = Log::new("event otel/src/events/session_telemetry.rs:803")
        .text("event.name", "codex.sse_event")
        .text("event.kind", "response.completed")
        .text("conversation.id", "c")
        .text("model", "gpt-5")
        .text("input_token_count", "2006")
        .text("output_token_count", "300")
        .int("cached_token_count", 1920)
        .int("reasoning_token_count", 128)
        .text("tool_token_count", "2306");
    let reading = log.reading("codex_otel");
    assert_eq!((reading.dialect, reading.class), (Dialect::Codex, Class::Leaf));
    assert_eq!(counts(&reading), [Some(2006), Some(300), Some(1920), None, Some(128)]);
    assert_eq!((reading.accounting, reading.authority), (Accounting::Verified, Authority::Primary));
    assert_eq!(reading.conversation_id, Some(&b"c"[..]));
    let other = Log::new("").text("event.name", "codex.sse_event").text("model", "gpt-5");
    assert!(!other.reading("codex_otel").is_evident(), "a half without tokens is no call");
    let span = Span::new("handle_responses")
        .int("gen_ai.usage.input_tokens", 2006)
        .int("codex.usage.total_tokens", 2306);
    let reading = span.reading("codex_core");
    assert_eq!((reading.class, reading.authority), (Class::Leaf, Authority::Secondary));
    let turn = Span::new("session_task.turn").int("codex.turn.token_usage.input_tokens", 4012);
    assert_eq!(turn.reading("codex_core").class, Class::Agent);
}

#[test]
fn mutx_spans_are_calls_tools_and_agents() {
    let call = Span::new("llm.call")
        .text("llm.model", "openai/gpt-4o")
        .text("llm.vendor", "openai")
        .text("operation", "chat_completion")
        .int("llm.usage.prompt_tokens", 3)
        .int("llm.usage.completion_tokens", 4)
        .int("llm.usage.total_tokens", 7);
    let reading = call.reading("mutx-api");
    assert_eq!((reading.dialect, reading.class), (Dialect::Mutx, Class::Leaf));
    assert_eq!(counts(&reading)[..2], [Some(3), Some(4)]);
    assert_eq!(provider(&reading), "openai");
    assert_eq!(reading.request_model, Some(&b"gpt-4o"[..]));
    let lost = call.reading("my-agent");
    assert_eq!((lost.dialect, lost.class), (Dialect::Mutx, Class::Leaf));
    let agent = Span::new("mutx.agent.execute")
        .text("agent.id", "a")
        .text("session.id", "s")
        .int("llm.output_tokens", 4)
        .int("llm.prompt_tokens", 3);
    let reading = agent.reading("my-agent");
    assert_eq!((reading.dialect, reading.class), (Dialect::Mutx, Class::Agent));
    assert_eq!((reading.agent_id, reading.conversation_id), (Some(&b"a"[..]), Some(&b"s"[..])));
    assert!(reading.run.may_be_root);
    let crew = Span::new("mutx.crew.start").text("x", "y");
    assert_eq!(crew.reading("").class, Class::Workflow);
    let tool = Span::new("tool.execution").text("tool.name", "search").failed().event(
        "exception",
        5,
        &[("exception.type", "ValueError")],
    );
    let reading = tool.reading("mutx-api");
    assert_eq!((reading.class, reading.tool_name), (Class::Tool, Some(&b"search"[..])));
    assert_eq!((reading.failed, reading.error_type), (true, Some(&b"ValueError"[..])));
    assert!(call.text("llm.vendor", "unknown").reading("mutx-api").provider.is_some());
}

#[test]
fn vllm_reports_the_serving_side() {
    let span = Span::new("llm_request")
        .kind(2)
        .int("gen_ai.usage.prompt_tokens", 9)
        .int("gen_ai.usage.completion_tokens", 8)
        .text("gen_ai.response.model", "meta-llama/Llama-3.1-8B")
        .double("gen_ai.latency.time_to_first_token", 0.125);
    let reading = span.reading("vllm.llm_engine");
    assert_eq!((reading.dialect, reading.class), (Dialect::Vllm, Class::Leaf));
    assert!(reading.server_side);
    assert_eq!(reading.time_to_first_chunk, Some(0.125));
    assert_eq!(span.reading("").dialect, Dialect::Vllm, "by its keys");
}

#[test]
fn frameworks_are_no_providers() {
    let span = Span::new("chat")
        .text("gen_ai.operation.name", "chat")
        .text("gen_ai.system", "strands-agents")
        .text("gen_ai.request.model", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")
        .int("gen_ai.usage.input_tokens", 5)
        .int("gen_ai.server.time_to_first_token", 186);
    let reading = span.reading("strands.telemetry.tracer");
    assert_eq!(provider(&reading), "anthropic");
    assert_eq!(reading.framework, Some(&b"strands-agents"[..]));
    assert_eq!(reading.time_to_first_chunk, Some(0.186), "milliseconds there");
}

#[test]
fn crewai_crews_are_workflows() {
    let span = Span::new("crewai.workflow")
        .text("traceloop.span.kind", "workflow")
        .text("gen_ai.operation.name", "invoke_agent")
        .text("gen_ai.provider.name", "crewai")
        .text("traceloop.entity.name", "crew")
        .text(
            "crewai.crew.token_usage",
            "total_tokens=4612 prompt_tokens=4012 completion_tokens=600",
        );
    let reading = span.reading("opentelemetry.instrumentation.crewai.instrumentation");
    assert_eq!(reading.class, Class::Workflow);
    assert_eq!(reading.workflow_name, Some(&b"crew"[..]));
    assert_eq!(counts(&reading)[..2], [Some(4012), Some(600)]);
    assert_eq!(reading.provider, None);
}

#[test]
fn raw_bodies_fill_what_keys_leave_out() {
    let span = Span::new("litellm_request")
        .text("llm.request.type", "completion")
        .text("gen_ai.request.model", "claude-sonnet-4-5")
        .text("gen_ai.system", "anthropic")
        .int("gen_ai.usage.input_tokens", 1205)
        .int("gen_ai.usage.output_tokens", 40)
        .text(
            "metadata.usage_object",
            "{'completion_tokens': 40, 'prompt_tokens': 1205, 'total_tokens': 1245, \
             'prompt_tokens_details': PromptTokensDetailsWrapper(audio_tokens=None, \
             cached_tokens=1000), 'cache_creation_input_tokens': 200, \
             'cache_read_input_tokens': 1000}",
        )
        .text("hidden_params", "{\"model_id\": null, \"response_cost\": 0.0017775}")
        .text("cache_hit", "True");
    let reading = span.reading("litellm");
    assert_eq!(counts(&reading), [Some(1205), Some(40), Some(1000), Some(200), None]);
    assert_eq!(reading.cost.unwrap().source, CostSource::Gateway);
    assert!(reading.cache_hit && reading.gateway);
}

#[test]
fn the_provider_says_what_it_cost_before_all_others() {
    let span = Span::new("x")
        .text("langfuse.observation.type", "generation")
        .text(
            "langfuse.observation.usage_details",
            "{\"prompt_tokens\": 5, \"completion_tokens\": 6, \"cost\": 0.25}",
        )
        .text("langfuse.observation.cost_details", "{\"total\": 0.5}");
    let cost = span.reading("langfuse-sdk").cost.unwrap();
    assert_eq!((cost.usd, cost.source), (0.25, CostSource::Provider));
}

#[test]
fn conversations_are_found_in_order_of_precedence() {
    let keys =
        ["gen_ai.conversation.id", "session.id", "traceloop.association.properties.thread_id"];
    for (at, first) in keys.iter().enumerate() {
        let mut span = Span::new("x").text("gen_ai.operation.name", "chat");
        for key in keys.iter().skip(at).rev() {
            span = span.text(key, key);
        }
        let scope = "opentelemetry.instrumentation.langchain";
        assert_eq!(span.reading(scope).conversation_id, Some(first.as_bytes()));
    }
    let project = Span::new("x")
        .text("langsmith.span.kind", "llm")
        .text("langsmith.trace.session_name", "default");
    assert_eq!(project.reading("langsmith").conversation_id, None);
}

#[test]
fn openinference_names_the_model_of_an_embedding_by_a_key_of_its_own() {
    for (kind, key, operation) in [
        ("EMBEDDING", "embedding.model_name", "embeddings"),
        ("RERANKER", "reranker.model_name", "rerank"),
    ] {
        let span = Span::new("call")
            .text("openinference.span.kind", kind)
            .text("llm.system", "openai")
            .text(key, "text-embedding-3-small");
        let reading = span.reading("openinference.instrumentation.openai");
        assert_eq!((reading.class, reading.operation), (Class::Leaf, operation.as_bytes()));
        assert_eq!(reading.response_model, Some(&b"text-embedding-3-small"[..]));
    }
}

#[test]
fn a_streamed_openinference_call_tells_its_first_chunk() {
    let span = Span::new("ChatCompletion")
        .text("openinference.span.kind", "LLM")
        .text("output.value", "{\"id\":\"resp_1\",\"x\":{\"id\":\"no\"}}")
        .event("First Token Stream Event", 1_250_000_000, &[]);
    let reading = span.reading("openinference.instrumentation.openai");
    assert_eq!(reading.time_to_first_chunk, Some(0.25));
    assert_eq!(reading.response_id, Some(&b"resp_1"[..]));
    let other = Span::new("x")
        .text("openinference.span.kind", "LLM")
        .text("output.value", "{\"messages\":[{\"id\":\"no\"}],\"id\":\"no\"}");
    assert_eq!(other.reading("").response_id, None, "only at the very front");
}
