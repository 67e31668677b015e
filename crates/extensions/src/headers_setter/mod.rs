#![doc = include_str!("README.md")]

mod config;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::auth::{ClientAuth, ClientAuthenticator};
use sdk::{
    BuildContext, BuildError, Capabilities, Error, Extension, Host, Id, Stability, StartError,
    async_trait,
};

pub use self::config::{Action, Config, HeaderConfig};
use self::state::Setter;

/// The `headers_setter` extension.
#[derive(Debug)]
pub struct HeadersSetter {
    config: Config,
    /// From the start on.
    setter: Option<Arc<Setter>>,
}

#[async_trait]
impl Extension for HeadersSetter {
    const KIND: &'static str = "headers_setter";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, setter: None })
    }

    fn dependencies(&self) -> Vec<Id> {
        self.config.additional_auth.parse().into_iter().collect()
    }

    fn provide(&self, capabilities: &mut Capabilities) {
        if let Some(setter) = &self.setter {
            capabilities.insert::<Arc<dyn ClientAuthenticator>>(setter.clone());
        }
    }

    async fn start(&mut self, host: Host) -> Result<(), StartError> {
        let name = self.config.additional_auth.as_str();
        let first = if name.is_empty() {
            None
        } else {
            let id = name.parse::<Id>().ok();
            let offered = id.and_then(|id| host.capabilities(&id));
            let auth = ClientAuth::resolve(name, offered.map(|offered| offered.get()));
            Some(auth.map_err(|error| StartError(error.to_string()))?)
        };
        let setter = Setter::open(&self.config.headers, first).map_err(StartError)?;
        self.setter = Some(Arc::new(setter));
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
