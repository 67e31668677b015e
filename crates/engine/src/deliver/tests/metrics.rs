//! Which series there are, and what they say.

use std::time::Duration;

use sdk::{
    BatchConfig, Code, Delivery, Destination, Error, GrpcStatus, Optional, QueueConfig,
    telemetry::Level,
};

use super::support::{Bench, Logs, Scripted, Step, queued, settle, spans, steady};

#[tokio::test(start_paused = true)]
async fn series_carry_the_exporter_and_where_it_sends() {
    let destination = Destination {
        address: "tempo".to_owned(),
        port: Some(4318),
        path: "/v1/traces".to_owned(),
    };
    let delivery = Delivery { destination, ..queued(QueueConfig::default()) };
    let bench = Bench::new(Scripted::new([]), delivery);
    bench.consume(spans("a", 3)).await.unwrap();
    bench.deliver.drain().await;
    let page = bench.page();
    let backend = "exporter=\"otlp/backend\",server_address=\"tempo\",server_port=\"4318\",\
                   url_path=\"/v1/traces\"";
    for line in [
        format!("otelcol_exporter_sent_spans{{{backend}}} 3"),
        format!("otelcol_exporter_send_failed_spans{{{backend}}} 0"),
        format!("tollgate_exporter_rejected_spans{{{backend}}} 0"),
        "otelcol_exporter_enqueue_failed_spans{exporter=\"otlp/backend\"} 0".to_owned(),
        "otelcol_exporter_queue_size{data_type=\"traces\",exporter=\"otlp/backend\"} 0".to_owned(),
        "otelcol_exporter_queue_capacity{data_type=\"traces\",exporter=\"otlp/backend\"} 1000"
            .to_owned(),
        "otelcol_exporter_in_flight_requests{data_type=\"traces\",exporter=\"otlp/backend\"} 0"
            .to_owned(),
    ] {
        assert!(page.lines().any(|shown| shown == line), "{line}\n{page}");
    }
    assert!(!page.contains("enqueue_size") && !page.contains("batch_send_size"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn without_a_queue_there_are_no_series_of_one() {
    let bench = Bench::new(Scripted::new([]), Delivery::default());
    bench.consume(spans("a", 3)).await.unwrap();
    let page = bench.page();
    assert!(!page.contains("queue"), "{page}");
    assert!(page.contains("otelcol_exporter_sent_spans{exporter=\"otlp/backend\"} 3\n"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn failures_count_once_and_by_kind_at_the_detailed_level() {
    let status = |code| {
        let status = GrpcStatus { code, message: String::new(), details: bytes::Bytes::new() };
        Step::Fail(Error::permanent("no").with_status(status))
    };
    let script =
        [status(Code::InvalidArgument), status(Code::Ok), Step::Refuse, Step::Refuse, Step::Refuse];
    let delivery = Delivery { retry: Some(steady()), ..queued(QueueConfig::default()) };
    let bench = Bench::at(Level::Detailed, Scripted::new(script), delivery);
    bench.consume(spans("a", 1)).await.unwrap();
    settle().await;
    bench.consume(spans("b", 2)).await.unwrap();
    settle().await;
    bench.consume(spans("c", 4)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    bench.deliver.drain().await;
    let page = bench.page();
    for (kind, permanent, count) in
        [("InvalidArgument", true, 1), ("_OTHER", true, 2), ("Shutdown", false, 4)]
    {
        let line = format!(
            "otelcol_exporter_send_failed_spans{{error_permanent=\"{permanent}\",\
             error_type=\"{kind}\",exporter=\"otlp/backend\"}} {count}"
        );
        assert!(page.lines().any(|shown| shown == line), "{line}\n{page}");
    }
    assert!(page.contains("otelcol_exporter_enqueue_size_sum{exporter=\"otlp/backend\"} 7\n"));
}

#[tokio::test(start_paused = true)]
async fn batches_are_measured_where_there_is_a_batcher() {
    let batch = Optional::Some(BatchConfig { min_size: 4, ..BatchConfig::default() });
    let config = QueueConfig { batch, ..QueueConfig::default() };
    let bench = Bench::at(Level::Detailed, Scripted::new([]), queued(config));
    bench.consume(spans("a", 2)).await.unwrap();
    bench.consume(spans("b", 2)).await.unwrap();
    bench.deliver.drain().await;
    let page = bench.page();
    let size = spans("a", 2).bytes().len() * 2;
    for line in [
        "otelcol_exporter_queue_batch_send_size_count{exporter=\"otlp/backend\"} 1".to_owned(),
        "otelcol_exporter_queue_batch_send_size_sum{exporter=\"otlp/backend\"} 4".to_owned(),
        format!(
            "otelcol_exporter_queue_batch_send_size_bytes_sum{{exporter=\"otlp/backend\"}} {size}"
        ),
        "otelcol_exporter_enqueue_size_count{exporter=\"otlp/backend\"} 2".to_owned(),
    ] {
        assert!(page.lines().any(|shown| shown == line), "{line}\n{page}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_partial_success_is_told_and_counted() {
    let (logs, _guard) = Logs::capture();
    let script = [Step::Partly(2, "too old"), Step::Partly(0, "upgrade"), Step::Partly(99, "all")];
    let bench = Bench::new(Scripted::new(script), Delivery::default());
    for name in ["a", "b", "c"] {
        bench.consume(spans(name, 5)).await.unwrap();
    }
    assert_eq!(bench.ends(), [8, 0, 0]);
    assert_eq!(bench.metric("tollgate_exporter_rejected_spans"), Some(7.0));
    assert_eq!(
        logs.lines(),
        [
            "warn Partial success response {message: too old, dropped_spans: 2}",
            "warn Partial success response {message: upgrade, dropped_spans: 0}",
            "warn Partial success response {message: all, dropped_spans: 99}",
        ]
    );
}
