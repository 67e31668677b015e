//! How telemetry leaves: one folder each, one line each below.

pub mod debug;
pub mod file;
pub mod kafka;
pub mod load_balancing;
pub mod nop;
pub mod otlp_grpc;
pub mod otlp_http;
pub mod prometheus;
pub mod prometheus_remote_write;
mod shared;

use sdk::Registry;

/// Makes every exporter in this crate known.
pub fn register(registry: &mut Registry) {
    registry.exporter::<debug::Debug>().exporter::<file::File>().exporter::<nop::Nop>();
    registry.exporter::<otlp_grpc::OtlpGrpc>().exporter::<otlp_http::OtlpHttp>();
    registry
        .exporter::<prometheus::Prometheus>()
        .exporter::<prometheus_remote_write::PrometheusRemoteWrite>()
        .exporter::<load_balancing::LoadBalancing>()
        .exporter::<kafka::Kafka>();
}
