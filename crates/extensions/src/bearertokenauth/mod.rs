#![doc = include_str!("README.md")]

mod config;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::auth::{ClientAuthenticator, ServerAuthenticator};
use sdk::{
    BuildContext, BuildError, Capabilities, Error, Extension, Host, Stability, StartError,
    async_trait,
};

pub use self::config::Config;
use self::state::Bearer;

/// The `bearertokenauth` extension.
#[derive(Debug)]
pub struct BearerTokenAuth {
    config: Config,
    /// From the start on.
    bearer: Option<Arc<Bearer>>,
}

#[async_trait]
impl Extension for BearerTokenAuth {
    const KIND: &'static str = "bearertokenauth";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, bearer: None })
    }

    fn provide(&self, capabilities: &mut Capabilities) {
        if let Some(bearer) = &self.bearer {
            capabilities.insert::<Arc<dyn ServerAuthenticator>>(bearer.clone());
            capabilities.insert::<Arc<dyn ClientAuthenticator>>(bearer.clone());
        }
    }

    async fn start(&mut self, _: Host) -> Result<(), StartError> {
        self.bearer = Some(Arc::new(Bearer::open(&self.config).map_err(StartError)?));
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
