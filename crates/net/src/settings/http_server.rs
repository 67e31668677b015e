//! The settings of an HTTP server (C§5.1, `http`).

use std::time::Duration as StdDuration;

use config::{Duration, MapList, Optional, Problems, StringList};
use serde::{Deserialize, Serialize};

use super::shared::{
    check_duration, header_problems, headers, server_extension_problems, unless_zero,
};
use super::{DialerConfig, LimitsConfig, MiddlewareConfig, TlsServerConfig, TransportType};
use crate::compression::Encoding;
use crate::server::{BODY_BYTES_MAX, BindError, CorsOptions, HttpOptions, ServerOptions};
use crate::tls::ServerTls;

/// What the Go collector decodes unless told otherwise; the empty name is a body as it is.
const COMPRESSION_ALGORITHMS: [&str; 8] =
    ["", "gzip", "zstd", "zlib", "snappy", "deflate", "lz4", "x-snappy-framed"];
/// An idle connection is closed after this when the settings say 0: nothing is kept for ever.
const IDLE_TIMEOUT: StdDuration = StdDuration::from_secs(10 * 60);

/// An HTTP server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HttpServerConfig {
    /// `host:port`, or a path for the transport `unix`.
    pub endpoint: String,
    /// `tcp`, `tcp4`, `tcp6` or `unix`.
    pub transport: TransportType,
    /// Of no use to a server.
    pub dialer: DialerConfig,
    /// TLS; off by default.
    pub tls: Optional<TlsServerConfig>,
    /// Cross-origin requests; off by default.
    pub cors: Optional<CorsConfig>,
    /// Who may call.
    pub auth: Optional<HttpAuthConfig>,
    /// Longest body in bytes, compressed and decompressed alike; 0 is 64 MiB.
    pub max_request_body_size: i64,
    /// Whether the headers of a request go along with its data.
    pub include_metadata: bool,
    /// Added to every response.
    pub response_headers: MapList,
    /// Encodings that are decoded. None at all: bodies are handed on as they came.
    pub compression_algorithms: StringList,
    /// Time for a whole body; 0 bounds only the wait for its next bytes, to `connection_limits::stall_timeout`.
    pub read_timeout: Duration,
    /// Time for the headers; 0 is 30 seconds.
    pub read_header_timeout: Duration,
    /// Read for compatibility.
    pub write_timeout: Duration,
    /// An idle connection is closed after this; 0 is 10 minutes.
    pub idle_timeout: Duration,
    /// What its connections may cost.
    pub connection_limits: LimitsConfig,
    /// Extensions through which requests pass.
    pub middlewares: Vec<MiddlewareConfig>,
    /// Whether a connection serves more than one request.
    pub keep_alives_enabled: bool,
}

/// Who may call an HTTP server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HttpAuthConfig {
    /// The id of an extension.
    pub authenticator: String,
    /// Query parameters that the extension is shown.
    pub request_params: StringList,
}

/// Cross-origin requests. Without origins it does nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CorsConfig {
    /// Origins, each with any number of `*`.
    pub allowed_origins: StringList,
    /// Request headers beyond the safelisted ones.
    pub allowed_headers: StringList,
    /// Response headers that scripts may read.
    pub exposed_headers: StringList,
    /// How long a browser may keep a preflight answer, in seconds.
    pub max_age: i64,
}

impl Default for HttpServerConfig {
    /// The OTLP receiver's defaults.
    fn default() -> Self {
        Self {
            endpoint: "localhost:4318".to_owned(),
            transport: TransportType::default(),
            dialer: DialerConfig::default(),
            tls: Optional::None,
            cors: Optional::None,
            auth: Optional::None,
            max_request_body_size: 0,
            include_metadata: false,
            response_headers: MapList::default(),
            compression_algorithms: COMPRESSION_ALGORITHMS.into_iter().collect(),
            read_timeout: Duration::ZERO,
            read_header_timeout: Duration::ZERO,
            write_timeout: Duration::ZERO,
            idle_timeout: Duration::ZERO,
            connection_limits: LimitsConfig::default(),
            middlewares: Vec::new(),
            keep_alives_enabled: true,
        }
    }
}

impl HttpServerConfig {
    /// Every fault, in the Go collector's words where it has words.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let auth = self.auth.as_ref().map(|auth| auth.authenticator.as_str());
        problems.nest("connection_limits", self.connection_limits.problems());
        problems.merge(server_extension_problems(auth, &self.middlewares));
        if let Err(fault) = self.transport.to_transport() {
            problems.add(fault);
        }
        if let Some(tls) = self.tls.as_ref() {
            problems.nest("tls", tls.problems());
        }
        problems.nest("response_headers", header_problems(&self.response_headers));
        for (key, value) in [
            ("read_timeout", self.read_timeout),
            ("read_header_timeout", self.read_header_timeout),
            ("write_timeout", self.write_timeout),
            ("idle_timeout", self.idle_timeout),
        ] {
            check_duration(&mut problems, key, value);
        }
        problems
    }

    /// The options of a server with these settings; reads the files that `tls` names.
    ///
    /// # Errors
    ///
    /// [`BindError::Tls`] when certificates or keys cannot be used.
    pub fn server_options(&self) -> Result<ServerOptions, BindError> {
        let mut options = ServerOptions::new(self.endpoint.clone());
        options.tls = self.tls.as_ref().map(ServerTls::load).transpose()?;
        self.connection_limits.apply(&mut options);
        options.transport = self.transport.to_transport().map_err(BindError::Unsupported)?;
        if let Some(limit) = unless_zero(self.read_header_timeout) {
            options.header_timeout = limit;
        }
        options.http = HttpOptions {
            body_bytes_max: match usize::try_from(self.max_request_body_size) {
                Ok(0) | Err(_) => BODY_BYTES_MAX,
                Ok(limit) => limit,
            },
            encodings: self.encodings(),
            read_timeout: unless_zero(self.read_timeout),
            idle_timeout: unless_zero(self.idle_timeout).or(Some(IDLE_TIMEOUT)),
            keep_alive: self.keep_alives_enabled,
            response_headers: headers(&self.response_headers),
            cors: self.cors.as_ref().and_then(CorsConfig::options),
        };
        Ok(options)
    }

    fn encodings(&self) -> Option<Vec<Encoding>> {
        if self.compression_algorithms.is_empty() {
            return None;
        }
        // A name that nobody knows matches nothing, as in Go.
        let names = self.compression_algorithms.iter();
        Some(names.filter_map(|name| Encoding::from_http_name(name)).collect())
    }
}

impl CorsConfig {
    fn options(&self) -> Option<CorsOptions> {
        if self.allowed_origins.is_empty() {
            return None;
        }
        Some(CorsOptions {
            allowed_origins: self.allowed_origins.0.clone(),
            allowed_headers: self.allowed_headers.0.clone(),
            exposed_headers: self.exposed_headers.0.clone(),
            max_age: u32::try_from(self.max_age).unwrap_or(0),
        })
    }
}
