#![doc = include_str!("README.md")]

mod client;
mod config;
mod decode;
mod server;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::auth::ServerAuthenticator;
use sdk::{
    BuildContext, BuildError, Capabilities, Clock, Error, Extension, Host, Stability, StartError,
    async_trait,
};

pub use self::config::{Config, OwnConfig, ProviderConfig};
use self::server::Server;

/// The `oidc` extension.
#[derive(Debug)]
pub struct Oidc {
    config: Config,
    clock: Clock,
    /// From the start on.
    server: Option<Arc<Server>>,
}

#[async_trait]
impl Extension for Oidc {
    const KIND: &'static str = "oidc";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, clock: context.clock, server: None })
    }

    fn provide(&self, capabilities: &mut Capabilities) {
        if let Some(server) = &self.server {
            capabilities.insert::<Arc<dyn ServerAuthenticator>>(server.clone());
        }
    }

    async fn start(&mut self, _: Host) -> Result<(), StartError> {
        let server = Server::open(&self.config, self.clock.clone()).map_err(StartError)?;
        // A provider that is down now may be up when the first client comes.
        server.fetch().await;
        self.server = Some(Arc::new(server));
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
