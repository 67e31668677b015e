//! The processor's own metrics, under the Go collector's names.

use sdk::{
    Batch, BuildContext,
    telemetry::{Counter, Gauge, Histogram, Level},
};

const SIZES: &[f64] = &[
    10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1e3, 2e3, 3e3, 4e3, 5e3, 6e3, 7e3, 8e3,
    9e3, 1e4, 2e4, 3e4, 5e4, 1e5,
];
const BYTES: &[f64] = &[
    128.0,
    256.0,
    512.0,
    1024.0,
    2048.0,
    4096.0,
    8192.0,
    16384.0,
    32768.0,
    65536.0,
    131_072.0,
    262_144.0,
    524_288.0,
    1_048_576.0,
    2_097_152.0,
    4_194_304.0,
    8_388_608.0,
    16_777_216.0,
];

/// What is counted.
#[derive(Clone, Debug)]
pub(super) struct Metrics {
    size: Histogram,
    bytes: Histogram,
    by_size: Counter,
    by_timeout: Counter,
    pub(super) cardinality: Gauge,
}

impl Metrics {
    pub(super) fn new(context: &BuildContext) -> Self {
        let id = context.id.to_string();
        let labels = &[("processor", id.as_str())][..];
        let telemetry = &context.telemetry;
        let counter = |name, help| telemetry.counter(Level::Normal, name, help, labels);
        Self {
            size: telemetry.histogram(
                Level::Normal,
                "otelcol_processor_batch_batch_send_size",
                "Number of units in the batch [Beta]",
                SIZES,
                labels,
            ),
            bytes: telemetry.histogram(
                Level::Detailed,
                "otelcol_processor_batch_batch_send_size_bytes",
                "Number of bytes in batch that was sent. Only available on detailed level. [Beta]",
                BYTES,
                labels,
            ),
            by_size: counter(
                "otelcol_processor_batch_batch_size_trigger_send",
                "Number of times the batch was sent due to a size trigger [Beta]",
            ),
            by_timeout: counter(
                "otelcol_processor_batch_timeout_trigger_send",
                "Number of times the batch was sent due to a timeout trigger [Beta]",
            ),
            cardinality: telemetry.gauge(
                Level::Normal,
                "otelcol_processor_batch_metadata_cardinality",
                "Number of distinct metadata value combinations being processed [Beta]",
                labels,
            ),
        }
    }

    pub(super) fn triggered(&self, by_size: bool) {
        if by_size { self.by_size.add(1) } else { self.by_timeout.add(1) }
    }

    pub(super) fn sent(&self, batch: &Batch) {
        self.size.record(batch.items() as f64);
        self.bytes.record(batch.bytes().len() as f64);
    }
}
