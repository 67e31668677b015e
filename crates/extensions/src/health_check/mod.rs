#![doc = include_str!("README.md")]

mod config;
mod server;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex};

use net::server::Server;
use sdk::{
    BuildContext, BuildError, Error, Extension, Host, Id, Stability, StartError, async_trait,
};

pub use self::config::{Config, OwnConfig, ResponseBodyConfig};
use self::server::Health;
use crate::shared::{authenticator, serve};

/// The `health_check` extension.
#[derive(Debug)]
pub struct HealthCheck {
    config: Config,
    health: Arc<Health>,
    server: Option<Server>,
}

#[async_trait]
impl Extension for HealthCheck {
    const KIND: &'static str = "health_check";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let health = Health {
            path: config.own.path.clone(),
            bodies: config.own.response_body.as_ref().cloned(),
            clock: context.clock,
            readiness: Mutex::default(),
            host: context.host,
        };
        Ok(Self { config, health: Arc::new(health), server: None })
    }

    fn dependencies(&self) -> Vec<Id> {
        authenticator(&self.config.server).into_iter().collect()
    }

    async fn start(&mut self, host: Host) -> Result<(), StartError> {
        let server = serve(&self.config.server, &host, self.health.clone()).await?;
        tracing::info!(endpoint = %server.address(), "Starting health_check extension");
        self.server = Some(server);
        Ok(())
    }

    async fn ready(&self) {
        self.health.set_ready(true);
    }

    async fn not_ready(&self) {
        self.health.set_ready(false);
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        if let Some(server) = self.server.take() {
            server.shutdown().await;
        }
        Ok(())
    }
}

impl HealthCheck {
    /// The address really listened on, once started.
    pub fn address(&self) -> Option<String> {
        self.server.as_ref().map(|server| server.address().to_string())
    }
}
