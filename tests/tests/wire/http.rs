//! Statuses, content types and bodies over HTTP.

use acceptance::{
    Collector,
    client::{get, post, send, whole},
    telemetry::{logs, metrics, traces},
};

use super::NOP;

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// One request and its answer: method, path, content type, body; status, content type, and what the
/// message of the status contains.
type Row = (&'static str, &'static str, &'static str, Vec<u8>, u16, &'static str, &'static str);

fn rows() -> Vec<Row> {
    let span = || traces(&["a"]);
    let truncated = || span().into_iter().take(10).collect();
    vec![
        ("POST", "/v1/traces", PROTOBUF, span(), 200, PROTOBUF, ""),
        ("POST", "/v1/metrics", PROTOBUF, metrics(2), 200, PROTOBUF, ""),
        ("POST", "/v1/logs", PROTOBUF, logs(2), 200, PROTOBUF, ""),
        ("POST", "/v1/traces?a=b", PROTOBUF, span(), 200, PROTOBUF, ""),
        // Parameters and case of the media type do not matter; the answer has none.
        ("POST", "/v1/traces", "application/x-protobuf; charset=utf-8", span(), 200, PROTOBUF, ""),
        ("POST", "/v1/traces", "Application/X-Protobuf", span(), 200, PROTOBUF, ""),
        ("POST", "/v1/traces", "application/json;charset=UTF-8", b"{}".into(), 200, JSON, ""),
        // Nothing is a valid request in protobuf, and none in JSON.
        ("POST", "/v1/traces", PROTOBUF, Vec::new(), 200, PROTOBUF, ""),
        ("POST", "/v1/logs", PROTOBUF, Vec::new(), 200, PROTOBUF, ""),
        ("POST", "/v1/traces", JSON, b"{}".into(), 200, JSON, ""),
        ("POST", "/v1/traces", JSON, b"{\"resourceSpans\":[]}".into(), 200, JSON, ""),
        ("POST", "/v1/traces", JSON, Vec::new(), 400, JSON, ""),
        // Not what it says it is.
        ("POST", "/v1/traces", PROTOBUF, truncated(), 400, PROTOBUF, ""),
        ("POST", "/v1/traces", PROTOBUF, b"{}".into(), 400, PROTOBUF, ""),
        ("POST", "/v1/traces", JSON, b"{".into(), 400, JSON, ""),
        ("POST", "/v1/traces", JSON, span(), 400, JSON, ""),
        ("POST", "/v1/logs", JSON, b"[]".into(), 400, JSON, ""),
        ("POST", "/v1/metrics", JSON, b"\"text\"".into(), 400, JSON, ""),
        // Not a place, not a method, not a type; answered in the type of the request where it has one.
        ("POST", "/v1/nothing", PROTOBUF, span(), 404, PROTOBUF, "404 page not found"),
        ("POST", "/v1/nothing", JSON, b"{}".into(), 404, JSON, "404 page not found"),
        ("GET", "/nothing", "", Vec::new(), 404, JSON, "404 page not found"),
        ("POST", "/v1development/profiles", PROTOBUF, Vec::new(), 404, PROTOBUF, "404 page not"),
        ("POST", "/v1/traces/", PROTOBUF, span(), 404, PROTOBUF, "404 page not found"),
        ("GET", "/v1/traces", PROTOBUF, Vec::new(), 405, PROTOBUF, "405 method not allowed, s"),
        ("PUT", "/v1/traces", JSON, Vec::new(), 405, JSON, "405 method not allowed, supported: ["),
        ("DELETE", "/v1/logs", "", Vec::new(), 405, JSON, "405 method not allowed, supported: ["),
        ("POST", "/v1/traces", "", span(), 415, JSON, "415 unsupported media type, supported: ["),
        ("POST", "/v1/traces", "text/plain", span(), 415, JSON, "415 unsupported media type, s"),
        ("POST", "/v1/traces", "application/protobuf", span(), 415, JSON, "415 unsupported medi"),
        ("POST", "/v1/traces", "application/xml", span(), 415, JSON, "415 unsupported media typ"),
    ]
}

#[tokio::test]
async fn every_request_is_answered_with_its_status_in_its_own_encoding() {
    let collector = Collector::start(NOP).await;
    let address = collector.http().await;
    for (method, path, content_type, body, status, answered_in, message) in rows() {
        let row = format!("{method} {path} {content_type:?} {} bytes", body.len());
        let header = [("content-type", content_type)];
        let headers = if content_type.is_empty() { &[][..] } else { &header[..] };
        let answer = send(address, method, path, headers, whole(body)).await.unwrap();
        assert_eq!(answer.status, status, "{row}: {}", answer.text());
        assert_eq!(answer.header("content-type"), answered_in, "{row}");
        if status == 200 {
            // A full success leaves `partial_success` unset.
            let expected = if answered_in == JSON { "{}" } else { "" };
            assert_eq!(answer.text(), expected, "{row}");
            continue;
        }
        let text = if answered_in == JSON {
            let status: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            assert!(status["code"].as_i64().unwrap() > 0, "{row}: {status}");
            status["message"].as_str().unwrap().to_owned()
        } else {
            assert!(answer.rpc_status().code > 0, "{row}");
            answer.rpc_status().message
        };
        assert!(!text.is_empty() && text.contains(message), "{row}: {text}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn both_ports_serve_both_protocols() {
    let collector = Collector::start(NOP).await;
    for address in [collector.grpc().await, collector.http().await] {
        let headers = [("content-type", PROTOBUF)];
        let answer = post(address, "/v1/traces", &headers, traces(&["a"])).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let connection = acceptance::Connection::open(address).await;
        let answer = connection.export(acceptance::telemetry::TRACES, &traces(&["a"])).await;
        assert_eq!(answer.code(), tonic::Code::Ok, "{:?}", answer.status);
    }
    collector.stop().await;
}

#[tokio::test]
async fn settings_of_the_server_are_obeyed() {
    let config = NOP.replace(
        "http: {endpoint: '127.0.0.1:0'}",
        "http: {endpoint: '127.0.0.1:0', traces_url_path: here/traces, max_request_body_size: 100, \
         response_headers: {x-served-by: tollgate}, compression_algorithms: ['', zstd], cors: \
         {allowed_origins: ['https://*.example']}}",
    );
    let collector = Collector::start(&config).await;
    let address = collector.http().await;
    let headers = [("content-type", PROTOBUF)];
    let answer = post(address, "/here/traces", &headers, traces(&["a"])).await;
    assert_eq!((answer.status, answer.header("x-served-by")), (200, "tollgate"));
    let answer = get(address, "/v1/traces").await;
    assert_eq!((answer.status, answer.header("x-served-by")), (404, "tollgate"));
    let answer = post(address, "/v1/logs", &headers, vec![0; 101]).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_eq!(answer.rpc_status().code, 8, "{}", answer.text());
    let headers = [("content-type", PROTOBUF), ("content-encoding", "gzip")];
    let answer = post(address, "/v1/logs", &headers, acceptance::encode::gzip(&logs(1))).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.rpc_status().message, "unsupported Content-Encoding: gzip");
    let headers = [("content-type", PROTOBUF), ("content-encoding", "zstd")];
    let answer = post(address, "/v1/logs", &headers, acceptance::encode::zstd(&logs(1))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let headers = [("origin", "https://a.example"), ("access-control-request-method", "POST")];
    let answer = send(address, "OPTIONS", "/v1/logs", &headers, whole("")).await.unwrap();
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), "https://a.example");
    collector.stop().await;
}
