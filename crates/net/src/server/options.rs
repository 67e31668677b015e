//! What a server can be told, after the settings of the configuration have been checked.

use std::time::Duration;

use http::HeaderMap;

use crate::auth::ServerAuth;
use crate::compression::Encoding;
use crate::middleware::ServerMiddlewares;
use crate::tls::ServerTls;

/// The default longest message and body: 64 MiB (DESIGN §5).
pub const BODY_BYTES_MAX: usize = 64 << 20;
/// The default number of connections at one time.
pub const CONNECTIONS_MAX: u32 = 10_000;

/// Which sockets an endpoint means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// IPv4 or IPv6.
    #[default]
    Tcp,
    /// IPv4 only.
    Tcp4,
    /// IPv6 only.
    Tcp6,
    /// A path.
    Unix,
}

/// Everything about a server but its services.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// `host:port`, or a path for [`Transport::Unix`].
    pub endpoint: String,
    /// Which sockets.
    pub transport: Transport,
    /// Connections at one time; one more closes some that wait for their clients.
    pub connections_max: u32,
    /// TLS; `None` is plaintext.
    pub tls: Option<ServerTls>,
    /// Who may send requests of either protocol; `None` lets everyone in.
    pub auth: Option<ServerAuth>,
    /// What requests pass before their body is read.
    pub middlewares: ServerMiddlewares,
    /// The longest TLS handshake.
    pub handshake_timeout: Duration,
    /// The longest wait for the first bytes of a connection and for the rest of HTTP/1.1 headers.
    pub header_timeout: Duration,
    /// The longest wait for the next bytes of a body, and for a client to take its answer.
    pub stall_timeout: Duration,
    /// A body that takes longer than `stall_timeout` has to come with at least so many bytes a
    /// second; 0 lets it take its time.
    pub body_rate_min: u32,
    /// Longest header list, in bytes.
    pub header_bytes_max: u32,
    /// Most headers of an HTTP/1.1 request.
    pub headers_max: usize,
    /// How gRPC calls are served.
    pub grpc: GrpcOptions,
    /// How HTTP requests are served.
    pub http: HttpOptions,
}

/// HTTP/2 and gRPC.
#[derive(Debug, Clone)]
pub struct GrpcOptions {
    /// Longest message, in bytes, compressed and decompressed alike.
    pub message_bytes_max: usize,
    /// Requests at one time on one connection.
    pub streams_max: u32,
    /// HTTP/2 flow-control window of one stream, in bytes.
    pub stream_window: u32,
    /// HTTP/2 flow-control window of one connection, in bytes.
    pub connection_window: u32,
    /// Largest HTTP/2 frame we take, in bytes.
    pub frame_bytes_max: u32,
    /// An HTTP/2 connection without requests is closed after this; `None` never.
    pub connection_idle_max: Option<Duration>,
    /// An HTTP/2 connection is told to go away after this; `None` never.
    pub connection_age_max: Option<Duration>,
    /// Time for the requests of an aged connection; `None` waits for them.
    pub connection_age_grace: Option<Duration>,
    /// How often a silent client is pinged.
    pub ping_interval: Option<Duration>,
    /// How long it has to answer.
    pub ping_timeout: Duration,
}

/// HTTP.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Longest body, in bytes, compressed and decompressed alike.
    pub body_bytes_max: usize,
    /// Encodings that are decoded; `None` hands every body on as it came.
    pub encodings: Option<Vec<Encoding>>,
    /// Time for a whole body; `None` bounds only the wait for its next bytes.
    pub read_timeout: Option<Duration>,
    /// An HTTP/1.1 connection without requests is closed after this; `None` never.
    pub idle_timeout: Option<Duration>,
    /// Whether a connection serves more than one HTTP/1.1 request.
    pub keep_alive: bool,
    /// Added to every HTTP response.
    pub response_headers: HeaderMap,
    /// Cross-origin requests; `None` says nothing about them.
    pub cors: Option<CorsOptions>,
}

/// Cross-origin resource sharing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CorsOptions {
    /// Origins, each with any number of `*`.
    pub allowed_origins: Vec<String>,
    /// Request headers beyond the safelisted ones; `*` allows all.
    pub allowed_headers: Vec<String>,
    /// Response headers that scripts may read.
    pub exposed_headers: Vec<String>,
    /// How long a browser may keep a preflight answer, in seconds; 0 says nothing.
    pub max_age: u32,
}

impl ServerOptions {
    /// The defaults, listening on `endpoint`.
    #[must_use]
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            transport: Transport::Tcp,
            connections_max: CONNECTIONS_MAX,
            tls: None,
            auth: None,
            middlewares: ServerMiddlewares::default(),
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_secs(30),
            body_rate_min: 500,
            header_bytes_max: 64 << 10,
            headers_max: 128,
            grpc: GrpcOptions::default(),
            http: HttpOptions::default(),
        }
    }
}

impl Default for GrpcOptions {
    fn default() -> Self {
        Self {
            message_bytes_max: BODY_BYTES_MAX,
            streams_max: 1_000,
            stream_window: 2 << 20,
            connection_window: 4 << 20,
            frame_bytes_max: 256 << 10,
            connection_idle_max: None,
            connection_age_max: None,
            connection_age_grace: None,
            ping_interval: Some(Duration::from_secs(2 * 60 * 60)),
            ping_timeout: Duration::from_secs(20),
        }
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            body_bytes_max: BODY_BYTES_MAX,
            encodings: Some(Encoding::ALL.to_vec()),
            read_timeout: None,
            idle_timeout: None,
            keep_alive: true,
            response_headers: HeaderMap::new(),
            cors: None,
        }
    }
}
