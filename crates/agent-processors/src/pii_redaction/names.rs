//! Attribute keys: what holds content, and what this processor writes.

/// Attributes that hold what users and models say, whole keys. Source: the GenAI conventions and the SDKs,
/// frameworks and coding agents of docs/dialects.md.
#[rustfmt::skip]
pub(super) const CONTENT: &[&str] = &[
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions",
    "gen_ai.tool.description", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result",
    "gen_ai.retrieval.query.text", "gen_ai.retrieval.documents", "gen_ai.memory.query.text",
    "gen_ai.memory.records", "gen_ai.evaluation.explanation", "gen_ai.agent.description", "gen_ai.prompt",
    "gen_ai.completion", "gen_ai.task.input", "gen_ai.task.output", "gen_ai.workflow.input",
    "gen_ai.workflow.output", "gen_ai.message.content", "message.content", "gen_ai.knowledge.search.query",
    "gen_ai.response.image", "gen_ai.request.structured_output_schema", "traceloop.entity.input",
    "traceloop.entity.output", "traceloop.prompt.template", "traceloop.prompt.template_variables",
    "mcp.request.argument", "mcp.response.value", "input.value", "output.value", "llm.function_call",
    "llm.content.completion.chunk", "tool.parameters", "tool.description", "tool.json_schema", "tool.output",
    "tool.arguments", "tool.result", "reranker.query", "audio.transcript", "document.content", "prompt.text",
    "ai.prompt", "ai.value", "ai.values", "ai.documents", "mlflow.spanInputs", "mlflow.spanOutputs",
    "mlflow.traceInputs", "mlflow.traceOutputs", "braintrust.input", "braintrust.output",
    "braintrust.input_json", "braintrust.output_json", "braintrust.context_json", "braintrust.expected",
    "pydantic_ai.all_messages", "all_messages_events", "final_result", "tool_arguments", "tool_response",
    "events", "request_data", "response_data", "system_prompt", "inputs", "outputs", "crew_inputs",
    "prompt", "completion", "user_prompt", "tool_input", "tool_parameters", "full_command", "bash_command",
    "arguments", "output", "input", "content", "request_text", "response_text", "function_args",
    "langfuse.observation.input", "langfuse.observation.output", "langfuse.trace.input",
    "langfuse.trace.output", "haystack.component.input", "haystack.component.output",
    "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_call_args",
    "gcp.vertex.agent.tool_response", "gcp.vertex.agent.data",
];

/// The same, by how keys begin.
pub(super) const CONTENT_STARTS: &[&str] = &[
    "gen_ai.prompt.",
    "gen_ai.completion.",
    "gen_ai.content.",
    "llm.prompts.",
    "llm.completions.",
    "llm.input_messages.",
    "llm.output_messages.",
    "llm.choices.",
    "llm.prompt_template.",
    "message_content.",
    "retrieval.documents.",
    "reranker.input_documents.",
    "reranker.output_documents.",
    "embedding.embeddings.",
    "ai.prompt.",
    "ai.response.text",
    "ai.response.object",
    "ai.response.toolCalls",
    "ai.response.reasoning",
    "ai.toolCall.args",
    "ai.toolCall.result",
    "mlflow.chat.",
    "lmnr.span.input",
    "lmnr.span.output",
    "lk.user_",
    "lk.response.text",
    "lk.chat_ctx",
    "agentops.entity.",
];

/// Members of messages that are structure, not content: they stay when content goes.
pub(super) const STRUCTURE: &[&str] = &[
    "role",
    "type",
    "id",
    "index",
    "tool_call_id",
    "toolCallId",
    "tool_name",
    "toolName",
    "finish_reason",
    "finishReason",
    "mime_type",
    "mimeType",
    "modality",
    "model",
    "object",
];

/// Ends of the keys above where each role or name stands in an attribute of its own.
pub(super) const STRUCTURE_ENDS: &[&str] = &[
    ".role",
    ".type",
    ".id",
    ".finish_reason",
    ".tool_call_id",
    ".mime_type",
    ".tool_call.function.name",
];

/// How many of each type, `EMAIL_ADDRESS=2,IBAN=1`.
pub(super) const TYPES: &str = "redaction.types";
/// How many attributes were changed.
pub(super) const MASKED_COUNT: &str = "redaction.masked.count";
/// Their keys.
pub(super) const MASKED_KEYS: &str = "redaction.masked.keys";
/// How many attributes were removed.
pub(super) const REDACTED_COUNT: &str = "redaction.redacted.count";
/// The name of the settings.
pub(super) const POLICY: &str = "redaction.policy";
/// The version of the program.
pub(super) const VERSION: &str = "redaction.version";
/// What was cut, with how long it was and a hash of it: `key=48213:5be2…`.
pub(super) const TRUNCATED: &str = "redaction.truncated";

/// All that is written.
pub(super) const OWN: [&str; 7] =
    [TYPES, MASKED_COUNT, MASKED_KEYS, REDACTED_COUNT, POLICY, VERSION, TRUNCATED];

/// What stands in place of a text that could not be searched.
pub(super) const ERROR: &str = "[REDACTION_ERROR]";
