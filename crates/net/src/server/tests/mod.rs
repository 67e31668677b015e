//! Servers and clients over loopback, port 0.

mod cors;
mod grpc;
mod http;
mod lifecycle;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tonic::Status;

use super::*;
use crate::client::{GrpcClient, GrpcClientOptions, GrpcTarget};

/// Echoes; `/test/Slow` waits until told to go on.
struct Echo {
    entered: Notify,
    go_on: Arc<Semaphore>,
}

impl Echo {
    fn new() -> Arc<Self> {
        Arc::new(Self { entered: Notify::new(), go_on: Arc::new(Semaphore::new(0)) })
    }

    async fn pause(&self) {
        self.entered.notify_one();
        let _ = self.go_on.acquire().await.unwrap();
    }
}

#[async_trait]
impl GrpcService for Echo {
    fn has_method(&self, path: &str) -> bool {
        path.starts_with("/test/")
    }

    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status> {
        match call.path.path() {
            "/test/Slow" => self.pause().await,
            "/test/Fail" => return Err(Status::failed_precondition("nicht möglich")),
            "/test/Describe" => {
                let left = call.deadline.map(|at| at - tokio::time::Instant::now());
                let known = call.metadata.get("x-test").map(|value| value.to_str().unwrap());
                let text = format!(
                    "{:?} {} {} {} {}",
                    known,
                    call.peer.is_some(),
                    call.wire_len,
                    call.permit.held(),
                    left.is_some_and(|left| left > Duration::from_secs(3)),
                );
                return Ok(text.into());
            }
            _ => {}
        }
        Ok(call.message)
    }
}

#[async_trait]
impl HttpService for Echo {
    async fn call(&self, mut call: HttpCall) -> ::http::Response<Bytes> {
        let answer = |status: u16, body: Bytes| {
            ::http::Response::builder().status(status).body(body).unwrap()
        };
        match call.uri.path() {
            "/unread" => return answer(404, Bytes::from_static(b"404 page not found\n")),
            "/slow" => self.pause().await,
            _ => {}
        }
        match call.body().await {
            Ok(body) => answer(200, body.bytes),
            Err(error) => answer(error.http_status().as_u16(), error.to_string().into()),
        }
    }
}

fn both(echo: &Arc<Echo>) -> Services {
    Services { grpc: Some(Arc::clone(echo) as _), http: Some(Arc::clone(echo) as _) }
}

async fn start_with(options: ServerOptions, echo: &Arc<Echo>) -> Server {
    Server::bind(options, both(echo), ByteBudget::unlimited()).await.unwrap()
}

async fn start() -> Server {
    start_with(ServerOptions::new("127.0.0.1:0"), &Echo::new()).await
}

fn port(server: &Server) -> u16 {
    server.address().as_tcp().unwrap().port()
}

fn grpc_client(server: &Server) -> GrpcClient {
    let target = GrpcTarget::Dns { host: "127.0.0.1".to_owned(), port: port(server) };
    GrpcClient::with_options(GrpcClientOptions::new(target, "test")).unwrap()
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port(server))).await.unwrap()
}

/// Writes `request` and reads to the end.
async fn exchange(server: &Server, request: &[u8]) -> String {
    let mut stream = connect(server).await;
    stream.write_all(request).await.unwrap();
    read_to_end(&mut stream).await
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// One request over HTTP/2 cleartext: status, headers, body.
async fn h2c(
    server: &Server,
    request: ::http::Request<String>,
) -> (u16, ::http::HeaderMap, Bytes, Option<::http::HeaderMap>) {
    let io = hyper_util::rt::TokioIo::new(connect(server).await);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(executor, io).await.unwrap();
    tokio::spawn(connection);
    let response = sender.send_request(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned();
    (head.status.as_u16(), head.headers, body.to_bytes(), trailers)
}
