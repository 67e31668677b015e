//! Agent frameworks.

use super::{
    Field, Rule, Sheet,
    row::{CACHE_APART, also, here, mark, named, row},
};
use crate::{Class, Dialect};

pub(super) const PYDANTIC_AI: Sheet = Sheet {
    scopes: &["pydantic-ai*", "logfire*"],
    rows: &[
        mark("gen_ai.aggregated_usage.input_tokens", Field::Input),
        mark("gen_ai.aggregated_usage.output_tokens", Field::Output),
        mark("gen_ai.aggregated_usage.cache_read.input_tokens", Field::CacheRead),
        mark("gen_ai.aggregated_usage.cache_creation.input_tokens", Field::CacheWrite),
        mark("gen_ai.aggregated_usage.cache_write.input_tokens", Field::CacheWrite),
        mark("gen_ai.aggregated_usage.details.reasoning_tokens", Field::Reasoning),
        row("gen_ai.usage.details.cache_read_tokens", Field::CacheRead),
        row("gen_ai.usage.details.cache_write_tokens", Field::CacheWrite),
        row("gen_ai.usage.details.reasoning_tokens", Field::Reasoning),
        row("gen_ai.usage.details.input_audio_tokens", Field::AudioInput),
        row("gen_ai.usage.details.output_audio_tokens", Field::AudioOutput),
        also("operation.cost", Field::Cost),
        row("gen_ai.agent.call.id", Field::RunId),
        here("agent_name", Field::AgentName),
        here("model_name", Field::RequestModel),
        mark("logfire.json_schema", Field::Marker),
    ],
    notes: "Agents carry sums under `gen_ai.aggregated_usage.*`, up to 1.x under `gen_ai.usage.*`; \
            neither is counted beside the calls.",
    ..Sheet::new(Dialect::PydanticAi)
};

pub(super) const STRANDS: Sheet = Sheet {
    scopes: &["strands.telemetry.tracer", "strands-agents", "strands*"],
    rows: &[
        mark("event_loop.cycle_id", Field::RunId),
        row("gen_ai.server.time_to_first_token", Field::FirstChunk).millis(),
        row("gen_ai.tool.status", Field::Success),
        mark("gen_ai.event.start_time", Field::Marker),
    ],
    inclusion: &[
        Rule {
            scope: "",
            provider: "anthropic",
            unless: "gen_ai.usage.cache_read.",
            inclusion: CACHE_APART,
        },
        Rule {
            scope: "",
            provider: "aws.bedrock",
            unless: "gen_ai.usage.cache_read.",
            inclusion: CACHE_APART,
        },
    ],
    trust: 0,
    notes: "The provider it gives is its own name; the real one is inferred from the model. Tokens on \
            `invoke_agent` are sums over the life of the agent object and are used only as a last resort, \
            then as the difference to the previous one.",
    ..Sheet::new(Dialect::Strands)
};

pub(super) const ADK: Sheet = Sheet {
    scopes: &["gcp.vertex.agent*"],
    rows: &[
        mark("gcp.vertex.agent.invocation_id", Field::RunId),
        mark("gcp.vertex.agent.session_id", Field::Conversation),
        mark("gcp.vertex.agent.event_id", Field::Marker),
        mark("gcp.vertex.agent.llm_request", Field::Marker),
        row("gen_ai.usage.experimental.reasoning_tokens", Field::Reasoning),
        row("gen_ai.usage.experimental.reasoning_tokens_limit", Field::Marker),
    ],
    spans: &[
        named("call_llm", Class::Leaf, "generate_content"),
        named("invocation", Class::Workflow, "invoke_workflow"),
        named("agent_run*", Class::Agent, "invoke_agent"),
        named("execute_tool*", Class::Tool, "execute_tool"),
    ],
    trust: 0,
    notes: "Spans and the event `gen_ai.client.inference.operation.details` report the same call; it \
            counts once. There is no response id.",
    ..Sheet::new(Dialect::Adk)
};

pub(super) const MICROSOFT: Sheet = Sheet {
    scopes: &[
        "agent_framework*",
        "semantic_kernel*",
        "Microsoft.SemanticKernel*",
        "autogen*",
        "Experimental.Microsoft.Extensions.AI*",
        "Microsoft.Extensions.AI*",
        "Microsoft.Agents.AI*",
        "Experimental.Microsoft.Agents.AI*",
    ],
    rows: &[
        mark("executor.id", Field::Marker),
        mark("workflow.id", Field::Marker),
        mark("sk.available_functions", Field::Marker),
    ],
    spans: &[
        named("workflow.run*", Class::Workflow, "invoke_workflow"),
        named("workflow.*", Class::Other, ""),
        named("executor.process*", Class::Other, "execute_task"),
    ],
    trust: 0,
    notes: "`invoke_agent` repeats the sum of its calls under the same keys and is not counted beside \
            them.",
    ..Sheet::new(Dialect::Microsoft)
};

pub(super) const CREW_AI: Sheet = Sheet {
    scopes: &["crewai*"],
    rows: &[
        row("crewai.crew.id", Field::RunId),
        row("crewai.crew.name", Field::WorkflowName),
        row("crewai.agent.role", Field::AgentName),
        row("crewai.agent.id", Field::AgentId),
        row("crewai.task.id", Field::Marker),
        row("crew_id", Field::Marker),
        row("crewai.crew.token_usage", Field::UsageBody),
    ],
    spans: &[
        named("crewai.workflow", Class::Workflow, "invoke_workflow"),
        named("Crew*", Class::Workflow, "invoke_workflow"),
        named("Task*", Class::Other, "execute_task"),
    ],
    trust: 0,
    notes: "A crew's `crewai.crew.token_usage` is used only if none of its calls came. Instrument the \
            provider's SDK too: CrewAI itself reports no calls.",
    ..Sheet::new(Dialect::CrewAi)
};

pub(super) const MUTX: Sheet = Sheet {
    scopes: &["mutx*"],
    rows: &[
        row("llm.model", Field::RequestModel),
        mark("llm.vendor", Field::Provider),
        row("llm.usage.prompt_tokens", Field::Input),
        row("llm.prompt_tokens", Field::Input),
        row("llm.usage.completion_tokens", Field::Output),
        row("llm.output_tokens", Field::Output),
        row("llm.total_tokens", Field::Total),
        row("llm.stream", Field::Stream),
        here("agent.id", Field::AgentId),
        here("agent_id", Field::AgentId),
        here("agent.name", Field::AgentName),
        here("tool.name", Field::ToolName),
        here("tool.success", Field::Success),
        here("run_id", Field::RunId),
        mark("mutx.run.id", Field::RunId),
        mark("mutx.agent.id", Field::AgentId),
        here("duration_ms", Field::Duration).millis(),
    ],
    spans: &[
        named("agent.execution", Class::Agent, "invoke_agent"),
        named("mutx.agent.execute*", Class::Agent, "invoke_agent"),
        named("mutx.crew.start", Class::Workflow, "invoke_workflow"),
        named("mutx.pico.tutor.request", Class::Agent, "invoke_agent"),
        named("mutx.pico.tutor.generate", Class::Leaf, "chat"),
        named("mutx.pico.tutor.retrieve", Class::Other, "retrieval"),
        named("llm.call", Class::Leaf, "chat"),
        named("mutx.llm.call", Class::Leaf, "chat"),
        named("tool.execution", Class::Tool, "execute_tool"),
        named("mutx.tool.call", Class::Tool, "execute_tool"),
        named("mutx.tool.error", Class::Tool, "execute_tool"),
        named("mutx.*", Class::Other, ""),
    ],
    notes: "The adapters for LangChain and CrewAI never end the spans they start: tokens of their calls \
            end up on the agent's span and count from there.",
    ..Sheet::new(Dialect::Mutx)
};
