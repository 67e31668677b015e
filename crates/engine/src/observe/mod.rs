//! What every receiver and processor is counted by, without knowing it (C§4.3).
//!
//! Exporters are counted in [`crate::deliver`].

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use sdk::{
    Id, Signal,
    telemetry::{Counter, Level, Telemetry},
};

/// The transports of the Go collector's labels; the first is for receivers that name none.
const TRANSPORTS: [&str; 3] = ["", "grpc", "http"];

/// Counts what a receiver got rid of, and what it did not.
#[derive(Debug)]
pub(crate) struct ReceiverCounters {
    receiver: String,
    signal: Signal,
    telemetry: Telemetry,
    /// One set for each of [`TRANSPORTS`], made when the first batch comes by it.
    known: [OnceLock<Received>; TRANSPORTS.len()],
}

#[derive(Clone, Debug)]
struct Received {
    accepted: Counter,
    refused: Counter,
}

impl ReceiverCounters {
    pub(crate) fn new(receiver: &Id, signal: Signal, telemetry: &Telemetry) -> Self {
        Self {
            receiver: receiver.to_string(),
            signal,
            telemetry: telemetry.clone(),
            known: Default::default(),
        }
    }

    /// Counts the items of one batch.
    pub(crate) fn count(&self, transport: &'static str, items: usize, is_accepted: bool) {
        let made;
        let known = TRANSPORTS.iter().position(|known| *known == transport);
        let received = match known.and_then(|at| self.known.get(at)) {
            Some(known) => known.get_or_init(|| self.received(transport)),
            None => {
                made = self.received(transport);
                &made
            }
        };
        let counter = if is_accepted { &received.accepted } else { &received.refused };
        counter.add(items);
    }

    fn received(&self, transport: &str) -> Received {
        let noun = self.signal.items_name();
        let words = noun.replace('_', " ");
        let counter = |what: &str, help: String| {
            let name = format!("otelcol_receiver_{what}_{noun}");
            let labels = [("receiver", self.receiver.as_str()), ("transport", transport)];
            self.telemetry.counter(Level::Basic, &name, &help, &labels)
        };
        // Never counted up, as in the Go collector; there so that dashboards find it.
        counter(
            "failed",
            format!(
                "The number of {words} that failed to be processed by the receiver due to internal errors. [Alpha]"
            ),
        );
        Received {
            accepted: counter(
                "accepted",
                format!("Number of {words} successfully pushed into the pipeline. [Alpha]"),
            ),
            refused: counter(
                "refused",
                format!("Number of {words} that could not be pushed into the pipeline. [Alpha]"),
            ),
        }
    }
}

/// Counts what goes into a processor and what comes out of it.
#[derive(Clone, Debug)]
pub(crate) struct ProcessorCounters {
    /// Items that came.
    pub(crate) incoming: Counter,
    /// Items that were handed on.
    pub(crate) outgoing: Counter,
}

impl ProcessorCounters {
    /// Instances of one id in pipelines of one signal share their series.
    pub(crate) fn new(processor: &Id, signal: Signal, telemetry: &Telemetry) -> Self {
        let processor = processor.to_string();
        let counter = |name: &str, help: &str| {
            let labels = [("processor", processor.as_str()), ("otel_signal", signal.name())];
            telemetry.counter(Level::Basic, name, help, &labels)
        };
        Self {
            incoming: counter(
                "otelcol_processor_incoming_items",
                "Number of items passed to the processor. [Alpha]",
            ),
            outgoing: counter(
                "otelcol_processor_outgoing_items",
                "Number of items emitted from the processor. [Alpha]",
            ),
        }
    }
}
