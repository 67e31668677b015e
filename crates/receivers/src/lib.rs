//! How telemetry comes in: one folder each, one line each below.

pub mod kafka;
pub mod nop;
pub mod otlp;
pub mod otlp_file;

use sdk::Registry;

/// Makes every receiver in this crate known.
pub fn register(registry: &mut Registry) {
    registry
        .receiver::<kafka::Kafka>()
        .receiver::<nop::Nop>()
        .receiver::<otlp::OtlpReceiver>()
        .receiver::<otlp_file::OtlpFile>();
}
