//! What each dialect calls things: one sheet each, to be read and extended as a table.
//!
//! To add a dialect: name it in [`Dialect`](crate::Dialect), write its sheet beside the others, list it in [`SHEETS`].
//! A row is a key and what it stands for. `row` for keys that only GenAI telemetry has, `mark` if they
//! also tell the dialect, `also` for keys that others use in the same meaning, `here` for keys that
//! mean something else elsewhere. `docs/dialects.md` is written from these tables.

mod coding;
mod field;
mod frameworks;
mod gateways;
mod index;
mod instrumentations;
mod markdown;
mod more;
mod platforms;
mod row;
mod semconv;
#[cfg(test)]
mod tests;
mod vercel;

pub(crate) use self::index::{Entry, Meaning, index};
pub use self::{
    field::{Field, FieldSet},
    markdown::markdown,
    row::{CountedOn, Form, Named, Row, Rule, Says, Sheet},
};
use crate::Dialect;

/// Every sheet, in the order of [`Dialect::ALL`].
pub static SHEETS: &[Sheet] = &[
    semconv::SEMCONV,
    instrumentations::OPEN_LLMETRY,
    instrumentations::OPEN_INFERENCE,
    gateways::ANTHROPIC,
    gateways::LITELLM,
    instrumentations::OPEN_LIT,
    vercel::VERCEL,
    vercel::VERCEL_OTEL,
    platforms::LANGFUSE,
    platforms::LANGSMITH,
    frameworks::PYDANTIC_AI,
    frameworks::STRANDS,
    frameworks::ADK,
    frameworks::MICROSOFT,
    frameworks::CREW_AI,
    platforms::MLFLOW,
    platforms::BRAINTRUST,
    gateways::VLLM,
    coding::CLAUDE_CODE,
    coding::CODEX,
    coding::GEMINI_CLI,
    frameworks::MUTX,
    more::SPRING_AI,
    more::SENTRY,
    more::OPEN_CODE,
    more::COPILOT,
    more::HAYSTACK,
    more::LIVE_KIT,
    more::LAMINAR,
];

/// The sheet of a dialect.
#[must_use]
pub fn sheet(dialect: Dialect) -> &'static Sheet {
    // A test holds the order; the conventions stand in for what cannot be.
    SHEETS.get(dialect as usize).unwrap_or(&SEMCONV)
}

static SEMCONV: Sheet = semconv::SEMCONV;
