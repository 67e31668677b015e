//! Without a queue the client waits for the export.

use std::time::Duration;

use sdk::{Code, Delivery, Error, GrpcStatus, RetryConfig};

use super::support::{Bench, Logs, Scripted, Step, settle, spans, steady};

#[tokio::test(start_paused = true)]
async fn the_client_hears_the_backends_answer_with_its_status() {
    let (logs, _guard) = Logs::capture();
    let status = GrpcStatus {
        code: Code::Unauthenticated,
        message: "no token".to_owned(),
        details: bytes::Bytes::from_static(b"\x08\x10"),
    };
    let failure = Error::permanent("no token").with_status(status.clone());
    let bench = Bench::new(Scripted::new([Step::Fail(failure)]), Delivery::default());
    let error = bench.consume(spans("a", 2)).await.unwrap_err();
    assert_eq!(error.status(), Some(&status));
    assert_eq!(
        logs.lines(),
        ["error Exporting failed. Rejecting data. \
          {error: Permanent error: no token, rejected_items: 2}"]
    );
    bench.consume(spans("b", 1)).await.unwrap();
    assert_eq!(bench.ends(), [1, 2, 0]);
}

#[tokio::test(start_paused = true)]
async fn retries_happen_while_the_client_waits() {
    let delivery = Delivery { retry: Some(steady()), ..Delivery::default() };
    let bench = Bench::new(Scripted::new([Step::Refuse]), delivery);
    let client = bench.spawn(spans("a", 1));
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(!client.is_finished());
    client.await.unwrap().unwrap();
    assert_eq!(bench.exporter.times().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_ends_the_export_and_the_batch_counts_as_failed() {
    let bench = Bench::new(Scripted::new([Step::Never]), Delivery::default());
    let client = bench.spawn(spans("a", 7));
    settle().await;
    assert_eq!(bench.metric("otelcol_exporter_in_flight_requests"), Some(1.0));
    client.abort();
    settle().await;
    assert_eq!(bench.ends(), [0, 7, 0]);
    assert_eq!(bench.metric("otelcol_exporter_in_flight_requests"), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_waits_between_attempts() {
    let delivery = Delivery { retry: Some(steady()), ..Delivery::default() };
    let bench = Bench::new(Scripted::new([Step::Refuse, Step::Refuse]), delivery);
    let client = bench.spawn(spans("a", 1));
    settle().await;
    bench.deliver.drain().await;
    let error = client.await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "interrupted due to shutdown: busy");
    assert!(!error.is_permanent());
}

#[tokio::test(start_paused = true)]
async fn the_log_says_which_setting_would_have_helped() {
    let (logs, _guard) = Logs::capture();
    let off = RetryConfig { enabled: false, ..RetryConfig::default() };
    let delivery = Delivery { retry: Some(off), ..Delivery::default() };
    let bench = Bench::new(Scripted::new([Step::Refuse]), delivery);
    bench.consume(spans("a", 1)).await.unwrap_err();
    assert_eq!(
        logs.lines(),
        ["error Exporting failed. Rejecting data. Try enabling retry_on_failure config option \
          to retry on retryable errors. {error: busy, rejected_items: 1}"]
    );
}
