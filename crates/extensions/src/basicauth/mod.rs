#![doc = include_str!("README.md")]

mod client;
mod config;
mod decode;
mod matching;
mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::auth::{ClientAuthenticator, ServerAuthenticator};
use sdk::{
    BuildContext, BuildError, Capabilities, Error, Extension, Host, Stability, StartError,
    async_trait,
};

pub use self::config::{ClientConfig, Config, HtpasswdConfig};
use self::{client::Client, server::Server};

/// The `basicauth` extension.
#[derive(Debug)]
pub struct BasicAuth {
    config: Config,
    /// From the start on, one of the two.
    server: Option<Arc<Server>>,
    client: Option<Arc<Client>>,
}

#[async_trait]
impl Extension for BasicAuth {
    const KIND: &'static str = "basicauth";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, server: None, client: None })
    }

    fn provide(&self, capabilities: &mut Capabilities) {
        if let Some(server) = &self.server {
            capabilities.insert::<Arc<dyn ServerAuthenticator>>(server.clone());
        }
        if let Some(client) = &self.client {
            capabilities.insert::<Arc<dyn ClientAuthenticator>>(client.clone());
        }
    }

    async fn start(&mut self, _: Host) -> Result<(), StartError> {
        if let Some(list) = self.config.htpasswd.as_ref() {
            self.server = Some(Arc::new(Server::open(list).map_err(StartError)?));
        }
        if let Some(client) = self.config.client_auth.as_ref() {
            self.client = Some(Arc::new(Client::open(client).map_err(StartError)?));
        }
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
