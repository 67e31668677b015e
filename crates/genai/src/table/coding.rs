//! Coding agents on the command line.

use super::{
    CountedOn, Field, Sheet,
    row::{CACHE_APART, REASONING_APART, also, here, mark, named, row, rule},
};
use crate::{Class, Dialect};

pub(super) const CLAUDE_CODE: Sheet = Sheet {
    scopes: &["com.anthropic.claude_code*"],
    rows: &[
        here("model", Field::RequestModel),
        here("input_tokens", Field::Input),
        here("output_tokens", Field::Output),
        here("cache_read_tokens", Field::CacheRead),
        here("cache_creation_tokens", Field::CacheWrite),
        here("cost_usd", Field::Cost),
        here("request_id", Field::CallId),
        here("client_request_id", Field::CallId),
        here("duration_ms", Field::Duration).millis(),
        here("ttft_ms", Field::FirstChunk).millis(),
        here("attempt", Field::Attempt),
        here("success", Field::Success),
        here("speed", Field::ServiceTier),
        here("finish_reasons", Field::FinishReasons),
        here("agent.name", Field::AgentName),
        here("agent_id", Field::AgentId),
        here("tool_name", Field::ToolName),
        here("tool_use_id", Field::ToolCallId),
        here("prompt.id", Field::RunId),
        here("span.type", Field::Kind),
        here("decision", Field::Decision),
        here("error", Field::ErrorType),
        also("session.id", Field::Conversation),
    ],
    kinds: &[
        named("interaction", Class::Agent, "invoke_agent"),
        named("llm_request", Class::Leaf, "chat"),
        named("tool", Class::Tool, "execute_tool"),
        named("tool.blocked_on_user", Class::Other, "blocked_on_user"),
        named("tool.execution", Class::Other, ""),
        named("hook", Class::Other, ""),
    ],
    spans: &[
        named("claude_code.interaction", Class::Agent, "invoke_agent"),
        named("claude_code.llm_request", Class::Leaf, "chat"),
        named("claude_code.tool.blocked_on_user", Class::Other, "blocked_on_user"),
        named("claude_code.tool.execution", Class::Other, ""),
        named("claude_code.tool", Class::Tool, "execute_tool"),
        named("claude_code.*", Class::Other, ""),
    ],
    events: &[
        named("claude_code.api_request", Class::Leaf, "chat"),
        named("api_request", Class::Leaf, "chat"),
        named("claude_code.api_error", Class::Leaf, "chat"),
        named("api_error", Class::Leaf, "chat"),
        named("claude_code.tool_result", Class::Tool, "execute_tool"),
        named("tool_result", Class::Tool, "execute_tool"),
    ],
    counted_on: CountedOn::Logs,
    inclusion: &[rule("", "", CACHE_APART)],
    trust: 3,
    notes: "Counted on the log record `claude_code.api_request`, which alone has a cost; on its spans only \
            if no such record comes. Input leaves out the cache in every signal and is corrected. Known \
            from its documentation, not from a recording.",
    ..Sheet::new(Dialect::ClaudeCode)
};

pub(super) const CODEX: Sheet = Sheet {
    scopes: &["codex_*", "codex-*", "codex"],
    rows: &[
        here("input_token_count", Field::Input),
        here("output_token_count", Field::Output),
        here("cached_token_count", Field::CacheRead),
        here("cache_write_token_count", Field::CacheWrite),
        here("reasoning_token_count", Field::Reasoning),
        here("tool_token_count", Field::Total),
        here("model", Field::RequestModel),
        here("slug", Field::RequestModel),
        here("conversation.id", Field::Conversation),
        here("event.kind", Field::EventKind),
        here("duration_ms", Field::Duration).millis(),
        here("ttft_ms", Field::FirstChunk).millis(),
        here("tool_name", Field::ToolName),
        here("call_id", Field::ToolCallId),
        here("success", Field::Success),
        here("decision", Field::Decision),
        mark("codex.usage.reasoning_output_tokens", Field::Reasoning),
        mark("codex.usage.total_tokens", Field::Total),
        mark("codex.turn.token_usage.input_tokens", Field::Input),
        mark("codex.turn.token_usage.output_tokens", Field::Output),
        mark("codex.turn.token_usage.total_tokens", Field::Total),
        mark("codex.turn.ttft", Field::Marker),
    ],
    spans: &[
        named("handle_responses", Class::Leaf, "chat"),
        named("session_task.turn", Class::Agent, "invoke_agent"),
    ],
    events: &[
        named("codex.sse_event", Class::Leaf, "chat"),
        named("codex.tool_result", Class::Tool, "execute_tool"),
        named("codex.tool_decision", Class::Other, "tool_decision"),
    ],
    counted_on: CountedOn::Logs,
    trust: 3,
    notes: "Counted on the log record `codex.sse_event` of kind `response.completed` with tokens, which has \
            neither trace nor span id: such calls are grouped by conversation. Spans `handle_responses` \
            count only if no such record comes. `tool_token_count` is the total. `eventName` holds a place \
            in the source and is not used.",
    ..Sheet::new(Dialect::Codex)
};

pub(super) const GEMINI_CLI: Sheet = Sheet {
    scopes: &["gemini-cli*"],
    rows: &[
        here("input_token_count", Field::Input),
        here("output_token_count", Field::Output),
        here("cached_content_token_count", Field::CacheRead),
        here("thoughts_token_count", Field::Reasoning),
        here("tool_token_count", Field::ToolUse),
        here("total_token_count", Field::Total),
        here("model", Field::RequestModel),
        here("duration_ms", Field::Duration).millis(),
        here("prompt_id", Field::RunId),
        here("finish_reasons", Field::FinishReasons),
        here("function_name", Field::ToolName),
        here("success", Field::Success),
        here("decision", Field::Decision),
        here("error_type", Field::ErrorType),
        row("gen_ai.prompt.name", Field::RunId),
        also("session.id", Field::Conversation),
    ],
    events: &[
        named("gemini_cli.api_response", Class::Leaf, "generate_content"),
        named("gemini_cli.api_error", Class::Leaf, "generate_content"),
        named("gemini_cli.tool_call", Class::Tool, "execute_tool"),
    ],
    counted_on: CountedOn::Logs,
    inclusion: &[rule("", "", REASONING_APART)],
    trust: 3,
    notes: "Counted on the log record `gemini_cli.api_response`; its spans and its event \
            `gen_ai.client.inference.operation.details` leave thoughts out of the output and count only if \
            no such record comes. Tool use prompts are part of its input count.",
    ..Sheet::new(Dialect::GeminiCli)
};
