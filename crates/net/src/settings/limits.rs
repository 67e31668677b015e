//! `connection_limits` of a server: what its connections may cost. The Go collector has no such keys.

use config::{Duration, Problems};
use serde::{Deserialize, Serialize};

use super::shared::check_duration;
use crate::server::{CONNECTIONS_MAX, ServerOptions};

/// A frame of HTTP/2 is no longer than this, and so is a header that comes in one.
const HEADER_BYTES_LOWEST: u32 = 4 << 10;
const HEADER_BYTES_HIGHEST: u32 = 1 << 20;

/// What the connections of a server may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsConfig {
    /// Connections at one time. One more closes some that wait for their clients.
    pub max_connections: u32,
    /// Longest list of headers of a request, in bytes.
    pub max_header_bytes: u32,
    /// The longest wait for the next bytes of a body, and for a client to take its answer.
    pub stall_timeout: Duration,
    /// A body that takes longer than `stall_timeout` has to come with at least so many bytes a
    /// second; 0 lets it take its time.
    pub min_body_rate: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let options = ServerOptions::new("");
        Self {
            max_connections: CONNECTIONS_MAX,
            max_header_bytes: options.header_bytes_max,
            stall_timeout: Duration::from_secs(options.stall_timeout.as_secs()),
            min_body_rate: options.body_rate_min,
        }
    }
}

impl LimitsConfig {
    pub(super) fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(self.max_connections > 0, "`max_connections` must be greater than zero");
        problems.check(
            (HEADER_BYTES_LOWEST..=HEADER_BYTES_HIGHEST).contains(&self.max_header_bytes),
            format!(
                "`max_header_bytes` must be between {HEADER_BYTES_LOWEST} and {HEADER_BYTES_HIGHEST}"
            ),
        );
        problems.check(!self.stall_timeout.is_zero(), "`stall_timeout` must be greater than zero");
        check_duration(&mut problems, "stall_timeout", self.stall_timeout);
        problems
    }

    pub(super) fn apply(&self, options: &mut ServerOptions) {
        options.connections_max = self.max_connections;
        options.header_bytes_max = self.max_header_bytes;
        options.stall_timeout = self.stall_timeout.to_std();
        options.body_rate_min = self.min_body_rate;
    }
}
