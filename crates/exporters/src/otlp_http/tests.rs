use std::time::Duration;

use net::status::{Code as GrpcCode, Status, rpc_status_proto};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;
use sdk::ComponentKind;
use testkit::{Backend, Reply};

use super::*;

testkit::exporter_contract!(OtlpHttp, include_str!("README.md"), "endpoint: http://127.0.0.1:1");

fn build(yaml: &str, signals: &[Signal]) -> Result<OtlpHttp, String> {
    let context = testkit::context(ComponentKind::Exporter, "otlp_http");
    OtlpHttp::new(testkit::settings(yaml), signals, context).map_err(|error| error.to_string())
}

fn exporter(backend: &Backend, more: &str) -> OtlpHttp {
    let endpoint = format!("http://{}", backend.address());
    build(&format!("{{endpoint: '{endpoint}', {more}}}"), &Signal::ALL).unwrap()
}

fn samples() -> [(Batch, &'static str); 4] {
    let profiles = r#"{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{}]}]}]}]}"#;
    [
        (testkit::spans("a k=v"), "/v1/traces"),
        (testkit::gauges("a k=v"), "/v1/metrics"),
        (testkit::log_records("a k=v"), "/v1/logs"),
        (testkit::batch(profiles), "/v1development/profiles"),
    ]
}

#[tokio::test]
async fn every_signal_goes_to_its_path_as_the_bytes_it_is() {
    let backend = Backend::start([]).await;
    let exporter = exporter(&backend, "headers: {x-key: secret, user-agent: mine}");
    for (batch, path) in samples() {
        let delivered = Exporter::export(&exporter, batch.clone()).await.unwrap();
        assert_eq!(delivered, Delivered::all());
        let request = backend.take().remove(0);
        assert_eq!((request.path.as_str(), &request.body), (path, batch.bytes()));
        let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/x-protobuf");
        assert_eq!(header("content-encoding"), "gzip");
        assert_eq!((header("x-key"), header("user-agent")), ("secret".into(), "mine".into()));
    }
}

#[tokio::test]
async fn json_is_sent_when_asked_for() {
    let backend = Backend::start([]).await;
    let exporter = exporter(&backend, "encoding: json, compression: none");
    for (batch, path) in samples() {
        Exporter::export(&exporter, batch.clone()).await.unwrap();
        let request = backend.take().remove(0);
        assert_eq!(request.headers["content-type"], "application/json");
        assert!(!request.headers.contains_key("content-encoding"));
        let agent = request.headers["user-agent"].to_str().unwrap();
        assert!(agent.starts_with("Tollgate/0.0.0 ("), "{agent}");
        let sent = testkit::batch(std::str::from_utf8(&request.body).unwrap());
        assert_eq!(request.path, path);
        assert_eq!(testkit::json_of(&sent), testkit::json_of(&batch));
    }
}

#[tokio::test]
async fn every_compression_arrives() {
    let backend = Backend::start([]).await;
    let batch = testkit::spans(&"a k=v\n".repeat(100));
    for name in ["gzip", "zlib", "deflate", "snappy", "x-snappy-framed", "zstd", "lz4"] {
        let exporter = exporter(&backend, &format!("compression: {name}"));
        Exporter::export(&exporter, batch.clone()).await.unwrap();
        let request = backend.take().remove(0);
        assert_eq!(request.headers["content-encoding"], name);
        assert_eq!(&request.body, batch.bytes(), "{name}");
    }
}

#[tokio::test]
async fn what_the_backend_did_not_keep_is_reported() {
    let rejected = ExportTraceServiceResponse {
        partial_success: Some(ExportTracePartialSuccess {
            rejected_spans: 2,
            error_message: "too old".to_owned(),
        }),
    };
    let proto = rejected.encode_to_vec();
    let json = r#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}"#;
    let rows = [
        ("application/x-protobuf", proto.clone(), 2),
        ("application/json", json.into(), 2),
        ("application/json; charset=utf-8", json.into(), 0),
        ("text/html", proto, 0),
        ("application/x-protobuf", vec![10, 0], 0),
        ("application/json", b"{\"partialSuccess\":{}}".to_vec(), 0),
        ("application/json", Vec::new(), 0),
    ];
    let backend = Backend::start([]).await;
    let exporter = exporter(&backend, "");
    for (content_type, body, rejected) in rows {
        backend.reply([Reply::http(200, content_type, body)]);
        let delivered = Exporter::export(&exporter, testkit::spans("a")).await.unwrap();
        let message = if rejected > 0 { "too old" } else { "" };
        assert_eq!(
            delivered,
            Delivered { rejected, message: message.to_owned() },
            "{content_type}"
        );
    }
    for (content_type, body) in
        [("application/json", "<html>"), ("application/x-protobuf", "\u{7f}")]
    {
        backend.reply([Reply::http(202, content_type, body)]);
        let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
        assert!(error.is_permanent(), "{content_type}: {error}");
    }
}

#[tokio::test]
async fn each_status_is_final_or_not_as_the_specification_says() {
    let backend = Backend::start([]).await;
    let exporter = exporter(&backend, "");
    let rows = [
        (301, true, Code::Unknown),
        (400, true, Code::InvalidArgument),
        (401, true, Code::Unauthenticated),
        (403, true, Code::PermissionDenied),
        (404, true, Code::Unimplemented),
        (409, true, Code::Unknown),
        (413, true, Code::Unknown),
        (418, true, Code::Unknown),
        (429, false, Code::ResourceExhausted),
        (500, true, Code::Unknown),
        (501, true, Code::Unknown),
        (502, false, Code::Unavailable),
        (503, false, Code::Unavailable),
        (504, false, Code::Unavailable),
    ];
    for (http, is_permanent, code) in rows {
        backend.reply([Reply::http(http, "text/plain", "no")]);
        let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
        assert_eq!((error.is_permanent(), error.wait()), (is_permanent, None), "{http}");
        let text = format!(
            "error exporting items, request to http://{}/v1/traces responded with HTTP Status Code {http}",
            backend.address()
        );
        assert_eq!(error.message(), text);
        assert_eq!(error.status().unwrap().code, code, "{http}");
    }
}

#[tokio::test]
async fn the_body_of_a_refusal_says_whether_smaller_requests_or_other_settings_help() {
    let proto = "application/x-protobuf";
    let status = |code, words: &str| rpc_status_proto(&Status::new(code, words)).to_vec();
    let burst =
        "batch size (62886 bytes) exceeds ingestion limit (local: 1 bytes/s, burst: 20000 bytes)";
    // Status, type, body; too large, may pass, what the advice has.
    let rows = [
        (413, "text/html", b"<h1>413</h1>".to_vec(), true, false, None),
        (
            400,
            proto,
            status(GrpcCode::InvalidArgument, "http: request body too large"),
            true,
            false,
            None,
        ),
        (429, proto, status(GrpcCode::ResourceExhausted, burst), true, false, None),
        (500, proto, status(GrpcCode::Unknown, "HTTP Status Code 413"), true, false, None),
        (
            429,
            "text/plain",
            b"ingestion rate limit exceeded for user t".to_vec(),
            false,
            true,
            None,
        ),
        (400, "text/plain", b"max entry size '1' bytes exceeded".to_vec(), false, false, None),
        (
            503,
            proto,
            status(GrpcCode::Unavailable, "no org id"),
            false,
            true,
            Some("X-Scope-OrgID"),
        ),
        (401, "text/plain", b"no org id\n".to_vec(), false, false, Some("X-Scope-OrgID")),
        (401, "text/plain", Vec::new(), false, false, Some("credentials")),
        (403, "text/plain", Vec::new(), false, false, Some("rights")),
        (404, "text/plain", Vec::new(), false, false, Some("endpoint")),
        (405, "text/plain", Vec::new(), false, false, Some("endpoint")),
        (415, "text/plain", Vec::new(), false, false, Some("encoding")),
    ];
    let backend = Backend::start([]).await;
    let exporter = exporter(&backend, "");
    for (http, content_type, body, too_large, may_pass, advice) in rows {
        let text = String::from_utf8_lossy(&body).into_owned();
        backend.reply([Reply::http(http, content_type, body).with_header("retry-after", "5")]);
        let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
        assert_eq!(error.is_too_large(), too_large, "{http} {text}");
        assert_eq!(!error.is_permanent(), may_pass, "{http} {text}");
        assert_eq!(error.wait().is_some(), may_pass, "{http} {text}");
        assert_eq!(error.advice().is_some(), advice.is_some(), "{http} {text}");
        let said = error.advice().unwrap_or_default();
        assert!(said.contains(advice.unwrap_or_default()), "{http} {text}: {said}");
    }
}

#[tokio::test]
async fn the_words_of_the_backend_are_passed_on_in_part() {
    let status = |words: &str| rpc_status_proto(&Status::new(GrpcCode::Internal, words));
    let long = "x".repeat(5000);
    let backend = Backend::start([
        Reply::http(400, "application/x-protobuf", status("no such tenant")),
        Reply::http(400, "application/x-protobuf", status(&long)),
        Reply::http(400, "text/plain", status("not a status")),
    ])
    .await;
    let exporter = exporter(&backend, "");
    for end in [
        "Code 400, Message=no such tenant".to_owned(),
        format!("Message={}", &long[..1024]),
        "Code 400".to_owned(),
    ] {
        let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
        assert!(error.message().ends_with(&end), "{error}");
        assert_eq!(error.status().unwrap().code, Code::InvalidArgument);
    }
}

#[tokio::test]
async fn a_wait_the_backend_asks_for_is_kept() {
    let rows = [
        (429, "7", Some(7)),
        (503, "0", Some(0)),
        // A minute after the time that testkit's clock shows.
        (503, "Fri, 02 Jan 2026 03:05:05 GMT", Some(60)),
        (503, "Fri, 02 Jan 2026 03:04:00 GMT", Some(0)),
        (503, "soon", None),
        (503, "", None),
        (502, "7", None),
        (400, "7", None),
    ];
    let backend = Backend::start([]).await;
    let exporter = exporter(&backend, "");
    for (http, retry_after, seconds) in rows {
        let reply = Reply::http(http, "text/plain", "").with_header("retry-after", retry_after);
        backend.reply([reply]);
        let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
        assert_eq!(error.wait(), seconds.map(Duration::from_secs), "{http} {retry_after}");
    }
}

#[tokio::test]
async fn a_backend_that_is_not_there_may_come_back() {
    let address = Backend::start([]).await.address();
    let exporter = build(&format!("endpoint: http://{address}"), &[Signal::Traces]).unwrap();
    let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
    assert!(!error.is_permanent());
    assert!(error.message().starts_with("failed to make an HTTP request: "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_does_not_answer_in_time_is_tried_again() {
    let backend = Backend::start([Reply::Hang]).await;
    let exporter = exporter(&backend, "timeout: 7s");
    let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
    assert_eq!((error.is_permanent(), error.to_string().contains("within 7s")), (false, true));
}

#[test]
fn urls_are_made_of_the_endpoint_or_given_whole() {
    let url = |yaml: &str, signal| testkit::settings::<Config>(yaml).url(signal);
    let rows = [
        ("endpoint: http://a:1", Some("http://a:1/v1/traces")),
        ("endpoint: http://a:1/", Some("http://a:1/v1/traces")),
        ("endpoint: http://a:1/otlp", Some("http://a:1/otlp/v1/traces")),
        ("{endpoint: 'http://a:1', traces_endpoint: 'http://b/x'}", Some("http://b/x")),
        ("logs_endpoint: http://b/x", None),
    ];
    for (yaml, expected) in rows {
        assert_eq!(url(yaml, Signal::Traces).as_deref(), expected, "{yaml}");
    }
    let profiles = url("endpoint: http://a:1", Signal::Profiles);
    assert_eq!(profiles.as_deref(), Some("http://a:1/v1development/profiles"));
}

#[tokio::test]
async fn a_whole_url_is_used_as_it_is() {
    let backend = Backend::start([Reply::http(500, "text/plain", "")]).await;
    let yaml = format!("traces_endpoint: http://{}/in?token=t0ken", backend.address());
    let exporter = build(&yaml, &[Signal::Traces]).unwrap();
    let error = Exporter::export(&exporter, testkit::spans("a")).await.unwrap_err();
    assert_eq!(backend.take()[0].path, "/in");
    assert!(!error.to_string().contains("t0ken"), "{error}");
}

#[test]
fn a_signal_without_a_url_and_a_url_we_cannot_reach_stop_the_start() {
    let rows = [
        ("logs_endpoint: http://a/x", "either endpoint or traces_endpoint must be specified"),
        ("endpoint: localhost:4318", "the endpoint must be a URL"),
    ];
    for (yaml, text) in rows {
        let error = build(yaml, &[Signal::Traces]).unwrap_err();
        assert!(error.contains(text), "{yaml}: {error}");
    }
    assert!(build("logs_endpoint: http://a/x", &[Signal::Logs]).is_ok());
}

#[tokio::test]
async fn what_cannot_be_secured_as_asked_for_does_not_start() {
    let rows = [
        (
            "{endpoint: 'https://a', tls: {ca_file: /nowhere/ca}}",
            "ca_file /nowhere/ca: No such file",
        ),
        ("{traces_endpoint: 'https://a/x', tls: {ca_pem: x}}", "ca_pem: holds no certificate"),
        (
            "{endpoint: 'http://a', auth: {authenticator: oauth2client}}",
            "failed to resolve authenticator \"oauth2client\": authenticator not found",
        ),
    ];
    for (yaml, text) in rows {
        let made = build(yaml, &[Signal::Traces]).unwrap();
        let error = Exporter::start(&made).await.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        let error = Exporter::export(&made, testkit::spans("a")).await.unwrap_err();
        assert!(!error.is_permanent(), "{error}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_in_the_usual_words() {
    let rows = [
        ("{}", "at least one endpoint must be specified"),
        ("{endpoint: 'http://a', encoding: xml}", "invalid encoding type: xml"),
        ("{endpoint: 'http://a', timeout: -1s}", "'timeout' must be non-negative"),
        ("endpoint: 'http://a b'", "endpoint must be a valid URL"),
        (
            "{endpoint: 'http://a', compression: lz4, compression_params: {level: 3}}",
            "unsupported parameters {Level:3} for compression type \"lz4\"",
        ),
        ("{endpoint: 'http://a', compression: br}", "unsupported compression type \"br\""),
        (
            "{endpoint: 'http://a', sending_queue: {queue_size: 0}}",
            "sending_queue: `queue_size` must be positive",
        ),
        (
            "{endpoint: 'http://a', retry_on_failure: {multiplier: -1}}",
            "retry_on_failure: 'multiplier' must be non-negative",
        ),
        ("{endpoint: 'http://a', aaa: 1, zzz: 2}", "'' has invalid keys: aaa, zzz"),
    ];
    for (yaml, text) in rows {
        testkit::check_refused::<Config>(yaml, text);
    }
}

#[test]
fn delivery_follows_the_settings() {
    let yaml = "{endpoint: 'http://tempo:4318/otlp', retry_on_failure: {enabled: false}}";
    let delivery = OtlpHttp::delivery(&testkit::settings(yaml), Signal::Logs);
    assert_eq!(delivery.timeout, Some(Duration::from_secs(30)));
    assert!(delivery.queue.is_some() && delivery.retry.is_none());
    let destination = delivery.destination;
    assert_eq!((destination.address.as_str(), destination.port), ("tempo", Some(4318)));
    assert_eq!(destination.path, "/otlp/v1/logs");
}
