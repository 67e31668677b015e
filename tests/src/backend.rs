//! A backend that does as scripted: one port, OTLP over gRPC and over HTTP.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Response};
use net::{
    budget::ByteBudget,
    compression::Packed,
    server::{
        BoundAddr, GrpcCall, GrpcService, HttpCall, HttpService, Server, ServerOptions, Services,
    },
};
use tokio::sync::watch;
use tonic::Status;

use crate::within_deadline;

/// What the backend says to one request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Success with this message: empty, or an export response with a partial success.
    Taken(Bytes),
    /// Over gRPC, this status.
    Status(Status),
    /// Over HTTP, this status, headers and body.
    Http(u16, Vec<(&'static str, String)>, Bytes),
}

/// One request, as it was answered.
#[derive(Clone, Debug)]
pub struct Received {
    /// The path.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The message, decompressed.
    pub body: Bytes,
    /// The message as it came, if it came compressed by gzip or zstd.
    pub packed: Option<Bytes>,
    /// Whether it was answered with success.
    pub is_taken: bool,
}

/// A listening backend. Dropping it closes its port.
#[derive(Debug)]
pub struct Backend {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
    _server: Server,
}

#[derive(Debug)]
struct State {
    script: Mutex<VecDeque<Answer>>,
    otherwise: Mutex<Answer>,
    received: Mutex<Vec<Received>>,
    /// Requests that came, answered or not.
    arrived: watch::Sender<usize>,
    /// Requests that were answered.
    answered: watch::Sender<usize>,
    is_open: watch::Sender<bool>,
}

impl Backend {
    /// Listens on a free port and answers everything with success.
    pub async fn start() -> Self {
        let state = Arc::new(State {
            script: Mutex::default(),
            otherwise: Mutex::new(Answer::Taken(Bytes::new())),
            received: Mutex::default(),
            arrived: watch::Sender::new(0),
            answered: watch::Sender::new(0),
            is_open: watch::Sender::new(true),
        });
        let services = Services { grpc: Some(state.clone()), http: Some(state.clone()) };
        let options = ServerOptions::new("127.0.0.1:0");
        let server = Server::bind(options, services, ByteBudget::unlimited()).await.unwrap();
        let BoundAddr::Tcp(address) = *server.address() else { panic!("not on a port") };
        Self { address, state, _server: server }
    }

    /// Answers the next requests so, in turn.
    pub fn script(&self, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.state.script).extend(answers);
    }

    /// Answers every request so that the script does not cover.
    pub fn otherwise(&self, answer: Answer) {
        *lock(&self.state.otherwise) = answer;
    }

    /// Lets requests wait until [`Backend::release`].
    pub fn hold(&self) {
        self.state.is_open.send_replace(false);
    }

    /// Answers those that wait, and all that come.
    pub fn release(&self) {
        self.state.is_open.send_replace(true);
    }

    /// Waits until so many requests came, answered or not.
    pub async fn arrived(&self, count: usize) {
        let mut changes = self.state.arrived.subscribe();
        let wait = changes.wait_for(|arrived| *arrived >= count);
        within_deadline("requests at the backend", wait).await.unwrap();
    }

    /// Waits until so many requests were answered; all that were.
    pub async fn answered(&self, count: usize) -> Vec<Received> {
        let mut changes = self.state.answered.subscribe();
        let wait = changes.wait_for(|answered| *answered >= count);
        let _ = within_deadline("answers of the backend", wait).await.unwrap();
        self.received()
    }

    /// All requests that were answered so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state.received).clone()
    }
}

impl State {
    async fn answer(
        &self,
        path: &str,
        headers: &HeaderMap,
        (body, packed): (Bytes, Option<Packed>),
    ) -> Answer {
        self.arrived.send_modify(|count| *count += 1);
        let mut is_open = self.is_open.subscribe();
        let _ = is_open.wait_for(|is_open| *is_open).await;
        let scripted = lock(&self.script).pop_front();
        let answer = scripted.unwrap_or_else(|| lock(&self.otherwise).clone());
        let is_taken = match &answer {
            Answer::Taken(_) => true,
            Answer::Http(status, ..) => (200..300).contains(status),
            Answer::Status(_) => false,
        };
        let (path, headers) = (path.to_owned(), headers.clone());
        let packed = packed.map(|packed| packed.bytes);
        lock(&self.received).push(Received { path, headers, body, packed, is_taken });
        self.answered.send_modify(|count| *count += 1);
        answer
    }
}

#[async_trait]
impl GrpcService for State {
    fn has_method(&self, _: &str) -> bool {
        true
    }

    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status> {
        match self.answer(call.path.path(), &call.metadata, (call.message, call.packed)).await {
            Answer::Taken(message) => Ok(message),
            Answer::Status(status) => Err(status),
            Answer::Http(status, ..) => {
                Err(Status::internal(format!("scripted for HTTP: {status}")))
            }
        }
    }
}

#[async_trait]
impl HttpService for State {
    async fn call(&self, mut call: HttpCall) -> Response<Bytes> {
        let headers = call.headers.clone();
        let body = call.body().await.unwrap();
        let body = (body.bytes, body.packed);
        let content_type = headers.get("content-type").cloned();
        let (status, more, body) = match self.answer(call.uri.path(), &headers, body).await {
            Answer::Taken(message) => (200, Vec::new(), message),
            Answer::Http(status, headers, body) => (status, headers, body),
            Answer::Status(status) => (500, Vec::new(), Bytes::from(status.message().to_owned())),
        };
        let mut response = Response::builder().status(status);
        for (name, value) in more {
            response = response.header(name, value);
        }
        if let Some(content_type) = content_type {
            response = response.header("content-type", content_type);
        }
        response.body(body).unwrap()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
