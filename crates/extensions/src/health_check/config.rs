//! Settings of the `health_check` extension.

use config::{Squash, Value};
use net::settings::HttpServerConfig;
use sdk::{Optional, Problems};
use serde::{Deserialize, Serialize};

/// The server's keys and the extension's own, which stand side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<HttpServerConfig, OwnConfig>")]
#[serde(into = "Squash<HttpServerConfig, OwnConfig>")]
pub struct Config {
    /// Where to listen.
    pub server: HttpServerConfig,
    /// What to answer.
    pub own: OwnConfig,
}

/// What the extension adds to an HTTP server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnConfig {
    /// The path.
    pub path: String,
    /// Bodies instead of JSON.
    pub response_body: Optional<ResponseBodyConfig>,
    /// Read for compatibility.
    pub check_collector_pipeline: Value,
}

/// `response_body`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResponseBodyConfig {
    /// When all pipelines run.
    pub healthy: String,
    /// When they do not.
    pub unhealthy: String,
}

impl Default for Config {
    fn default() -> Self {
        let endpoint = "localhost:13133".to_owned();
        let server = HttpServerConfig { endpoint, ..HttpServerConfig::default() };
        Self { server, own: OwnConfig::default() }
    }
}

impl Default for OwnConfig {
    fn default() -> Self {
        Self {
            path: "/".to_owned(),
            response_body: Optional::None,
            check_collector_pipeline: Value::default(),
        }
    }
}

impl From<Squash<HttpServerConfig, OwnConfig>> for Config {
    fn from(Squash(server, own): Squash<HttpServerConfig, OwnConfig>) -> Self {
        Self { server, own }
    }
}

impl From<Config> for Squash<HttpServerConfig, OwnConfig> {
    fn from(config: Config) -> Self {
        Self(config.server, config.own)
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = self.server.problems();
        problems.check(!self.server.endpoint.is_empty(), "endpoint must be specified");
        problems.check(self.own.path.starts_with('/'), "path must start with /");
        problems
    }
}
