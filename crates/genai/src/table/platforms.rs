//! Observability platforms' own SDKs.

use super::{
    Field, Sheet,
    row::{also, here, mark, named, row},
};
use crate::{Class, Dialect};

pub(super) const LANGFUSE: Sheet = Sheet {
    scopes: &["langfuse*"],
    rows: &[
        mark("langfuse.observation.type", Field::Kind),
        mark("langfuse.observation.model.name", Field::ResponseModel).quoted(),
        mark("langfuse.observation.usage_details", Field::UsageBody),
        mark("langfuse.observation.cost_details", Field::CostBody),
        mark("langfuse.observation.completion_start_time", Field::FirstChunk).time(),
        mark("langfuse.observation.metadata.finish_reason", Field::FinishReasons).quoted(),
        mark("langfuse.trace.name", Field::WorkflowName),
        mark("langfuse.session.id", Field::Conversation),
        mark("langfuse.observation.level", Field::Marker),
        also("session.id", Field::Conversation),
    ],
    kinds: &[
        named("generation", Class::Leaf, "chat"),
        named("embedding", Class::Leaf, "embeddings"),
        named("agent", Class::Agent, "invoke_agent"),
        named("tool", Class::Tool, "execute_tool"),
        named("chain", Class::Other, "chain"),
        named("retriever", Class::Other, "retrieval"),
        named("evaluator", Class::Other, "evaluate"),
        named("guardrail", Class::Other, "apply_guardrail"),
        named("span", Class::Other, ""),
        named("event", Class::Other, ""),
    ],
    notes: "Usage is one text of JSON: the provider's own body, or Langfuse's `{input, output, …}` whose \
            input leaves out the cache. Provider and response id are not sent; the provider is inferred \
            from the model.",
    ..Sheet::new(Dialect::Langfuse)
};

pub(super) const LANGSMITH: Sheet = Sheet {
    scopes: &["langsmith*"],
    rows: &[
        mark("langsmith.span.kind", Field::Kind),
        mark("langsmith.metadata.ls_provider", Field::Provider),
        mark("langsmith.metadata.ls_model_name", Field::RequestModel),
        mark("langsmith.metadata.usage_metadata", Field::MoreUsage),
        row("gen_ai.usage.input_token_details", Field::MoreUsage),
        row("gen_ai.usage.output_token_details", Field::MoreUsage),
        mark("langsmith.request.streaming", Field::Stream),
        mark("langsmith.trace.name", Field::WorkflowName),
        mark("langsmith.metadata.session_id", Field::Conversation),
        mark("langsmith.metadata.thread_id", Field::Conversation),
        mark("langsmith.metadata.conversation_id", Field::Conversation),
    ],
    kinds: &[
        named("llm", Class::Leaf, "chat"),
        named("embedding", Class::Leaf, "embeddings"),
        named("tool", Class::Tool, "execute_tool"),
        named("chain", Class::Other, "chain"),
        named("retriever", Class::Other, "retrieval"),
        named("prompt", Class::Other, "prompt"),
        named("parser", Class::Other, "parse"),
    ],
    notes: "Cache and reasoning come from `langsmith.metadata.usage_metadata`. \
            `langsmith.trace.session_name` is the project, not a session, and is not read.",
    ..Sheet::new(Dialect::LangSmith)
};

pub(super) const MLFLOW: Sheet = Sheet {
    scopes: &["mlflow*"],
    rows: &[
        mark("mlflow.spanType", Field::Kind).quoted(),
        mark("mlflow.chat.tokenUsage", Field::UsageBody),
        mark("mlflow.trace.tokenUsage", Field::Marker),
        mark("mlflow.llm.model", Field::ResponseModel).quoted(),
        here("model", Field::RequestModel).quoted(),
        mark("mlflow.llm.provider", Field::Provider).quoted(),
        here("mlflow.message.format", Field::System).quoted(),
        mark("mlflow.llm.cost", Field::CostBody),
        mark("mlflow.trace.session", Field::Conversation).quoted(),
        mark("mlflow.traceRequestId", Field::Marker),
        mark("mlflow.spanOutputs", Field::AnswerBody),
        mark("mlflow.spanInputs", Field::Marker),
    ],
    kinds: &[
        named("LLM", Class::Leaf, "chat"),
        named("CHAT_MODEL", Class::Leaf, "chat"),
        named("EMBEDDING", Class::Leaf, "embeddings"),
        named("RERANKER", Class::Leaf, "rerank"),
        named("AGENT", Class::Agent, "invoke_agent"),
        named("TOOL", Class::Tool, "execute_tool"),
        named("CHAIN", Class::Other, "chain"),
        named("WORKFLOW", Class::Workflow, "invoke_workflow"),
        named("RETRIEVER", Class::Other, "retrieval"),
        named("PARSER", Class::Other, "parse"),
        named("MEMORY", Class::Other, "search_memory"),
        named("GUARDRAIL", Class::Other, "apply_guardrail"),
        named("EVALUATOR", Class::Other, "evaluate"),
        named("UNKNOWN", Class::Other, ""),
    ],
    notes: "Every value is JSON in a string; usage is `mlflow.chat.tokenUsage`. The response id is read \
            from the front of `mlflow.spanOutputs`. OpenAI cache writes and reasoning are not sent.",
    ..Sheet::new(Dialect::Mlflow)
};

pub(super) const BRAINTRUST: Sheet = Sheet {
    scopes: &["braintrust*"],
    rows: &[
        mark("braintrust.span_attributes", Field::Marker),
        mark("braintrust.parent", Field::Marker),
        mark("braintrust.metrics", Field::UsageBody),
        mark("braintrust.input", Field::Marker),
        mark("braintrust.output", Field::Marker),
        mark("braintrust.input_json", Field::Marker),
        mark("braintrust.output_json", Field::Marker),
        here("span_attributes.type", Field::Kind),
        here("metadata.provider", Field::Provider),
        here("metadata.model", Field::RequestModel),
        here("metrics.prompt_tokens", Field::Input),
        here("metrics.completion_tokens", Field::Output),
        here("metrics.tokens", Field::Total),
        here("metrics.prompt_cached_tokens", Field::CacheRead),
        here("metrics.prompt_cache_creation_tokens", Field::CacheWrite),
        here("metrics.completion_reasoning_tokens", Field::Reasoning),
        here("metrics.estimated_cost", Field::Cost),
        here("metrics.time_to_first_token", Field::FirstChunk),
    ],
    kinds: &[
        named("llm", Class::Leaf, "chat"),
        named("tool", Class::Tool, "execute_tool"),
        named("function", Class::Other, ""),
        named("task", Class::Other, "execute_task"),
        named("eval", Class::Other, "evaluate"),
        named("score", Class::Other, "evaluate"),
    ],
    notes: "Read from its documentation, not from a recording.",
    ..Sheet::new(Dialect::Braintrust)
};
