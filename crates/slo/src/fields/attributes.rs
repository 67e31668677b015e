//! Attribute names of the OpenTelemetry conventions that objectives are written with, and those
//! that name one thing only.

/// Attributes that `match`, `good` and `group_by` take as they are. Others are written with
/// `attributes.` in front, so that a slip of the pen is never taken for a key of one's own.
pub const ATTRIBUTES: &[&str] = &[
    "client.address",
    "cloud.provider",
    "cloud.region",
    "code.function.name",
    "container.name",
    "db.system.name",
    "deployment.environment",
    "deployment.environment.name",
    "deployment.name",
    "enduser.id",
    "error.type",
    "gen_ai.agent.description",
    "gen_ai.agent.finish_reason",
    "gen_ai.agent.id",
    "gen_ai.agent.name",
    "gen_ai.agent.version",
    "gen_ai.conversation.id",
    "gen_ai.data_source.id",
    "gen_ai.evaluation.explanation",
    "gen_ai.evaluation.name",
    "gen_ai.evaluation.score.label",
    "gen_ai.evaluation.score.value",
    "gen_ai.operation.name",
    "gen_ai.output.type",
    "gen_ai.prompt.name",
    "gen_ai.provider.name",
    "gen_ai.request.choice.count",
    "gen_ai.request.frequency_penalty",
    "gen_ai.request.max_tokens",
    "gen_ai.request.model",
    "gen_ai.request.presence_penalty",
    "gen_ai.request.seed",
    "gen_ai.request.stream",
    "gen_ai.request.temperature",
    "gen_ai.request.top_k",
    "gen_ai.request.top_p",
    "gen_ai.response.finish_reasons",
    "gen_ai.response.id",
    "gen_ai.response.model",
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.system",
    "gen_ai.token.type",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.id",
    "gen_ai.tool.description",
    "gen_ai.tool.name",
    "gen_ai.tool.type",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.workflow.name",
    "host.name",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "k8s.cluster.name",
    "k8s.deployment.name",
    "k8s.namespace.name",
    "mcp.method.name",
    "mcp.protocol.version",
    "mcp.resource.uri",
    "mcp.session.id",
    "network.protocol.name",
    "openai.request.service_tier",
    "openai.response.service_tier",
    "rpc.method",
    "rpc.system",
    "server.address",
    "server.port",
    "service.instance.id",
    "service.name",
    "service.namespace",
    "service.version",
    "session.id",
    "tollgate.run.id",
    "user.id",
];

/// Endings of keys that name one thing, person or conversation: a group for each would never end.
const ENDINGS: &[&str] = &[".id", "_id", ".ids", ".uuid", "_uuid", ".hash", ".email", ".full_name"];
/// The same for whole keys, and for keys below them.
const WHOLE: &[&str] = &[
    "id",
    "uuid",
    "user",
    "enduser",
    "session",
    "client.address",
    "gen_ai.tool.call",
    "gen_ai.input",
    "gen_ai.output.messages",
    "gen_ai.evaluation.explanation",
    "gen_ai.evaluation.score.value",
    "gen_ai.request.seed",
];

/// Whether the key names one thing, person or conversation, and so must not make a group.
#[must_use]
pub fn is_identity(key: &str) -> bool {
    let key = key.strip_prefix("attributes.").unwrap_or(key);

    ENDINGS.iter().any(|ending| key.ends_with(ending))
        || WHOLE.iter().any(|whole| {
            key.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
}
