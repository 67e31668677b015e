#![doc = include_str!("README.md")]

mod client;
mod config;
mod decode;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::auth::ClientAuthenticator;
use sdk::{
    BuildContext, BuildError, Capabilities, Error, Extension, Host, Stability, StartError,
    async_trait,
};

pub use self::config::Config;
use self::{client::TokenClient, state::Tokens};

/// The `oauth2client` extension.
#[derive(Debug)]
pub struct OAuth2Client {
    config: Config,
    /// What the token endpoint is told of who asks.
    agent: String,
    /// From the start on.
    tokens: Option<Arc<Tokens>>,
}

#[async_trait]
impl Extension for OAuth2Client {
    const KIND: &'static str = "oauth2client";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let agent = format!("{}/{}", context.info.command, context.info.version);
        Ok(Self { config, agent, tokens: None })
    }

    fn provide(&self, capabilities: &mut Capabilities) {
        if let Some(tokens) = &self.tokens {
            capabilities.insert::<Arc<dyn ClientAuthenticator>>(tokens.clone());
        }
    }

    async fn start(&mut self, _: Host) -> Result<(), StartError> {
        let client = TokenClient::open(&self.config, &self.agent).map_err(StartError)?;
        self.tokens = Some(Arc::new(Tokens::new(client, *self.config.expiry_buffer)));
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
