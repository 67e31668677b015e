//! OTLP on the wire, through the binary: what is taken, what is refused, and with which words
//! (C§5.3 to §5.6, and where DESIGN §5 decides otherwise).

mod backend_answers;
mod encodings;
mod grpc;
mod http;
mod json;

use acceptance::{Backend, Collector};

/// A receiver on both protocols, nothing behind it.
const NOP: &str = "\
receivers:
  otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}, http: {endpoint: '127.0.0.1:0'}}}
exporters: {nop: {}}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    traces: {receivers: [otlp], exporters: [nop]}
    metrics: {receivers: [otlp], exporters: [nop]}
    logs: {receivers: [otlp], exporters: [nop]}
";

/// A receiver on both protocols and an exporter without queue and retry, whose answer the client
/// hears.
async fn in_front_of(backend: &Backend, kind: &str) -> Collector {
    let endpoint = match kind {
        "otlp_http" => format!("http://{}", backend.address),
        _ => backend.address.to_string(),
    };
    let exporter = format!(
        "{kind}: {{endpoint: '{endpoint}', tls: {{insecure: true}}, sending_queue: {{enabled: \
         false}}, retry_on_failure: {{enabled: false}}}}"
    );
    let config = NOP.replace("nop: {}", &exporter).replace("[nop]", &format!("[{kind}]"));
    Collector::start(&config).await
}
