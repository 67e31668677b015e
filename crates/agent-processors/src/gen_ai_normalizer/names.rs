//! The tables: keys of OpenInference and OpenLLMetry and what they are called in the conventions.

/// A source known by name.
#[derive(Debug)]
pub(super) struct BuiltIn {
    pub(super) name: &'static str,
    /// Old key and new key.
    pub(super) keys: &'static [(&'static str, &'static str)],
    /// Old value and new value of [`OPERATION`], in lower case.
    pub(super) operations: &'static [(&'static str, &'static str)],
    /// Whether messages are rebuilt from indexed keys.
    pub(super) rebuilds_messages: bool,
}

/// The key whose values are translated too.
pub(super) const OPERATION: &str = "gen_ai.operation.name";

/// The sources known by name.
pub(super) const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "openinference",
        keys: &[
            ("llm.token_count.prompt", "gen_ai.usage.input_tokens"),
            ("llm.token_count.completion", "gen_ai.usage.output_tokens"),
            ("llm.model_name", "gen_ai.request.model"),
            ("llm.provider", "gen_ai.provider.name"),
            ("llm.input_messages", "gen_ai.input.messages"),
            ("llm.output_messages", "gen_ai.output.messages"),
            ("embedding.model_name", "gen_ai.request.model"),
            ("tool.name", "gen_ai.tool.name"),
            ("tool.description", "gen_ai.tool.description"),
            ("tool_call.function.arguments", "gen_ai.tool.call.arguments"),
            ("tool_call.id", "gen_ai.tool.call.id"),
            ("reranker.model_name", "gen_ai.request.model"),
            ("agent.name", "gen_ai.agent.name"),
            ("session.id", "gen_ai.conversation.id"),
            ("openinference.span.kind", OPERATION),
        ],
        operations: &[
            ("llm", "chat"),
            ("embedding", "embeddings"),
            ("chain", "invoke_agent"),
            ("retriever", "retrieval"),
            ("reranker", "retrieval"),
            ("tool", "execute_tool"),
            ("agent", "invoke_agent"),
            ("prompt", "text_completion"),
        ],
        rebuilds_messages: true,
    },
    BuiltIn {
        name: "openllmetry",
        keys: &[
            ("llm.usage.prompt_tokens", "gen_ai.usage.input_tokens"),
            ("llm.usage.completion_tokens", "gen_ai.usage.output_tokens"),
            ("llm.request.model", "gen_ai.request.model"),
            ("llm.response.model", "gen_ai.response.model"),
            ("llm.request.max_tokens", "gen_ai.request.max_tokens"),
            ("llm.request.temperature", "gen_ai.request.temperature"),
            ("llm.request.top_p", "gen_ai.request.top_p"),
            ("llm.top_k", "gen_ai.request.top_k"),
            ("llm.frequency_penalty", "gen_ai.request.frequency_penalty"),
            ("llm.presence_penalty", "gen_ai.request.presence_penalty"),
            ("llm.chat.stop_sequences", "gen_ai.request.stop_sequences"),
            ("llm.request.functions", "gen_ai.tool.definitions"),
            ("llm.response.finish_reason", "gen_ai.response.finish_reasons"),
            ("llm.response.stop_reason", "gen_ai.response.finish_reasons"),
            ("llm.request.type", OPERATION),
            ("traceloop.span.kind", OPERATION),
            ("traceloop.entity.name", "gen_ai.agent.name"),
            ("traceloop.entity.input", "gen_ai.input.messages"),
            ("traceloop.entity.output", "gen_ai.output.messages"),
        ],
        operations: &[
            ("workflow", "invoke_workflow"),
            ("task", "invoke_agent"),
            ("agent", "invoke_agent"),
            ("tool", "execute_tool"),
            ("completion", "text_completion"),
            ("chat", "chat"),
            ("rerank", "retrieval"),
            ("embedding", "embeddings"),
        ],
        rebuilds_messages: false,
    },
];

/// The type that the conventions give an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Any,
    Str,
    Int,
    Double,
    Bool,
    Strs,
}

/// The type of a new key; `Any` for those that the conventions do not define.
pub(super) fn type_of(key: &str) -> Type {
    match key {
        "gen_ai.request.max_tokens"
        | "gen_ai.request.choice.count"
        | "gen_ai.request.seed"
        | "gen_ai.embeddings.dimension.count"
        | "gen_ai.usage.input_tokens"
        | "gen_ai.usage.output_tokens"
        | "gen_ai.usage.cache_read.input_tokens"
        | "gen_ai.usage.cache_creation.input_tokens" => Type::Int,
        "gen_ai.request.temperature"
        | "gen_ai.request.top_p"
        | "gen_ai.request.top_k"
        | "gen_ai.request.frequency_penalty"
        | "gen_ai.request.presence_penalty"
        | "gen_ai.evaluation.score.value" => Type::Double,
        "gen_ai.request.stop_sequences"
        | "gen_ai.request.encoding_formats"
        | "gen_ai.response.finish_reasons" => Type::Strs,
        "gen_ai.request.stream" => Type::Bool,
        OPERATION
        | "gen_ai.provider.name"
        | "gen_ai.request.model"
        | "gen_ai.response.model"
        | "gen_ai.response.id"
        | "gen_ai.conversation.id"
        | "gen_ai.agent.name"
        | "gen_ai.agent.id"
        | "gen_ai.agent.description"
        | "gen_ai.agent.version"
        | "gen_ai.tool.name"
        | "gen_ai.tool.type"
        | "gen_ai.tool.description"
        | "gen_ai.tool.call.id"
        | "gen_ai.output.type"
        | "gen_ai.prompt.name"
        | "gen_ai.data_source.id"
        | "gen_ai.token.type"
        | "gen_ai.system" => Type::Str,
        _ => Type::Any,
    }
}
