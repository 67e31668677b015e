//! What is done to the telemetry of AI agents: one folder each, one line each below.
//!
//! This crate uses only `sdk`, `pdata` and the pure crates, as anyone outside could.

pub mod agent_runs;
pub mod gen_ai_normalizer;
pub mod pii_redaction;
pub mod redaction;
mod replay;
mod shared;
pub mod slo;
pub mod token_usage;

use sdk::Registry;

pub use self::replay::{Judged, Replay};

/// Facts about telemetry, as the language of objectives asks for them.
pub mod facts {
    pub use crate::shared::facts::{EvaluationFacts, SpanFacts, snapshot};
}

/// Makes every processor in this crate known.
pub fn register(registry: &mut Registry) {
    registry
        .record_processor::<agent_runs::AgentRuns>()
        .connector::<agent_runs::RunEvents>()
        .record_processor::<gen_ai_normalizer::GenAiNormalizer>()
        .batch_processor::<pii_redaction::PiiRedaction>()
        .record_processor::<redaction::Redaction>()
        .record_processor::<slo::Slo>()
        .connector::<slo::Verdicts>()
        .record_processor::<token_usage::TokenUsage>();
}
