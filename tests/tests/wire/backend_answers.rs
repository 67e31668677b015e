//! What the backend says, as the client hears it through an exporter without queue and retry (C§5.5).

use acceptance::{
    Answer, Backend, Connection,
    client::{RpcStatus, post},
    telemetry::{TRACES, traces},
};
use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;
use tonic::{Code, Status};

use super::in_front_of;

const HEADERS: [(&str, &str); 1] = [("content-type", "application/x-protobuf")];

#[tokio::test]
async fn a_code_of_a_grpc_backend_reaches_the_client() {
    let backend = Backend::start().await;
    let collector = in_front_of(&backend, "otlp_grpc").await;
    let connection = Connection::open(collector.grpc().await).await;
    let address = collector.http().await;
    for (code, http) in [
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
    ] {
        backend.otherwise(Answer::Status(Status::new(code, "scripted words")));
        let answer = connection.export(TRACES, &traces(&["a"])).await;
        assert_eq!(answer.code(), code, "{:?}", answer.status);
        assert!(answer.status.message().contains("scripted words"), "{:?}", answer.status);
        let answer = post(address, "/v1/traces", &HEADERS, traces(&["a"])).await;
        assert_eq!(answer.status, http, "{code:?}: {}", answer.text());
        assert_eq!(answer.rpc_status().code, code as i32, "{}", answer.text());
        assert!(answer.rpc_status().message.contains("scripted words"), "{}", answer.text());
        assert_eq!(answer.header("retry-after"), "", "{code:?}");
    }
    backend.otherwise(Answer::Taken(Bytes::new()));
    assert_eq!(connection.export(TRACES, &traces(&["a"])).await.code(), Code::Ok);
    collector.stop().await;
}

#[tokio::test]
async fn a_status_of_an_http_backend_reaches_the_client() {
    let backend = Backend::start().await;
    let collector = in_front_of(&backend, "otlp_http").await;
    let connection = Connection::open(collector.grpc().await).await;
    let address = collector.http().await;
    for (status, code, http) in [
        (400, Code::InvalidArgument, 400),
        (401, Code::Unauthenticated, 401),
        (403, Code::PermissionDenied, 403),
        (404, Code::Unimplemented, 404),
        (405, Code::Unknown, 500),
        (409, Code::Unknown, 500),
        (413, Code::Unknown, 500),
        (418, Code::Unknown, 500),
        (429, Code::ResourceExhausted, 429),
        (500, Code::Unknown, 500),
        (501, Code::Unknown, 500),
        (502, Code::Unavailable, 503),
        (503, Code::Unavailable, 503),
        (504, Code::Unavailable, 503),
    ] {
        backend.otherwise(Answer::Http(status, Vec::new(), Bytes::new()));
        let answer = connection.export(TRACES, &traces(&["a"])).await;
        assert_eq!(answer.code(), code, "{status}: {:?}", answer.status);
        let words = format!("responded with HTTP Status Code {status}");
        assert!(answer.status.message().contains(&words), "{:?}", answer.status);
        let answer = post(address, "/v1/traces", &HEADERS, traces(&["a"])).await;
        assert_eq!(answer.status, http, "{status}: {}", answer.text());
        assert_eq!(answer.rpc_status().code, code as i32, "{}", answer.text());
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_backend_that_is_away_is_unavailable() {
    for kind in ["otlp_grpc", "otlp_http"] {
        let gone = Backend::start().await;
        let collector = in_front_of(&gone, kind).await;
        drop(gone);
        let connection = Connection::open(collector.grpc().await).await;
        let answer = connection.export(TRACES, &traces(&["a"])).await;
        assert_eq!(answer.code(), Code::Unavailable, "{kind}: {:?}", answer.status);
        let answer = post(collector.http().await, "/v1/traces", &HEADERS, traces(&["a"])).await;
        assert_eq!(answer.status, 503, "{kind}: {}", answer.text());
        collector.stop().await;
    }
}

#[tokio::test]
async fn a_wait_that_the_backend_asks_for_reaches_the_client() {
    let backend = Backend::start().await;
    for (kind, code, seconds, http) in [
        ("otlp_grpc", Code::ResourceExhausted, 7, 429),
        ("otlp_grpc", Code::Unavailable, 3, 503),
        ("otlp_grpc", Code::Unavailable, 0, 503),
        ("otlp_http", Code::ResourceExhausted, 11, 429),
        ("otlp_http", Code::Unavailable, 4, 503),
    ] {
        let row = format!("{kind} {code:?} {seconds}");
        backend.otherwise(if kind == "otlp_grpc" {
            let details = RpcStatus::with_retry_info(code, "slow down", seconds).encode_to_vec();
            Answer::Status(Status::with_details(code, "slow down", details.into()))
        } else {
            Answer::Http(http, vec![("retry-after", seconds.to_string())], Bytes::new())
        });
        let collector = in_front_of(&backend, kind).await;
        let connection = Connection::open(collector.grpc().await).await;
        let answer = connection.export(TRACES, &traces(&["a"])).await;
        assert_eq!(answer.code(), code, "{row}: {:?}", answer.status);
        assert_eq!(answer.rpc_status().retry_seconds(), Some(seconds), "{row}");
        let answer = post(collector.http().await, "/v1/traces", &HEADERS, traces(&["a"])).await;
        assert_eq!(answer.status, http, "{row}: {}", answer.text());
        assert_eq!(answer.header("retry-after"), seconds.to_string(), "{row}");
        assert_eq!(answer.rpc_status().retry_seconds(), Some(seconds), "{row}");
        collector.stop().await;
    }
}

#[tokio::test]
async fn what_a_backend_calls_too_large_arrives_in_halves() {
    let words = "grpc: received message larger than max (5036263 vs. 4194304)";
    for kind in ["otlp_grpc", "otlp_http"] {
        let backend = Backend::start().await;
        backend.script([match kind {
            "otlp_grpc" => Answer::Status(Status::resource_exhausted(words)),
            _ => Answer::Http(413, Vec::new(), Bytes::new()),
        }]);
        let collector = in_front_of(&backend, kind).await;
        let connection = Connection::open(collector.grpc().await).await;
        let answer = connection.export(TRACES, &traces(&["a", "b"])).await;
        assert_eq!(answer.code(), Code::Ok, "{kind}: {:?}", answer.status);
        let bodies: Vec<_> = backend.received().into_iter().map(|request| request.body).collect();
        assert_eq!(bodies, [traces(&["a", "b"]), traces(&["a"]), traces(&["b"])], "{kind}");
        collector.stop().await;
    }
}

#[tokio::test]
async fn a_partial_success_is_a_success_that_the_log_tells_of() {
    let partial = ExportTracePartialSuccess {
        rejected_spans: 1,
        error_message: "one was too old".to_owned(),
    };
    let response = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    for kind in ["otlp_grpc", "otlp_http"] {
        let backend = Backend::start().await;
        backend.script([Answer::Taken(response.clone().into())]);
        let collector = in_front_of(&backend, kind).await;
        let connection = Connection::open(collector.grpc().await).await;
        let answer = connection.export(TRACES, &traces(&["a", "b"])).await;
        assert_eq!(answer.code(), Code::Ok, "{kind}: {:?}", answer.status);
        let fields = acceptance::collector::fields(&collector.line("Partial success").await);
        assert_eq!(fields["message"], "one was too old", "{kind}: {fields}");
        assert_eq!(fields["dropped_spans"], 1, "{kind}: {fields}");
        collector.stop().await;
    }
}

#[tokio::test]
async fn unknown_fields_and_bytes_that_are_no_text_survive_the_hop_byte_for_byte() {
    let mut message = traces(&["known"]);
    // Field 1000 of the request, and of a resource group of its own: a span whose name is no UTF-8.
    message.extend([0xc2, 0x3e, 0x03, b'n', b'e', b'w']);
    let span = [&[0x2a, 0x02, 0xff, 0xfe][..], &[0xc2, 0x3e, 0x01, b'x']].concat();
    let mut inner = span;
    for _ in 0..2 {
        inner = [&[0x12, u8::try_from(inner.len()).unwrap()][..], &inner].concat();
    }
    message.extend([&[0x0a, u8::try_from(inner.len()).unwrap()][..], &inner].concat());
    for kind in ["otlp_grpc", "otlp_http"] {
        let backend = Backend::start().await;
        let collector = in_front_of(&backend, kind).await;
        let connection = Connection::open(collector.grpc().await).await;
        let answer = connection.export(TRACES, &message).await;
        assert_eq!(answer.code(), Code::Ok, "{kind}: {:?}", answer.status);
        let answer = post(collector.http().await, "/v1/traces", &HEADERS, message.clone()).await;
        assert_eq!(answer.status, 200, "{kind}: {}", answer.text());
        let received = backend.received();
        assert_eq!(received.len(), 2, "{kind}");
        assert!(received.iter().all(|request| request.body == message), "{kind}");
        collector.stop().await;
    }
}
