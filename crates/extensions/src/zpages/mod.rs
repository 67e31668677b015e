#![doc = include_str!("README.md")]

mod config;
mod encode;
mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::server::Server;
use sdk::{
    BuildContext, BuildError, Error, Extension, Host, Id, Overviews, Stability, StartError,
    async_trait,
};
use tokio::time::Instant;

pub use self::config::{Config, ExpvarConfig, OwnConfig};
use self::server::Pages;
use crate::shared::{authenticator, serve};

/// The `zpages` extension.
#[derive(Debug)]
pub struct Zpages {
    config: Config,
    pages: Arc<Pages>,
    server: Option<Server>,
}

#[async_trait]
impl Extension for Zpages {
    const KIND: &'static str = "zpages";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let pages = Pages {
            overview: context.shared.get_or_insert_global(Overviews::default),
            host: context.host,
            info: context.info,
            begun: (context.clock.now(), Instant::now()),
        };
        Ok(Self { config, pages: Arc::new(pages), server: None })
    }

    fn dependencies(&self) -> Vec<Id> {
        authenticator(&self.config.server).into_iter().collect()
    }

    async fn start(&mut self, host: Host) -> Result<(), StartError> {
        let server = serve(&self.config.server, &host, self.pages.clone()).await?;
        tracing::info!(endpoint = %server.address(), "Starting zPages extension");
        if self.config.own.expvar.enabled {
            tracing::warn!("`expvar` has no effect: there is no Go runtime to show variables of");
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

impl Zpages {
    /// The address really listened on, once started.
    pub fn address(&self) -> Option<String> {
        self.server.as_ref().map(|server| server.address().to_string())
    }
}
