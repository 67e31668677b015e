//! Settings of the `otlp_grpc` exporter.

use config::Squash;
use net::settings::GrpcClientConfig;
use sdk::Problems;
use serde::{Deserialize, Serialize};

use crate::shared::DeliveryConfig;

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
        problems.merge(self.delivery.problems());
        problems
    }
}
