#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use std::{sync::OnceLock, time};

use http::{HeaderMap, uri::PathAndQuery};
use net::{
    auth::ClientAuth,
    client::{ClientError, GrpcClient},
    settings::GrpcClientConfig,
};
use sdk::{
    Batch, BuildContext, BuildError, Delivered, Delivery, Destination, Error, Exporter, Host,
    Signal, Stability, StartError, async_trait,
};

pub use self::config::{Config, DeliveryConfig};
use crate::shared;

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
            timeout: Some(*delivery.timeout).filter(|timeout| !timeout.is_zero()),
            queue: delivery.sending_queue.as_ref().cloned(),
            retry: Some(delivery.retry_on_failure.clone()).filter(|retry| retry.enabled),
            destination: Destination { address, port, path: String::new() },
        }
    }

    fn new(config: Config, _: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        let agent = shared::user_agent(&context.info);
        let refused = |error: ClientError| BuildError(error.to_string());
        let timeout = Some(*config.delivery.timeout).filter(|timeout| !timeout.is_zero());
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
            let made = self.secured()?;
            self.client.get_or_init(|| made);
        }
        if let Some(client) = self.client.get() {
            client.connect();
        }
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let client = self.client.get().ok_or_else(|| Error::refused("not started yet"))?;
        let (origin, path) = (shared::ContextOrigin(batch.context()), path(batch.signal()));
        let message = shared::payload(&batch);
        let reply = client
            .unary_for(&origin, path, message, &HeaderMap::new(), self.timeout)
            .await
            .map_err(|status| shared::error_of(&status))?;
        Ok(shared::partial_success(&reply.message))
    }
}

impl OtlpGrpc {
    /// The client, with TLS and authenticator as the settings say.
    fn secured(&self) -> Result<GrpcClient, StartError> {
        let auth = shared::client_auth(&self.host, self.config.auth.as_ref())?;
        if !self.config.uses_tls() && auth.as_ref().is_some_and(ClientAuth::needs_tls) {
            return Err(StartError(
                "the credentials require transport level security: remove `tls::insecure`, or use an \
                 authenticator that sends no secrets"
                    .to_owned(),
            ));
        }
        GrpcClient::new(&self.config, &self.agent, auth)
            .map_err(|error| StartError(error.to_string()))
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
