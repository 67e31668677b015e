//! The settings of a gRPC server (C§5.1, `grpc`).

use config::{Duration, Optional, Problems};
use serde::{Deserialize, Serialize};

use super::shared::{check_duration, server_extension_problems, unless_zero};
use super::{
    AuthConfig, DialerConfig, LimitsConfig, MiddlewareConfig, TlsServerConfig, TransportType,
};
use crate::server::{BODY_BYTES_MAX, BindError, GrpcOptions, ServerOptions};
use crate::tls::ServerTls;

const MIB: u64 = 1 << 20;
/// Messages end at 4 GiB on the wire.
const MESSAGE_MIB_MAX: u64 = 4095;

/// A gRPC server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GrpcServerConfig {
    /// `host:port`, or a path for the transport `unix`.
    pub endpoint: String,
    /// `tcp`, `tcp4`, `tcp6` or `unix`.
    pub transport: TransportType,
    /// Of no use to a server.
    pub dialer: DialerConfig,
    /// TLS; off by default.
    pub tls: Optional<TlsServerConfig>,
    /// Longest message in MiB, compressed and decompressed alike; 0 is 64.
    pub max_recv_msg_size_mib: i64,
    /// Calls at one time on one connection; 0 is 1,000.
    pub max_concurrent_streams: u32,
    /// Bytes; kept for compatibility.
    pub read_buffer_size: i64,
    /// Bytes; kept for compatibility.
    pub write_buffer_size: i64,
    /// How long connections live.
    pub keepalive: Optional<KeepaliveServerConfig>,
    /// Who may call.
    pub auth: Optional<AuthConfig>,
    /// Whether the metadata of a call goes along with its data.
    pub include_metadata: bool,
    /// What its connections may cost.
    pub connection_limits: LimitsConfig,
    /// Extensions through which calls pass.
    pub middlewares: Vec<MiddlewareConfig>,
}

/// How long connections live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeepaliveServerConfig {
    /// What the server does by itself.
    pub server_parameters: Optional<KeepaliveServerParameters>,
    /// What it lets clients do.
    pub enforcement_policy: Optional<KeepaliveEnforcementPolicy>,
}

/// What the server does by itself. 0 is without end, except where noted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeepaliveServerParameters {
    /// A connection without calls is closed after this.
    pub max_connection_idle: Duration,
    /// A connection is told to go away after this.
    pub max_connection_age: Duration,
    /// Time for the calls of a connection that was told to go away.
    pub max_connection_age_grace: Duration,
    /// How often a silent client is pinged; 0 is 2 hours.
    pub time: Duration,
    /// How long it has to answer; 0 is 20 seconds.
    pub timeout: Duration,
}

/// What the server lets clients do. Read for compatibility: the HTTP/2 library bounds pings itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeepaliveEnforcementPolicy {
    /// Shortest time between pings.
    pub min_time: Duration,
    /// Whether pings without calls are allowed.
    pub permit_without_stream: bool,
}

impl Default for GrpcServerConfig {
    fn default() -> Self {
        Self {
            endpoint: "localhost:4317".to_owned(),
            transport: TransportType::default(),
            dialer: DialerConfig::default(),
            tls: Optional::None,
            max_recv_msg_size_mib: 0,
            max_concurrent_streams: 0,
            read_buffer_size: 512 << 10,
            write_buffer_size: 0,
            keepalive: Optional::Some(KeepaliveServerConfig::default()),
            auth: Optional::None,
            include_metadata: false,
            connection_limits: LimitsConfig::default(),
            middlewares: Vec::new(),
        }
    }
}

impl Default for KeepaliveServerConfig {
    fn default() -> Self {
        Self {
            server_parameters: Optional::Some(KeepaliveServerParameters::default()),
            enforcement_policy: Optional::Some(KeepaliveEnforcementPolicy::default()),
        }
    }
}

impl GrpcServerConfig {
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
        let size = self.max_recv_msg_size_mib;
        let is_size_valid =
            size == 0 || u64::try_from(size).is_ok_and(|size| size <= MESSAGE_MIB_MAX);
        problems.check(
            is_size_valid,
            format!(
                "invalid max_recv_msg_size_mib value, must be between 1 and {MESSAGE_MIB_MAX}: {size}"
            ),
        );
        problems.check(
            self.read_buffer_size >= 0,
            format!("invalid read_buffer_size value: {}", self.read_buffer_size),
        );
        problems.check(
            self.write_buffer_size >= 0,
            format!("invalid write_buffer_size value: {}", self.write_buffer_size),
        );
        if let Some(tls) = self.tls.as_ref() {
            problems.nest("tls", tls.problems());
        }
        if let Some(keepalive) = self.keepalive.as_ref() {
            problems.nest("keepalive", keepalive.problems());
        }
        problems
    }

    /// The options of a server with these settings; reads the files that `tls` names. To serve HTTP on the same socket, take
    /// [`ServerOptions::http`] from [`super::HttpServerConfig::server_options`].
    ///
    /// # Errors
    ///
    /// [`BindError::Tls`] when certificates or keys cannot be used.
    pub fn server_options(&self) -> Result<ServerOptions, BindError> {
        let mut options = ServerOptions::new(self.endpoint.clone());
        options.tls = self.tls.as_ref().map(ServerTls::load).transpose()?;
        self.connection_limits.apply(&mut options);
        options.transport = self.transport.to_transport().map_err(BindError::Unsupported)?;
        options.grpc = self.grpc_options();
        Ok(options)
    }

    fn grpc_options(&self) -> GrpcOptions {
        let message_bytes_max = match u64::try_from(self.max_recv_msg_size_mib) {
            Ok(0) | Err(_) => BODY_BYTES_MAX,
            Ok(mib) => usize::try_from(mib.saturating_mul(MIB)).unwrap_or(BODY_BYTES_MAX),
        };
        let mut grpc = GrpcOptions { message_bytes_max, ..GrpcOptions::default() };
        if self.max_concurrent_streams > 0 {
            grpc.streams_max = self.max_concurrent_streams;
        }
        let Some(parameters) =
            self.keepalive.as_ref().and_then(|keepalive| keepalive.server_parameters.as_ref())
        else {
            return grpc;
        };
        grpc.connection_idle_max = unless_zero(parameters.max_connection_idle);
        grpc.connection_age_max = unless_zero(parameters.max_connection_age);
        grpc.connection_age_grace = unless_zero(parameters.max_connection_age_grace);
        grpc.ping_interval = unless_zero(parameters.time).or(grpc.ping_interval);
        grpc.ping_timeout = unless_zero(parameters.timeout).unwrap_or(grpc.ping_timeout);
        grpc
    }
}

impl KeepaliveServerConfig {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if let Some(parameters) = self.server_parameters.as_ref() {
            let mut inner = Problems::new();
            for (key, value) in [
                ("max_connection_idle", parameters.max_connection_idle),
                ("max_connection_age", parameters.max_connection_age),
                ("max_connection_age_grace", parameters.max_connection_age_grace),
                ("time", parameters.time),
                ("timeout", parameters.timeout),
            ] {
                check_duration(&mut inner, key, value);
            }
            problems.nest("server_parameters", inner);
        }
        problems
    }
}
