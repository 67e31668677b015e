//! Settings of the `tap` extension.

use config::Squash;
use net::settings::HttpServerConfig;
use sdk::Problems;
use serde::{Deserialize, Serialize};

use crate::shared::check_private;

/// The server's keys and the extension's own, which stand side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<HttpServerConfig, OwnConfig>")]
#[serde(into = "Squash<HttpServerConfig, OwnConfig>")]
pub struct Config {
    /// Where to listen.
    pub server: HttpServerConfig,
    /// What to show.
    pub own: OwnConfig,
}

/// What the extension adds to an HTTP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnConfig {
    /// Whether private data is replaced before it is shown.
    pub redact: bool,
    /// How many may look at once.
    pub viewers: usize,
    /// How many batches a viewer is shown in a second, at most.
    pub batches_per_second: u32,
    /// How many items of a batch are shown, at most.
    pub items_per_batch: usize,
    /// How many bytes wait for a viewer, at most.
    pub buffer_bytes: usize,
}

impl Default for Config {
    fn default() -> Self {
        let endpoint = "localhost:55690".to_owned();
        let server = HttpServerConfig { endpoint, ..HttpServerConfig::default() };
        Self { server, own: OwnConfig::default() }
    }
}

impl Default for OwnConfig {
    fn default() -> Self {
        Self {
            redact: true,
            viewers: 4,
            batches_per_second: 10,
            items_per_batch: 10,
            buffer_bytes: 4 << 20,
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
        check_private(&self.server, &mut problems);
        let OwnConfig { viewers, batches_per_second, items_per_batch, buffer_bytes, .. } = self.own;
        for (key, is_sound) in [
            ("viewers", (1..=64).contains(&viewers)),
            ("batches_per_second", (1..=1000).contains(&batches_per_second)),
            ("items_per_batch", (1..=10_000).contains(&items_per_batch)),
            ("buffer_bytes", (1..=1 << 30).contains(&buffer_bytes)),
        ] {
            if !is_sound {
                problems.at(key, "must be positive, and not more than anybody can look at");
            }
        }
        problems
    }
}
