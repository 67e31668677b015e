//! The processor's own metrics.

use sdk::{
    BuildContext,
    telemetry::{Counter, Level},
};

use super::series::Stats;

/// What is counted. The only label is the component's id.
#[derive(Debug)]
pub(super) struct Metrics {
    counters: [Counter; 10],
    pub(super) events: Counter,
}

impl Metrics {
    pub(super) fn new(context: &BuildContext) -> Self {
        let id = context.id.to_string();
        let counter = |what: &str, help: &str| {
            let name = format!("otelcol_processor_slo_{what}");
            context.telemetry.counter(Level::Normal, &name, help, &[("processor", &id)])
        };
        Self {
            counters: [
                counter("duplicates", "Spans, runs and evaluations that came again"),
                counter("twins", "Calls told of twice by spans right below each other"),
                counter("amendments", "Verdicts that changed after they were told"),
                counter("early", "Verdicts said before their run was over"),
                counter("retracted", "Verdicts taken back: their run is a part of another"),
                counter("late_evaluations", "Evaluations after their deadline, or without room"),
                counter("dropped_events", "Log records for which there was no room"),
                counter("unreadable_weights", "Spans whose sampling threshold cannot be read"),
                counter("overflowed", "Verdicts counted in the group that takes what is too much"),
                counter("unmatched", "Spans that no objective looks at"),
            ],
            events: counter("events", "Log records handed on"),
        }
    }

    /// Shows how things stand. Not for several tasks at once.
    pub(super) fn show(&self, stats: &Stats) {
        let totals = [
            stats.duplicates,
            stats.twins,
            stats.amended,
            stats.early,
            stats.retracted,
            stats.late_evaluations,
            stats.dropped_events,
            stats.unreadable_weights,
            stats.overflowed,
            stats.unmatched,
        ];
        for (counter, total) in self.counters.iter().zip(totals) {
            let more = total.saturating_sub(counter.value());
            counter.add(usize::try_from(more).unwrap_or(0));
        }
    }
}
