//! Settings of the `pprof` extension.

use config::Squash;
use net::settings::HttpServerConfig;
use sdk::Problems;
use serde::{Deserialize, Serialize};

/// The server's keys and the extension's own, which stand side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<HttpServerConfig, OwnConfig>")]
#[serde(into = "Squash<HttpServerConfig, OwnConfig>")]
pub struct Config {
    /// Where to listen.
    pub server: HttpServerConfig,
    /// Keys of the Go collector's extension.
    pub own: OwnConfig,
}

/// What the Go collector's extension has: read for compatibility.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnConfig {
    /// Of the Go runtime.
    pub block_profile_fraction: i64,
    /// Of the Go runtime.
    pub mutex_profile_fraction: i64,
    /// A file for a profile of the whole run.
    pub save_to_file: String,
}

impl Default for Config {
    fn default() -> Self {
        let endpoint = "localhost:1777".to_owned();
        let server = HttpServerConfig { endpoint, ..HttpServerConfig::default() };
        Self { server, own: OwnConfig::default() }
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
        problems.check(!self.server.endpoint.is_empty(), "\"endpoint\" is required");
        problems
    }
}
