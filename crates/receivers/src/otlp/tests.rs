use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, uri::PathAndQuery};
use net::{
    budget::ClientId,
    client::{GrpcClient, GrpcClientOptions, GrpcReply, GrpcTarget},
    compression::{Encoding, compress},
    status::{Code, Status, retry_info, rpc_status_from_proto, status_with_retry_info},
};
use sdk::{Batch, ComponentKind, Error, GrpcStatus, Signal};
use serde_json::Value;
use testkit::{Answer, HttpAnswer, Sink, exchange};
use tokio::sync::Notify;

use super::*;

const LOOPBACK: &str =
    "protocols: {grpc: {endpoint: '127.0.0.1:0'}, http: {endpoint: '127.0.0.1:0'}}";
const PROTOBUF: &str = "content-type: application/x-protobuf";
const JSON: &str = "content-type: application/json";
const TRACES: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}"#;

testkit::receiver_contract!(OtlpReceiver, include_str!("README.md"), LOOPBACK);

/// A receiver that listens, and what stands behind it.
struct Bench {
    receiver: OtlpReceiver,
    sink: Sink,
    grpc: String,
    http: String,
}

impl Bench {
    async fn with(yaml: &str, signals: &[Signal]) -> Self {
        Self::within(testkit::context(ComponentKind::Receiver, "otlp"), yaml, signals).await
    }

    async fn within(context: BuildContext, yaml: &str, signals: &[Signal]) -> Self {
        let mut receiver = OtlpReceiver::new(testkit::settings(yaml), context).unwrap();
        let sink = Sink::default();
        Receiver::start(&mut receiver, sink.outputs_for(signals)).await.unwrap();
        let mut addresses = receiver.addresses().into_iter();
        let grpc = addresses.next().unwrap();
        let http = addresses.next().unwrap_or_else(|| grpc.clone());
        Self { receiver, sink, grpc, http }
    }

    async fn start() -> Self {
        Self::with(LOOPBACK, &Signal::ALL).await
    }

    async fn post(&self, path: &str, headers: &[&str], body: &[u8]) -> HttpAnswer {
        exchange(&self.http, &format!("POST {path}"), headers, body).await
    }

    async fn call(&self, signal: Signal, message: Bytes) -> Result<GrpcReply, Status> {
        call(&self.grpc, signal, message, &HeaderMap::new()).await
    }
}

async fn call(
    address: &str,
    signal: Signal,
    message: Bytes,
    metadata: &HeaderMap,
) -> Result<GrpcReply, Status> {
    let (target, _) = GrpcTarget::parse(address).unwrap();
    let client = GrpcClient::with_options(GrpcClientOptions::new(target, "test")).unwrap();
    let service = match signal {
        Signal::Traces => "trace.v1.TraceService",
        Signal::Metrics => "metrics.v1.MetricsService",
        Signal::Logs => "logs.v1.LogsService",
        Signal::Profiles => "profiles.v1development.ProfilesService",
    };
    let path = format!("/opentelemetry.proto.collector.{service}/Export");
    let path = PathAndQuery::try_from(path).unwrap();
    client.unary(&path, message, metadata, Some(Duration::from_secs(20))).await
}

/// One batch for each signal, with the path it is posted to.
fn samples() -> [(Batch, &'static str); 4] {
    let profiles = r#"{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{}]}]}]}]}"#;
    [
        (testkit::spans("a k=v"), "/v1/traces"),
        (testkit::gauges("b k=v"), "/v1/metrics"),
        (testkit::log_records("c k=v"), "/v1/logs"),
        (testkit::batch(profiles), "/v1development/profiles"),
    ]
}

/// The status in an error body, whichever encoding it has.
#[track_caller]
fn status_in(answer: &HttpAnswer) -> Status {
    match answer.header("content-type") {
        "application/x-protobuf" => rpc_status_from_proto(&answer.body).unwrap(),
        "application/json" => {
            let body: Value = serde_json::from_slice(&answer.body).unwrap();
            let code = i32::try_from(body["code"].as_i64().unwrap()).unwrap();
            Status::new(Code::from_i32(code), body["message"].as_str().unwrap_or_default())
        }
        other => panic!("{other:?} is no type of an OTLP answer: {answer:?}"),
    }
}

#[tokio::test]
async fn every_signal_comes_in_over_every_protocol_as_the_same_bytes() {
    let bench = Bench::start().await;
    for (batch, path) in samples() {
        let json = testkit::json_of(&batch).to_string();
        let reply = bench.call(batch.signal(), batch.bytes().clone()).await.unwrap();
        assert!(reply.message.is_empty(), "partial_success is unset");
        let protobuf = bench.post(path, &[PROTOBUF], batch.bytes()).await;
        assert_eq!(
            (protobuf.status, protobuf.header("content-type")),
            (200, "application/x-protobuf")
        );
        assert!(protobuf.body.is_empty());
        let json = bench.post(path, &[JSON], json.as_bytes()).await;
        assert_eq!((json.status, json.header("content-type")), (200, "application/json"));
        assert_eq!(json.body, "{}");
        let received = bench.sink.take();
        let transports: Vec<_> = received.iter().map(|batch| batch.context().transport).collect();
        assert_eq!(transports, ["grpc", "http", "http"]);
        for one in &received {
            assert_eq!(one.signal(), batch.signal());
            assert!(one.context().peer.is_some_and(|peer| peer.ip().is_loopback()));
            assert!(one.context().metadata.is_empty());
            assert_eq!(testkit::json_of(one), testkit::json_of(&batch));
        }
        assert_eq!((received[0].bytes(), received[1].bytes()), (batch.bytes(), batch.bytes()));
    }
}

#[tokio::test]
async fn either_port_takes_either_protocol() {
    let bench = Bench::start().await;
    let batch = testkit::spans("a");
    let on_http = call(&bench.http, Signal::Traces, batch.bytes().clone(), &HeaderMap::new()).await;
    assert!(on_http.is_ok());
    let on_grpc = exchange(&bench.grpc, "POST /v1/traces", &[JSON], TRACES.as_bytes()).await;
    assert_eq!(on_grpc.status, 200);
    assert_eq!(bench.sink.items(), [1, 1]);
}

#[tokio::test]
async fn one_protocol_alone_opens_one_port() {
    for (yaml, path) in [
        ("protocols: {grpc: {endpoint: '127.0.0.1:0'}}", "/v1/traces"),
        ("protocols: {http: {endpoint: '127.0.0.1:0', traces_url_path: in}}", "/in"),
    ] {
        let bench = Bench::with(yaml, &Signal::ALL).await;
        assert_eq!(bench.receiver.addresses().len(), 1);
        assert_eq!(bench.post(path, &[JSON], TRACES.as_bytes()).await.status, 200, "{yaml}");
    }
}

/// Method and path, headers, body; HTTP status, code, part of the message.
type WrongRequest = (&'static str, &'static [&'static str], &'static [u8], u16, Code, &'static str);

#[tokio::test]
async fn what_is_no_otlp_request_is_answered_with_its_own_status() {
    let bench = Bench::start().await;
    let body = TRACES.as_bytes();
    let rows: [WrongRequest; 14] = [
        ("POST /v1/nothing", &[JSON], body, 404, Code::NotFound, "404 page not found"),
        ("POST /v1/traces/", &[PROTOBUF], body, 404, Code::NotFound, "404 page not found"),
        ("GET /v1/traces", &[JSON], b"", 405, Code::Unimplemented, "supported: [POST]"),
        ("PUT /v1/logs", &[PROTOBUF], b"x", 405, Code::Unimplemented, "supported: [POST]"),
        ("POST /v1/traces", &[], body, 415, Code::InvalidArgument, "415 unsupported media type"),
        ("POST /v1/traces", &["content-type: text/plain"], body, 415, Code::InvalidArgument, "415"),
        ("POST /v1/traces", &[PROTOBUF], b"\xff\xff", 400, Code::InvalidArgument, ""),
        ("POST /v1/traces", &[JSON], b"{", 400, Code::InvalidArgument, ""),
        ("POST /v1/traces", &[JSON], b"", 400, Code::InvalidArgument, ""),
        ("POST /v1/traces", &[JSON], b"[]", 400, Code::InvalidArgument, ""),
        (
            "POST /v1/traces",
            &[JSON, "content-encoding: br"],
            body,
            400,
            Code::InvalidArgument,
            "unsupported Content-Encoding: br",
        ),
        (
            "POST /v1/traces",
            &[JSON, "content-encoding: gzip"],
            body,
            400,
            Code::InvalidArgument,
            "gzip",
        ),
        (
            "POST /v1/traces",
            &[PROTOBUF, "content-encoding: zstd"],
            body,
            400,
            Code::InvalidArgument,
            "",
        ),
        (
            "POST /v1/traces",
            &[PROTOBUF, "content-encoding: snappy"],
            b"\xff\xff\xff",
            400,
            Code::InvalidArgument,
            "",
        ),
    ];
    for (start, headers, body, http, code, text) in rows {
        let answer = exchange(&bench.http, start, headers, body).await;
        let status = status_in(&answer);
        assert_eq!((answer.status, status.code()), (http, code), "{start} {headers:?}");
        assert!(status.message().contains(text), "{start} {headers:?}: {status}");
        assert!(!status.message().is_empty(), "{start} {headers:?}");
        assert_eq!(answer.header("allow"), if http == 405 { "POST" } else { "" }, "{start}");
        let wanted =
            if headers.contains(&PROTOBUF) { "application/x-protobuf" } else { "application/json" };
        assert_eq!(answer.header("content-type"), wanted, "{start} {headers:?}");
    }
    let broken = bench.call(Signal::Traces, Bytes::from_static(b"\xff\xff")).await.unwrap_err();
    assert_eq!(broken.code(), Code::InvalidArgument);
    assert!(bench.sink.batches().is_empty());
}

#[tokio::test]
async fn media_types_and_encodings_are_read_generously() {
    let bench = Bench::start().await;
    let gzip = compress(&Bytes::from(TRACES), Encoding::Gzip, None).unwrap();
    let protobuf = testkit::spans("a");
    let rows: [(&[&str], &[u8]); 4] = [
        (&["content-type: Application/JSON; charset=utf-8"], TRACES.as_bytes()),
        (&[JSON, "content-encoding: identity"], TRACES.as_bytes()),
        (&[JSON, "content-encoding: gzip"], &gzip),
        (&["content-type: APPLICATION/X-PROTOBUF"], protobuf.bytes()),
    ];
    for (headers, body) in rows {
        assert_eq!(bench.post("/v1/traces", headers, body).await.status, 200, "{headers:?}");
    }
    assert_eq!(bench.sink.items(), [1; 4]);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_and_after_decompression() {
    let yaml = "protocols: {grpc: {endpoint: '127.0.0.1:0', max_recv_msg_size_mib: 1}, \
                http: {endpoint: '127.0.0.1:0', max_request_body_size: 1000}}";
    let bench = Bench::with(yaml, &Signal::ALL).await;
    let long = testkit::spans(&"a k=v\n".repeat(200));
    let gzip = compress(long.bytes(), Encoding::Gzip, None).unwrap();
    assert!(gzip.len() < 1000);
    let gzipped: &[&str] = &[PROTOBUF, "content-encoding: gzip"];
    for (headers, body) in [(&[PROTOBUF][..], long.bytes()), (gzipped, &gzip)] {
        let answer = bench.post("/v1/traces", headers, body).await;
        let status = status_in(&answer);
        assert_eq!((answer.status, status.code()), (413, Code::ResourceExhausted), "{headers:?}");
        assert!(status.message().starts_with("http: request body too large"), "{status}");
    }
    let error = bench.call(Signal::Traces, vec![0; (1 << 20) + 1].into()).await.unwrap_err();
    assert_eq!(error.code(), Code::ResourceExhausted);
    assert_eq!(bench.post("/v1/traces", &[JSON], TRACES.as_bytes()).await.status, 200);
}

#[tokio::test]
async fn a_request_without_items_is_a_success_that_nobody_hears_of() {
    let bench = Bench::start().await;
    let no_points = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m"}]}]}]}"#;
    for (path, headers, body) in [
        ("/v1/traces", PROTOBUF, ""),
        ("/v1/traces", JSON, "{}"),
        ("/v1/logs", JSON, r#"{"resourceLogs":[{"scopeLogs":[{}]}]}"#),
        ("/v1/metrics", JSON, no_points),
    ] {
        assert_eq!(bench.post(path, &[headers], body.as_bytes()).await.status, 200, "{body}");
    }
    assert!(bench.call(Signal::Logs, Bytes::new()).await.is_ok());
    assert!(bench.sink.batches().is_empty());
}

/// What a pipeline answers, and what a client hears: gRPC code, HTTP status, `Retry-After`.
fn failures() -> Vec<(Error, Code, u16, &'static str)> {
    let with = |code: Code| {
        let code = sdk::Code::from_number(code as i32);
        Error::refused("outer").with_status(GrpcStatus {
            code,
            message: "inner".to_owned(),
            details: Bytes::new(),
        })
    };
    let asked =
        status_with_retry_info(&Status::resource_exhausted("inner"), Duration::from_secs(5));
    let throttled = Error::refused("outer").with_status(GrpcStatus {
        code: sdk::Code::ResourceExhausted,
        message: "inner".to_owned(),
        details: Bytes::copy_from_slice(asked.details()),
    });
    let soon = Duration::from_millis(2500);
    let mut rows = vec![
        (Error::refused("full"), Code::Unavailable, 503, ""),
        (Error::permanent("bad"), Code::Internal, 500, ""),
        (Error::refused("full").retry_after(soon), Code::Unavailable, 503, "3"),
        (with(Code::ResourceExhausted).retry_after(soon), Code::ResourceExhausted, 429, "3"),
        (throttled, Code::ResourceExhausted, 429, "5"),
    ];
    let codes = [
        (Code::Cancelled, 503),
        (Code::Unknown, 500),
        (Code::InvalidArgument, 400),
        (Code::DeadlineExceeded, 503),
        (Code::NotFound, 500),
        (Code::AlreadyExists, 500),
        (Code::PermissionDenied, 403),
        (Code::ResourceExhausted, 429),
        (Code::FailedPrecondition, 500),
        (Code::Aborted, 503),
        (Code::OutOfRange, 503),
        (Code::Unimplemented, 404),
        (Code::Internal, 500),
        (Code::Unavailable, 503),
        (Code::DataLoss, 503),
        (Code::Unauthenticated, 401),
    ];
    rows.extend(codes.map(|(code, http)| (with(code), code, http, "")));
    rows
}

#[tokio::test]
async fn a_client_hears_what_the_pipeline_answered() {
    let bench = Bench::start().await;
    let batch = testkit::spans("a");
    for (error, code, http, retry_after) in failures() {
        bench.sink.answer(vec![Answer::Fail(error.clone()); 3]);
        let grpc = bench.call(Signal::Traces, batch.bytes().clone()).await.unwrap_err();
        assert_eq!(grpc.code(), code, "{error:?}");
        let wait = retry_info(&grpc).map(|wait| wait.as_millis().div_ceil(1000).to_string());
        assert_eq!(wait.unwrap_or_default(), retry_after, "{error:?}");
        for (headers, body) in [(PROTOBUF, batch.bytes().clone()), (JSON, TRACES.into())] {
            let answer = bench.post("/v1/traces", &[headers], &body).await;
            let status = status_in(&answer);
            assert_eq!((answer.status, status.code()), (http, code), "{error:?} {headers}");
            assert_eq!(status.message(), grpc.message(), "{error:?} {headers}");
            assert_eq!(answer.header("retry-after"), retry_after, "{error:?} {headers}");
        }
    }
}

#[tokio::test]
async fn a_signal_without_a_pipeline_is_not_there() {
    let bench = Bench::with(LOOPBACK, &[Signal::Logs]).await;
    assert_eq!(bench.post("/v1/traces", &[JSON], TRACES.as_bytes()).await.status, 404);
    let error = bench.call(Signal::Traces, Bytes::new()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unimplemented);
    assert!(bench.call(Signal::Logs, Bytes::new()).await.is_ok());
}

#[tokio::test]
async fn headers_go_along_only_when_asked_for() {
    let yaml = "protocols: {grpc: {endpoint: '127.0.0.1:0', include_metadata: true}, \
                http: {endpoint: '127.0.0.1:0', include_metadata: true}}";
    let bench = Bench::with(yaml, &Signal::ALL).await;
    let mut metadata = HeaderMap::new();
    metadata.append("x-tenant", HeaderValue::from_static("one"));
    metadata.append("x-tenant", HeaderValue::from_static("two"));
    let batch = testkit::spans("a");
    call(&bench.grpc, Signal::Traces, batch.bytes().clone(), &metadata).await.unwrap();
    let headers = [JSON, "X-Tenant: one", "x-tenant: two"];
    assert_eq!(bench.post("/v1/traces", &headers, TRACES.as_bytes()).await.status, 200);
    for batch in bench.sink.batches() {
        let metadata = &batch.context().metadata;
        assert_eq!(metadata.get("X-TENANT"), ["one", "two"]);
    }
    let received = bench.sink.batches();
    assert_eq!(received[1].context().metadata.get("host"), [bench.http.as_str()]);
}

#[tokio::test]
async fn health_is_answered_on_either_port() {
    let bench = Bench::start().await;
    for address in [&bench.grpc, &bench.http] {
        for start in ["GET /", "GET /health"] {
            assert_eq!(exchange(address, start, &[], b"").await.status, 200, "{start}");
        }
        assert_eq!(exchange(address, "POST /", &[JSON], b"{}").await.status, 404);
    }
}

#[tokio::test]
async fn response_headers_stand_on_every_answer() {
    let yaml = "protocols: {http: {endpoint: '127.0.0.1:0', response_headers: {x-by: tollgate}}}";
    let bench = Bench::with(yaml, &Signal::ALL).await;
    for path in ["/v1/traces", "/none"] {
        let answer = bench.post(path, &[JSON], TRACES.as_bytes()).await;
        assert_eq!(answer.header("x-by"), "tollgate", "{path}");
    }
}

#[tokio::test]
async fn stopping_answers_what_is_in_flight_and_takes_nothing_new() {
    let Bench { mut receiver, sink, grpc, http } = Bench::start().await;
    let go_on = Arc::new(Notify::new());
    sink.answer(vec![Answer::TakeAfter(go_on.clone()); 2]);
    let posted = {
        let http = http.clone();
        tokio::spawn(
            async move { exchange(&http, "POST /v1/traces", &[JSON], TRACES.as_bytes()).await },
        )
    };
    let called = {
        let (grpc, message) = (grpc.clone(), testkit::spans("a").bytes().clone());
        tokio::spawn(async move { call(&grpc, Signal::Traces, message, &HeaderMap::new()).await })
    };
    sink.received(2).await;
    let stopping = tokio::spawn(async move { Receiver::shutdown(&mut receiver).await });
    let closed = async {
        for address in [grpc, http] {
            while tokio::net::TcpStream::connect(&address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), closed).await.unwrap();
    assert!(!stopping.is_finished());
    go_on.notify_one();
    go_on.notify_one();
    assert_eq!(posted.await.unwrap().status, 200);
    assert!(called.await.unwrap().is_ok());
    stopping.await.unwrap().unwrap();
}

#[tokio::test]
async fn over_the_budget_of_the_process_clients_are_told_to_come_back() {
    let context = testkit::context(ComponentKind::Receiver, "otlp");
    let budget = context.shared.get_or_insert_global(|| ByteBudget::new(10_000)).as_ref().clone();
    let bench = Bench::within(context, LOOPBACK, &Signal::ALL).await;
    let batch = testkit::spans("a k=v");
    bench.call(Signal::Traces, batch.bytes().clone()).await.unwrap();
    assert_eq!(budget.held(), batch.bytes().len(), "held while the batch is");
    drop(bench.sink.take());
    assert_eq!(budget.held(), 0);
    let others = budget.try_take(ClientId::of_peer(None), 10_000).unwrap();
    let called = bench.call(Signal::Traces, batch.bytes().clone()).await.unwrap_err();
    assert_eq!((called.code(), retry_info(&called).is_some()), (Code::Unavailable, true));
    let posted = bench.post("/v1/traces", &[PROTOBUF], batch.bytes()).await;
    assert_eq!((posted.status, posted.header("retry-after")), (503, "1"));
    drop(others);
    assert_eq!(bench.post("/v1/traces", &[PROTOBUF], batch.bytes()).await.status, 200);
}

#[tokio::test]
async fn a_port_that_is_taken_stops_the_start_and_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let yaml = format!("protocols: {{grpc: {{endpoint: '{address}'}}}}");
    let context = testkit::context(ComponentKind::Receiver, "otlp");
    let mut receiver = OtlpReceiver::new(testkit::settings(&yaml), context).unwrap();
    let error = Receiver::start(&mut receiver, Sink::default().outputs()).await.unwrap_err();
    assert!(error.to_string().contains(&address), "{error}");
}

#[test]
fn settings_that_cannot_work_are_refused_in_the_usual_words() {
    let none = "must specify at least one protocol when using the OTLP receiver";
    let rows = [
        ("{}", none),
        ("protocols: {}", none),
        ("protocols: {grpc: {max_recv_msg_size_mib: -1}}", "invalid max_recv_msg_size_mib value"),
        ("protocols: {grpc: {read_buffer_size: -1}}", "protocols::grpc: invalid read_buffer_size"),
        ("protocols: {thrift: {}}", "'protocols' has invalid keys: thrift"),
        ("protocols: {http: {endpoints: x}}", "'protocols.http' has invalid keys: endpoints"),
        ("protocols: {http: {profiles_url_path: /x}}", "profiles_url_path"),
    ];
    for (yaml, text) in rows {
        testkit::check_refused::<Config>(yaml, text);
    }
    for yaml in ["protocols: {grpc: }", "protocols: {grpc: , http: }", "protocols: {http: {}}"] {
        assert_eq!(testkit::fault::<Config>(yaml), "", "{yaml}");
    }
}
