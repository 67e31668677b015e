//! What a span or log record stands for.

/// What kind of work a record reports, as far as counting is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Class {
    /// One call of a model: what tokens are counted on.
    Leaf,
    /// A sum over model calls that is neither agent nor workflow, such as a turn.
    Aggregate,
    /// One call of a tool.
    Tool,
    /// An agent at work.
    Agent,
    /// A workflow of agents, tasks or chains.
    Workflow,
    /// Anything else: retrieval, memory, guardrails, messages.
    #[default]
    Other,
}

impl Class {
    /// `leaf`, `aggregate`, `tool`, `agent`, `workflow` or `other`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Aggregate => "aggregate",
            Self::Tool => "tool",
            Self::Agent => "agent",
            Self::Workflow => "workflow",
            Self::Other => "other",
        }
    }
}

/// The class and normalised name of a `gen_ai.operation.name`; `None` if it is not a known one.
#[must_use]
pub fn operation_of(name: &[u8]) -> Option<(Class, &'static str)> {
    let found = match name {
        b"chat" | b"llm_call" | b"completion" | b"acompletion" | b"call_llm" | b"responses"
        | b"aresponses" | b"message" | b"chat_completion" => (Class::Leaf, "chat"),
        b"generate_content" | b"agenerate_content" => (Class::Leaf, "generate_content"),
        b"text_completion" | b"atext_completion" => (Class::Leaf, "text_completion"),
        b"embeddings" | b"embedding" | b"aembedding" => (Class::Leaf, "embeddings"),
        b"rerank" | b"arerank" => (Class::Leaf, "rerank"),
        b"image_generation" | b"aimage_generation" => (Class::Leaf, "image_generation"),
        b"speech" | b"aspeech" => (Class::Leaf, "speech"),
        b"transcription" | b"atranscription" => (Class::Leaf, "transcription"),
        b"agent_step" => (Class::Aggregate, "agent_step"),
        b"execute_event_loop_cycle" => (Class::Aggregate, "execute_event_loop_cycle"),
        b"execute_tool" | b"tool_call" => (Class::Tool, "execute_tool"),
        b"invoke_agent" | b"agent_call" => (Class::Agent, "invoke_agent"),
        b"invoke_workflow" => (Class::Workflow, "invoke_workflow"),
        b"create_agent" => (Class::Other, "create_agent"),
        b"plan" => (Class::Other, "plan"),
        b"retrieval" => (Class::Other, "retrieval"),
        b"fetch_response" => (Class::Other, "fetch_response"),
        b"execute_task" => (Class::Other, "execute_task"),
        b"chain" => (Class::Other, "chain"),
        b"moderation" | b"amoderation" => (Class::Other, "moderation"),
        b"apply_guardrail" => (Class::Other, "apply_guardrail"),
        b"search_memory" => (Class::Other, "search_memory"),
        b"create_memory" => (Class::Other, "create_memory"),
        b"update_memory" => (Class::Other, "update_memory"),
        b"upsert_memory" => (Class::Other, "upsert_memory"),
        b"delete_memory" => (Class::Other, "delete_memory"),
        b"create_memory_store" => (Class::Other, "create_memory_store"),
        b"delete_memory_store" => (Class::Other, "delete_memory_store"),
        _ => return None,
    };
    Some(found)
}
