use super::*;

#[test]
fn receivers_are_counted_by_transport_also_by_one_nobody_knows() {
    let telemetry = Telemetry::new(Level::Basic);
    let id = "otlp/2".parse().unwrap();
    let counters = ReceiverCounters::new(&id, Signal::Metrics, &telemetry);
    counters.count("http", 2, true);
    counters.count("http", 3, false);
    counters.count("udp", 4, true);
    counters.count("udp", 4, true);
    let page = String::from_utf8(telemetry.render()).unwrap();
    for line in [
        "otelcol_receiver_accepted_metric_points{receiver=\"otlp/2\",transport=\"http\"} 2",
        "otelcol_receiver_refused_metric_points{receiver=\"otlp/2\",transport=\"http\"} 3",
        "otelcol_receiver_accepted_metric_points{receiver=\"otlp/2\",transport=\"udp\"} 8",
    ] {
        assert!(page.contains(line), "{page}");
    }
    assert!(!page.contains("transport=\"grpc\""), "{page}");
}
