//! Provider SDKs, gateways and servers.

use super::{
    Field, Sheet,
    row::{here, mark, named, row},
};
use crate::{Class, Dialect};

pub(super) const ANTHROPIC: Sheet = Sheet {
    scopes: &["com.anthropic.sdk.*"],
    rows: &[
        mark("anthropic.request.id", Field::CallId),
        mark("anthropic.message.stop_reason", Field::FinishReasons),
        mark("anthropic.usage.cache_creation.ephemeral_5m_input_tokens", Field::CacheWrite5m),
        mark("anthropic.usage.cache_creation.ephemeral_1h_input_tokens", Field::CacheWrite1h),
        mark("anthropic.usage.output_tokens_details.thinking_tokens", Field::Reasoning),
        mark("anthropic.usage.server_tool_use.web_search_requests", Field::WebSearches),
        mark("anthropic.response.service_tier", Field::ServiceTier),
    ],
    trust: 3,
    notes: "The SDK emits these spans by itself whenever OpenTelemetry is importable, beside those of \
            any other instrumentation and sometimes in a trace of their own. They are joined by response \
            id, or by model, tokens and time.",
    ..Sheet::new(Dialect::Anthropic)
};

pub(super) const LITELLM: Sheet = Sheet {
    scopes: &["litellm*"],
    rows: &[
        mark("litellm.call_id", Field::CallId),
        mark("litellm.call_type", Field::Kind),
        row("llm.request.type", Field::Kind),
        mark("litellm.provider.model", Field::Marker),
        mark("metadata.usage_object", Field::MoreUsage),
        row("llm.openai.usage", Field::Marker),
        row("llm.anthropic.usage", Field::Marker),
        mark("litellm.cost.total", Field::Cost),
        row("gen_ai.cost.total_cost", Field::Cost),
        mark("hidden_params", Field::CostBody),
        mark("litellm.cache_hit", Field::CacheHit),
        here("metadata.cache_hit", Field::CacheHit),
        here("cache_hit", Field::CacheHit),
        mark("litellm.request.streaming", Field::Stream),
        row("llm.is_streaming", Field::Stream),
        mark("metadata.user_api_key_hash", Field::Marker),
    ],
    kinds: &[
        named("completion", Class::Leaf, "chat"),
        named("acompletion", Class::Leaf, "chat"),
        named("text_completion", Class::Leaf, "text_completion"),
        named("atext_completion", Class::Leaf, "text_completion"),
        named("responses", Class::Leaf, "chat"),
        named("aresponses", Class::Leaf, "chat"),
        named("anthropic_messages", Class::Leaf, "chat"),
        named("embedding", Class::Leaf, "embeddings"),
        named("aembedding", Class::Leaf, "embeddings"),
        named("rerank", Class::Leaf, "rerank"),
        named("arerank", Class::Leaf, "rerank"),
        named("image_generation", Class::Leaf, "image_generation"),
        named("aimage_generation", Class::Leaf, "image_generation"),
        named("moderation", Class::Other, "moderation"),
        named("amoderation", Class::Other, "moderation"),
    ],
    spans: &[
        named("raw_gen_ai_request", Class::Other, ""),
        named("litellm_request", Class::Leaf, "chat"),
    ],
    trust: 2,
    notes: "Cost is the total it reports, never the sum of its parts, which contain each other. Cache \
            and reasoning come from `metadata.usage_object`. For Anthropic its response id is one of its \
            own making. `raw_gen_ai_request` is the same call again and is not counted. Answers from its \
            cache cost 0.",
    ..Sheet::new(Dialect::LiteLlm)
};

pub(super) const VLLM: Sheet = Sheet {
    scopes: &["vllm*"],
    rows: &[
        mark("gen_ai.latency.e2e", Field::Marker),
        mark("gen_ai.latency.time_to_first_token", Field::FirstChunk),
        mark("gen_ai.latency.time_in_queue", Field::Marker),
        row("gen_ai.request.id", Field::CallId),
    ],
    spans: &[named("llm_request", Class::Leaf, "chat")],
    notes: "Spans of the serving side. Below a client's span they are the same call and count once.",
    ..Sheet::new(Dialect::Vllm)
};
