//! Nothing that was acknowledged is lost: not by SIGTERM, not by a full queue, not by a backend that
//! fails (C§3.2, §6.4).

use acceptance::{
    Answer, Backend, Collector, Connection,
    client::post,
    ledger::{accounts, assert_account},
    telemetry::{TRACES, span_names, traces},
};
use bytes::Bytes;
use tokio::task::JoinSet;
use tonic::{Code, Status};

/// Whose accounts the log tells.
const PIPELINE: &str = "pipeline \"traces\"";
const EXPORTER: &str = "exporter \"otlp_grpc\", traces";

/// A collector in front of `backend`: settings of its exporter, and its processors.
fn config(backend: &Backend, exporter: &str, processors: &str) -> String {
    format!(
        "receivers:\n  otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}, http: {{endpoint: \
         '127.0.0.1:0'}}}}}}\nprocessors: {{{processors}}}\nexporters:\n  otlp_grpc: {{endpoint: \
         '{}', tls: {{insecure: true}}, timeout: 20s, {exporter}}}\nservice:\n  telemetry: \
         {{metrics: {{level: none}}}}\n  pipelines:\n    traces: {{receivers: [otlp], processors: \
         [{}], exporters: [otlp_grpc]}}\n",
        backend.address,
        processors.split(':').next().unwrap_or_default(),
    )
}

/// Sends requests of three spans from ten clients at once, every other one over HTTP; the names of
/// the spans that were acknowledged, sorted.
async fn send_many(collector: &Collector, requests: usize) -> Vec<String> {
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let mut clients = JoinSet::new();
    for client in 0..10 {
        clients.spawn(async move {
            let connection = Connection::open(grpc).await;
            let mut acknowledged = Vec::new();
            for request in 0..requests / 10 {
                let names = [0, 1, 2].map(|span| format!("{client}-{request}-{span}"));
                let message = traces(&[&names[0], &names[1], &names[2]]);
                let is_taken = if request % 2 == 0 {
                    connection.export(TRACES, &message).await.code() == Code::Ok
                } else {
                    let headers = [("content-type", "application/x-protobuf")];
                    post(http, "/v1/traces", &headers, message).await.status == 200
                };
                if is_taken {
                    acknowledged.extend(names);
                }
            }
            acknowledged
        });
    }
    let mut acknowledged = clients.join_all().await.concat();
    acknowledged.sort();
    acknowledged
}

/// The names of the spans that the backend took, sorted.
fn taken(backend: &Backend) -> Vec<String> {
    let requests = backend.received().into_iter().filter(|request| request.is_taken);
    let mut names: Vec<_> = requests.flat_map(|request| span_names(&request.body)).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn term_delivers_everything_that_was_accepted_and_ends_with_zero() {
    for (what, exporter, processors) in [
        ("a queue", "sending_queue: {num_consumers: 2}", ""),
        ("a queue counting items", "sending_queue: {sizer: items, queue_size: 5000}", ""),
        (
            "a batching queue, far from full",
            "sending_queue: {batch: {flush_timeout: 10m, min_size: 800}}",
            "",
        ),
        (
            "a batching queue that splits",
            "sending_queue: {batch: {flush_timeout: 1s, min_size: 50, max_size: 50}}",
            "",
        ),
        (
            "a batch processor and a queue",
            "sending_queue: {num_consumers: 2}",
            "batch: {timeout: 20ms, send_batch_size: 40}",
        ),
    ] {
        let backend = Backend::start().await;
        backend.hold();
        let collector = Collector::start(&config(&backend, exporter, processors)).await;
        let acknowledged = send_many(&collector, 200).await;
        assert_eq!(acknowledged.len(), 600, "{what}");
        assert_eq!(taken(&backend).len(), 0, "{what}");
        collector.signal("TERM");
        collector.line("Starting shutdown...").await;
        backend.release();
        let (status, log) = collector.end().await;
        assert_eq!(status.code(), Some(0), "{what}: {log}");
        assert!(log.contains("Shutdown complete."), "{what}: {log}");
        assert_eq!(taken(&backend), acknowledged, "{what}");
        assert_account(&log, PIPELINE, &[("entered", 600), ("passed to otlp_grpc", 600)]);
        assert_account(&log, EXPORTER, &[("offered", 600), ("sent", 600)]);
    }
}

#[tokio::test]
async fn a_batch_that_a_full_queue_refuses_is_delivered_all_the_same() {
    let backend = Backend::start().await;
    backend.hold();
    let queue = "sending_queue: {queue_size: 1, num_consumers: 1}";
    let processors = "batch: {timeout: 1ms}";
    let collector = Collector::start(&config(&backend, queue, processors)).await;
    let connection = Connection::open(collector.grpc().await).await;
    let names = ["on its way", "refused", "behind it"];
    assert_eq!(connection.export(TRACES, &traces(&names[..1])).await.code(), Code::Ok);
    backend.arrived(1).await;
    assert_eq!(connection.export(TRACES, &traces(&names[1..2])).await.code(), Code::Ok);
    collector.line("Batch was refused and waits to be sent again").await;
    assert_eq!(connection.export(TRACES, &traces(&names[2..])).await.code(), Code::Ok);
    collector.signal("TERM");
    collector.line("Starting shutdown...").await;
    backend.release();
    let (status, log) = collector.end().await;
    assert_eq!(status.code(), Some(0), "{log}");
    let mut names = names.to_vec();
    names.sort_unstable();
    assert_eq!(taken(&backend), names, "{log}");
    assert_account(&log, PIPELINE, &[("entered", 3), ("passed to otlp_grpc", 3)]);
    let exporter = accounts(&log).remove(EXPORTER).unwrap();
    assert_eq!(exporter["sent"], 3);
    assert_eq!(exporter["offered"], 3 + exporter["refused"], "{exporter:?}");
}

#[tokio::test]
async fn behind_a_batch_an_exporter_without_a_queue_is_heard_by_every_client() {
    let backend = Backend::start().await;
    backend.script([Answer::Status(Status::internal("never"))]);
    let sync = "sending_queue: {enabled: false}, retry_on_failure: {enabled: false}";
    let collector = Collector::start(&config(&backend, sync, "batch: {timeout: 10ms}")).await;
    let connection = Connection::open(collector.grpc().await).await;
    let refused = connection.export(TRACES, &traces(&["refused"])).await;
    assert!(refused.status.message().contains("never"), "{:?}", refused.status);
    assert_eq!(connection.export(TRACES, &traces(&["taken"])).await.code(), Code::Ok);
    assert_eq!(taken(&backend), ["taken"]);
    let log = collector.stop().await;
    let pipeline = [("entered", 2), ("passed to otlp_grpc", 1), ("refused", 1)];
    assert_account(&log, PIPELINE, &pipeline);
    assert_account(&log, EXPORTER, &[("offered", 2), ("sent", 1), ("refused", 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_flight_at_term_are_answered_by_what_the_backend_says() {
    let backend = Backend::start().await;
    backend.hold();
    let sync = "sending_queue: {enabled: false}, retry_on_failure: {enabled: false}";
    let collector = Collector::start(&config(&backend, sync, "")).await;
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let mut calls = JoinSet::new();
    for call in 0..10 {
        calls.spawn(async move {
            let message = traces(&[&format!("{call}")]);
            if call % 2 == 0 {
                let connection = Connection::open(grpc).await;
                connection.export(TRACES, &message).await.code() == Code::Ok
            } else {
                let headers = [("content-type", "application/x-protobuf")];
                post(http, "/v1/traces", &headers, message).await.status == 200
            }
        });
    }
    backend.arrived(10).await;
    backend.script(vec![Answer::Status(Status::unavailable("not now")); 3]);
    collector.signal("TERM");
    collector.line("Starting shutdown...").await;
    backend.release();
    let answers = calls.join_all().await;
    assert_eq!(answers.into_iter().filter(|is_taken| *is_taken).count(), 7);
    let (status, log) = collector.end().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(taken(&backend).len(), 7);
    let pipeline = [("entered", 10), ("passed to otlp_grpc", 7), ("refused", 3)];
    assert_account(&log, PIPELINE, &pipeline);
    assert_account(&log, EXPORTER, &[("offered", 10), ("sent", 7), ("refused", 3)]);
}

#[tokio::test]
async fn a_full_queue_is_heard_and_what_was_taken_before_is_delivered() {
    let backend = Backend::start().await;
    backend.hold();
    let queue = "sending_queue: {queue_size: 2, num_consumers: 1}";
    let collector = Collector::start(&config(&backend, queue, "")).await;
    let connection = Connection::open(collector.grpc().await).await;
    let address = collector.http().await;
    let mut acknowledged = Vec::new();
    for request in 0..6 {
        let name = format!("{request}");
        let answer = connection.export(TRACES, &traces(&[&name])).await;
        if answer.code() == Code::Ok {
            acknowledged.push(name);
            continue;
        }
        assert_eq!(answer.code(), Code::Unavailable, "{:?}", answer.status);
        assert!(answer.status.message().contains("sending queue is full"), "{:?}", answer.status);
        let headers = [("content-type", "application/x-protobuf")];
        let answer = post(address, "/v1/traces", &headers, traces(&["refused"])).await;
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert!(answer.rpc_status().message.contains("sending queue is full"));
    }
    assert!((2..=3).contains(&acknowledged.len()), "{acknowledged:?}");
    backend.release();
    let log = collector.stop().await;
    assert_eq!(taken(&backend), acknowledged);
    let sent = acknowledged.len() as u64;
    let refused = 2 * (6 - sent);
    let pipeline =
        [("entered", sent + refused), ("passed to otlp_grpc", sent), ("refused", refused)];
    assert_account(&log, PIPELINE, &pipeline);
    let exporter = [("offered", sent + refused), ("sent", sent), ("refused", refused)];
    assert_account(&log, EXPORTER, &exporter);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_failing_backend_refuses_is_never_acknowledged() {
    let backend = Backend::start().await;
    let refusals = [Status::unavailable("later"), Status::internal("never")];
    backend.script((0..300).map(|request| match request % 3 {
        0 => Answer::Taken(Bytes::new()),
        other => Answer::Status(refusals[other - 1].clone()),
    }));
    let sync = "sending_queue: {enabled: false}, retry_on_failure: {enabled: false}";
    let collector = Collector::start(&config(&backend, sync, "")).await;
    let acknowledged = send_many(&collector, 300).await;
    let log = collector.stop().await;
    assert_account(&log, EXPORTER, &[("offered", 900), ("sent", 300), ("refused", 600)]);
    assert_eq!(backend.received().len(), 300);
    assert_eq!(acknowledged.len(), 300);
    assert_eq!(taken(&backend), acknowledged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_recovers_gets_everything_once() {
    let backend = Backend::start().await;
    backend.script(vec![Answer::Status(Status::unavailable("later")); 40]);
    let retry = "retry_on_failure: {initial_interval: 10ms, max_interval: 20ms}";
    let collector = Collector::start(&config(&backend, retry, "")).await;
    let acknowledged = send_many(&collector, 100).await;
    assert_eq!(acknowledged.len(), 300);
    backend.answered(140).await;
    let log = collector.stop().await;
    assert_account(&log, EXPORTER, &[("offered", 300), ("sent", 300)]);
    assert_eq!(taken(&backend), acknowledged);
}

#[tokio::test]
async fn what_waits_for_a_retry_at_term_is_offered_once_more_and_holds_nothing_up() {
    let backend = Backend::start().await;
    backend.script([Answer::Status(Status::unavailable("later"))]);
    // Longer than [`Collector::stop`] waits.
    let retry =
        "retry_on_failure: {initial_interval: 60s, max_interval: 60s, randomization_factor: 0}";
    let collector = Collector::start(&config(&backend, retry, "")).await;
    let connection = Connection::open(collector.grpc().await).await;
    assert_eq!(connection.export(TRACES, &traces(&["waits"])).await.code(), Code::Ok);
    collector.line("Exporting failed. Will retry the request after interval.").await;
    collector.stop().await;
    assert_eq!(taken(&backend), ["waits"]);
}

#[tokio::test]
async fn what_cannot_be_delivered_at_term_is_named_in_the_log() {
    let backend = Backend::start().await;
    backend.otherwise(Answer::Status(Status::unavailable("never")));
    let collector = Collector::start(&config(&backend, "sending_queue: {}", "")).await;
    let connection = Connection::open(collector.grpc().await).await;
    assert_eq!(connection.export(TRACES, &traces(&["a", "b"])).await.code(), Code::Ok);
    collector.line("Exporting failed. Will retry the request after interval.").await;
    let log = collector.stop().await;
    let dropped = log.lines().find(|line| line.contains("Exporting failed. Dropping data."));
    let fields = acceptance::collector::fields(dropped.unwrap_or_else(|| panic!("{log}")));
    assert_eq!(fields["dropped_items"], 2, "{fields}");
    assert_account(&log, EXPORTER, &[("offered", 2), ("lost", 2)]);
    let error = fields["error"].as_str().unwrap();
    assert!(error.starts_with("interrupted due to shutdown: "), "{error}");
}
