//! A client that says what the test tells it to, right or wrong: hyper without any OTLP knowledge.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request, Response, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::{
    body::{Body, Frame, Incoming, SizeHint},
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{Code, Status};

use crate::within_deadline;

/// The body of a request.
pub type RequestBody = BoxBody<Bytes, Infallible>;

/// What came back over HTTP.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl HttpAnswer {
    /// A header as text; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The `google.rpc.Status` in a protobuf body.
    #[must_use]
    pub fn rpc_status(&self) -> RpcStatus {
        RpcStatus::decode(self.body.clone()).unwrap()
    }
}

/// What came back over gRPC.
#[derive(Clone, Debug)]
pub struct GrpcAnswer {
    /// The status from the trailers, read by tonic.
    pub status: Status,
    /// The body with its message prefix.
    pub body: Bytes,
}

impl GrpcAnswer {
    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.status.code()
    }

    /// The `google.rpc.Status` in the details.
    #[must_use]
    pub fn rpc_status(&self) -> RpcStatus {
        RpcStatus::decode(self.status.details()).unwrap()
    }
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
pub struct RpcStatus {
    /// A gRPC code.
    #[prost(int32, tag = "1")]
    pub code: i32,
    /// For people.
    #[prost(string, tag = "2")]
    pub message: String,
    /// For programs.
    #[prost(message, repeated, tag = "3")]
    pub details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
pub struct Any {
    /// What `value` is.
    #[prost(string, tag = "1")]
    pub type_url: String,
    /// A message.
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct RetryInfo {
    /// How long to wait.
    #[prost(message, optional, tag = "1")]
    pub retry_delay: Option<Wait>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct Wait {
    /// Whole seconds.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    /// And nanoseconds.
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

impl RpcStatus {
    /// A status that asks to wait.
    #[must_use]
    pub fn with_retry_info(code: Code, message: &str, seconds: i64) -> Self {
        let info = RetryInfo { retry_delay: Some(Wait { seconds, nanos: 0 }) };
        let detail = Any {
            type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(),
            value: info.encode_to_vec().into(),
        };
        Self { code: code as i32, message: message.to_owned(), details: vec![detail] }
    }

    /// The wait it asks for, in seconds.
    #[must_use]
    pub fn retry_seconds(&self) -> Option<i64> {
        let any =
            self.details.iter().find(|any| any.type_url.ends_with("/google.rpc.RetryInfo"))?;
        let info = RetryInfo::decode(any.value.clone()).unwrap();
        Some(info.retry_delay.map_or(0, |delay| delay.seconds))
    }
}

/// One connection of HTTP/2 for gRPC calls.
#[derive(Clone, Debug)]
pub struct Connection {
    sender: http2::SendRequest<RequestBody>,
    address: SocketAddr,
}

impl Connection {
    /// Connects, without TLS.
    pub async fn open(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap(), address).await
    }

    /// On this connection to `address`.
    pub async fn over(stream: TcpStream, address: SocketAddr) -> Self {
        let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (sender, connection) = within_deadline("HTTP/2", handshake).await.unwrap();
        tokio::spawn(connection);
        Self { sender, address }
    }

    /// Calls a method of OTLP with one message as it is.
    pub async fn export(&self, service: &str, message: &[u8]) -> GrpcAnswer {
        let path = format!("/opentelemetry.proto.collector.{service}/Export");
        self.call(&path, &[], whole(framed(message, false))).await
    }

    /// [`Connection::export`] where the server may break off.
    ///
    /// # Errors
    ///
    /// The stream or the connection was reset.
    pub async fn try_export(
        &self,
        service: &str,
        message: &[u8],
    ) -> Result<GrpcAnswer, hyper::Error> {
        let path = format!("/opentelemetry.proto.collector.{service}/Export");
        self.try_call(&path, &[], whole(framed(message, false))).await
    }

    /// Sends this body, message prefix and all, to this path.
    pub async fn call(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: RequestBody,
    ) -> GrpcAnswer {
        self.try_call(path, headers, body).await.unwrap()
    }

    /// [`Connection::call`] where the server may break off.
    ///
    /// # Errors
    ///
    /// The stream or the connection was reset.
    pub async fn try_call(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: RequestBody,
    ) -> Result<GrpcAnswer, hyper::Error> {
        let mut request = Request::post(format!("http://{}{path}", self.address))
            .header(CONTENT_TYPE, "application/grpc")
            .header("te", "trailers");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let mut sender = self.sender.clone();
        let answer = async {
            sender.ready().await?;
            let response = sender.send_request(request).await?;
            let (head, body) = response.into_parts();
            let body = body.collect().await?;
            // A call that fails at once has its status in the headers.
            let trailers = body.trailers().cloned().unwrap_or(head.headers);
            let status = Status::from_header_map(&trailers)
                .unwrap_or_else(|| Status::unknown("the answer has no grpc-status"));
            Ok(GrpcAnswer { status, body: body.to_bytes() })
        };
        within_deadline("the answer to a call", answer).await
    }
}

/// POSTs over HTTP/1.1 on a connection of its own.
pub async fn post(
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> HttpAnswer {
    send(address, "POST", path, headers, whole(body.into())).await.unwrap()
}

/// GETs over HTTP/1.1.
pub async fn get(address: SocketAddr, path: &str) -> HttpAnswer {
    send(address, "GET", path, &[], whole(Bytes::new())).await.unwrap()
}

/// Any request over HTTP/1.1 on a connection of its own.
///
/// # Errors
///
/// The connection broke before an answer came.
pub async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: RequestBody,
) -> Result<HttpAnswer, hyper::Error> {
    let exchange = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let running = tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = read(sender.send_request(request.body(body).unwrap()).await?).await;
        running.abort();
        answer
    };
    within_deadline("the answer to a request", exchange).await
}

async fn read(response: Response<Incoming>) -> Result<HttpAnswer, hyper::Error> {
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(HttpAnswer { status: head.status.as_u16(), headers: head.headers, body })
}

/// Writes bytes to a connection of their own, whatever they are, and reads until the server closes
/// it. With `is_last` the server is told that nothing follows.
pub async fn raw(address: SocketAddr, bytes: &[u8], is_last: bool) -> Vec<u8> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let (mut reader, mut writer) = stream.split();
        let mut answer = Vec::new();
        // The server may close before it has read or we have written everything.
        let write = async {
            let _ = writer.write_all(bytes).await;
            if is_last {
                let _ = writer.shutdown().await;
            }
        };
        let (_, _) = tokio::join!(write, reader.read_to_end(&mut answer));
        answer
    };
    within_deadline("the server to close a connection", exchange).await
}

/// A body that is there already.
pub fn whole(bytes: impl Into<Bytes>) -> RequestBody {
    Full::new(bytes.into()).boxed()
}

/// A body of `length` zeros, made as it is sent; its length is declared or not.
#[must_use]
pub fn endless(length: u64, is_declared: bool) -> RequestBody {
    let chunk = Bytes::from(vec![0; 64 << 10]);
    Zeros { first: Bytes::new(), chunk, left: length, is_declared }.boxed()
}

/// [`endless`], with these bytes before it.
#[must_use]
pub fn endless_after(first: Bytes, length: u64) -> RequestBody {
    let chunk = Bytes::from(vec![0; 64 << 10]);
    Zeros { first, chunk, left: length, is_declared: false }.boxed()
}

struct Zeros {
    first: Bytes,
    chunk: Bytes,
    left: u64,
    is_declared: bool,
}

impl Body for Zeros {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.first.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.first)))));
        }
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let length = self.left.min(self.chunk.len() as u64);
        self.left -= length;
        let chunk = self.chunk.slice(..usize::try_from(length).unwrap());
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_declared {
            SizeHint::with_exact(self.left + self.first.len() as u64)
        } else {
            SizeHint::new()
        }
    }
}

/// A gRPC message with its prefix of five bytes.
#[must_use]
pub fn framed(message: &[u8], is_compressed: bool) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(u8::from(is_compressed));
    frame.put_u32(u32::try_from(message.len()).unwrap());
    frame.put_slice(message);
    frame.freeze()
}
