//! Dialects that need little beyond the conventions.

use super::{
    Field, Sheet,
    row::{also, mark, named, row},
};
use crate::{Class, Dialect};

pub(super) const SPRING_AI: Sheet = Sheet {
    scopes: &["spring ai*", "org.springframework.ai*"],
    rows: &[
        mark("spring.ai.kind", Field::Kind),
        mark("spring.ai.chat.client.stream", Field::Stream),
    ],
    kinds: &[
        named("chat_client", Class::Aggregate, "chat_client"),
        named("advisor", Class::Other, ""),
        named("tool_call", Class::Tool, "execute_tool"),
        named("vector_store", Class::Other, "retrieval"),
    ],
    notes: "Names of the older conventions. Read from its documentation, not from a recording.",
    ..Sheet::new(Dialect::SpringAi)
};

pub(super) const SENTRY: Sheet = Sheet {
    scopes: &["sentry*", "@sentry/*"],
    rows: &[
        row("ai.model_id", Field::RequestModel),
        row("ai.prompt_tokens.used", Field::Input),
        row("ai.completion_tokens.used", Field::Output),
        row("ai.total_tokens.used", Field::Total),
    ],
    notes: "`gen_ai.usage.input_tokens.cached`, `.cache_write` and `output_tokens.reasoning` are read \
            everywhere. Read from its documentation, not from a recording.",
    ..Sheet::new(Dialect::Sentry)
};

pub(super) const OPEN_CODE: Sheet = Sheet {
    scopes: &["opencode*"],
    rows: &[
        mark("opencode.llm.cost.total", Field::Cost),
        mark("opencode.session.id", Field::Conversation),
    ],
    notes: "Read from its documentation, not from a recording.",
    ..Sheet::new(Dialect::OpenCode)
};

pub(super) const COPILOT: Sheet = Sheet {
    scopes: &["copilot*", "github.copilot*"],
    rows: &[mark("github.copilot.nano_aiu", Field::Marker)],
    notes: "`github.copilot.nano_aiu` is a unit of its own and no price. Read from its documentation, not \
            from a recording.",
    ..Sheet::new(Dialect::Copilot)
};

pub(super) const HAYSTACK: Sheet = Sheet {
    scopes: &["haystack*"],
    rows: &[
        mark("haystack.component.name", Field::Marker),
        mark("haystack.component.type", Field::Marker),
        mark("haystack.pipeline.input_data", Field::Marker),
    ],
    spans: &[
        named("haystack.pipeline.run", Class::Workflow, "invoke_workflow"),
        named("haystack.agent.run", Class::Agent, "invoke_agent"),
    ],
    notes: "Its own spans carry no tokens in attributes; instrument the provider's SDK too.",
    ..Sheet::new(Dialect::Haystack)
};

pub(super) const LIVE_KIT: Sheet = Sheet {
    scopes: &["livekit*"],
    rows: &[
        mark("lk.response.ttft", Field::FirstChunk),
        mark("lk.user_input", Field::Marker),
        mark("lk.function_tool.name", Field::ToolName),
        mark("lk.function_tool.id", Field::ToolCallId),
        mark("lk.job_id", Field::RunId),
        mark("lk.room_name", Field::Conversation),
    ],
    spans: &[
        named("llm_request", Class::Leaf, "chat"),
        named("llm_node", Class::Aggregate, "chat"),
        named("function_tool", Class::Tool, "execute_tool"),
        named("agent_session", Class::Workflow, "invoke_workflow"),
        named("agent_turn", Class::Agent, "invoke_agent"),
    ],
    notes: "Read from its documentation, not from a recording.",
    ..Sheet::new(Dialect::LiveKit)
};

pub(super) const LAMINAR: Sheet = Sheet {
    scopes: &["lmnr*"],
    rows: &[
        mark("lmnr.span.type", Field::Kind),
        mark("lmnr.association.properties.session_id", Field::Conversation),
        mark("lmnr.span.path", Field::Marker),
        also("gen_ai.usage.cost", Field::Cost),
    ],
    kinds: &[
        named("LLM", Class::Leaf, "chat"),
        named("TOOL", Class::Tool, "execute_tool"),
        named("DEFAULT", Class::Other, ""),
    ],
    notes: "Read from its documentation, not from a recording.",
    ..Sheet::new(Dialect::Laminar)
};
