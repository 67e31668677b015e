//! One address: its connection, and how it is opened again.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::Instant;
use tonic::Status;

use super::{GrpcClientOptions, GrpcKeepalive};
use crate::grpc::MessageBody;
use crate::tls::ClientTls;

/// A connection that takes longer to open has failed.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Pause after the first failure; it grows by half each time.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Sends requests over one open connection.
pub(super) type Sender = http2::SendRequest<MessageBody>;

/// Where a connection goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ChannelAddress {
    Ip(SocketAddr),
    Name(String, u16),
    Unix(PathBuf),
}

impl std::fmt::Display for ChannelAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ip(address) => write!(f, "{address}"),
            Self::Name(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// What all connections of a client have in common.
pub(super) struct ChannelOptions {
    http2: http2::Builder<TokioExecutor>,
    tls: Option<ClientTls>,
    /// Whom the certificate must name.
    host: String,
}

impl ChannelOptions {
    pub(super) fn new(options: &GrpcClientOptions, host: &str) -> Self {
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .initial_stream_window_size(options.stream_window)
            .initial_connection_window_size(options.connection_window);
        if let Some(GrpcKeepalive { time, timeout, without_calls }) = options.keepalive {
            http2
                .keep_alive_interval(time)
                .keep_alive_timeout(timeout)
                .keep_alive_while_idle(without_calls);
        }
        Self { http2, tls: options.tls.clone(), host: host.to_owned() }
    }
}

pub(super) struct Channel {
    address: ChannelAddress,
    options: Arc<ChannelOptions>,
    sender: Mutex<Option<Sender>>,
    is_mending: AtomicBool,
    has_failed: AtomicBool,
    /// Held while connecting, so that one attempt serves all who wait.
    attempts: tokio::sync::Mutex<Attempts>,
}

#[derive(Default)]
struct Attempts {
    pause: Duration,
    not_before: Option<Instant>,
    error: String,
}

impl Channel {
    pub(super) fn new(address: ChannelAddress, options: Arc<ChannelOptions>) -> Self {
        Self {
            address,
            options,
            sender: Mutex::new(None),
            is_mending: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
            attempts: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn address(&self) -> &ChannelAddress {
        &self.address
    }

    /// Whether the last attempt to connect failed, or its connection broke.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::Relaxed)
    }

    /// The connection, if it is up.
    pub(super) fn ready(&self) -> Option<Sender> {
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if sender.as_ref().is_some_and(http2::SendRequest::is_closed) {
            *sender = None;
            self.has_failed.store(true, Ordering::Relaxed);
        }
        sender.clone()
    }

    /// Connects in the background, unless that is being done already.
    pub(super) fn mend(this: &Arc<Self>) {
        if this.is_mending.swap(true, Ordering::Relaxed) {
            return;
        }
        let channel = Arc::clone(this);
        tokio::spawn(async move {
            // The next caller sees whether it worked.
            let _ = channel.attempt().await;
            channel.is_mending.store(false, Ordering::Relaxed);
        });
    }

    /// The connection, opened if need be. Fails at once during the pause after a failure. The attempt
    /// goes on when the caller stops waiting.
    pub(super) async fn connect(this: &Arc<Self>) -> Result<Sender, Status> {
        let channel = Arc::clone(this);
        tokio::spawn(async move { channel.attempt().await })
            .await
            .unwrap_or_else(|error| Err(Status::internal(format!("connecting failed: {error}"))))
    }

    async fn attempt(&self) -> Result<Sender, Status> {
        let mut attempts = self.attempts.lock().await;
        if let Some(sender) = self.ready() {
            return Ok(sender);
        }
        if attempts.not_before.is_some_and(|not_before| Instant::now() < not_before) {
            return Err(Status::unavailable(attempts.error.clone()));
        }
        let opened = tokio::time::timeout(CONNECT_TIMEOUT, self.open())
            .await
            .unwrap_or_else(|_| Err("timed out".to_owned()));
        match opened {
            Ok(sender) => {
                *attempts = Attempts::default();
                self.has_failed.store(false, Ordering::Relaxed);
                *self.sender.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
                Ok(sender)
            }
            Err(reason) => {
                attempts.pause = (attempts.pause * 3 / 2).clamp(PAUSE_FIRST, PAUSE_MAX);
                // Up to a fifth more, so that many clients do not come back at once.
                let pause = attempts.pause.mul_f64(1.0 + fastrand::f64() / 5.0);
                attempts.not_before = Some(Instant::now() + pause);
                attempts.error = format!(
                    "connection error: desc = \"transport: Error while dialing {}: {reason}\"",
                    self.address
                );
                self.has_failed.store(true, Ordering::Relaxed);
                Err(Status::unavailable(attempts.error.clone()))
            }
        }
    }

    async fn open(&self) -> Result<Sender, String> {
        match &self.address {
            ChannelAddress::Unix(path) => {
                let stream = UnixStream::connect(path).await.map_err(|error| error.to_string())?;
                self.handshake(stream).await
            }
            ChannelAddress::Ip(address) => {
                self.handshake(connected(TcpStream::connect(address).await)?).await
            }
            ChannelAddress::Name(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await;
                self.handshake(connected(stream)?).await
            }
        }
    }

    async fn handshake<T>(&self, stream: T) -> Result<Sender, String>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        match &self.options.tls {
            None => self.start(stream).await,
            Some(tls) => {
                let stream = tls.connect(&self.options.host, stream).await;
                self.start(stream.map_err(|error| error.to_string())?).await
            }
        }
    }

    async fn start<T>(&self, stream: T) -> Result<Sender, String>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = self
            .options
            .http2
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| describe(&error))?;
        let address = self.address.clone();
        // Ends with the connection: when the server closes it or the last sender is dropped.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%address, error = describe(&error), "connection ended");
            }
        });
        Ok(sender)
    }
}

fn connected(stream: std::io::Result<TcpStream>) -> Result<TcpStream, String> {
    let stream = stream.map_err(|error| error.to_string())?;
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    Ok(stream)
}

/// A transport error as the status that retries understand.
pub(super) fn unavailable(error: &hyper::Error) -> Status {
    Status::unavailable(format!("transport: {}", describe(error)))
}

/// The error and its causes, without repeating itself.
pub(in crate::client) fn describe(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
