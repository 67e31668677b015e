//! The table of metrics: what each is called, counts and is split by.

use genai::profile::Profile;

use super::config::{Compatibility, Config};

/// What a metric is split by, besides the resource attributes chosen by the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Operation,
    Provider,
    RequestModel,
    ResponseModel,
    Agent,
    Workflow,
    Tool,
    Error,
    TokenType,
    Modality,
    Outcome,
    Queue,
}

impl Key {
    /// Every key, in the order of its attributes.
    pub(super) const ALL: [Self; 12] = [
        Self::Operation,
        Self::Provider,
        Self::RequestModel,
        Self::ResponseModel,
        Self::Agent,
        Self::Workflow,
        Self::Tool,
        Self::Error,
        Self::TokenType,
        Self::Modality,
        Self::Outcome,
        Self::Queue,
    ];

    /// The attribute's name; MUTX's dashboards know a few under other names.
    pub(super) fn attribute(self, source: Source) -> &'static str {
        match self {
            Self::Agent if source == Source::Mutx => "agent",
            Self::Outcome if source == Source::Mutx => "status",
            Self::Operation => "gen_ai.operation.name",
            Self::Provider => "gen_ai.provider.name",
            Self::RequestModel => "gen_ai.request.model",
            Self::ResponseModel => "gen_ai.response.model",
            Self::Agent => "gen_ai.agent.name",
            Self::Workflow => "gen_ai.workflow.name",
            Self::Tool => "gen_ai.tool.name",
            Self::Error => "error.type",
            Self::TokenType => "gen_ai.token.type",
            Self::Modality => "gen_ai.token.modality",
            Self::Outcome => "outcome",
            Self::Queue => "queue",
        }
    }
}

/// What the numbers are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// A whole number that only rises.
    Counter,
    /// A fraction that only rises.
    Amount,
    /// A whole number that rises and falls.
    Gauge,
    /// A distribution with these upper bounds.
    Histogram(&'static [f64]),
}

/// Why a metric is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Ours, stable.
    Own,
    /// The conventions', in the profiles from the first to the last.
    Conventions(Profile, Profile),
    /// What MUTX's own dashboards ask for.
    Mutx,
}

/// A row of the table.
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
    pub(super) keys: &'static [Key],
    pub(super) source: Source,
}

impl Metric {
    /// Whether the config asks for it.
    pub(super) fn is_on(&self, config: &Config) -> bool {
        match self.source {
            Source::Own => config.own,
            Source::Conventions(since, until) => {
                let profile = config.profile.profile();
                config.conventions && since <= profile && profile <= until
            }
            Source::Mutx => config.compatibility.contains(&Compatibility::Mutx),
        }
    }
}

// Bucket bounds as the conventions advise them.
const TOKENS: &[f64] = &[
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1024.0,
    4096.0,
    16384.0,
    65536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];
const SECONDS: &[f64] =
    &[0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const AGENT_SECONDS: &[f64] =
    &[0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6];
const WORKFLOW_SECONDS: &[f64] =
    &[1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0];
const PER_TOKEN_SECONDS: &[f64] =
    &[0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5];
const FIRST_TOKEN_SECONDS: &[f64] =
    &[0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const FEW: &[f64] = &[0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
const MUTX_SECONDS: &[f64] = &[0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0];

// What the rows share.
const CALL: &[Key] = &[Key::Operation, Key::Provider, Key::RequestModel, Key::Agent];
const CALL_TYPE: &[Key] =
    &[Key::Operation, Key::Provider, Key::RequestModel, Key::Agent, Key::TokenType];
const CALL_ERROR: &[Key] =
    &[Key::Operation, Key::Provider, Key::RequestModel, Key::Agent, Key::Error];
const MODEL: &[Key] = &[Key::Operation, Key::Provider, Key::RequestModel, Key::ResponseModel];
const MODEL_TYPE: &[Key] =
    &[Key::Operation, Key::Provider, Key::RequestModel, Key::ResponseModel, Key::TokenType];
const MODEL_MODALITY: &[Key] =
    &[Key::Operation, Key::Provider, Key::RequestModel, Key::ResponseModel, Key::Modality];
const MODEL_ERROR: &[Key] =
    &[Key::Operation, Key::Provider, Key::RequestModel, Key::ResponseModel, Key::Error];
const TOOL: &[Key] = &[Key::Tool, Key::Agent];
const TOOL_ERROR: &[Key] = &[Key::Tool, Key::Agent, Key::Error];
const RUN: &[Key] = &[Key::Agent, Key::Outcome];
const AGENT: &[Key] = &[Key::Agent];

const OWN: Source = Source::Own;
const ALL: Source = Source::Conventions(Profile::V1_37, Profile::Next);
const TAGGED: Source = Source::Conventions(Profile::V1_37, Profile::V1_41);
const V1_41: Source = Source::Conventions(Profile::V1_41, Profile::V1_41);
const NEXT: Source = Source::Conventions(Profile::Next, Profile::Next);
const MUTX: Source = Source::Mutx;

/// Declares the names and their rows together.
macro_rules! metrics {
    ($($name:ident = $text:literal, $unit:literal, $kind:expr, $keys:expr, $source:expr, $help:literal;)*) => {
        /// Names a row of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub(super) enum Name {
            $($name,)*
        }

        impl Name {
            /// Every metric there is.
            pub(super) const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its row.
            pub(super) fn row(self) -> &'static Metric {
                match self {
                    $(Self::$name => {
                        const ROW: Metric = Metric {
                            name: $text, unit: $unit, help: $help, kind: $kind, keys: $keys, source: $source,
                        };
                        &ROW
                    })*
                }
            }
        }
    };
}

metrics! {
    Tokens = "tollgate.tokens", "{token}", Kind::Counter, CALL_TYPE, OWN,
        "Tokens billed. input and output are everything; cache_read, cache_write and reasoning are parts of them, not to be added.";
    Cost = "tollgate.cost", "USD", Kind::Amount, CALL, OWN,
        "What model calls cost, as reported, otherwise computed from prices.";
    UnpricedTokens = "tollgate.cost.unpriced_tokens", "{token}", Kind::Counter, CALL_TYPE, OWN,
        "Tokens of calls whose cost is not known.";
    UsageMissing = "tollgate.usage.missing", "{call}", Kind::Counter, CALL, OWN,
        "Model calls that went well and told no tokens.";
    Calls = "tollgate.calls", "{call}", Kind::Counter, CALL_ERROR, OWN,
        "Model calls, each counted once.";
    CallDuration = "tollgate.call.duration", "s", Kind::Histogram(SECONDS), CALL_ERROR, OWN,
        "How long model calls took.";
    CallFirstChunk = "tollgate.call.time_to_first_chunk", "s", Kind::Histogram(SECONDS), CALL, OWN,
        "Time from a request to the first chunk of its answer.";
    ToolCalls = "tollgate.tool.calls", "{call}", Kind::Counter, TOOL, OWN,
        "Calls of tools.";
    ToolFailures = "tollgate.tool.failures", "{call}", Kind::Counter, TOOL_ERROR, OWN,
        "Calls of tools that failed.";
    ToolDuration = "tollgate.tool.duration", "s", Kind::Histogram(SECONDS), TOOL_ERROR, OWN,
        "How long calls of tools took.";
    Runs = "tollgate.agent.runs", "{run}", Kind::Counter, RUN, OWN,
        "Runs that ended, by outcome.";
    RunDuration = "tollgate.agent.run.duration", "s", Kind::Histogram(WORKFLOW_SECONDS), RUN, OWN,
        "How long runs took.";
    ActiveRuns = "tollgate.agent.active_runs", "{run}", Kind::Gauge, AGENT, OWN,
        "Runs that were heard from and have not ended.";
    QueueDepth = "tollgate.queue.depth", "{item}", Kind::Gauge, &[Key::Queue], OWN,
        "How much waits in a queue, as telemetry last said.";
    SamplingAdjusted = "tollgate.sampling.adjusted", "", Kind::Gauge, &[], OWN,
        "1 once spans of a sample were counted for more than themselves.";
    TokenUsage = "gen_ai.client.token.usage", "{token}", Kind::Histogram(TOKENS), MODEL_TYPE, TAGGED,
        "Number of input and output tokens used.";
    OperationDuration = "gen_ai.client.operation.duration", "s", Kind::Histogram(SECONDS), MODEL_ERROR, ALL,
        "GenAI operation duration.";
    OperationFirstChunk = "gen_ai.client.operation.time_to_first_chunk", "s", Kind::Histogram(SECONDS), MODEL, V1_41,
        "Time to receive the first chunk in a streaming response.";
    ServerDuration = "gen_ai.server.request.duration", "s", Kind::Histogram(SECONDS), MODEL_ERROR, ALL,
        "Generative AI server request duration such as time-to-last byte or last output token.";
    ServerFirstToken = "gen_ai.server.time_to_first_token", "s", Kind::Histogram(FIRST_TOKEN_SECONDS), MODEL, ALL,
        "Time to generate first token for successful responses.";
    ServerPerToken = "gen_ai.server.time_per_output_token", "s", Kind::Histogram(PER_TOKEN_SECONDS), MODEL, ALL,
        "Time per output token generated after the first token for successful responses.";
    InputTokens = "gen_ai.client.inference.usage.input_tokens", "{token}", Kind::Counter, MODEL_MODALITY, NEXT,
        "Number of input tokens used.";
    OutputTokens = "gen_ai.client.inference.usage.output_tokens", "{token}", Kind::Counter, MODEL_MODALITY, NEXT,
        "Number of output tokens used.";
    CacheReadTokens = "gen_ai.client.inference.usage.cache_read.input_tokens", "{token}", Kind::Counter, MODEL_MODALITY, NEXT,
        "Number of input tokens read from a cache; part of the input tokens.";
    CacheWriteTokens = "gen_ai.client.inference.usage.cache_write.input_tokens", "{token}", Kind::Counter, MODEL_MODALITY, NEXT,
        "Number of input tokens written to a cache; part of the input tokens.";
    ReasoningTokens = "gen_ai.client.inference.usage.reasoning.output_tokens", "{token}", Kind::Counter, MODEL_MODALITY, NEXT,
        "Number of output tokens used for reasoning; part of the output tokens.";
    InputSizes = "gen_ai.client.inference.operation.input_tokens", "{token}", Kind::Histogram(TOKENS), MODEL_ERROR, NEXT,
        "Number of input tokens used per operation.";
    OutputSizes = "gen_ai.client.inference.operation.output_tokens", "{token}", Kind::Histogram(TOKENS), MODEL_ERROR, NEXT,
        "Number of output tokens used per operation.";
    InferenceDuration = "gen_ai.client.inference.duration", "s", Kind::Histogram(SECONDS), MODEL_ERROR, NEXT,
        "Duration of inference operations.";
    InferenceFirstChunk = "gen_ai.client.inference.time_to_first_chunk", "s", Kind::Histogram(SECONDS), MODEL, NEXT,
        "Time to receive the first chunk in a streaming response.";
    InvokeAgent = "gen_ai.invoke_agent.duration", "s", Kind::Histogram(AGENT_SECONDS),
        &[Key::Agent, Key::RequestModel, Key::Error], NEXT, "Duration of agent invocations.";
    AgentInferences = "gen_ai.invoke_agent.inference_calls", "1", Kind::Histogram(FEW), AGENT, NEXT,
        "Number of inference calls made during an agent invocation.";
    AgentTools = "gen_ai.invoke_agent.tool_calls", "1", Kind::Histogram(FEW), AGENT, NEXT,
        "Number of tool calls made during an agent invocation.";
    ExecuteTool = "gen_ai.execute_tool.duration", "s", Kind::Histogram(SECONDS), TOOL_ERROR, NEXT,
        "Duration of tool executions.";
    InvokeWorkflow = "gen_ai.invoke_workflow.duration", "s", Kind::Histogram(WORKFLOW_SECONDS),
        &[Key::Workflow, Key::Error], NEXT, "Duration of workflow invocations.";
    MutxSpans = "otel_traces_span_count_total", "", Kind::Counter, &[], MUTX,
        "Spans received.";
    MutxLatency = "llm_latency_seconds", "s", Kind::Histogram(SECONDS), AGENT, MUTX,
        "How long model calls took.";
    MutxRequests = "llm_requests_total", "", Kind::Counter, RUN, MUTX,
        "Model calls.";
    MutxGuardrails = "guardrail_triggers_total", "", Kind::Counter, AGENT, MUTX,
        "Guardrails that stepped in, answers cut off by a content filter included.";
    MutxViolations = "policy_violations_total", "", Kind::Counter, AGENT, MUTX,
        "Model calls refused for a violation of a content policy.";
    MutxActive = "agent_active_count", "", Kind::Gauge, AGENT, MUTX,
        "Runs that were heard from and have not ended.";
    MutxTasks = "mutx_agent_tasks_total", "", Kind::Counter, RUN, MUTX,
        "Runs that ended.";
    MutxTaskDuration = "mutx_agent_task_duration_seconds", "s", Kind::Histogram(MUTX_SECONDS), AGENT, MUTX,
        "How long runs took.";
    MutxAgents = "mutx_agents_active", "", Kind::Gauge, &[], MUTX,
        "Agents that were heard from in the last five minutes.";
    MutxQueue = "mutx_queue_size", "", Kind::Gauge, &[], MUTX,
        "How much waits in all queues, as telemetry last said.";
    MutxTaskQueue = "mutx_task_queue_size", "", Kind::Gauge, &[], MUTX,
        "How much waits in all queues, as telemetry last said.";
}
