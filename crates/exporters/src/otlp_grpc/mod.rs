#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use std::{sync::OnceLock, time};

use http::HeaderMap;
use net::{
    client::{ClientError, GrpcClient},
    settings::GrpcClientConfig,
};
use sdk::{
    Batch, BuildContext, BuildError, Delivered, Delivery, Destination, Error, Exporter, Host,
    Signal, Stability, StartError, async_trait,
};

pub use self::config::Config;
use crate::shared;
pub use crate::shared::DeliveryConfig;

/// The `otlp_grpc` exporter.
#[derive(Debug)]
pub struct OtlpGrpc {
    config: GrpcClientConfig,
    agent: String,
    host: Host,
    /// Made when it is made if that takes no files and no extension, else at start.
    client: OnceLock<GrpcClient>,
    timeout: Option<time::Duration>,
}

#[async_trait]
impl Exporter for OtlpGrpc {
    const KIND: &'static str = "otlp_grpc";
    const ALIASES: &'static [&'static str] = &["otlp"];
    const STABILITY: Stability = Stability::Stable;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn delivery(config: &Config, _signal: Signal) -> Delivery {
        let (address, port) = shared::host_and_port(&config.client.endpoint);
        let delivery = &config.delivery;
        Delivery {
            timeout: delivery.attempt_timeout(),
            queue: delivery.sending_queue.as_ref().cloned(),
            retry: Some(delivery.retry_on_failure.clone()).filter(|retry| retry.enabled),
            destination: Destination { address, port, path: String::new() },
        }
    }

    fn new(config: Config, _: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        let agent = shared::user_agent(&context.info);
        let refused = |error: ClientError| BuildError(error.to_string());
        let timeout = config.delivery.attempt_timeout();
        let config = config.client;
        let options = config.client_options(&agent).map_err(refused)?;
        let client = if config.uses_tls() || config.auth.is_some() {
            OnceLock::new()
        } else {
            OnceLock::from(GrpcClient::with_options(options).map_err(refused)?)
        };
        Ok(Self { config, agent, host: context.host, client, timeout })
    }

    async fn start(&self) -> Result<(), StartError> {
        if self.client.get().is_none() {
            let made = shared::secured_client(&self.config, &self.agent, &self.host)?;
            self.client.get_or_init(|| made);
        }
        if let Some(client) = self.client.get() {
            client.connect();
        }
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let client = self.client.get().ok_or_else(|| Error::refused("not started yet"))?;
        let (origin, path) =
            (shared::ContextOrigin(batch.context()), shared::export_method(batch.signal()));
        let message = shared::payload(&batch);
        let reply = client
            .unary_for(&origin, path, message, &HeaderMap::new(), self.timeout)
            .await
            .map_err(|status| shared::error_of(&status, batch.items()))?;
        Ok(shared::partial_success(&reply.message))
    }
}
