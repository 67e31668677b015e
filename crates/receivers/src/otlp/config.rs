//! Settings of the `otlp` receiver.

use net::settings::{GrpcServerConfig, HttpServerConfig};
use sdk::{Optional, Problems};
use serde::{Deserialize, Serialize};

/// Which protocols to listen for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Each protocol that is named is served.
    pub protocols: Protocols,
}

/// The protocols.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Protocols {
    /// OTLP over gRPC.
    pub grpc: Optional<GrpcServerConfig>,
    /// OTLP over HTTP, protobuf and JSON.
    pub http: Optional<HttpConfig>,
}

/// The HTTP server and its paths, whose keys stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "config::Squash<HttpServerConfig, Paths>")]
#[serde(into = "config::Squash<HttpServerConfig, Paths>")]
pub struct HttpConfig {
    /// The server.
    pub server: HttpServerConfig,
    /// Where each signal is posted.
    pub paths: Paths,
}

/// Where each signal is posted. Profiles have a fixed path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Paths {
    /// Traces.
    pub traces_url_path: String,
    /// Metrics.
    pub metrics_url_path: String,
    /// Logs.
    pub logs_url_path: String,
}

impl Default for Protocols {
    fn default() -> Self {
        Self {
            grpc: Optional::Default(GrpcServerConfig::default()),
            http: Optional::Default(HttpConfig::default()),
        }
    }
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            traces_url_path: "/v1/traces".to_owned(),
            metrics_url_path: "/v1/metrics".to_owned(),
            logs_url_path: "/v1/logs".to_owned(),
        }
    }
}

impl From<config::Squash<HttpServerConfig, Paths>> for HttpConfig {
    fn from(config::Squash(server, paths): config::Squash<HttpServerConfig, Paths>) -> Self {
        Self { server, paths }
    }
}

impl From<HttpConfig> for config::Squash<HttpServerConfig, Paths> {
    fn from(config: HttpConfig) -> Self {
        Self(config.server, config.paths)
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if self.protocols.grpc.is_off() && self.protocols.http.is_off() {
            problems.add("must specify at least one protocol when using the OTLP receiver");
        }
        let mut protocols = Problems::new();
        if let Some(grpc) = self.protocols.grpc.as_ref() {
            protocols.nest("grpc", grpc.problems());
        }
        if let Some(http) = self.protocols.http.as_ref() {
            protocols.nest("http", http.server.problems());
        }
        problems.nest("protocols", protocols);
        problems
    }
}
