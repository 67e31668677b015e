//! What an objective can ask about: fields, attributes, and the trait through which they are looked
//! up.

mod attributes;
mod fact;
mod known;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

pub use self::{
    attributes::{ATTRIBUTES, is_identity},
    fact::{Fact, Facts},
    known::{Given, Known},
    table::{FIELDS, Row},
};

/// What is judged, one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Grain {
    /// The topmost agent or workflow with everything below it.
    Run,
    /// One `invoke_agent` span, sub-agents each on their own.
    Agent,
    /// One call of a model.
    ModelCall,
    /// One call of a tool.
    ToolCall,
    /// One evaluation result.
    Evaluation,
    /// Any span.
    Span,
}

impl Grain {
    /// Every grain, in order.
    pub const ALL: [Self; 6] =
        [Self::Run, Self::Agent, Self::ModelCall, Self::ToolCall, Self::Evaluation, Self::Span];

    /// The word in `on`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Agent => "agent",
            Self::ModelCall => "model_call",
            Self::ToolCall => "tool_call",
            Self::Evaluation => "evaluation",
            Self::Span => "span",
        }
    }

    /// The grain of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.name() == name)
    }

    /// Its place in a set of grains.
    pub(crate) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Grain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// How many of something.
    Count,
    /// Time.
    Time,
    /// Tokens.
    Tokens,
    /// US dollars.
    Usd,
    /// Tokens each second.
    TokenRate,
    /// A number without a unit, such as the score of an evaluation.
    Plain,
}

impl Unit {
    /// The unit in words, for error texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "a count",
            Self::Time => "a time",
            Self::Tokens => "tokens",
            Self::Usd => "US dollars",
            Self::TokenRate => "tokens a second",
            Self::Plain => "a plain number",
        }
    }

    /// A value as one would write it, for error texts.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Count => "25",
            Self::Time => "60s",
            Self::Tokens => "50k tokens",
            Self::Usd => "$0.50",
            Self::TokenRate => "20 tokens/s",
            Self::Plain => "0.7",
        }
    }

    /// The unit as attributes write it (UCUM).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Count => "{count}",
            Self::Time => "s",
            Self::Tokens => "{token}",
            Self::Usd => "USD",
            Self::TokenRate => "{token}/s",
            Self::Plain => "1",
        }
    }
}

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// A number of that unit.
    Number(Unit),
    /// One word or text.
    Text,
    /// Several texts; a test holds if it holds for one of them.
    Texts,
}

/// How a field of an open run moves while more of the run arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Growth {
    /// It only grows, whatever comes; of yes and no, yes is more. What it has passed stays passed.
    Grows,
    /// It can go either way until the run is closed.
    Moves,
    /// The run's root decides it.
    Root,
}

/// A field of the table [`FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the table says what each one is")]
pub enum Field {
    Outcome,
    Duration,
    ActiveDuration,
    ResponseStart,
    ModelCalls,
    ToolCalls,
    ToolErrors,
    UnrecoveredToolErrors,
    RepeatedToolCalls,
    TokensInput,
    TokensOutput,
    TokensTotal,
    TokensCached,
    TokensReasoning,
    Cost,
    Depth,
    Agents,
    Errors,
    Partial,
    Ttft,
    Throughput,
    Stream,
    Error,
    ErrorType,
    FinishReasons,
    Score,
    Label,
    SpanName,
}

impl Field {
    /// What the table says.
    #[must_use]
    pub fn row(self) -> &'static Row {
        FIELDS.iter().find(|row| row.field == self).unwrap_or(&table::OUTCOME)
    }

    /// The word in `good`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The field of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        FIELDS.iter().find(|row| row.name == name).map(|row| row.field)
    }
}

/// How runs end, as the field `outcome` tells it.
pub const OUTCOMES: [&str; 7] =
    ["completed", "error", "guardrail", "max_iterations", "timeout", "cancelled", "unknown"];
