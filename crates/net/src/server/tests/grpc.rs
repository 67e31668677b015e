use std::time::Duration;

use ::http::uri::PathAndQuery;
use ::http::{HeaderMap, HeaderValue, Request};
use tonic::Code;

use super::*;
use crate::budget::ClientId;
use crate::client::GrpcReply;
use crate::compression::Encoding;
use crate::status::{retry_info, status_from_headers};

async fn call(
    client: &GrpcClient,
    path: &'static str,
    message: Bytes,
) -> Result<GrpcReply, Status> {
    let path = PathAndQuery::from_static(path);
    client.unary(&path, message, &HeaderMap::new(), Some(Duration::from_secs(5))).await
}

#[tokio::test]
async fn messages_of_every_size_come_back() {
    let server = start().await;
    let client = grpc_client(&server);
    for len in [0, 1, 1023, 1024, 1025, 20_000, 300_000, 3_000_000] {
        let message: Bytes = (0..len).map(|i| (i % 251) as u8).collect();
        let reply = call(&client, "/test/Echo", message.clone()).await.unwrap();
        assert_eq!(reply.message, message, "{len}");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn every_grpc_compression_comes_back() {
    let server = start().await;
    let message = Bytes::from("spans ".repeat(10_000));
    for compression in [Encoding::Gzip, Encoding::XSnappyFramed, Encoding::Zstd, Encoding::Deflate]
    {
        let target = GrpcTarget::Dns { host: "127.0.0.1".to_owned(), port: port(&server) };
        let mut options = GrpcClientOptions::new(target, "test");
        options.compression = compression;
        let client = GrpcClient::with_options(options).unwrap();
        let reply = call(&client, "/test/Echo", message.clone()).await.unwrap();
        assert_eq!(reply.message, message, "{compression:?}");
        let described = call(&client, "/test/Describe", message.clone()).await.unwrap();
        let words = String::from_utf8(described.message.to_vec()).unwrap();
        let wire_len: usize = words.split(' ').nth(2).unwrap().parse().unwrap();
        assert!(wire_len < 5_000, "{words}");
    }
}

#[tokio::test]
async fn a_call_carries_metadata_peer_and_deadline() {
    let server = start().await;
    let client = grpc_client(&server);
    let mut metadata = HeaderMap::new();
    metadata.insert("x-test", HeaderValue::from_static("yes"));
    let path = PathAndQuery::from_static("/test/Describe");
    let timeout = Some(Duration::from_secs(5));
    let reply = client.unary(&path, Bytes::from_static(b"abc"), &metadata, timeout).await.unwrap();
    assert_eq!(reply.message, "Some(\"yes\") true 3 3 true");
}

#[tokio::test]
async fn statuses_come_back_with_code_and_message() {
    let server = start().await;
    let client = grpc_client(&server);
    let failed = call(&client, "/test/Fail", Bytes::new()).await.unwrap_err();
    assert_eq!((failed.code(), failed.message()), (Code::FailedPrecondition, "nicht möglich"));
    let unknown = call(&client, "/other.Service/Export", Bytes::new()).await.unwrap_err();
    assert_eq!(unknown.code(), Code::Unimplemented);
    assert_eq!(unknown.message(), "unknown method Export for service other.Service");
}

#[tokio::test]
async fn a_message_over_the_limit_is_resource_exhausted() {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.grpc.message_bytes_max = 1000;
    let server = start_with(options, &Echo::new()).await;
    let client = grpc_client(&server);
    let error = call(&client, "/test/Echo", Bytes::from(vec![0; 1001])).await.unwrap_err();
    assert_eq!(error.code(), Code::ResourceExhausted);
    assert_eq!(error.message(), "grpc: received message larger than max (1001 vs. 1000)");
    assert!(call(&client, "/test/Echo", Bytes::from(vec![0; 1000])).await.is_ok());
}

#[tokio::test]
async fn over_budget_the_client_is_told_when_to_come_back() {
    let budget = ByteBudget::new(10_000);
    let echo = Echo::new();
    let options = ServerOptions::new("127.0.0.1:0");
    let server = Server::bind(options, both(&echo), budget.clone()).await.unwrap();
    let client = grpc_client(&server);
    let held = budget.try_take(ClientId::of_peer(None), 5000).unwrap();
    let error = call(&client, "/test/Echo", Bytes::from(vec![0; 3000])).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert_eq!(retry_info(&error), Some(Duration::from_secs(1)));
    drop(held);
    assert!(call(&client, "/test/Echo", Bytes::from(vec![0; 3000])).await.is_ok());
    assert_eq!(budget.held(), 0);
    let never = call(&client, "/test/Echo", Bytes::from(vec![0; 10_001])).await.unwrap_err();
    assert_eq!(never.code(), Code::ResourceExhausted);
}

#[tokio::test]
async fn a_wrong_grpc_request_gets_a_status_in_its_headers() {
    let server = start().await;
    let request = |body: &str, name: &'static str, value: &'static str| {
        Request::post(format!("http://127.0.0.1:{}/test/Echo", port(&server)))
            .header("content-type", "application/grpc")
            .header(name, value)
            .body(body.to_owned())
            .unwrap()
    };
    let cases = [
        ("\0\0\0\0\u{5}hel", "te", "trailers", Code::Internal),
        ("\u{1}\0\0\0\u{1}x", "te", "trailers", Code::Internal),
        ("\0\0\0\0\0", "grpc-encoding", "br", Code::Unimplemented),
        ("\0\0\0\0\0", "grpc-timeout", "soon", Code::Internal),
        ("\u{1}\0\0\0\u{1}x", "grpc-encoding", "gzip", Code::Internal),
    ];
    for (body, name, value, code) in cases {
        let (status, headers, _, _) = h2c(&server, request(body, name, value)).await;
        assert_eq!(status, 200);
        assert_eq!(status_from_headers(&headers).unwrap().code(), code, "{name}: {value}");
    }
    let (_, headers, _, _) = h2c(&server, request("\0\0\0\0\0", "grpc-encoding", "br")).await;
    assert_eq!(headers["grpc-accept-encoding"], Encoding::GRPC_ACCEPTED);
    let (_, _, body, trailers) = h2c(&server, request("\0\0\0\0\u{2}ok", "te", "trailers")).await;
    assert_eq!(body, "\0\0\0\0\u{2}ok");
    assert_eq!(trailers.unwrap()["grpc-status"], "0");
}

#[tokio::test]
async fn grpc_over_http1_is_an_ordinary_request() {
    let echo = Echo::new();
    let services = Services { grpc: Some(echo), http: None };
    let options = ServerOptions::new("127.0.0.1:0");
    let server = Server::bind(options, services, ByteBudget::unlimited()).await.unwrap();
    let request = b"POST /test/Echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/grpc\r\n\
        content-length: 0\r\nconnection: close\r\n\r\n";
    let answer = exchange(&server, request).await;
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
}

#[tokio::test]
async fn a_client_without_a_server_is_unavailable_and_recovers() {
    let server = start().await;
    let address = server.address().to_string();
    let client = grpc_client(&server);
    assert!(call(&client, "/test/Echo", Bytes::new()).await.is_ok());
    server.shutdown().await;
    let error = call(&client, "/test/Echo", Bytes::new()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    let again = start_with(ServerOptions::new(address), &Echo::new()).await;
    tokio::time::timeout(Duration::from_secs(20), async {
        while call(&client, "/test/Echo", Bytes::new()).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    again.shutdown().await;
}

#[tokio::test]
async fn a_call_that_waits_for_ready_waits_for_the_server() {
    let server = start().await;
    let address = server.address().to_string();
    let target = GrpcTarget::Dns { host: "127.0.0.1".to_owned(), port: port(&server) };
    server.shutdown().await;
    let mut options = GrpcClientOptions::new(target, "test");
    options.wait_for_ready = true;
    let client = GrpcClient::with_options(options).unwrap();
    let waiting = tokio::spawn(async move { call(&client, "/test/Echo", Bytes::new()).await });
    tokio::task::yield_now().await;
    let server = start_with(ServerOptions::new(address), &Echo::new()).await;
    assert!(waiting.await.unwrap().is_ok());
    server.shutdown().await;
}

#[tokio::test]
async fn a_call_over_its_timeout_is_deadline_exceeded() {
    let server = start().await;
    let client = grpc_client(&server);
    let path = PathAndQuery::from_static("/test/Slow");
    let timeout = Some(Duration::from_millis(50));
    let error = client.unary(&path, Bytes::new(), &HeaderMap::new(), timeout).await.unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn an_answer_that_is_not_grpc_is_mapped() {
    // Nothing but HTTP here.
    let echo = Echo::new();
    let services = Services { grpc: None, http: Some(echo) };
    let options = ServerOptions::new("127.0.0.1:0");
    let server = Server::bind(options, services, ByteBudget::unlimited()).await.unwrap();
    let client = grpc_client(&server);
    let error = call(&client, "/unread", Bytes::new()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unimplemented);
    assert!(error.message().contains("404"), "{error}");
}

#[tokio::test]
async fn a_unix_socket_serves_too() {
    let name = format!("tollgate-net-{}-{}.sock", std::process::id(), line!());
    let path = std::env::temp_dir().join(name);
    let mut options = ServerOptions::new(path.display().to_string());
    options.transport = Transport::Unix;
    let server = start_with(options, &Echo::new()).await;
    let endpoint = format!("unix://{}", path.display());
    let (target, _) = GrpcTarget::parse(&endpoint).unwrap();
    let client = GrpcClient::with_options(GrpcClientOptions::new(target, "test")).unwrap();
    let reply = call(&client, "/test/Echo", Bytes::from_static(b"hi")).await.unwrap();
    assert_eq!(reply.message, "hi");
    server.shutdown().await;
    assert!(!path.exists());
}
