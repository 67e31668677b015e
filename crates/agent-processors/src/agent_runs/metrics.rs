//! The processor's own metrics.

use sdk::{
    BuildContext,
    telemetry::{Counter, Gauge, Level},
};

use crate::shared::tracker::{Loss, Outcome, State, Stats};

/// What is counted. Labels are the component's id and words from fixed lists.
#[derive(Debug)]
pub(super) struct Metrics {
    states: Vec<Gauge>,
    bytes: Gauge,
    closed: Vec<Counter>,
    lost: Vec<Counter>,
    amended: Counter,
    split: Counter,
    skipped: Counter,
    unattributed: Counter,
    pub(super) stamped: Counter,
    pub(super) pending: Counter,
    pub(super) events: Counter,
    pub(super) events_dropped: Counter,
    ledger_calls: Gauge,
    duplicates: Counter,
    evicted_calls: Counter,
}

impl Metrics {
    pub(super) fn new(context: &BuildContext) -> Self {
        let id = context.id.to_string();
        let telemetry = &context.telemetry;
        let name = |what: &str| format!("otelcol_processor_agent_runs_{what}");
        let counter = |what: &str, help: &str| {
            telemetry.counter(Level::Normal, &name(what), help, &[("processor", &id)])
        };
        let gauge = |what: &str, help: &str| {
            telemetry.gauge(Level::Normal, &name(what), help, &[("processor", &id)])
        };
        let each = |what: &str, help: &str, label: &str, words: &[&str]| -> Vec<Counter> {
            let of = |word: &&str| {
                let labels = [("processor", id.as_str()), (label, *word)];
                telemetry.counter(Level::Normal, &name(what), help, &labels)
            };
            words.iter().map(of).collect()
        };
        let states = State::ALL.iter().map(|state| {
            let labels = [("processor", id.as_str()), ("state", state.name())];
            let help = "Traces and sessions followed now";
            telemetry.gauge(Level::Basic, &name("in_flight"), help, &labels)
        });
        let outcomes = Outcome::ALL.map(Outcome::name);
        let losses = Loss::ALL.map(Loss::name);
        Self {
            states: states.collect(),
            bytes: gauge("memory_bytes", "Memory of what is followed, as it is reckoned"),
            closed: each("closed", "Runs closed", "outcome", &outcomes),
            lost: each("lost", "Runs given up without a root", "reason", &losses),
            amended: counter("amended", "Closed runs that changed"),
            split: counter("split", "Lost runs with parts below spans that never came"),
            skipped: counter("skipped_records", "Records not followed: their trace is full"),
            unattributed: counter("unattributed_calls", "Late changes to calls of forgotten runs"),
            stamped: counter("stamped_roots", "Root spans on which totals were written"),
            pending: counter("pending_spans", "Spans that had not ended"),
            events: counter("events", "Events handed on"),
            events_dropped: counter("dropped_events", "Events for which there was no room"),
            ledger_calls: gauge("ledger_calls", "Records kept for counting calls once"),
            duplicates: counter("duplicate_records", "Records that came again"),
            evicted_calls: counter("evicted_calls", "Records counted early for want of room"),
        }
    }

    /// Shows how things stand, all trackers together. Not for several tasks at once.
    pub(super) fn show(&self, stats: &Stats, ledger: &genai::Stats) {
        for (gauge, count) in self.states.iter().zip(stats.states) {
            set(gauge, count);
        }
        set(&self.bytes, stats.bytes);
        let raise_all = |counters: &[Counter], totals: &[u64]| {
            counters.iter().zip(totals).for_each(|(counter, total)| raise(counter, *total));
        };
        raise_all(&self.closed, &stats.closed);
        raise_all(&self.lost, &stats.lost);
        raise(&self.amended, stats.amended);
        raise(&self.split, stats.split);
        raise(&self.skipped, stats.skipped);
        raise(&self.unattributed, stats.unattributed);
        raise(&self.duplicates, ledger.duplicates);
        raise(&self.evicted_calls, ledger.evicted);
        set(&self.ledger_calls, ledger.calls);
    }
}

fn set(gauge: &Gauge, value: usize) {
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
}

/// Makes a counter that is counted elsewhere `total`.
fn raise(counter: &Counter, total: u64) {
    counter.add(usize::try_from(total.saturating_sub(counter.value())).unwrap_or(0));
}
