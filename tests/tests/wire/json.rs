//! JSON as lenient as the Go collector reads it, found again as protobuf behind the collector (C§5.6).

use acceptance::{Backend, client::post, telemetry::span_names};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

use super::in_front_of;

fn request(span: &str) -> String {
    format!("{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{span}]}}]}}]}}")
}

#[tokio::test]
async fn reads_what_clients_write_and_refuses_what_has_no_meaning() {
    let backend = Backend::start().await;
    let collector = in_front_of(&backend, "otlp_grpc").await;
    let address = collector.http().await;
    let snake =
        "{\"resource_spans\":[{\"scope_spans\":[{\"spans\":[{\"name\":\"a\"}]}]}]}".to_owned();
    for (body, status) in [
        (request("{\"name\":\"a\"}"), 200),
        (snake, 200),
        (request("{\"name\":\"a\",\"unknown\":{\"deep\":[1,{}]}}"), 200),
        (request("{\"name\":\"a\",\"kind\":3}"), 200),
        (request("{\"name\":\"a\",\"kind\":\"SPAN_KIND_CLIENT\"}"), 200),
        (request("{\"name\":\"a\",\"startTimeUnixNano\":\"5\",\"endTimeUnixNano\":6}"), 200),
        (request("{\"name\":\"a\",\"start_time_unix_nano\":5}"), 200),
        (request("{\"name\":\"a\",\"traceId\":\"0102030405060708090A0b0c0d0e0f10\"}"), 200),
        (request("{\"name\":\"a\",\"traceId\":\"\",\"status\":null}"), 200),
        (request("{\"name\":\"b\",\"name\":\"a\"}"), 200),
        (
            request(
                "{\"name\":\"a\",\"attributes\":[{\"key\":\"k\",\"value\":{\"doubleValue\":\"NaN\"}}]}",
            ),
            200,
        ),
        (
            request(
                "{\"name\":\"a\",\"attributes\":[{\"key\":\"k\",\"value\":{\"intValue\":\"-1\"}}]}",
            ),
            200,
        ),
        (
            request(
                "{\"name\":\"a\",\"attributes\":[{\"key\":\"k\",\"value\":{\"bytesValue\":\"AQI=\"}}]}",
            ),
            200,
        ),
        (request("{\"name\":\"\\u0061\"}"), 200),
        (request("{\"name\":\"a\",\"traceId\":\"0102\"}"), 400),
        (request("{\"name\":\"a\",\"traceId\":\"zz02030405060708090a0b0c0d0e0f10\"}"), 400),
        (request("{\"name\":5}"), 400),
        (request("{\"name\":\"a\",\"kind\":\"SPAN_KIND_NONSENSE\"}"), 400),
        (request("{\"name\":\"a\",\"startTimeUnixNano\":\"x\"}"), 400),
        (request("{\"name\":\"a\",}"), 400),
        (request("{\"name\":\"a\""), 400),
        (request("{name:\"a\"}"), 400),
        (format!("{}1{}", "[".repeat(5000), "]".repeat(5000)), 400),
    ] {
        let before = backend.received().len();
        let headers = [("content-type", "application/json")];
        let answer = post(address, "/v1/traces", &headers, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        let after = backend.received();
        if status == 200 {
            assert_eq!(answer.text(), "{}", "{body}");
            assert_eq!(span_names(&after[before].body), ["a"], "{body}");
        } else {
            assert_eq!(after.len(), before, "{body}");
            let status: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(status["code"], 3, "{body}: {status}");
        }
    }
    collector.stop().await;
}

#[tokio::test]
async fn ids_numbers_and_enums_arrive_with_their_values() {
    let backend = Backend::start().await;
    let collector = in_front_of(&backend, "otlp_http").await;
    let body = request(
        "{\"name\":\"a\",\"kind\":\"SPAN_KIND_CLIENT\",\"startTimeUnixNano\":\"1700000000000000001\",\
         \"traceId\":\"0102030405060708090A0b0c0d0e0f10\",\"spanId\":\"0102030405060708\",\
         \"status\":{\"code\":2,\"message\":\"m\"}}",
    );
    let headers = [("content-type", "application/json")];
    let answer = post(collector.http().await, "/v1/traces", &headers, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let received = backend.received().remove(0);
    assert_eq!(received.path, "/v1/traces");
    let request = ExportTraceServiceRequest::decode(received.body).unwrap();
    let span = &request.resource_spans[0].scope_spans[0].spans[0];
    assert_eq!(span.trace_id, (1..=16).collect::<Vec<u8>>());
    assert_eq!(span.span_id, (1..=8).collect::<Vec<u8>>());
    assert_eq!((span.kind, span.start_time_unix_nano), (3, 1_700_000_000_000_000_001));
    let status = span.status.as_ref().unwrap();
    assert_eq!((status.code, status.message.as_str()), (2, "m"));
    collector.stop().await;
}
