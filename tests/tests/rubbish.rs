//! Rubbish in: a clear refusal, flat memory, no panic.

use std::net::SocketAddr;

use acceptance::{
    Collector, Connection,
    client::{endless, endless_after, framed, post, raw, send, whole},
    encode::{gzip, lz4, snappy_framed, zlib, zstd},
    telemetry::{TRACES, traces},
};
use bytes::Bytes;
use tonic::Code;

const CONFIG: &str = "\
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
/// The longest body, and what a program of this size has besides.
const MEMORY_MAX: u64 = 200 << 20;
const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

/// Bytes that look like chance and are the same in every run.
struct Noise(u64);

impl Noise {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut next = || {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0.to_le_bytes()[3]
        };
        (0..length).map(|_| next()).collect()
    }
}

/// It still serves, never panicked, and never held more than it may; then it stops in order.
async fn is_well(mut collector: Collector) {
    assert!(collector.is_alive(), "{}", collector.log());
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let answer = Connection::open(grpc).await.export(TRACES, &traces(&["a"])).await;
    assert_eq!(answer.code(), Code::Ok, "{:?}", answer.status);
    let answer = post(http, "/v1/traces", &[PROTOBUF], traces(&["a"])).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let peak = collector.peak_memory();
    assert!(peak < MEMORY_MAX, "{} MiB at most, it were {}", MEMORY_MAX >> 20, peak >> 20);
    let log = collector.stop().await;
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn noise_on_the_ports_and_in_bodies_is_refused() {
    let collector = Collector::start(CONFIG).await;
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let mut noise = Noise(0x5eed);
    for round in 0..20 {
        raw(grpc, &noise.bytes(round * 50), true).await;
        raw(http, &noise.bytes(round * 50), true).await;
        // After the preface of HTTP/2, too.
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        raw(grpc, &[preface, &noise.bytes(round * 20)[..]].concat(), true).await;
    }
    let connection = Connection::open(grpc).await;
    for round in 0..100 {
        let body = noise.bytes(round * 7 + 1);
        for path in ["/v1/traces", "/v1/metrics", "/v1/logs"] {
            for content_type in ["application/x-protobuf", "application/json"] {
                let headers = [("content-type", content_type)];
                let answer = post(http, path, &headers, body.clone()).await;
                // A few bytes may happen to be a message of unknown fields.
                let is_expected = answer.status == 400 || answer.status == 200;
                assert!(is_expected, "{path} {content_type}: {}", answer.status);
            }
        }
        let answer = connection.export(TRACES, &body).await;
        assert!(matches!(answer.code(), Code::InvalidArgument | Code::Ok), "{:?}", answer.status);
    }
    is_well(collector).await;
}

#[tokio::test]
async fn compression_bombs_are_refused_without_being_unpacked() {
    // Small limits, so that a debug build need not unpack the 64 MiB it takes otherwise.
    let config = CONFIG
        .replace("grpc: {", "grpc: {max_recv_msg_size_mib: 1, ")
        .replace("http: {", "http: {max_request_body_size: 1048576, ");
    let collector = Collector::start(&config).await;
    let address = collector.http().await;
    let zeros = vec![0; 8 << 20];
    let bombs = [
        ("gzip", gzip(&zeros)),
        ("zlib", zlib(&zeros)),
        ("zstd", zstd(&zeros)),
        ("lz4", lz4(&zeros)),
        ("x-snappy-framed", snappy_framed(&zeros)),
        // Four gigabytes announced in front of nothing.
        ("snappy", vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0]),
    ];
    for (encoding, bomb) in &bombs {
        let headers = [PROTOBUF, ("content-encoding", encoding)];
        let answer = post(address, "/v1/traces", &headers, bomb.clone()).await;
        assert_eq!(answer.status, 413, "{encoding}: {}", answer.text());
        assert_eq!(answer.rpc_status().code, Code::ResourceExhausted as i32, "{encoding}");
    }
    let connection = Connection::open(collector.grpc().await).await;
    for (encoding, bomb) in &bombs[..3] {
        let name = if *encoding == "zlib" { "deflate" } else { encoding };
        let headers = [("grpc-encoding", name)];
        let answer = connection.call(EXPORT, &headers, whole(framed(bomb, true))).await;
        assert_eq!(answer.code(), Code::ResourceExhausted, "{name}: {:?}", answer.status);
    }
    // A bomb in a bomb is a body that is no message.
    let headers = [PROTOBUF, ("content-encoding", "gzip")];
    assert_eq!(post(address, "/v1/traces", &headers, gzip(&bombs[0].1)).await.status, 400);
    is_well(collector).await;
}

#[tokio::test]
async fn bombs_against_the_default_limits_are_refused() {
    let collector = Collector::start(CONFIG).await;
    let address = collector.http().await;
    // Over 64 MiB once unpacked; zstd by far over the ratio, too.
    let zeros = vec![0; 80 << 20];
    for (encoding, bomb) in [("zstd", zstd(&zeros)), ("lz4", lz4(&zeros))] {
        let headers = [PROTOBUF, ("content-encoding", encoding)];
        let answer = post(address, "/v1/traces", &headers, bomb).await;
        assert_eq!(answer.status, 413, "{encoding}: {}", answer.text());
    }
    is_well(collector).await;
}

#[tokio::test]
async fn a_gigabyte_is_refused_declared_or_streamed() {
    let collector = Collector::start(CONFIG).await;
    let address = collector.http().await;
    for is_declared in [true, false] {
        let body = endless(1 << 30, is_declared);
        let answer = send(address, "POST", "/v1/traces", &[PROTOBUF], body).await.unwrap();
        assert_eq!(answer.status, 413, "{}", answer.text());
        assert_eq!(answer.rpc_status().code, Code::ResourceExhausted as i32);
    }
    for path in ["/v1/nothing", "/"] {
        // Nobody wants it, so nobody reads it.
        let body = endless(1 << 30, true);
        let answer = send(address, "POST", path, &[PROTOBUF], body).await.unwrap();
        assert_eq!(answer.status, 404);
    }
    let connection = Connection::open(collector.grpc().await).await;
    let gigabyte = Bytes::from_static(&[0, 0x40, 0, 0, 0]);
    for first in [gigabyte.clone(), Bytes::from_static(&[1, 0x40, 0, 0, 0])] {
        let headers = [("grpc-encoding", "gzip")];
        let answer = connection.call(EXPORT, &headers, endless_after(first, 1 << 30)).await;
        assert_eq!(answer.code(), Code::ResourceExhausted, "{:?}", answer.status);
    }
    is_well(collector).await;
}

/// The status line of the answer to bytes on a connection of HTTP/1.1.
async fn status_of(address: SocketAddr, bytes: &[u8]) -> String {
    let answer = String::from_utf8_lossy(&raw(address, bytes, false).await).into_owned();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn headers_without_end_and_lengths_that_lie_are_refused() {
    let collector = Collector::start(CONFIG).await;
    let address = collector.http().await;
    let begin = "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n";
    let many: String = (0..10_000).map(|number| format!("x-{number}: y\r\n")).collect();
    for (what, request, status) in [
        ("10,000 headers", format!("{begin}{many}\r\n"), "431"),
        ("a long header", format!("{begin}x: {}\r\n\r\n", "y".repeat(1 << 20)), "431"),
        ("a long path", format!("GET /{} HTTP/1.1\r\n\r\n", "y".repeat(1 << 20)), "431"),
        ("a negative length", format!("{begin}content-length: -1\r\n\r\n"), "400"),
        ("a length that is none", format!("{begin}content-length: many\r\n\r\n"), "400"),
        ("two lengths", format!("{begin}content-length: 1\r\ncontent-length: 2\r\n\r\nab"), "400"),
        ("an unknown coding", format!("{begin}transfer-encoding: x\r\n\r\n"), "400"),
        (
            "a chunk that is none",
            format!("{begin}transfer-encoding: chunked\r\n\r\nxyz\r\n"),
            "400",
        ),
        ("no method", "\u{1}\u{2} / HTTP/1.1\r\n\r\n".to_owned(), "400"),
        ("another protocol", "SSH-2.0-OpenSSH_9.9\r\n\r\n".to_owned(), "400"),
    ] {
        let line = status_of(address, request.as_bytes()).await;
        assert!(line.starts_with(&format!("HTTP/1.1 {status}")), "{what}: {line:?}");
    }
    let connection = Connection::open(collector.grpc().await).await;
    let names: Vec<_> = (0..10_000).map(|number| format!("x-{number}")).collect();
    let headers: Vec<_> = names.iter().map(|name| (name.as_str(), "y")).collect();
    let message = framed(&traces(&["a"]), false);
    let refused = connection.try_call(EXPORT, &headers, whole(message)).await;
    assert!(refused.is_err() || refused.is_ok_and(|answer| answer.code() != Code::Ok));
    is_well(collector).await;
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_leaves_nothing_behind() {
    let collector = Collector::start(CONFIG).await;
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let begin = "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n\
                 content-length: 60000000\r\n\r\n0123456789";
    for _ in 0..50 {
        raw(http, begin.as_bytes(), true).await;
        raw(http, begin.get(..30).unwrap().as_bytes(), true).await;
        raw(grpc, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", true).await;
    }
    is_well(collector).await;
}
