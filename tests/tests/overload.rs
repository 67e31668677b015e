//! More than the backend takes: clients are told when to come back, and everything arrives when they
//! do. `make overload` is the long version, beside the Go collector.

use std::time::Duration;

use acceptance::{
    Collector,
    storm::{Slow, Storm, weather},
};

/// What the budget, its batches on their way out and a debug build take.
const MEMORY_MAX: u64 = 150 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_shed_is_told_when_to_come_back_and_everything_arrives() {
    let backend = Slow::start(Duration::from_millis(500)).await;
    let config = format!(
        "\
receivers:
  otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}, http: {{endpoint: '127.0.0.1:0'}}}}}}
exporters:
  otlp_grpc:
    endpoint: '{}'
    tls: {{insecure: true}}
    compression: none
    sending_queue: {{queue_size: 100000}}
service:
  admission: {{limit_mib: 8}}
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp], exporters: [otlp_grpc]}}
",
        backend.address
    );
    let mut collector = Collector::start(&config).await;
    let ports = [collector.grpc().await, collector.http().await];
    let storm = Storm {
        clients: 20,
        every: Duration::from_millis(200),
        lasts: Duration::from_secs(4),
        spans: 20,
    };
    let report = weather(storm, ports, &backend, acceptance::DEADLINE).await;
    assert!(collector.is_alive(), "{}", collector.log());
    assert!(report.told > 0, "nobody was shed: {report:?}");
    assert_eq!((report.untold, report.final_refusals, report.broken), (0, 0, 0), "{report:?}");
    let taken: usize = report.taken.iter().sum();
    assert_eq!((taken, report.missing), (report.made, 0), "{report:?}");
    let peak = collector.peak_memory();
    assert!(peak < MEMORY_MAX, "{} MiB at most, it were {}", MEMORY_MAX >> 20, peak >> 20);
    let log = collector.stop().await;
    assert!(!log.contains("panicked"), "{log}");
}
