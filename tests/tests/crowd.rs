//! Connections that do nothing, headers and bodies that never end, clients that take no answer, bombs:
//! memory and descriptors stay bounded, and other clients notice nothing.
//!
//! `make crowd` is the same with 10,000 connections against the default limit.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use acceptance::{
    Collector, Connection,
    client::{framed, post},
    encode::{gzip, lz4, snappy_framed, zlib, zstd},
    telemetry::{TRACES, traces},
    within_deadline,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};
use tonic::Code;

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
/// The budget and what requests become, and what a connection costs.
const MEMORY_MAX: u64 = 200 << 20;
const CONNECTION_MAX: u64 = 12 << 10;
/// Descriptors besides connections: sockets that listen, of the runtime, of the log.
const OTHER_DESCRIPTORS: usize = 64;
/// The address all of the crowd comes from; good clients come from 127.0.0.1.
const CROWD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Connections of the crowd, as many as there may be in all.
fn crowd_size() -> usize {
    std::env::var("CROWD").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

fn config(connections: usize) -> String {
    let limits = format!("connection_limits: {{max_connections: {connections}}}");
    format!(
        "\
receivers:
  otlp:
    protocols:
      grpc: {{endpoint: '127.0.0.1:0', {limits}}}
      http: {{endpoint: '127.0.0.1:0', {limits}}}
exporters: {{nop: {{}}}}
service:
  admission: {{limit_mib: 64}}
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp], exporters: [nop]}}
"
    )
}

/// A connection of the crowd that sends this and then no more.
async fn joins(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let join = async {
        loop {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind((CROWD, 0).into()).unwrap();
            if let Ok(mut stream) = socket.connect(address).await {
                // It may have been sent away already.
                let _ = stream.write_all(bytes).await;
                return stream;
            }
        }
    };
    within_deadline("a connection of the crowd", join).await
}

/// What the crowd says: nothing, half a header, the start of a long body, HTTP/2 and nothing, HTTP/2
/// and the start of a call.
fn words() -> [Vec<u8>; 5] {
    let head = "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n";
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    // HEADERS of stream 1: POST, http, a path and a content type, all literal or indexed.
    let mut block = vec![0x83, 0x86, 0x04, 54];
    block.extend(b"/opentelemetry.proto.collector.trace.v1.TraceService/Export"[..54].iter());
    block.extend([0x0f, 0x10, 16]);
    block.extend(b"application/grpc");
    let mut call = preface.to_vec();
    call.extend([0, 0, u8::try_from(block.len()).unwrap(), 1, 4, 0, 0, 0, 1]);
    call.extend(block);
    // DATA: the prefix of a message of 20 MiB, and nothing of it.
    call.extend([0, 0, 5, 0, 0, 0, 0, 0, 1, 0, 1, 0x40, 0, 0]);
    [
        Vec::new(),
        format!("{head}x-more: ").into_bytes(),
        format!("{head}content-length: 20000000\r\n\r\nand so").into_bytes(),
        preface.to_vec(),
        call,
    ]
}

/// What every client gets, whoever else is there: an answer, over new connections and old ones.
async fn others_are_served(grpc: SocketAddr, http: SocketAddr, kept: &Connection) {
    for _ in 0..10 {
        let answer = post(http, "/v1/traces", &[PROTOBUF], traces(&["a"])).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let connection = Connection::open(grpc).await;
        for connection in [&connection, kept] {
            let answer = connection.export(TRACES, &traces(&["a"])).await;
            assert_eq!(answer.code(), Code::Ok, "{:?}", answer.status);
        }
    }
}

#[tokio::test]
async fn a_crowd_that_does_nothing_keeps_nobody_out() {
    let size = crowd_size();
    let mut collector = Collector::start(&config(size)).await;
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let kept = Connection::open(grpc).await;
    others_are_served(grpc, http, &kept).await;
    let mut crowd = Vec::new();
    for number in 0..size {
        let words = words();
        let port = if number % 2 == 0 { grpc } else { http };
        crowd.push(joins(port, &words[number % words.len()]).await);
    }
    others_are_served(grpc, http, &kept).await;
    let descriptors = collector.descriptors();
    // Long bodies over the budget were refused, and their connections closed.
    let is_held = (size / 2..size + OTHER_DESCRIPTORS).contains(&descriptors);
    assert!(is_held, "{descriptors} for {size} connections");
    // More on one port than it may have: now it has to send some away.
    for number in 0..size / 2 + size / 4 {
        let words = words();
        crowd.push(joins(http, &words[number % words.len()]).await);
    }
    others_are_served(grpc, http, &kept).await;
    let descriptors = collector.descriptors();
    assert!(descriptors <= size + size / 2 + OTHER_DESCRIPTORS, "{descriptors} for {size}");
    let peak = collector.peak_memory();
    println!("{} connections, {descriptors} descriptors, {} MiB", crowd.len(), peak >> 20);
    let most = MEMORY_MAX + crowd.len() as u64 * CONNECTION_MAX;
    assert!(peak < most, "{} MiB of {}", peak >> 20, most >> 20);
    assert!(collector.is_alive(), "{}", collector.log());
    drop(crowd);
    others_are_served(grpc, http, &kept).await;
    let log = collector.stop().await;
    assert!(!log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn who_closes_its_half_in_the_middle_is_let_go() {
    let mut collector = Collector::start(&config(300)).await;
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let before = collector.descriptors();
    for words in words() {
        for port in [grpc, http] {
            let mut stream = joins(port, &words).await;
            stream.shutdown().await.unwrap();
            let mut answer = Vec::new();
            // With an answer or without, it ends: nothing waits for bytes that cannot come.
            let _ = within_deadline("the other half", stream.read_to_end(&mut answer)).await;
        }
    }
    let let_go = async {
        while collector.descriptors() > before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within_deadline("descriptors to be given back", let_go).await;
    assert!(collector.is_alive(), "{}", collector.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_bombs_at_once_take_no_more_than_the_budget() {
    let collector = Collector::start(&config(300)).await;
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let zeros = vec![0; 80 << 20];
    let bombs = [
        ("gzip", gzip(&zeros)),
        ("zlib", zlib(&zeros)),
        ("deflate", zlib(&zeros)),
        ("zstd", zstd(&zeros)),
        ("lz4", lz4(&zeros)),
        ("x-snappy-framed", snappy_framed(&zeros)),
    ];
    let mut thrown = tokio::task::JoinSet::new();
    for (encoding, bomb) in bombs {
        for _ in 0..4 {
            let bomb = bomb.clone();
            thrown.spawn(async move {
                let headers = [PROTOBUF, ("content-encoding", encoding)];
                let answer = post(http, "/v1/traces", &headers, bomb.clone()).await;
                // 503: others held the budget when it was asked.
                assert!(matches!(answer.status, 413 | 503), "{encoding}: {}", answer.status);
                if let "gzip" | "zstd" | "deflate" = encoding {
                    let headers = [("grpc-encoding", encoding)];
                    let path = format!("/opentelemetry.proto.collector.{TRACES}/Export");
                    let body = acceptance::client::whole(framed(&bomb, true));
                    let answer = Connection::open(grpc).await.call(&path, &headers, body).await;
                    let is_refused =
                        matches!(answer.code(), Code::ResourceExhausted | Code::Unavailable);
                    assert!(is_refused, "{encoding}: {:?}", answer.status);
                }
            });
        }
    }
    while let Some(done) = thrown.join_next().await {
        done.unwrap();
    }
    let kept = Connection::open(grpc).await;
    others_are_served(grpc, http, &kept).await;
    let peak = collector.peak_memory();
    println!("{} MiB", peak >> 20);
    assert!(peak < MEMORY_MAX, "{} MiB", peak >> 20);
    let log = collector.stop().await;
    assert!(!log.contains("panicked"), "{log}");
}
