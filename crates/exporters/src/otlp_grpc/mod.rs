#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use std::time;

use http::{HeaderMap, uri::PathAndQuery};
use net::client::GrpcClient;
use sdk::{
    Batch, BuildContext, BuildError, Delivered, Delivery, Destination, Error, Exporter, Signal,
    Stability, StartError, async_trait,
};

pub use self::config::{Config, DeliveryConfig};
use crate::shared;

/// The `otlp_grpc` exporter.
#[derive(Debug)]
pub struct OtlpGrpc {
    client: GrpcClient,
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
            timeout: Some(*delivery.timeout).filter(|timeout| !timeout.is_zero()),
            queue: delivery.sending_queue.as_ref().cloned(),
            retry: Some(delivery.retry_on_failure.clone()).filter(|retry| retry.enabled),
            destination: Destination { address, port, path: String::new() },
        }
    }

    fn new(config: Config, _: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        let agent = shared::user_agent(&context.info);
        let client = GrpcClient::new(&config.client, &agent)
            .map_err(|error| BuildError(error.to_string()))?;
        let timeout = Some(*config.delivery.timeout).filter(|timeout| !timeout.is_zero());
        Ok(Self { client, timeout })
    }

    async fn start(&self) -> Result<(), StartError> {
        self.client.connect();
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let reply = self
            .client
            .unary(path(batch.signal()), batch.bytes().clone(), &HeaderMap::new(), self.timeout)
            .await
            .map_err(|status| shared::error_of(&status))?;
        Ok(shared::partial_success(&reply.message))
    }
}

/// The method that takes a signal.
fn path(signal: Signal) -> &'static PathAndQuery {
    use std::sync::LazyLock;
    macro_rules! method {
        ($service:literal) => {{
            static PATH: LazyLock<PathAndQuery> = LazyLock::new(|| {
                PathAndQuery::from_static(concat!(
                    "/opentelemetry.proto.collector.",
                    $service,
                    "/Export"
                ))
            });
            &PATH
        }};
    }
    match signal {
        Signal::Traces => method!("trace.v1.TraceService"),
        Signal::Metrics => method!("metrics.v1.MetricsService"),
        Signal::Logs => method!("logs.v1.LogsService"),
        Signal::Profiles => method!("profiles.v1development.ProfilesService"),
    }
}
