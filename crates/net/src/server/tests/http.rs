use std::time::Duration;

use ::http::{HeaderMap, HeaderValue, Request, Uri};

use super::*;
use crate::budget::{BudgetError, ClientId};
use crate::client::{HttpClient, HttpClientOptions, HttpError};
use crate::compression::{Encoding, compress};

const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");
const TIMEOUT: Option<Duration> = Some(Duration::from_secs(5));

fn url(server: &Server, path: &str) -> Uri {
    format!("http://127.0.0.1:{}{path}", port(server)).parse().unwrap()
}

fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let len = body.len();
    let mut request = format!(
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {len}\r\n{headers}\r\n"
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

#[tokio::test]
async fn http1_and_h2c_and_grpc_share_a_port() {
    let server = start().await;
    let answer = exchange(&server, &post("", b"over h1")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("over h1"), "{answer}");
    let request = Request::post(url(&server, "/echo")).body("over h2c".to_owned()).unwrap();
    let (status, _, body, _) = h2c(&server, request).await;
    assert_eq!((status, body), (200, Bytes::from_static(b"over h2c")));
    let path = ::http::uri::PathAndQuery::from_static("/test/Echo");
    let message = Bytes::from_static(b"over grpc");
    let reply = grpc_client(&server).unary(&path, message, &HeaderMap::new(), TIMEOUT).await;
    assert_eq!(reply.unwrap().message, "over grpc");
}

#[tokio::test]
async fn the_client_posts_in_every_encoding() {
    let server = start().await;
    let body = Bytes::from("logs ".repeat(2_000));
    for compression in Encoding::ALL {
        let options = HttpClientOptions { compression, ..HttpClientOptions::default() };
        let client = HttpClient::with_options(options);
        let extra = HeaderMap::new();
        let to = url(&server, "/echo");
        let reply = client.post(&to, PROTOBUF, body.clone(), &extra, TIMEOUT).await.unwrap();
        assert_eq!((reply.status.as_u16(), &reply.body), (200, &body), "{compression:?}");
        assert!(!reply.is_cut);
    }
}

#[tokio::test]
async fn faults_of_a_body_have_the_collectors_words() {
    let server = start().await;
    let cases: [(&str, &[u8], &str, &str); 6] = [
        ("content-encoding: br\r\n", b"x", "400", "unsupported Content-Encoding: br"),
        ("content-encoding: gzip\r\n", b"nonsense", "400", "gzip: invalid header"),
        ("content-encoding: zstd\r\n", b"nonsense", "400", "invalid input: magic number mismatch"),
        ("content-encoding: snappy\r\n", b"nonsense", "400", "snappy: corrupt input"),
        ("content-encoding: identity\r\n", b"plain", "200", "plain"),
        ("", b"", "200", ""),
    ];
    for (headers, body, status, text) in cases {
        let answer = exchange(&server, &post(headers, body)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert!(answer.ends_with(text), "{answer}");
    }
}

#[tokio::test]
async fn encodings_can_be_limited_or_switched_off() {
    let packed = compress(&Bytes::from_static(b"data"), Encoding::Gzip, None).unwrap();
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.http.encodings = Some(vec![Encoding::Gzip]);
    let server = start_with(options.clone(), &Echo::new()).await;
    let answer = exchange(&server, &post("content-encoding: gzip\r\n", &packed)).await;
    assert!(answer.ends_with("data"), "{answer}");
    let answer = exchange(&server, &post("", b"data")).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.ends_with("unsupported Content-Encoding: "), "{answer}");
    options.http.encodings = None;
    let server = start_with(options, &Echo::new()).await;
    let answer = exchange(&server, &post("content-encoding: whatever\r\n", b"as it is")).await;
    assert!(answer.ends_with("as it is"), "{answer}");
}

#[tokio::test]
async fn a_gigabyte_is_refused_by_its_length_and_by_its_bytes() {
    let server = start().await;
    let mut stream = connect(&server).await;
    stream
        .write_all(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1073741824\r\n\r\n")
        .await
        .unwrap();
    let answer = read_to_end(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("http: request body too large"), "{answer}");

    let mut options = ServerOptions::new("127.0.0.1:0");
    options.http.body_bytes_max = 1 << 20;
    let budget = ByteBudget::new(4 << 20);
    let server = Server::bind(options, both(&Echo::new()), budget.clone()).await.unwrap();
    let (mut reader, mut writer) = connect(&server).await.into_split();
    let writing = tokio::spawn(async move {
        let head = b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
        writer.write_all(head).await?;
        let chunk = [&b"10000\r\n"[..], &[b'x'; 1 << 16], b"\r\n"].concat();
        for _ in 0..16 << 10 {
            writer.write_all(&chunk).await?;
        }
        std::io::Result::Ok(())
    });
    let mut answer = Vec::new();
    let _ = reader.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(writing.await.unwrap().is_err(), "all of it was read");
    assert_eq!(budget.held(), 0);
}

#[tokio::test]
async fn a_refusal_without_reading_leaves_the_connection_usable() {
    let server = start().await;
    let mut stream = connect(&server).await;
    let request = b"POST /unread HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello";
    stream.write_all(request).await.unwrap();
    stream.write_all(&post("", b"still here")).await.unwrap();
    let answers = read_to_end(&mut stream).await;
    assert!(answers.starts_with("HTTP/1.1 404"), "{answers}");
    assert!(answers.contains("HTTP/1.1 200") && answers.ends_with("still here"), "{answers}");
}

#[tokio::test]
async fn over_budget_is_503_and_the_bytes_come_back() {
    let budget = ByteBudget::new(10_000);
    let options = ServerOptions::new("127.0.0.1:0");
    let server = Server::bind(options, both(&Echo::new()), budget.clone()).await.unwrap();
    let held = budget.try_take(ClientId::of_peer(None), 5000).unwrap();
    let answer = exchange(&server, &post("", &[b'x'; 3000])).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    drop(held);
    let packed = compress(&Bytes::from(vec![b'x'; 50_000]), Encoding::Gzip, None).unwrap();
    let answer = exchange(&server, &post("content-encoding: gzip\r\n", &packed)).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "decompressed bytes count too: {answer}");
    assert_eq!(budget.held(), 0);
    let status = BodyError::OverBudget(BudgetError::Exhausted).status();
    assert_eq!(crate::status::retry_after_value(&status).unwrap(), "1");
}

#[tokio::test]
async fn too_many_or_too_long_headers_are_refused() {
    let server = start().await;
    let many: String = (0..1000).map(|i| format!("x-{i}: y\r\n")).collect();
    let answer = exchange(&server, &post(&many, b"")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let long = format!("x-long: {}\r\n", "y".repeat(200_000));
    let answer = exchange(&server, &post(&long, b"")).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn response_headers_are_added_and_configured_headers_win() {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.http.response_headers.insert("x-server", HeaderValue::from_static("tollgate"));
    let server = start_with(options, &Echo::new()).await;
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("other.example"));
    headers.insert("content-type", HeaderValue::from_static("text/x-mine"));
    let client = HttpClient::with_options(HttpClientOptions { headers, ..Default::default() });
    let extra = HeaderMap::new();
    let to = url(&server, "/unread");
    let reply = client.post(&to, PROTOBUF, Bytes::new(), &extra, TIMEOUT).await.unwrap();
    assert_eq!(
        (reply.status.as_u16(), &reply.headers["x-server"]),
        (404, &HeaderValue::from_static("tollgate"))
    );
}

#[tokio::test]
async fn a_reply_is_read_up_to_64_kib() {
    let server = start().await;
    let client = HttpClient::with_options(HttpClientOptions::default());
    let body = Bytes::from(vec![b'x'; 100_000]);
    let extra = HeaderMap::new();
    let reply = client.post(&url(&server, "/echo"), PROTOBUF, body, &extra, TIMEOUT).await.unwrap();
    assert_eq!((reply.body.len(), reply.is_cut), (65_536, true));
}

#[tokio::test]
async fn a_post_that_fails_says_how() {
    let server = start().await;
    let client = HttpClient::with_options(HttpClientOptions::default());
    let extra = HeaderMap::new();
    let short = Some(Duration::from_millis(50));
    let slow = client.post(&url(&server, "/slow"), PROTOBUF, Bytes::new(), &extra, short).await;
    assert!(matches!(slow.unwrap_err(), HttpError::Timeout(_)));
    let gone = url(&server, "/echo");
    drop(server);
    tokio::task::yield_now().await;
    let tls = "https://127.0.0.1/x".parse().unwrap();
    let error = client.post(&tls, PROTOBUF, Bytes::new(), &extra, TIMEOUT).await.unwrap_err();
    assert!(error.to_string().contains("needs a client with TLS"), "{error}");
    let error = client.post(&gone, PROTOBUF, Bytes::new(), &extra, TIMEOUT).await.unwrap_err();
    assert!(error.to_string().starts_with("failed to make an HTTP request: "), "{error}");
}

#[tokio::test]
async fn a_proxy_is_asked_with_the_whole_url() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let options = HttpClientOptions { proxy: Some(proxy), ..HttpClientOptions::default() };
    let client = HttpClient::with_options(options);
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let len = stream.read(&mut request).await.unwrap();
        let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        String::from_utf8_lossy(&request[..len]).into_owned()
    });
    let target = "http://backend.invalid/v1/traces".parse().unwrap();
    let extra = HeaderMap::new();
    let reply = client.post(&target, PROTOBUF, Bytes::new(), &extra, TIMEOUT).await.unwrap();
    assert_eq!(reply.status, 204);
    let request = served.await.unwrap();
    assert!(request.starts_with("POST http://backend.invalid/v1/traces HTTP/1.1"), "{request}");
}
