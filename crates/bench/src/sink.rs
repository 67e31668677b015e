//! The sink: answers every export with an empty success and counts what came.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tonic::Status;

use crate::error::Error;
use crate::options::Compression;
use crate::raw::{self, Client, EXPORT, Handle};
use crate::wire::count_spans;

/// Asks for the [`Counts`] as JSON.
const COUNTS: &str = "/tollgate.bench.Sink/Counts";
/// Asks for the first request that came, as it came.
const SAMPLE: &str = "/tollgate.bench.Sink/Sample";

/// What a sink has taken since it started.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Counts {
    /// Export requests.
    pub(crate) requests: u64,
    /// Spans in them.
    pub(crate) spans: u64,
    /// Their encoded size, in bytes.
    pub(crate) bytes: u64,
    /// Requests that were not well-formed.
    pub(crate) malformed: u64,
}

/// The running counts and the sample. One sample is kept: the first request.
#[derive(Debug, Default)]
struct State {
    requests: AtomicU64,
    spans: AtomicU64,
    bytes: AtomicU64,
    malformed: AtomicU64,
    sample: OnceLock<Bytes>,
}

impl State {
    fn take(&self, message: Bytes) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
        match count_spans(&message) {
            Some(spans) => self.spans.fetch_add(spans, Ordering::Relaxed),
            None => self.malformed.fetch_add(1, Ordering::Relaxed),
        };
        self.sample.get_or_init(|| message);
    }

    fn counts(&self) -> Counts {
        Counts {
            requests: self.requests.load(Ordering::Relaxed),
            spans: self.spans.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            malformed: self.malformed.load(Ordering::Relaxed),
        }
    }
}

/// The sink as a server.
#[derive(Clone, Debug, Default)]
struct Sink {
    state: Arc<State>,
}

impl Handle for Sink {
    fn handle(
        &self,
        path: &str,
        message: Bytes,
    ) -> impl Future<Output = Result<Bytes, Status>> + Send {
        let answer = match path {
            EXPORT => {
                self.state.take(message);
                Ok(Bytes::new())
            }
            COUNTS => serde_json::to_vec(&self.state.counts())
                .map(Bytes::from)
                .map_err(|error| Status::internal(error.to_string())),
            SAMPLE => self
                .state
                .sample
                .get()
                .cloned()
                .ok_or_else(|| Status::not_found("nothing has come yet")),
            other => Err(Status::unimplemented(format!("no method `{other}`"))),
        };
        std::future::ready(answer)
    }
}

/// Serves until standard input ends.
pub(crate) async fn run() -> Result<(), Error> {
    raw::serve(Sink::default()).await
}

/// A client of the sink.
#[derive(Debug)]
pub(crate) struct SinkClient {
    client: Client,
}

impl SinkClient {
    /// Connects to a running sink.
    pub(crate) async fn connect(endpoint: &str) -> Result<Self, Error> {
        Ok(Self { client: Client::connect(endpoint, Compression::None).await? })
    }

    /// What has come so far.
    pub(crate) async fn counts(&mut self) -> Result<Counts, Error> {
        let answer = self.client.call(COUNTS, Bytes::new()).await;
        let answer = answer.map_err(Error::refused("ask the sink for its counts"))?;
        serde_json::from_slice(&answer).map_err(|error| Error::Failed(error.to_string()))
    }

    /// The first request that came.
    pub(crate) async fn sample(&mut self) -> Result<Bytes, Error> {
        let answer = self.client.call(SAMPLE, Bytes::new()).await;
        answer.map_err(Error::refused("ask the sink for its sample"))
    }
}
