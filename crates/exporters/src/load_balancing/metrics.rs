//! Own metrics, under the names of the Go collector.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use sdk::{
    BuildContext,
    telemetry::{Counter, Gauge, Histogram, Level, Telemetry},
};

use super::resolver::BACKENDS_MAX;

/// Milliseconds, as the Go collector cuts them.
const LATENCIES: [f64; 13] =
    [5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4];

/// The series of one exporter.
#[derive(Debug)]
pub(super) struct Metrics {
    telemetry: Telemetry,
    exporter: String,
    resolver: &'static str,
    pub(super) backends: Gauge,
    pub(super) out: Gauge,
    pub(super) updates: Counter,
    pub(super) rerouted: Counter,
    resolved: Counter,
    unresolved: Counter,
    /// Every backend that ever had series of its own.
    named: Mutex<BTreeSet<String>>,
}

/// The series of one backend.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) latency: Histogram,
    pub(super) success: Counter,
    pub(super) failure: Counter,
}

impl Metrics {
    pub(super) fn new(context: &BuildContext, resolver: &'static str) -> Arc<Self> {
        let (telemetry, exporter) = (context.telemetry.clone(), context.id.to_string());
        let labels = [("exporter", exporter.as_str()), ("resolver", resolver)];
        let resolutions = |success| {
            let labels = [labels[0], labels[1], ("success", success)];
            let help = "Number of times the resolver has triggered new resolutions.";
            telemetry.counter(Level::Basic, "otelcol_loadbalancer_num_resolutions", help, &labels)
        };
        let gauge = |name: &str, help: &str| telemetry.gauge(Level::Basic, name, help, &labels);
        let counter = |name: &str, help: &str| telemetry.counter(Level::Basic, name, help, &labels);
        let backends =
            gauge("otelcol_loadbalancer_num_backends", "Current number of backends in use.");
        let out = gauge("tollgate_loadbalancer_backends_out", "Backends that do not answer now.");
        let updates = counter(
            "otelcol_loadbalancer_num_backend_updates",
            "Number of times the list of backends was updated.",
        );
        let rerouted = counter(
            "tollgate_loadbalancer_rerouted_items",
            "Items sent to another backend because theirs went out while they were on their way.",
        );
        let (resolved, unresolved) = (resolutions("true"), resolutions("false"));
        let named = Mutex::default();
        Arc::new(Self {
            backends,
            out,
            updates,
            rerouted,
            resolved,
            unresolved,
            named,
            resolver,
            exporter,
            telemetry,
        })
    }

    /// A name was looked up.
    pub(super) fn resolution(&self, success: bool) {
        if success { &self.resolved } else { &self.unresolved }.add(1);
    }

    /// The series of a backend. Addresses come and go: those past [`BACKENDS_MAX`] share theirs.
    pub(super) fn of(&self, endpoint: &str) -> Series {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let is_named = named.contains(endpoint)
            || (named.len() < BACKENDS_MAX && named.insert(endpoint.to_owned()));
        let endpoint = if is_named { endpoint } else { "_OTHER" };
        let labels = [("exporter", self.exporter.as_str()), ("endpoint", endpoint)];
        let outcome = |success| {
            let labels = [labels[0], labels[1], ("success", success)];
            let help = "Number of successes and failures for each endpoint.";
            let name = "otelcol_loadbalancer_backend_outcome";
            self.telemetry.counter(Level::Basic, name, help, &labels)
        };
        let latency = self.telemetry.histogram(
            Level::Normal,
            "otelcol_loadbalancer_backend_latency",
            "Response latency in ms for the backends.",
            &LATENCIES,
            &labels,
        );
        Series { latency, success: outcome("true"), failure: outcome("false") }
    }

    /// What the backends are found by.
    pub(super) fn resolver(&self) -> &'static str {
        self.resolver
    }
}
