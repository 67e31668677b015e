//! The connector's own metrics.

use sdk::{
    BuildContext,
    telemetry::{Counter, FloatCounter, Gauge, Level},
};

use super::state::State;

/// What is told of the connector itself.
#[derive(Clone, Debug)]
pub(super) struct Metrics {
    series: Gauge,
    calls: Gauge,
    records: FloatCounter,
    duplicates: FloatCounter,
    late: FloatCounter,
    evicted_calls: FloatCounter,
    evicted_traces: FloatCounter,
    refused: FloatCounter,
    estimated: FloatCounter,
    overflowed: FloatCounter,
    /// Batches of metrics that were not taken.
    pub(super) failed: Counter,
    /// Changed price files that were taken.
    pub(super) prices_loaded: Counter,
    /// Changed price files that were refused.
    pub(super) prices_failed: Counter,
}

impl Metrics {
    pub(super) fn new(context: &BuildContext) -> Self {
        let id = context.id.to_string();
        let labels = &[("connector", id.as_str())][..];
        let telemetry = &context.telemetry;
        let name = |name: &str| format!("tollgate_connector_agent_metrics_{name}");
        let gauge = |of: &str, help| telemetry.gauge(Level::Normal, &name(of), help, labels);
        let counter =
            |of: &str, help| telemetry.float_counter(Level::Normal, &name(of), help, labels);
        let reloads = |outcome| {
            let labels = &[("connector", id.as_str()), ("outcome", outcome)];
            let help = "How often a changed price file was taken (loaded) or refused (failed).";
            telemetry.counter(Level::Normal, &name("price_reloads"), help, labels)
        };
        let evicted = |what| {
            let labels = &[("connector", id.as_str()), ("what", what)];
            let help = "Calls and traces settled early for want of room.";
            telemetry.float_counter(Level::Normal, &name("evicted"), help, labels)
        };
        Self {
            series: gauge("series", "Time series held."),
            calls: gauge("calls", "Reports of model calls held."),
            records: counter("records", "Records that are GenAI telemetry."),
            duplicates: counter("duplicates", "Reports that came again."),
            late: counter(
                "late",
                "Reports that came after their call was forgotten; not counted again.",
            ),
            evicted_calls: evicted("calls"),
            evicted_traces: evicted("traces"),
            refused: counter("refused", "Reports not counted for want of room."),
            estimated: counter(
                "estimated",
                "Sums of agents that were counted in place of calls that never came.",
            ),
            overflowed: counter("overflowed", "Additions to the series that stand for all others."),
            failed: telemetry.counter(
                Level::Normal,
                &name("failed_batches"),
                "Batches of metrics that were not taken; the next ones hold the same and more.",
                labels,
            ),
            prices_loaded: reloads("loaded"),
            prices_failed: reloads("failed"),
        }
    }

    /// Tells how things stand.
    pub(super) fn refresh(&self, state: &State) {
        let stats = state.ledger.stats();
        self.series.set(i64::try_from(state.store.len()).unwrap_or(i64::MAX));
        self.calls.set(i64::try_from(stats.calls).unwrap_or(i64::MAX));
        self.records.raise_to(state.read as f64);
        self.duplicates.raise_to(stats.duplicates as f64);
        self.late.raise_to(stats.late as f64);
        self.evicted_calls.raise_to(stats.evicted as f64);
        self.evicted_traces.raise_to(state.traces.evicted as f64);
        self.refused.raise_to(stats.refused as f64);
        self.estimated.raise_to(state.recorder.estimated as f64);
        self.overflowed.raise_to(state.store.overflowed as f64);
    }
}
