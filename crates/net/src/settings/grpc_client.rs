//! The settings of a gRPC client (C§6.1), without the exporter's timeout, queue and retry.

use std::time::Duration as StdDuration;

use config::{Duration, MapList, Optional, Problems};
use serde::{Deserialize, Serialize};

use super::shared::{
    UnsupportedCompression, check_duration, extension_problems, header_problems, headers,
    unless_zero,
};
use super::{AuthConfig, CompressionType, MiddlewareConfig, TlsClientConfig};
use crate::auth::ClientAuth;
use crate::client::{ClientError, GrpcClient, GrpcClientOptions, GrpcKeepalive, GrpcTarget};
use crate::compression::Encoding;
use crate::tls::{Alpn, ClientTls};

/// grpc-go pings no more often than this.
const KEEPALIVE_TIME_MIN: StdDuration = StdDuration::from_secs(10);
/// grpc-go's wait for the answer to a ping.
const KEEPALIVE_TIMEOUT: StdDuration = StdDuration::from_secs(20);

/// A gRPC client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GrpcClientConfig {
    /// `host:port`, `http://host:port`, `dns:///host:port`, `passthrough:///host:port`, `unix:///path`.
    pub endpoint: String,
    /// How messages are compressed: `gzip`, `snappy`, `zstd`, `none`.
    pub compression: CompressionType,
    /// TLS; on unless `insecure`.
    pub tls: TlsClientConfig,
    /// Pings; off by default.
    pub keepalive: Optional<KeepaliveClientConfig>,
    /// Bytes; kept for compatibility.
    pub read_buffer_size: i64,
    /// Bytes; kept for compatibility.
    pub write_buffer_size: i64,
    /// Whether a call waits for a connection until its timeout instead of failing.
    pub wait_for_ready: bool,
    /// Added to every call that does not have them already.
    pub headers: MapList,
    /// Sent as `user-agent`; empty for the program's own.
    pub user_agent: String,
    /// `round_robin` or `pick_first`.
    pub balancer_name: String,
    /// Sent as `:authority`; empty for the endpoint's own.
    pub authority: String,
    /// Who signs calls.
    pub auth: Optional<AuthConfig>,
    /// Extensions through which calls pass.
    pub middlewares: Vec<MiddlewareConfig>,
}

/// Pings of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeepaliveClientConfig {
    /// How long a connection may be silent; less than 10 seconds is 10 seconds.
    pub time: Duration,
    /// How long the server has to answer; 0 is 20 seconds.
    pub timeout: Duration,
    /// Whether to ping without calls in flight, too.
    pub permit_without_stream: bool,
}

impl Default for GrpcClientConfig {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            compression: CompressionType::default(),
            tls: TlsClientConfig::default(),
            keepalive: Optional::None,
            read_buffer_size: 0,
            write_buffer_size: 512 << 10,
            wait_for_ready: false,
            headers: MapList::default(),
            user_agent: String::new(),
            balancer_name: "round_robin".to_owned(),
            authority: String::new(),
            auth: Optional::None,
            middlewares: Vec::new(),
        }
    }
}

impl GrpcClientConfig {
    /// Every fault, in the Go collector's words where it has words.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let auth = self.auth.as_ref().map(|auth| auth.authenticator.as_str());
        problems.merge(extension_problems(auth, &self.middlewares));
        if let Err(error) = GrpcTarget::parse(&self.endpoint) {
            problems.add(error.to_string());
        }
        problems.check(
            matches!(self.balancer_name.as_str(), "" | "round_robin" | "pick_first"),
            format!("invalid balancer_name: {}", self.balancer_name),
        );
        problems.nest("headers", header_problems(&self.headers));
        problems.nest("tls", self.tls.problems());
        if let Some(keepalive) = self.keepalive.as_ref() {
            let mut inner = Problems::new();
            check_duration(&mut inner, "time", keepalive.time);
            check_duration(&mut inner, "timeout", keepalive.timeout);
            problems.nest("keepalive", inner);
        }
        problems
    }

    /// Whether calls are encrypted: unless `tls::insecure` is set without a CA, and always for
    /// `https://`.
    #[must_use]
    pub fn uses_tls(&self) -> bool {
        let is_https = GrpcTarget::parse(&self.endpoint).is_ok_and(|(_, is_https)| is_https);
        is_https || !self.tls.is_plaintext()
    }

    /// The options of a client with these settings, all but TLS, which [`GrpcClient::new`] loads.
    ///
    /// # Errors
    ///
    /// [`ClientError`] for an endpoint that is none and for what cannot be built.
    pub fn client_options(&self, user_agent: &str) -> Result<GrpcClientOptions, ClientError> {
        let (target, _) = GrpcTarget::parse(&self.endpoint)?;
        let agent = if self.user_agent.is_empty() { user_agent } else { self.user_agent.as_str() };
        let mut options = GrpcClientOptions::new(target, agent);
        options.compression = match self.compression.as_str() {
            "" | "none" => Encoding::Identity,
            "gzip" => Encoding::Gzip,
            "snappy" => Encoding::XSnappyFramed,
            "zstd" => Encoding::Zstd,
            other => {
                let error = UnsupportedCompression(other.to_owned());
                return Err(ClientError::Unsupported(error.to_string()));
            }
        };
        options.authority.clone_from(&self.authority);
        options.headers = headers(&self.headers);
        options.wait_for_ready = self.wait_for_ready;
        options.pick_first = self.balancer_name == "pick_first";
        options.keepalive = self.keepalive.as_ref().map(KeepaliveClientConfig::options);
        Ok(options)
    }
}

impl KeepaliveClientConfig {
    fn options(&self) -> GrpcKeepalive {
        GrpcKeepalive {
            time: self.time.to_std().max(KEEPALIVE_TIME_MIN),
            timeout: unless_zero(self.timeout).unwrap_or(KEEPALIVE_TIMEOUT),
            without_calls: self.permit_without_stream,
        }
    }
}

impl GrpcClient {
    /// A client with these settings; `user_agent` is used unless the settings name one. Reads the
    /// files that `tls` names.
    ///
    /// # Errors
    ///
    /// [`ClientError`], as [`GrpcClientConfig::client_options`].
    pub fn new(
        config: &GrpcClientConfig,
        user_agent: &str,
        auth: Option<ClientAuth>,
    ) -> Result<Self, ClientError> {
        let mut options = config.client_options(user_agent)?;
        options.auth = auth;
        if config.uses_tls() {
            options.tls = Some(ClientTls::load(&config.tls, Alpn::H2)?);
        }
        Self::with_options(options)
    }
}
