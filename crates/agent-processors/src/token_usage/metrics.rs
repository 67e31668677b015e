//! What the processor counts of its own work.

use std::sync::OnceLock;

use genai::{Dialect, Reading};
use sdk::{
    BuildContext,
    telemetry::{Counter, Level, Telemetry},
};

/// What came of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Attributes were written.
    Written,
    /// Everything stood there already.
    Unchanged,
    /// It passed, because its tokens are counted on another signal.
    Secondary,
}

const OUTCOMES: [&str; 3] = ["written", "unchanged", "secondary"];

/// What one call can add to a sum: no model takes more, and no sender can make the sum wrap.
const TOKENS_MAX: u64 = 1 << 30;

/// The counters; those by dialect are made when a dialect is first met, so that the page shows only
/// what is there.
#[derive(Debug)]
pub(super) struct Metrics {
    telemetry: Telemetry,
    processor: String,
    records: Vec<[OnceLock<Counter>; OUTCOMES.len()]>,
    usage_missing: Vec<OnceLock<Counter>>,
    unpriced_calls: Vec<OnceLock<Counter>>,
    unpriced_tokens: Vec<OnceLock<Counter>>,
    unknown_scope: Counter,
}

/// How often the file of prices was taken or refused.
#[derive(Debug)]
pub(super) struct Reloads {
    pub(super) loaded: Counter,
    pub(super) failed: Counter,
}

impl Metrics {
    pub(super) fn new(context: &BuildContext) -> Self {
        let processor = context.id.to_string();
        let unknown_scope = context.telemetry.counter(
            Level::Normal,
            "otelcol_processor_token_usage_unknown_scope",
            "GenAI records from a scope that no dialect lists and without a key that tells one",
            &[("processor", &processor)],
        );
        let one_each = || Dialect::ALL.iter().map(|_| OnceLock::new()).collect();
        Self {
            telemetry: context.telemetry.clone(),
            processor,
            records: Dialect::ALL.iter().map(|_| Default::default()).collect(),
            usage_missing: one_each(),
            unpriced_calls: one_each(),
            unpriced_tokens: one_each(),
            unknown_scope,
        }
    }

    pub(super) fn record(&self, dialect: Dialect, outcome: Outcome) {
        let cell = self.records.get(dialect as usize);
        let Some(cell) = cell.and_then(|outcomes| outcomes.get(outcome as usize)) else { return };
        let name = OUTCOMES.get(outcome as usize).copied().unwrap_or_default();
        let help = "GenAI records, by dialect and by what came of them";
        self.counter(cell, "records", help, dialect, &[("outcome", name)]).add(1);
    }

    /// A model answered and nobody said how many tokens it took.
    pub(super) fn usage_missing(&self, dialect: Dialect) {
        let help = "model calls that ended well and told no tokens that can be read";
        self.count(&self.usage_missing, "usage_missing", help, dialect, 1);
    }

    /// A call has tokens and no price.
    pub(super) fn unpriced(&self, reading: &Reading<'_>) {
        let usage = reading.usage;
        let tokens = usage.input.unwrap_or(0).saturating_add(usage.output.unwrap_or(0));
        let tokens = usize::try_from(tokens.min(TOKENS_MAX)).unwrap_or(0);
        let (cells, dialect) = (&self.unpriced_calls, reading.dialect);
        self.count(cells, "unpriced_calls", "model calls whose price is unknown", dialect, 1);
        let help = "tokens of model calls whose price is unknown";
        self.count(&self.unpriced_tokens, "unpriced_tokens", help, dialect, tokens);
    }

    pub(super) fn unknown_scope(&self) {
        self.unknown_scope.add(1);
    }

    fn count(
        &self,
        cells: &[OnceLock<Counter>],
        name: &str,
        help: &str,
        dialect: Dialect,
        count: usize,
    ) {
        if let Some(cell) = cells.get(dialect as usize) {
            self.counter(cell, name, help, dialect, &[]).add(count);
        }
    }

    fn counter<'c>(
        &self,
        cell: &'c OnceLock<Counter>,
        name: &str,
        help: &str,
        dialect: Dialect,
        more: &[(&str, &str)],
    ) -> &'c Counter {
        cell.get_or_init(|| {
            let name = format!("otelcol_processor_token_usage_{name}");
            let mut labels = vec![("processor", self.processor.as_str())];
            labels.push(("dialect", dialect.name()));
            labels.extend_from_slice(more);
            self.telemetry.counter(Level::Normal, &name, help, &labels)
        })
    }
}

impl Reloads {
    pub(super) fn new(context: &BuildContext) -> Self {
        let processor = context.id.to_string();
        let counter = |outcome| {
            context.telemetry.counter(
                Level::Normal,
                "otelcol_processor_token_usage_price_reloads",
                "how often a changed price file was taken (loaded) or refused (failed)",
                &[("processor", &processor), ("outcome", outcome)],
            )
        };
        Self { loaded: counter("loaded"), failed: counter("failed") }
    }
}
