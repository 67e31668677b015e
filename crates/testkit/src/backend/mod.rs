//! A backend that keeps what it is sent and answers as it is told: gRPC and HTTP on one port.

use std::{
    collections::VecDeque,
    future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use net::{
    budget::ByteBudget,
    server::{GrpcCall, GrpcService, HttpCall, HttpService, Server, ServerOptions, Services},
};
use tonic::Status;

/// A request as it came, decompressed.
#[derive(Clone, Debug)]
pub struct Request {
    /// `/v1/traces`, `/opentelemetry.proto.collector.trace.v1.TraceService/Export`.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body or message.
    pub body: Bytes,
}

/// How a [`Backend`] answers one request.
#[derive(Debug)]
pub enum Reply {
    /// A gRPC message.
    Message(Bytes),
    /// A gRPC error.
    Status(Status),
    /// An HTTP response.
    Http(Response<Bytes>),
    /// Nothing, ever.
    Hang,
}

impl Reply {
    /// An HTTP response with a status, a content type and a body.
    #[must_use]
    pub fn http(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self::Http(response)
    }

    /// The same response with one more header.
    #[must_use]
    pub fn with_header(self, name: &'static str, value: &'static str) -> Self {
        match self {
            Self::Http(mut response) => {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
                Self::Http(response)
            }
            other => panic!("{other:?} is no HTTP response"),
        }
    }
}

/// A server on a loopback port of the system's choice. Without a script every request is a success.
#[derive(Debug)]
pub struct Backend {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    requests: Vec<Request>,
    script: VecDeque<Reply>,
}

impl Backend {
    /// Starts to serve, answering so, request by request.
    pub async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let state = Arc::new(State::default());
        state.log().script.extend(replies);
        let services = Services { grpc: Some(state.clone()), http: Some(state.clone()) };
        let options = ServerOptions::new("127.0.0.1:0");
        let server = Server::bind(options, services, ByteBudget::unlimited()).await;
        Self { server: server.unwrap_or_else(|error| panic!("{error}")), state }
    }

    /// `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        self.server.address().to_string()
    }

    /// Adds replies for the requests that come next.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.log().script.extend(replies);
    }

    /// Everything received since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.state.log().requests)
    }
}

impl State {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_reply(&self, request: Request) -> Option<Reply> {
        let mut log = self.log();
        log.requests.push(request);
        log.script.pop_front()
    }
}

#[async_trait]
impl GrpcService for State {
    fn has_method(&self, _: &str) -> bool {
        true
    }

    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status> {
        let path = call.path.path().to_owned();
        let request = Request { path, headers: call.metadata, body: call.message };
        match self.next_reply(request) {
            None => Ok(Bytes::new()),
            Some(Reply::Message(message)) => Ok(message),
            Some(Reply::Status(status)) => Err(status),
            Some(Reply::Hang) => future::pending().await,
            Some(Reply::Http(_)) => panic!("the script has an HTTP response for a gRPC call"),
        }
    }
}

#[async_trait]
impl HttpService for State {
    async fn call(&self, mut call: HttpCall) -> Response<Bytes> {
        let path = call.uri.path().to_owned();
        // The encoding is noted before the body is decoded, which removes it.
        let headers = call.headers.clone();
        let body = call.body().await.unwrap_or_else(|error| panic!("{error}"));
        match self.next_reply(Request { path, headers, body: body.bytes }) {
            None => {
                let mut response = Response::new(Bytes::new());
                let protobuf = HeaderValue::from_static("application/x-protobuf");
                response.headers_mut().insert(CONTENT_TYPE, protobuf);
                response
            }
            Some(Reply::Http(response)) => response,
            Some(Reply::Hang) => future::pending().await,
            Some(other) => panic!("the script has {other:?} for an HTTP request"),
        }
    }
}
