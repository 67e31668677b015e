//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::AsyncReadExt as _;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::activity::{Activity, InFlight};
use super::clocks::{Clocks, Verdict};
use super::io::{Stream, Watched};
use super::registry::Registry;
use super::reply::ReplyBody;
use super::{Phase, ServerOptions, Services};
use crate::auth::{AuthError, Identity};
use crate::budget::ByteBudget;
use crate::grpc::is_grpc;
use crate::tls::{ServerTls, explain};

/// With these bytes every HTTP/2 connection starts (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long a connection that is told to finish may take once all its requests are answered.
const FAREWELL: Duration = Duration::from_secs(10);
/// Failed TLS handshakes are logged no more often: anyone can make them fail.
const HANDSHAKE_LOG_PAUSE: Duration = Duration::from_secs(10);

/// What all connections of a server have in common.
pub(super) struct Shared {
    pub(super) options: ServerOptions,
    pub(super) services: Services,
    pub(super) budget: ByteBudget,
    pub(super) registry: Arc<Registry>,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    failed_handshakes: Mutex<FailedHandshakes>,
}

/// TLS handshakes that failed since that was last logged.
#[derive(Default)]
struct FailedHandshakes {
    count: u64,
    logged: Option<Instant>,
}

impl Shared {
    pub(super) fn new(options: ServerOptions, services: Services, budget: ByteBudget) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .keep_alive(options.http.keep_alive)
            .max_headers(options.headers_max)
            .max_header_size(options.header_bytes_max as usize)
            .header_read_timeout(None);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .auto_date_header(false)
            .initial_stream_window_size(options.grpc.stream_window)
            .initial_connection_window_size(options.grpc.connection_window)
            .max_frame_size(options.grpc.frame_bytes_max)
            .max_concurrent_streams(options.grpc.streams_max)
            .max_header_list_size(options.header_bytes_max)
            .keep_alive_interval(options.grpc.ping_interval)
            .keep_alive_timeout(options.grpc.ping_timeout);
        let failed_handshakes = Mutex::default();
        let registry = Arc::default();
        Self { options, services, budget, registry, http1, http2, failed_handshakes }
    }

    fn handshake_failed(&self, peer: Option<SocketAddr>, reason: &str) {
        let mut failed = self.failed_handshakes.lock().unwrap_or_else(PoisonError::into_inner);
        failed.count = failed.count.saturating_add(1);
        if failed.logged.is_some_and(|logged| logged.elapsed() < HANDSHAKE_LOG_PAUSE) {
            return;
        }
        let peer = peer.map(|peer| peer.to_string()).unwrap_or_default();
        let (endpoint, count) = (&self.options.endpoint, failed.count);
        tracing::warn!(
            endpoint,
            peer,
            count,
            error = reason,
            "TLS handshakes failed; the last one"
        );
        *failed = FailedHandshakes { count: 0, logged: Some(Instant::now()) };
    }
}

/// Who is on the other end, and how.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) shared: Arc<Shared>,
    pub(super) activity: Arc<Activity>,
    pub(super) peer: Option<SocketAddr>,
    pub(super) is_http2: bool,
}

impl Client {
    /// Who sends a request: nobody in particular where the server does not ask.
    pub(super) async fn identify(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
    ) -> Result<Identity, AuthError> {
        match &self.shared.options.auth {
            Some(auth) => auth.authenticate(headers, uri).await,
            None => Ok(Identity::new()),
        }
    }
}

/// Serves one connection to its end.
pub(super) async fn serve(
    shared: Arc<Shared>,
    mut stream: Stream,
    peer: Option<SocketAddr>,
    activity: Arc<Activity>,
    mut phases: watch::Receiver<Phase>,
) {
    if let Some(tls) = &shared.options.tls {
        let encrypted = tokio::select! {
            _ = phases.wait_for(|phase| *phase != Phase::Serving) => return,
            encrypted = encrypt(&shared, tls, stream, peer) => encrypted,
        };
        let Some(encrypted) = encrypted else { return };
        stream = encrypted;
    }
    let looked_at = tokio::select! {
        _ = phases.wait_for(|phase| *phase != Phase::Serving) => return,
        looked_at = tokio::time::timeout(shared.options.header_timeout, look_at(&mut stream)) => looked_at,
    };
    let Ok(Ok((seen, is_http2))) = looked_at else { return };
    let io = TokioIo::new(Watched::new(seen, stream, Arc::clone(&activity)));
    let client =
        Client { shared: Arc::clone(&shared), activity: Arc::clone(&activity), peer, is_http2 };
    let service = service_fn(move |request| answer(client.clone(), request));
    if is_http2 {
        let connection = shared.http2.serve_connection(io, service);
        drive(connection, &Clocks::http2(&shared.options), &activity, phases).await;
    } else {
        let connection = shared.http1.serve_connection(io, service);
        drive(connection, &Clocks::http1(&shared.options), &activity, phases).await;
    }
}

/// Shakes hands. A client that cannot is let go; one that dawdles, too.
async fn encrypt(
    shared: &Shared,
    tls: &ServerTls,
    stream: Stream,
    peer: Option<SocketAddr>,
) -> Option<Stream> {
    let limit = shared.options.handshake_timeout;
    match tokio::time::timeout(limit, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(Stream::Tls(Box::new(stream))),
        Ok(Err(error)) => {
            shared.handshake_failed(peer, &explain(&error));
            None
        }
        Err(_) => {
            shared.handshake_failed(peer, &format!("no handshake within {limit:?}"));
            None
        }
    }
}

/// Reads until it is clear whether this is HTTP/2, and returns what was read.
async fn look_at(stream: &mut Stream) -> std::io::Result<(Bytes, bool)> {
    // Little: many connections may stay here, and the rest is read by whom it concerns.
    let mut seen = BytesMut::with_capacity(PREFACE.len());
    loop {
        if stream.read_buf(&mut seen).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let len = seen.len().min(PREFACE.len());
        if seen.get(..len) != PREFACE.get(..len) {
            return Ok((seen.freeze(), false));
        }
        if len == PREFACE.len() {
            return Ok((seen.freeze(), true));
        }
    }
}

async fn answer(
    client: Client,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Infallible> {
    let in_flight = InFlight::new(&client.activity);
    let is_grpc = is_grpc(request.headers().get(http::header::CONTENT_TYPE));
    let response = if is_grpc && client.is_http2 && client.shared.services.grpc.is_some() {
        super::grpc::answer(&client, request).await
    } else {
        super::http::answer(&client, request).await
    };
    drop(in_flight);
    Ok(response)
}

/// A hyper connection that can be told to finish.
trait Graceful: Future {
    fn finish(self: Pin<&mut Self>);
}

impl<S> Graceful for http1::Connection<TokioIo<Watched>, S>
where
    S: hyper::service::HttpService<Incoming, ResBody = ReplyBody>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S> Graceful for http2::Connection<TokioIo<Watched>, S, TokioExecutor>
where
    S: hyper::service::HttpService<Incoming, ResBody = ReplyBody>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    S::Future: Send + 'static,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Runs a connection until it ends, its clocks end it, or the server does.
async fn drive<C: Graceful>(
    connection: C,
    clocks: &Clocks,
    activity: &Activity,
    mut phases: watch::Receiver<Phase>,
) {
    let mut connection = pin!(connection);
    let mut tick = interval(clocks.tick());
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut finishing: Option<Instant> = None;
    loop {
        let wants = tokio::select! {
            biased;
            // How a connection ends is the client's business; requests report their own errors.
            _ = connection.as_mut() => return,
            changed = phases.wait_for(|phase| *phase == Phase::Gone
                || *phase == Phase::Draining && finishing.is_none()) => match changed {
                Ok(phase) if *phase == Phase::Draining => Verdict::Finish,
                _ => Verdict::Abort,
            },
            _ = tick.tick() => clocks.verdict(activity),
        };
        match wants {
            Verdict::Abort => return,
            Verdict::Finish if finishing.is_none() => {
                finishing = Some(Instant::now());
                connection.as_mut().finish();
            }
            Verdict::Finish | Verdict::GoOn => {}
        }
        // Nothing is left to answer: a client that does not even take the farewell is gone.
        if finishing.is_some_and(|since| since.elapsed() > FAREWELL) && activity.requests() == 0 {
            return;
        }
    }
}
