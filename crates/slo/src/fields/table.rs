//! The fields, one line each.

use super::{Field, Grain, Growth, Kind, Unit};

/// What is known about a field.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which field.
    pub field: Field,
    /// The word in `good`.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// How it moves while a run is open.
    pub growth: Growth,
    /// What it means.
    pub meaning: &'static str,
    grains: u8,
}

impl Row {
    /// Whether things of that grain have the field.
    #[must_use]
    pub const fn is_on(&self, grain: Grain) -> bool {
        self.grains & grain.bit() != 0
    }

    /// The grains that have the field.
    pub fn grains(&self) -> impl Iterator<Item = Grain> + '_ {
        Grain::ALL.into_iter().filter(|grain| self.is_on(*grain))
    }
}

const RUN: u8 = Grain::Run.bit();
const AGENTS: u8 = RUN | Grain::Agent.bit();
const MODEL: u8 = Grain::ModelCall.bit();
const SPANS: u8 = Grain::Agent.bit() | MODEL | Grain::ToolCall.bit() | Grain::Span.bit();
const COUNT: Kind = Kind::Number(Unit::Count);
const TIME: Kind = Kind::Number(Unit::Time);
const TOKENS: Kind = Kind::Number(Unit::Tokens);

const fn row(
    field: Field,
    name: &'static str,
    kind: Kind,
    growth: Growth,
    grains: u8,
    meaning: &'static str,
) -> Row {
    Row { field, name, kind, growth, meaning, grains }
}

/// The first row, which stands in where none is found; the tests show that none is ever missing.
pub(super) const OUTCOME: Row = row(
    Field::Outcome,
    "outcome",
    Kind::Text,
    Growth::Root,
    AGENTS,
    "how it ended: completed, error, guardrail, max_iterations, timeout, cancelled, unknown",
);

/// Every field. `docs/slo.md` shows the same table.
#[rustfmt::skip]
pub const FIELDS: &[Row] = &[
    OUTCOME,
    row(Field::Duration, "duration", TIME, Growth::Grows, RUN | SPANS, "from first start to last end"),
    row(Field::ActiveDuration, "active_duration", TIME, Growth::Moves, RUN, "duration without the time a human was waited for"),
    row(Field::ResponseStart, "response_start", TIME, Growth::Moves, RUN, "from the start to the first chunk of a streamed answer"),
    row(Field::ModelCalls, "model_calls", COUNT, Growth::Grows, AGENTS, "calls of models, each counted once"),
    row(Field::ToolCalls, "tool_calls", COUNT, Growth::Grows, AGENTS, "calls of tools, each counted once"),
    row(Field::ToolErrors, "tool_errors", COUNT, Growth::Grows, AGENTS, "calls of tools that failed"),
    row(Field::UnrecoveredToolErrors, "unrecovered_tool_errors", COUNT, Growth::Moves, RUN, "failures of a tool with no later success of that tool, in a run that did not complete"),
    row(Field::RepeatedToolCalls, "repeated_tool_calls", COUNT, Growth::Grows, RUN, "calls of a tool with arguments that it was called with before"),
    row(Field::TokensInput, "tokens.input", TOKENS, Growth::Grows, AGENTS | MODEL, "tokens sent, cached ones included"),
    row(Field::TokensOutput, "tokens.output", TOKENS, Growth::Grows, AGENTS | MODEL, "tokens received, reasoning included"),
    row(Field::TokensTotal, "tokens.total", TOKENS, Growth::Grows, AGENTS | MODEL, "input and output"),
    row(Field::TokensCached, "tokens.cached", TOKENS, Growth::Grows, AGENTS | MODEL, "input read from a cache"),
    row(Field::TokensReasoning, "tokens.reasoning", TOKENS, Growth::Grows, AGENTS | MODEL, "output spent on reasoning"),
    row(Field::Cost, "cost", Kind::Number(Unit::Usd), Growth::Grows, AGENTS | MODEL, "what the calls cost; missing where a price is not known"),
    row(Field::Depth, "depth", COUNT, Growth::Grows, RUN, "agents above each other, the root included"),
    row(Field::Agents, "agents", COUNT, Growth::Grows, RUN, "agents and workflows, the root included"),
    row(Field::Errors, "errors", COUNT, Growth::Grows, AGENTS, "calls of models and tools that failed"),
    row(Field::Partial, "partial", Kind::Bool, Growth::Moves, RUN, "whether the root never came"),
    row(Field::Ttft, "ttft", TIME, Growth::Moves, MODEL, "time to the first chunk; streamed answers only"),
    row(Field::Throughput, "throughput", Kind::Number(Unit::TokenRate), Growth::Moves, MODEL, "output tokens by the time after the first chunk"),
    row(Field::Stream, "stream", Kind::Bool, Growth::Moves, MODEL, "whether the answer was streamed"),
    row(Field::Error, "error", Kind::Bool, Growth::Moves, RUN | SPANS | Grain::Evaluation.bit(), "whether it failed"),
    row(Field::ErrorType, "error_type", Kind::Text, Growth::Moves, RUN | SPANS | Grain::Evaluation.bit(), "the class of the failure; missing where nothing failed"),
    row(Field::FinishReasons, "finish_reasons", Kind::Texts, Growth::Moves, MODEL, "why the model stopped, one for each answer"),
    row(Field::Score, "score", Kind::Number(Unit::Plain), Growth::Moves, Grain::Evaluation.bit(), "the score of the evaluation"),
    row(Field::Label, "label", Kind::Text, Growth::Moves, Grain::Evaluation.bit(), "the label of the evaluation"),
    row(Field::SpanName, "span_name", Kind::Text, Growth::Root, RUN | SPANS, "the name of the span; of a run, of its root"),
];
