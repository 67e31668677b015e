use std::time::Duration;

use net::status::{Code, Status, status_with_retry_info};
use opentelemetry_proto::tonic::collector::{
    logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceResponse},
    trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse},
};
use prost::Message as _;
use sdk::ComponentKind;
use testkit::{Backend, Reply};

use super::*;

const INSECURE: &str = "{endpoint: '127.0.0.1:1', tls: {insecure: true}}";

testkit::exporter_contract!(OtlpGrpc, include_str!("README.md"), INSECURE);

fn exporter(address: &str, more: &str) -> OtlpGrpc {
    let yaml = format!("{{endpoint: '{address}', tls: {{insecure: true}}, {more}}}");
    let context = testkit::context(ComponentKind::Exporter, "otlp_grpc");
    OtlpGrpc::new(testkit::settings(&yaml), &Signal::ALL, context).unwrap()
}

fn samples() -> [(Batch, &'static str); 4] {
    let profiles = r#"{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{}]}]}]}]}"#;
    [
        (testkit::spans("a k=v"), "trace.v1.TraceService"),
        (testkit::gauges("a k=v"), "metrics.v1.MetricsService"),
        (testkit::log_records("a k=v"), "logs.v1.LogsService"),
        (testkit::batch(profiles), "profiles.v1development.ProfilesService"),
    ]
}

#[tokio::test]
async fn every_signal_goes_to_its_service_as_the_bytes_it_is() {
    let backend = Backend::start([]).await;
    let exporter = exporter(&backend.address(), "headers: {x-key: secret}");
    Exporter::start(&exporter).await.unwrap();
    for (batch, service) in samples() {
        let delivered = Exporter::export(&exporter, batch.clone()).await.unwrap();
        assert_eq!(delivered, Delivered::all());
        let requests = backend.take();
        let request = &requests[0];
        assert_eq!(request.path, format!("/opentelemetry.proto.collector.{service}/Export"));
        assert_eq!((requests.len(), &request.body), (1, batch.bytes()));
        assert_eq!(request.headers["x-key"], "secret");
        assert_eq!(request.headers["grpc-encoding"], "gzip");
        let agent = request.headers["user-agent"].to_str().unwrap();
        assert!(agent.starts_with("Tollgate/0.0.0 ("), "{agent}");
    }
}

#[tokio::test]
async fn every_compression_arrives() {
    let backend = Backend::start([]).await;
    let batch = testkit::spans(&"a k=v\n".repeat(100));
    for (name, encoding) in
        [("gzip", "gzip"), ("zstd", "zstd"), ("snappy", "snappy"), ("none", ""), ("''", "")]
    {
        let exporter = exporter(&backend.address(), &format!("compression: {name}"));
        Exporter::export(&exporter, batch.clone()).await.unwrap();
        let request = backend.take().remove(0);
        let sent = request.headers.get("grpc-encoding").map_or("", |name| name.to_str().unwrap());
        assert_eq!((sent, &request.body), (encoding, batch.bytes()), "{name}");
    }
}

#[tokio::test]
async fn what_the_backend_did_not_keep_is_reported() {
    let traces = ExportTraceServiceResponse {
        partial_success: Some(ExportTracePartialSuccess {
            rejected_spans: 2,
            error_message: "too old".to_owned(),
        }),
    };
    let logs = ExportLogsServiceResponse {
        partial_success: Some(ExportLogsPartialSuccess {
            rejected_log_records: 0,
            error_message: "be kind".to_owned(),
        }),
    };
    let replies = [traces.encode_to_vec(), logs.encode_to_vec(), vec![10, 0]];
    let backend = Backend::start(replies.map(|reply| Reply::Message(reply.into()))).await;
    let exporter = exporter(&backend.address(), "");
    for (rejected, message) in [(2, "too old"), (0, "be kind"), (0, "")] {
        let delivered = Exporter::export(&exporter, testkit::spans("a")).await.unwrap();
        assert_eq!(delivered, Delivered { rejected, message: message.to_owned() });
    }
}

#[tokio::test]
async fn each_status_is_final_or_not_as_the_specification_says() {
    let backend = Backend::start([]).await;
    let exporter = exporter(&backend.address(), "");
    let again = [
        Code::Cancelled,
        Code::DeadlineExceeded,
        Code::Aborted,
        Code::OutOfRange,
        Code::Unavailable,
        Code::DataLoss,
    ];
    for code in (1..=16).map(Code::from_i32) {
        backend.reply([Reply::Status(Status::new(code, "no"))]);
        let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
        assert_eq!(error.is_permanent(), !again.contains(&code), "{code:?}");
        assert_eq!(error.wait(), None, "{code:?}");
        assert_eq!(error.message(), format!("rpc error: code = {code:?} desc = no"));
        let kept = error.status().unwrap();
        assert_eq!((kept.code as i32, kept.message.as_str()), (code as i32, "no"));
    }
}

#[tokio::test]
async fn a_wait_the_backend_asks_for_is_kept() {
    let asks = |code, wait| Reply::Status(status_with_retry_info(&Status::new(code, "slow"), wait));
    let wait = Duration::from_millis(1500);
    let backend = Backend::start([
        asks(Code::Unavailable, wait),
        asks(Code::ResourceExhausted, wait),
        asks(Code::ResourceExhausted, Duration::ZERO),
        asks(Code::InvalidArgument, wait),
    ])
    .await;
    let exporter = exporter(&backend.address(), "");
    for (is_permanent, expected) in
        [(false, Some(wait)), (false, Some(wait)), (false, None), (true, Some(wait))]
    {
        let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
        assert_eq!((error.is_permanent(), error.wait()), (is_permanent, expected));
        assert!(!error.status().unwrap().details.is_empty(), "the first client is told too");
    }
}

#[tokio::test]
async fn a_backend_that_is_not_there_may_come_back() {
    let address = Backend::start([]).await.address();
    let exporter = exporter(&address, "timeout: 20s");
    let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
    assert!(!error.is_permanent(), "{error}");
    assert_eq!(error.status().unwrap().code, sdk::Code::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_does_not_answer_in_time_is_tried_again() {
    let backend = Backend::start([Reply::Hang]).await;
    let exporter = exporter(&backend.address(), "timeout: 7s");
    let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
    assert_eq!(error.status().unwrap().code, sdk::Code::DeadlineExceeded);
    assert!(!error.is_permanent());
}

#[test]
fn endpoints_are_read_as_the_go_collector_reads_them() {
    let rows = [
        ("localhost:4317", ""),
        ("http://localhost:4317", ""),
        ("https://localhost:4317", ""),
        ("dns:///tempo.example:4317", ""),
        ("passthrough:///localhost:4317", ""),
        ("unix:///run/otlp.sock", ""),
        ("[::1]:4317", ""),
        ("", "requires a non-empty \"endpoint\""),
        ("localhost", "address localhost: missing port in address"),
        ("localhost:port", "invalid port \"port\""),
        ("unix://", "unix socket path cannot be empty"),
    ];
    for (endpoint, fault) in rows {
        let yaml = format!("endpoint: '{endpoint}'");
        assert_eq!(testkit::fault::<Config>(&yaml), fault, "{endpoint}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_in_the_usual_words() {
    let rows = [
        ("timeout: -1s", "'timeout' must be non-negative"),
        ("balancer_name: best", "invalid balancer_name: best"),
        ("compression: brotli", "unsupported compression type \"brotli\""),
        ("sending_queue: {queue_size: 0}", "sending_queue: `queue_size` must be positive"),
        ("sending_queue: {num_consumers: 0}", "sending_queue: `num_consumers` must be positive"),
        ("sending_queue: {sizer: bits}", "invalid sizer: \"bits\""),
        (
            "sending_queue: {batch: {min_size: 5, max_size: 4}}",
            "sending_queue::batch: `max_size` must be greater or equal to `min_size`",
        ),
        (
            "retry_on_failure: {randomization_factor: 2}",
            "retry_on_failure: 'randomization_factor' must be within [0, 1]",
        ),
        ("sending_queue: {blocking: true}", "'sending_queue' has invalid keys: blocking"),
        ("batcher: {}", "'' has invalid keys: batcher"),
    ];
    for (more, text) in rows {
        testkit::check_refused::<Config>(&format!("endpoint: 'localhost:4317'\n{more}"), text);
    }
}

#[tokio::test]
async fn what_cannot_be_secured_as_asked_for_does_not_start() {
    let rows = [
        ("tls: {ca_file: /nowhere/ca.pem}", "ca_file /nowhere/ca.pem: No such file"),
        (
            "auth: {authenticator: oauth2client}",
            "failed to resolve authenticator \"oauth2client\": authenticator not found",
        ),
    ];
    for (more, text) in rows {
        let context = testkit::context(ComponentKind::Exporter, "otlp_grpc");
        let yaml = format!("endpoint: localhost:4317\n{more}");
        let made = OtlpGrpc::new(testkit::settings(&yaml), &[Signal::Traces], context).unwrap();
        let error = Exporter::start(&made).await.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        let error = Exporter::export(&made, testkit::spans("a")).await.unwrap_err();
        assert!(!error.is_permanent(), "{error}");
    }
}

#[test]
fn delivery_follows_the_settings() {
    let delivery = |yaml: &str| OtlpGrpc::delivery(&testkit::settings(yaml), Signal::Traces);
    let usual = delivery("endpoint: 'tempo:4317'");
    assert_eq!(usual.timeout, Some(Duration::from_secs(5)));
    assert!(usual.queue.is_some() && usual.retry.is_some());
    let expected =
        Destination { address: "tempo".to_owned(), port: Some(4317), path: String::new() };
    assert_eq!(usual.destination, expected);
    let bare = delivery(
        "{endpoint: 'tempo:4317', timeout: 0s, sending_queue: {enabled: false}, \
         retry_on_failure: {enabled: false}}",
    );
    assert!(bare.timeout.is_none() && bare.queue.is_none() && bare.retry.is_none());
}

#[test]
fn header_values_never_show() {
    let yaml = "{endpoint: 'a:1', tls: {insecure: true}, headers: {x-key: s3cr3t}}";
    let config: Config = testkit::settings(yaml);
    let context = testkit::context(ComponentKind::Exporter, "otlp_grpc");
    let made = OtlpGrpc::new(config.clone(), &[Signal::Traces], context).unwrap();
    let printed = ::config::to_value(&config, ::config::Mode::Redacted).unwrap();
    let shown = format!("{config:?} {made:?} {}", ::config::to_yaml(&printed));
    assert!(!shown.contains("s3cr3t"), "{shown}");
}
