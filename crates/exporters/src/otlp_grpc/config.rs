//! Settings of the `otlp_grpc` exporter.

use config::Squash;
use net::settings::GrpcClientConfig;
use sdk::{Duration, Optional, Problems, QueueConfig, RetryConfig};
use serde::{Deserialize, Serialize};

/// The client's keys and the delivery's keys, which stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<GrpcClientConfig, DeliveryConfig>")]
#[serde(into = "Squash<GrpcClientConfig, DeliveryConfig>")]
pub struct Config {
    /// Where and how to call.
    pub client: GrpcClientConfig,
    /// Timeout, queue, retry.
    pub delivery: DeliveryConfig,
}

/// Timeout, queue and retry of an exporter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeliveryConfig {
    /// The longest one attempt may take; 0 waits for ever.
    pub timeout: Duration,
    /// The queue; on unless `enabled: false`.
    pub sending_queue: Optional<QueueConfig>,
    /// Trying again; on unless `enabled: false`.
    pub retry_on_failure: RetryConfig,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            sending_queue: Optional::Some(QueueConfig::default()),
            retry_on_failure: RetryConfig::default(),
        }
    }
}

impl From<Squash<GrpcClientConfig, DeliveryConfig>> for Config {
    fn from(Squash(client, delivery): Squash<GrpcClientConfig, DeliveryConfig>) -> Self {
        Self { client, delivery }
    }
}

impl From<Config> for Squash<GrpcClientConfig, DeliveryConfig> {
    fn from(config: Config) -> Self {
        Self(config.client, config.delivery)
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = self.client.problems();
        problems.check(!self.delivery.timeout.is_negative(), "'timeout' must be non-negative");
        if let Some(queue) = self.delivery.sending_queue.as_ref() {
            problems.nest("sending_queue", queue.problems());
        }
        problems.nest("retry_on_failure", self.delivery.retry_on_failure.problems());
        problems
    }
}
