//! Instrumentations of provider SDKs and frameworks.

use super::{
    Field, Sheet,
    row::{CACHE_APART, REASONING_APART, also, mark, named, row, rule},
};
use crate::{Class, Dialect};

pub(super) const OPEN_LLMETRY: Sheet = Sheet {
    // What is left of `opentelemetry.instrumentation.` after the official ones.
    scopes: &["opentelemetry.instrumentation.*", "traceloop.*", "@traceloop/*"],
    rows: &[
        mark("traceloop.span.kind", Field::Kind),
        row("llm.request.type", Field::Kind),
        mark("traceloop.workflow.name", Field::WorkflowName),
        mark("traceloop.entity.name", Field::EntityName),
        mark("traceloop.entity.path", Field::Marker),
        mark("traceloop.entity.input", Field::Marker),
        mark("traceloop.association.properties.session_id", Field::Conversation),
        mark("traceloop.association.properties.thread_id", Field::Conversation),
        mark("traceloop.association.properties.conversation_id", Field::Conversation),
        mark("traceloop.association.properties.ls_provider", Field::System),
        row("llm.usage.total_tokens", Field::Total),
        row("llm.usage.reasoning_tokens", Field::Reasoning),
        row("llm.response.finish_reason", Field::FinishReasons),
        row("gen_ai.completion.0.finish_reason", Field::FinishReasons),
        row("llm.is_streaming", Field::Stream),
        row("llm.chat_completions.streaming_time_to_generate", Field::Marker),
    ],
    kinds: &[
        named("workflow", Class::Workflow, "invoke_workflow"),
        named("task", Class::Other, "execute_task"),
        named("agent", Class::Agent, "invoke_agent"),
        named("tool", Class::Tool, "execute_tool"),
        named("chat", Class::Leaf, "chat"),
        named("completion", Class::Leaf, "text_completion"),
        named("embedding", Class::Leaf, "embeddings"),
        named("rerank", Class::Leaf, "rerank"),
    ],
    inclusion: &[
        rule("google_generativeai", "", REASONING_APART),
        rule("vertexai", "", REASONING_APART),
    ],
    notes: "Streamed Anthropic calls report one output token too many; the Anthropic SDK's own span, \
            if it comes, is believed instead. The LangChain instrumentation reports no cache writes. \
            Reasoning is missing when streamed. CrewAI tasks and crews are workflows here, whatever \
            operation they name.",
    ..Sheet::new(Dialect::OpenLlmetry)
};

pub(super) const OPEN_INFERENCE: Sheet = Sheet {
    scopes: &["openinference.instrumentation*", "@arizeai/openinference-*"],
    rows: &[
        mark("openinference.span.kind", Field::Kind),
        row("llm.provider", Field::Provider),
        row("llm.system", Field::System),
        row("llm.request.model_name", Field::RequestModel),
        row("llm.response.model_name", Field::ResponseModel),
        row("llm.model_name", Field::ResponseModel),
        row("embedding.model_name", Field::ResponseModel),
        row("reranker.model_name", Field::ResponseModel),
        row("llm.token_count.prompt", Field::Input),
        row("llm.token_count.completion", Field::Output),
        row("llm.token_count.total", Field::Total),
        row("llm.token_count.prompt_details.cache_read", Field::CacheRead),
        row("llm.token_count.prompt_details.cache_write", Field::CacheWrite),
        row("llm.token_count.completion_details.reasoning", Field::Reasoning),
        row("llm.token_count.prompt_details.audio", Field::AudioInput),
        row("llm.token_count.completion_details.audio", Field::AudioOutput),
        row("llm.cost.total", Field::Cost),
        row("llm.finish_reason", Field::FinishReasons),
        row("graph.node.name", Field::AgentName),
        row("graph.node.id", Field::AgentName),
        also("agent.name", Field::AgentName),
        also("tool.name", Field::ToolName),
        also("tool_call.id", Field::ToolCallId),
        also("output.value", Field::AnswerBody),
    ],
    kinds: &[
        named("LLM", Class::Leaf, "chat"),
        named("EMBEDDING", Class::Leaf, "embeddings"),
        named("RERANKER", Class::Leaf, "rerank"),
        named("TOOL", Class::Tool, "execute_tool"),
        named("AGENT", Class::Agent, "invoke_agent"),
        named("CHAIN", Class::Other, "chain"),
        named("RETRIEVER", Class::Other, "retrieval"),
        named("GUARDRAIL", Class::Other, "apply_guardrail"),
        named("EVALUATOR", Class::Other, "evaluate"),
        named("PROMPT", Class::Other, "prompt"),
    ],
    inclusion: &[rule("bedrock", "", CACHE_APART), rule("claude_agent_sdk", "", CACHE_APART)],
    notes: "There is no response id; one at the very front of `output.value` is used. The first chunk \
            is the event `First Token Stream Event`. Streams without usage give no tokens.",
    ..Sheet::new(Dialect::OpenInference)
};

pub(super) const OPEN_LIT: Sheet = Sheet {
    scopes: &["openlit*"],
    rows: &[
        mark("gen_ai.client.token.usage", Field::Total),
        row("gen_ai.usage.completion_tokens_details.reasoning", Field::Reasoning),
        row("gen_ai.usage.prompt_tokens_details.cache_read", Field::CacheRead),
        row("gen_ai.usage.prompt_tokens_details.cache_write", Field::CacheWrite),
        row("gen_ai.usage.prompt_tokens_details.audio", Field::AudioInput),
        row("gen_ai.usage.completion_tokens_details.audio", Field::AudioOutput),
        row("gen_ai.server.time_to_first_token", Field::FirstChunk),
        row("gen_ai.agent.session_id", Field::Conversation),
    ],
    inclusion: &[rule("", "anthropic", CACHE_APART)],
    notes: "Input of Anthropic calls leaves out the cache and is corrected. A cost of 0 means that its \
            price file could not be fetched, and counts as unknown. Where the provider sent no usage it \
            guesses without saying so. Without streaming its time to first token is the whole duration.",
    ..Sheet::new(Dialect::OpenLit)
};
