//! Compressed bodies, right and wrong.

use acceptance::{
    Backend, Collector, Connection,
    client::{framed, post, whole},
    encode::{gzip, lz4, snappy_block, snappy_framed, zlib, zstd},
    telemetry::traces,
};
use tonic::Code;

use super::NOP;

#[tokio::test]
async fn http_takes_every_encoding_and_refuses_what_it_is_not() {
    let collector = Collector::start(NOP).await;
    let address = collector.http().await;
    let span = traces(&["compressed"]);
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let rubbish = || b"this is not compressed at all".to_vec();
    for (encoding, body, status, message) in [
        ("", span.clone(), 200, ""),
        ("identity", span.clone(), 200, ""),
        ("gzip", gzip(&span), 200, ""),
        ("GZIP", gzip(&span), 200, ""),
        ("zlib", zlib(&span), 200, ""),
        ("deflate", zlib(&span), 200, ""),
        ("zstd", zstd(&span), 200, ""),
        ("snappy", snappy_block(&span), 200, ""),
        ("snappy", snappy_framed(&span), 200, ""),
        ("x-snappy-framed", snappy_framed(&span), 200, ""),
        ("lz4", lz4(&span), 200, ""),
        ("gzip", gzip(&[]), 200, ""),
        ("gzip", [gzip(&span), gzip(&[])].concat(), 200, ""),
        ("gzip", rubbish(), 400, "gzip: invalid header"),
        ("zlib", rubbish(), 400, "zlib: invalid header"),
        ("deflate", rubbish(), 400, "zlib: invalid header"),
        ("zstd", rubbish(), 400, "invalid input: magic number mismatch"),
        ("snappy", rubbish(), 400, "snappy: corrupt input"),
        ("x-snappy-framed", rubbish(), 400, "snappy: corrupt input"),
        ("lz4", rubbish(), 400, ""),
        ("gzip", half(gzip(&span)), 400, ""),
        ("zlib", half(zlib(&span)), 400, ""),
        ("zstd", half(zstd(&span)), 400, ""),
        ("snappy", half(snappy_block(&span)), 400, ""),
        ("x-snappy-framed", half(snappy_framed(&span)), 400, ""),
        ("lz4", half(lz4(&span)), 400, ""),
        ("br", span.clone(), 400, "unsupported Content-Encoding: br"),
        ("gzip, gzip", gzip(&gzip(&span)), 400, "unsupported Content-Encoding: gzip, gzip"),
        ("x-nosuch", span.clone(), 400, "unsupported Content-Encoding: x-nosuch"),
    ] {
        let mut headers = vec![("content-type", "application/x-protobuf")];
        if !encoding.is_empty() {
            headers.push(("content-encoding", encoding));
        }
        let answer = post(address, "/v1/traces", &headers, body).await;
        assert_eq!(answer.status, status, "{encoding}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/x-protobuf", "{encoding}");
        if status != 200 {
            let status = answer.rpc_status();
            assert_eq!(status.code, Code::InvalidArgument as i32, "{encoding}: {status:?}");
            assert!(status.message.contains(message), "{encoding}: {status:?}");
        }
    }
    collector.stop().await;
}

#[tokio::test]
async fn grpc_takes_its_encodings_and_refuses_the_rest() {
    let collector = Collector::start(NOP).await;
    let connection = Connection::open(collector.grpc().await).await;
    let span = traces(&["compressed"]);
    let rubbish = b"this is not compressed at all";
    for (encoding, body, code) in [
        ("", framed(&span, false), Code::Ok),
        ("identity", framed(&span, false), Code::Ok),
        ("gzip", framed(&gzip(&span), true), Code::Ok),
        ("gzip", framed(&span, false), Code::Ok),
        ("snappy", framed(&snappy_framed(&span), true), Code::Ok),
        ("zstd", framed(&zstd(&span), true), Code::Ok),
        ("deflate", framed(&zlib(&span), true), Code::Ok),
        ("", framed(&[], false), Code::Ok),
        ("gzip", framed(&gzip(&[]), true), Code::Ok),
        ("gzip", framed(rubbish, true), Code::Internal),
        ("zstd", framed(rubbish, true), Code::Internal),
        ("snappy", framed(rubbish, true), Code::Internal),
        ("", framed(&gzip(&span), true), Code::Internal),
        ("br", framed(&span, true), Code::Unimplemented),
        ("lz4", framed(&lz4(&span), true), Code::Unimplemented),
    ] {
        let header = [("grpc-encoding", encoding)];
        let headers = if encoding.is_empty() { &[][..] } else { &header[..] };
        let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
        let answer = connection.call(path, headers, whole(body)).await;
        assert_eq!(answer.code(), code, "{encoding}: {:?}", answer.status);
        if code == Code::Ok {
            assert_eq!(answer.body, framed(&[], false), "{encoding}");
        } else {
            assert!(!answer.status.message().is_empty(), "{encoding}");
        }
    }
    collector.stop().await;
}

#[tokio::test]
async fn what_nobody_changed_leaves_compressed_as_it_came() {
    let span = traces(&["compressed"]);
    let edit = "attributes: {actions: [{key: a, value: b, action: insert}]}";
    for (encoding, packed) in [("gzip", gzip(&span)), ("zstd", zstd(&span))] {
        for (exporter, asked) in
            [("otlp_grpc", encoding), ("otlp_http", encoding), ("otlp_grpc", "snappy")]
        {
            for (processors, names) in [("", ""), (edit, "attributes")] {
                let backend = Backend::start().await;
                let scheme = if exporter == "otlp_http" { "http://" } else { "" };
                let config = format!(
                    "receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}, http: {{endpoint: \
                     '127.0.0.1:0'}}}}}}}}\nprocessors: {{{processors}}}\nexporters: {{{exporter}: {{endpoint: \
                     '{scheme}{}', compression: {asked}, tls: {{insecure: true}}}}}}\nservice:\n  telemetry: \
                     {{metrics: {{level: none}}}}\n  pipelines: {{traces: {{receivers: [otlp], processors: \
                     [{names}], exporters: [{exporter}]}}}}\n",
                    backend.address
                );
                let collector = Collector::start(&config).await;
                let headers =
                    [("content-type", "application/x-protobuf"), ("content-encoding", encoding)];
                let answer =
                    post(collector.http().await, "/v1/traces", &headers, packed.clone()).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
                let received = backend.answered(1).await.remove(0);
                let as_it_came = received.packed.as_deref() == Some(&packed[..]);
                let is_same = processors.is_empty() && asked == encoding;
                assert_eq!(as_it_came, is_same, "{encoding} to {exporter} {asked} {names}");
                assert_eq!(received.body == span, processors.is_empty());
                collector.stop().await;
            }
        }
    }
}
