use std::time::Duration;

use ::http::HeaderMap;
use ::http::uri::PathAndQuery;
use tonic::Code;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn shutdown_finishes_what_is_in_flight_and_takes_nothing_new() {
    let echo = Echo::new();
    let server = start_with(ServerOptions::new("127.0.0.1:0"), &echo).await;
    let address = server.address().as_tcp().unwrap();
    let client = grpc_client(&server);
    let calling = tokio::spawn(async move {
        let path = PathAndQuery::from_static("/test/Slow");
        client.unary(&path, Bytes::from_static(b"kept"), &HeaderMap::new(), None).await
    });
    echo.entered.notified().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nkept";
    stream.write_all(request).await.unwrap();
    echo.entered.notified().await;

    let mut stopping = tokio::spawn(server.shutdown());
    let early = tokio::time::timeout(Duration::from_millis(50), &mut stopping).await;
    assert!(early.is_err(), "shutdown did not wait");
    assert!(TcpStream::connect(address).await.is_err(), "still accepting");
    echo.go_on.add_permits(100);
    assert_eq!(calling.await.unwrap().unwrap().message, "kept");
    let answer = read_to_end(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("kept"), "{answer}");
    tokio::time::timeout(5 * SECOND, stopping).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_dropped_shutdown_aborts_what_is_left() {
    let echo = Echo::new();
    let server = start_with(ServerOptions::new("127.0.0.1:0"), &echo).await;
    let client = grpc_client(&server);
    let calling = tokio::spawn(async move {
        let path = PathAndQuery::from_static("/test/Slow");
        client.unary(&path, Bytes::new(), &HeaderMap::new(), None).await
    });
    echo.entered.notified().await;
    let bounded = tokio::time::timeout(Duration::from_millis(50), server.shutdown()).await;
    assert!(bounded.is_err());
    let error = tokio::time::timeout(5 * SECOND, calling).await.unwrap().unwrap().unwrap_err();
    assert_eq!(error.code(), Code::Unavailable, "{error}");
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_shutdown() {
    let server = start().await;
    let _silent = connect(&server).await;
    let mut kept_alive = connect(&server).await;
    let request = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    kept_alive.write_all(request).await.unwrap();
    assert_ne!(kept_alive.read(&mut [0; 1024]).await.unwrap(), 0);
    let client = grpc_client(&server);
    let path = PathAndQuery::from_static("/test/Echo");
    client.unary(&path, Bytes::new(), &HeaderMap::new(), None).await.unwrap();
    tokio::time::timeout(5 * SECOND, server.shutdown()).await.unwrap();
}

#[tokio::test]
async fn slow_headers_end_the_connection() {
    for start_of_request in ["", "P", "PRI * HT", "POST /echo HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut options = ServerOptions::new("127.0.0.1:0");
        options.header_timeout = Duration::from_millis(100);
        let server = start_with(options, &Echo::new()).await;
        let mut stream = connect(&server).await;
        stream.write_all(start_of_request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(5 * SECOND, stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "{start_of_request:?} held the connection");
    }
}

#[tokio::test]
async fn an_idle_http1_connection_outlives_the_header_timeout() {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.header_timeout = Duration::from_millis(60);
    options.http.idle_timeout = Some(Duration::from_millis(600));
    let server = start_with(options, &Echo::new()).await;
    let mut stream = connect(&server).await;
    let request = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    for _ in 0..2 {
        stream.write_all(request).await.unwrap();
        let len = stream.read(&mut [0; 1024]).await.unwrap();
        assert_ne!(len, 0, "closed while idle");
        let idle = tokio::time::timeout(Duration::from_millis(200), stream.read(&mut [0; 1])).await;
        assert!(idle.is_err(), "closed while idle");
    }
    let closed = tokio::time::timeout(5 * SECOND, stream.read(&mut [0; 1])).await;
    assert_eq!(closed.unwrap().unwrap(), 0, "not closed after the idle timeout");
}

#[tokio::test]
async fn a_connection_that_grows_old_is_told_to_go_away() {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.grpc.connection_age_max = Some(Duration::from_millis(40));
    options.grpc.connection_age_grace = Some(Duration::from_millis(40));
    let echo = Echo::new();
    let server = start_with(options, &echo).await;
    let client = grpc_client(&server);
    let path = PathAndQuery::from_static("/test/Slow");
    let error = client.unary(&path, Bytes::new(), &HeaderMap::new(), Some(5 * SECOND)).await;
    assert_eq!(error.unwrap_err().code(), Code::Unavailable, "aborted after its grace");
    let path = PathAndQuery::from_static("/test/Echo");
    let reply = client.unary(&path, Bytes::new(), &HeaderMap::new(), Some(5 * SECOND)).await;
    assert!(reply.is_ok(), "a new connection is opened: {reply:?}");
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_those_being_answered() {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.connections_max = 1;
    let echo = Echo::new();
    let server = start_with(options, &echo).await;
    let mut first = connect(&server).await;
    let request = b"POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nkept";
    first.write_all(request).await.unwrap();
    echo.entered.notified().await;
    let mut second = connect(&server).await;
    let request =
        b"POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi";
    second.write_all(request).await.unwrap();
    let mut byte = [0; 1];
    let early = tokio::time::timeout(Duration::from_millis(50), second.read(&mut byte)).await;
    assert!(early.is_err(), "two connections at once");
    echo.go_on.add_permits(100);
    assert!(read_to_end(&mut second).await.ends_with("hi"));
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_bound_says_why() {
    let server = start().await;
    let taken = server.address().to_string();
    for (endpoint, text) in [
        ("nonsense", "listen nonsense: missing port in address"),
        ("127.0.0.1:http", "listen 127.0.0.1:http: invalid port"),
        (taken.as_str(), "in use"),
    ] {
        let options = ServerOptions::new(endpoint);
        let error = Server::bind(options, both(&Echo::new()), ByteBudget::unlimited()).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
    for endpoint in [":0", "localhost:0", "[::1]:0"] {
        if endpoint.contains("::1") && std::net::TcpListener::bind("[::1]:0").is_err() {
            continue;
        }
        let bound = start_with(ServerOptions::new(endpoint), &Echo::new()).await;
        assert_ne!(port(&bound), 0);
    }
}

#[tokio::test]
async fn at_the_limit_idle_connections_make_room_for_new_ones() {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.connections_max = 2;
    let echo = Echo::new();
    let server = start_with(options, &echo).await;
    let mut busy = connect(&server).await;
    let request = b"POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nkept";
    busy.write_all(request).await.unwrap();
    echo.entered.notified().await;
    // Each of these takes the place of the one before.
    for _ in 0..5 {
        let mut stream = connect(&server).await;
        let request = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi";
        stream.write_all(request).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        std::mem::forget(stream);
    }
    echo.go_on.add_permits(100);
    let mut answer = [0; 12];
    busy.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200", "who is being answered is left alone");
}
