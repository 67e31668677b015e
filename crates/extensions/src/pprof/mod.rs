#![doc = include_str!("README.md")]

mod config;
mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::server::Server;
use sdk::{
    BuildContext, BuildError, Error, Extension, Host, Id, Stability, StartError, async_trait,
};
use tokio::sync::Semaphore;

pub use self::config::{Config, OwnConfig};
use self::server::Profiles;
use crate::shared::{authenticator, serve};

/// The `pprof` extension.
#[derive(Debug)]
pub struct Pprof {
    config: Config,
    server: Option<Server>,
}

#[async_trait]
impl Extension for Pprof {
    const KIND: &'static str = "pprof";
    const STABILITY: Stability = Stability::Alpha;
    type Config = Config;

    fn new(config: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, server: None })
    }

    fn dependencies(&self) -> Vec<Id> {
        authenticator(&self.config.server).into_iter().collect()
    }

    async fn start(&mut self, host: Host) -> Result<(), StartError> {
        let profiles = Arc::new(Profiles { turn: Semaphore::new(1) });
        let server = serve(&self.config.server, &host, profiles).await?;
        tracing::info!(endpoint = %server.address(), "Starting pprof extension");
        let own = &self.config.own;
        if !own.save_to_file.is_empty()
            || own.block_profile_fraction != 0
            || own.mutex_profile_fraction != 0
        {
            tracing::warn!(
                "Profiles of the Go runtime are not there: the pprof extension shows threads"
            );
        }
        self.server = Some(server);
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        if let Some(server) = self.server.take() {
            server.shutdown().await;
        }
        Ok(())
    }
}

impl Pprof {
    /// The address really listened on, once started.
    pub fn address(&self) -> Option<String> {
        self.server.as_ref().map(|server| server.address().to_string())
    }
}
