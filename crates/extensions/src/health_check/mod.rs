#![doc = include_str!("README.md")]

mod config;
mod server;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex};

use net::{
    auth::ServerAuth,
    budget::ByteBudget,
    server::{BindError, Server, Services},
};
use sdk::{
    BuildContext, BuildError, Error, Extension, Host, Id, Stability, StartError, async_trait,
};

pub use self::config::{Config, OwnConfig, ResponseBodyConfig};
use self::server::Health;

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
        };
        Ok(Self { config, health: Arc::new(health), server: None })
    }

    fn dependencies(&self) -> Vec<Id> {
        let auth = self.config.server.auth.as_ref();
        auth.and_then(|auth| auth.authenticator.parse().ok()).into_iter().collect()
    }

    async fn start(&mut self, host: Host) -> Result<(), StartError> {
        let refused = |error: BindError| StartError(error.to_string());
        let mut options = self.config.server.server_options().map_err(refused)?;
        if let Some(auth) = self.config.server.auth.as_ref() {
            let id = auth.authenticator.parse::<Id>().ok();
            let offered = id.and_then(|id| host.capabilities(&id));
            let offered = offered.map(|offered| offered.get());
            let auth = ServerAuth::resolve(&auth.authenticator, &auth.request_params, offered);
            options.auth = Some(auth.map_err(|error| StartError(error.to_string()))?);
        }
        let services = Services { http: Some(self.health.clone()), ..Services::default() };
        // Bodies are never read, so there is nothing to budget.
        let server = Server::bind(options, services, ByteBudget::unlimited()).await;
        let server = server.map_err(refused)?;
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
