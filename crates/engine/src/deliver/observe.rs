//! What delivery counts and logs (C§4.3, C§1.5).

use std::{sync::Arc, time::Duration};

use sdk::{
    Batch, Code, Delivered, Delivery, Error, Signal,
    telemetry::{Counter, Gauge, Histogram, Labels, Level, Telemetry},
};

use super::{
    DeliverContext, Troubles,
    failure::{Failure, Large},
    sender::go_text,
};
use crate::ledger::ExporterAccount;

/// Upper bounds of histograms of items.
const ITEM_BOUNDS: [f64; 22] = [
    10., 25., 50., 75., 100., 250., 500., 750., 1e3, 2e3, 3e3, 4e3, 5e3, 6e3, 7e3, 8e3, 9e3, 1e4,
    2e4, 3e4, 5e4, 1e5,
];

/// Prints one log line with the fields that say which component it is about. Level, message and
/// the rest are those of `tracing`'s macros.
macro_rules! log {
    ($level:ident, $observe:expr, $($rest:tt)+) => {
        tracing::$level!(
            otelcol.component.id = %$observe.id,
            otelcol.component.kind = "exporter",
            otelcol.signal = $observe.signal.name(),
            $($rest)+
        )
    };
}

/// The metrics and log lines of one exporter and signal.
pub(super) struct Observe {
    signal: Signal,
    id: String,
    telemetry: Telemetry,
    /// The labels of what concerns the backend: the exporter, and where it sends.
    destination: Vec<(&'static str, String)>,
    /// What the log suggests after a failure; empty when there is nothing to suggest.
    advice: &'static str,
    /// Whether the queue is on disk.
    on_disk: bool,
    account: ExporterAccount,
    troubles: Arc<Troubles>,
    sent: Counter,
    rejected: Counter,
    enqueue_failed: Counter,
    in_flight: Gauge,
    queue_size: Gauge,
    queue_capacity: Gauge,
    enqueue_sizes: Sizes,
    batch_sizes: Sizes,
}

/// Histograms of sizes; off below the detailed level.
#[derive(Default)]
struct Sizes {
    items: Histogram,
    bytes: Histogram,
}

/// A batch on its way to the backend. Dropped before all of it landed, the others count as failed.
#[must_use]
pub(super) struct Flight<'a> {
    observe: &'a Observe,
    /// Those of which it is not known yet what became of them.
    items: usize,
}

impl Observe {
    /// The series of this exporter; those of a queue only where there is one.
    pub(super) fn new(delivery: &Delivery, signal: Signal, context: &DeliverContext) -> Self {
        let id = context.id.to_string();
        let destination = destination(delivery, &id);
        let answers_early = delivery.queue.as_ref().is_some_and(|queue| !queue.wait_for_result);
        let mut observe = Self {
            signal,
            telemetry: context.telemetry.clone(),
            destination,
            advice: advice(delivery),
            on_disk: delivery.queue.as_ref().is_some_and(|queue| queue.storage.is_some()),
            account: ExporterAccount::new(&context.id, signal, answers_early, &context.ledger),
            troubles: context.troubles.clone(),
            sent: Counter::default(),
            rejected: Counter::default(),
            enqueue_failed: Counter::default(),
            in_flight: Gauge::default(),
            queue_size: Gauge::default(),
            queue_capacity: Gauge::default(),
            enqueue_sizes: Sizes::default(),
            batch_sizes: Sizes::default(),
            id,
        };
        observe.define_backend_series();
        if let Some(queue) = &delivery.queue {
            observe.define_queue_series(queue.batch.as_ref().is_some());
        }
        observe
    }

    fn define_backend_series(&mut self) {
        let labels = borrowed(&self.destination);
        self.sent = self.items_counter(
            "otelcol_exporter_sent",
            "successfully sent to destination",
            &labels,
        );
        self.rejected = self.items_counter(
            "tollgate_exporter_rejected",
            "that the destination said it did not keep",
            &labels,
        );
        self.in_flight = self.gauge(
            "otelcol_exporter_in_flight_requests",
            "Number of requests on their way to the destination. [Alpha]",
        );
        // A counter that starts at zero lets an alert see the first failure. The labels of the
        // detailed level depend on the failure, so there is no series to start with.
        if self.telemetry.level() < Level::Detailed {
            self.count_send_failed(0, "", false);
        }
    }

    fn define_queue_series(&mut self, batching: bool) {
        let labels = [("exporter", self.id.as_str())];
        self.enqueue_failed = self.items_counter(
            "otelcol_exporter_enqueue_failed",
            "that could not be added to the sending queue",
            &labels,
        );
        self.queue_size = self.gauge(
            "otelcol_exporter_queue_size",
            "Current size of the sending queue, in units of its sizer. [Alpha]",
        );
        self.queue_capacity = self.gauge(
            "otelcol_exporter_queue_capacity",
            "Fixed capacity of the sending queue, in units of its sizer. [Alpha]",
        );
        self.enqueue_sizes = Sizes::new(&self.telemetry, "otelcol_exporter_enqueue_size", &labels);
        if batching {
            self.batch_sizes =
                Sizes::new(&self.telemetry, "otelcol_exporter_queue_batch_send_size", &labels);
        }
    }

    /// How much the queue holds.
    pub(super) fn queue_size(&self) -> Gauge {
        self.queue_size.clone()
    }

    /// How much the queue can hold.
    pub(super) fn queue_capacity(&self) -> &Gauge {
        &self.queue_capacity
    }

    /// The loss ledger.
    pub(super) fn account(&self) -> &ExporterAccount {
        &self.account
    }

    /// A batch came to the queue.
    pub(super) fn offered(&self, batch: &Batch) {
        if self.telemetry.level() >= Level::Detailed {
            self.enqueue_sizes.record(batch);
        }
    }

    /// The queue did not take items.
    pub(super) fn enqueue_failed(&self, items: usize) {
        self.enqueue_failed.add(items);
    }

    /// The batcher made a batch.
    pub(super) fn batched(&self, batch: &Batch) {
        if self.telemetry.level() >= Level::Detailed {
            self.batch_sizes.record(batch);
        }
    }

    /// A batch leaves for the backend.
    pub(super) fn take_off(&self, items: usize) -> Flight<'_> {
        self.in_flight.add(1);
        Flight { observe: self, items }
    }

    /// An attempt failed and another will follow.
    pub(super) fn will_retry(&self, error: &Error, wait: Duration) {
        log!(
            info,
            self,
            %error,
            interval = %go_text(wait),
            "Exporting failed. Will retry the request after interval."
        );
    }

    /// Items that nobody waits for are given up.
    pub(super) fn dropping(&self, error: &Error, items: usize) {
        let advice = self.advice;
        log!(error, self, %error, dropped_items = items, "Exporting failed. Dropping data.{advice}");
    }

    /// The queue on disk holds what was not sent before the last stop.
    pub(super) fn restored(&self, batches: usize, items: usize) {
        self.account.restore(items);
        log!(info, self, batches, items, "Going on with what the queue on disk holds.");
    }

    /// A batch on disk cannot be read; items that are lost by that.
    pub(super) fn unreadable(&self, error: &Error, items: usize) {
        log!(error, self, %error, dropped_items = items, "Reading from the queue on disk failed.");
        self.count_send_failed(items, "_OTHER", true);
    }

    /// A batch on disk cannot be read now.
    pub(super) fn unreadable_now(&self, error: &Error, items: usize) {
        self.account.leave(items);
        log!(error, self, %error, kept_items = items, "Reading from the queue on disk failed. It is tried again after a restart.");
    }

    /// Items are given back to whoever sent them.
    pub(super) fn rejecting(&self, error: &Error, items: usize) {
        let advice = self.advice;
        log!(error, self, %error, rejected_items = items, "Exporting failed. Rejecting data.{advice}");
    }

    /// An attempt ended, with an error or without.
    pub(super) fn hear(&self, error: Option<&Error>) {
        match error {
            None => self.troubles.end(self.signal),
            Some(error) => self.troubles.begin(self.signal, error),
        }
    }

    /// The destination takes nothing as large, even alone. What of it is counted is told elsewhere.
    pub(super) fn too_large(&self, Large { items, bytes_max }: Large) {
        log!(
            error,
            self,
            dropped_items = items,
            largest_bytes = bytes_max,
            "A request that cannot be split is larger than the destination takes. Raise its limit, or have less \
             recorded."
        );
    }

    /// Items that fit into no batch of the allowed size are given up.
    pub(super) fn oversized(&self, items: usize) -> Error {
        let noun = match self.signal {
            Signal::Traces => "span",
            Signal::Metrics => "data point",
            Signal::Logs => "log record",
            Signal::Profiles => "sample",
        };
        let text = format!("one {noun} size is greater than max size, dropping items: {items}");
        log!(error, self, dropped_items = items, "{text}");
        self.count_send_failed(items, "_OTHER", true);
        Error::permanent(text)
    }

    /// Items of which no batch can be made count as failed, though no export was tried.
    pub(super) fn unsendable(&self, error: Error, items: usize) -> Error {
        self.count_send_failed(items, "_OTHER", error.is_permanent());
        error
    }

    /// The destination took items, but for those it said it did not keep.
    fn sent(&self, items: usize, delivered: &Delivered) {
        let rejected = delivered.rejected.min(items);
        self.account.send(items, rejected);
        self.sent.add(items - rejected);
        self.rejected.add(rejected);
        // A message without rejected items is a warning of the backend.
        if *delivered != Delivered::all() {
            self.partial_success(delivered);
        }
    }

    fn partial_success(&self, delivered: &Delivered) {
        let (message, items) = (&delivered.message, delivered.rejected);
        let text = "Partial success response";
        match self.signal {
            Signal::Traces => log!(warn, self, message = %message, dropped_spans = items, "{text}"),
            Signal::Metrics => {
                log!(warn, self, message = %message, dropped_data_points = items, "{text}");
            }
            Signal::Logs => {
                log!(warn, self, message = %message, dropped_log_records = items, "{text}");
            }
            Signal::Profiles => {
                log!(warn, self, message = %message, dropped_profiles = items, "{text}");
            }
        }
    }

    /// Counts failed items; at the detailed level by kind of failure. The series are at most two
    /// for each gRPC code and a few words.
    fn count_send_failed(&self, items: usize, kind: &str, permanent: bool) {
        self.account.fail(items);
        let mut labels = borrowed(&self.destination);
        if self.telemetry.level() >= Level::Detailed {
            labels.push(("error_type", kind));
            labels.push(("error_permanent", if permanent { "true" } else { "false" }));
        }
        self.items_counter(
            "otelcol_exporter_send_failed",
            "in failed attempts to send to destination",
            &labels,
        )
        .add(items);
    }

    fn items_counter(&self, prefix: &str, what: &str, labels: Labels<'_>) -> Counter {
        let noun = self.signal.items_name();
        let help = format!("Number of {} {what}. [Alpha]", noun.replace('_', " "));
        self.telemetry.counter(Level::Basic, &format!("{prefix}_{noun}"), &help, labels)
    }

    fn gauge(&self, name: &str, help: &str) -> Gauge {
        let labels = [("exporter", self.id.as_str()), ("data_type", self.signal.name())];
        self.telemetry.gauge(Level::Basic, name, help, &labels)
    }
}

impl Sizes {
    fn new(telemetry: &Telemetry, name: &str, labels: Labels<'_>) -> Self {
        let histogram = |name: &str, help, bounds: &[f64]| {
            telemetry.histogram(Level::Detailed, name, help, bounds, labels)
        };
        let powers_of_two: Vec<_> = (7..=24).map(|power| f64::from(1 << power)).collect();
        Self {
            items: histogram(name, "Number of items in a request. [Development]", &ITEM_BOUNDS),
            bytes: histogram(
                &format!("{name}_bytes"),
                "Number of bytes in a request. [Development]",
                &powers_of_two,
            ),
        }
    }

    fn record(&self, batch: &Batch) {
        self.items.record(batch.items() as f64);
        self.bytes.record(batch.bytes().len() as f64);
    }
}

impl Flight<'_> {
    /// Counts what of a piece was taken, where a part was, and leaves what is still to be sent.
    pub(super) fn land_part(&mut self, piece: &mut Batch, error: &mut Error) {
        let Some(rest) = error.take_rest() else { return };
        let taken = piece.items().saturating_sub(rest.batch.items());
        self.land(taken, &rest.delivered);
        *piece = rest.batch;
    }

    /// Counts items that were taken.
    pub(super) fn land(&mut self, items: usize, delivered: &Delivered) {
        self.observe.sent(items, delivered);
        self.hand_over(items);
    }

    /// Another exporter sends items and counts them.
    pub(super) fn hand_over(&mut self, items: usize) {
        self.items = self.items.saturating_sub(items);
    }

    /// Counts items that were given up. What stays on disk for the next start has not failed.
    pub(super) fn crash(&mut self, failure: &Failure) {
        self.hand_over(failure.items);
        if failure.shutdown && self.observe.on_disk {
            return self.observe.account.leave(failure.items);
        }
        let error = &failure.error;
        let kind = if failure.shutdown { "Shutdown".to_owned() } else { kind(error) };
        self.observe.count_send_failed(failure.items, &kind, error.is_permanent());
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.observe.in_flight.add(-1);
        if self.items > 0 {
            self.observe.count_send_failed(self.items, "Canceled", false);
        }
    }
}

/// The name of the gRPC code an error came with, as a label.
fn kind(error: &Error) -> String {
    match error.status().map(|status| status.code) {
        None | Some(Code::Ok) => "_OTHER".to_owned(),
        Some(code) => format!("{code:?}"),
    }
}

/// What the Go collector adds to the log when a setting would have helped.
fn advice(delivery: &Delivery) -> &'static str {
    match &delivery.retry {
        Some(retry) if !retry.enabled => {
            " Try enabling retry_on_failure config option to retry on retryable errors."
        }
        _ => "",
    }
}

fn destination(delivery: &Delivery, id: &str) -> Vec<(&'static str, String)> {
    let destination = &delivery.destination;
    let port = destination.port.map(|port| port.to_string()).unwrap_or_default();
    let mut labels = vec![
        ("exporter", id.to_owned()),
        ("server_address", destination.address.clone()),
        ("server_port", port),
        ("url_path", destination.path.clone()),
    ];
    labels.retain(|(_, value)| !value.is_empty());
    labels
}

fn borrowed<'a>(labels: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    labels.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
