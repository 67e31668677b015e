#![doc = include_str!("README.md")]

mod config;
mod encode;
mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::server::Server;
use sdk::{
    BuildContext, BuildError, Error, Extension, Host, Id, Stability, StartError, async_trait,
    tap::Taps,
};
use tokio::sync::Semaphore;

pub use self::config::{Config, OwnConfig};
use self::{encode::Redactor, server::Viewing};
use crate::shared::{authenticator, serve};

/// The `tap` extension.
#[derive(Debug)]
pub struct Tap {
    config: Config,
    viewing: Arc<Viewing>,
    server: Option<Server>,
}

#[async_trait]
impl Extension for Tap {
    const KIND: &'static str = "tap";
    const STABILITY: Stability = Stability::Alpha;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let redactor = config.own.redact.then(Redactor::new).transpose()?;
        let viewing = Viewing {
            taps: context.shared.get_or_insert_global(Taps::default),
            redactor,
            viewers: Semaphore::new(config.own.viewers),
            own: config.own.clone(),
            is_open: config.server.auth.is_some(),
        };
        Ok(Self { config, viewing: Arc::new(viewing), server: None })
    }

    fn dependencies(&self) -> Vec<Id> {
        authenticator(&self.config.server).into_iter().collect()
    }

    async fn start(&mut self, host: Host) -> Result<(), StartError> {
        let server = serve(&self.config.server, &host, self.viewing.clone()).await?;
        tracing::info!(endpoint = %server.address(), "Starting tap extension");
        if !self.config.own.redact {
            tracing::warn!("The tap extension shows what passes as it is: `redact` is off");
        }
        self.server = Some(server);
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        if let Some(server) = self.server.take() {
            self.viewing.viewers.close();
            server.shutdown().await;
        }
        Ok(())
    }
}

impl Tap {
    /// The address really listened on, once started.
    pub fn address(&self) -> Option<String> {
        self.server.as_ref().map(|server| server.address().to_string())
    }
}
