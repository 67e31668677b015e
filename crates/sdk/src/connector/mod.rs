//! Where one pipeline feeds another.

use async_trait::async_trait;
use pdata::{Batch, Signal};

use crate::{BuildContext, BuildError, Config, Error, Outputs, Stability, StartError};

/// An exporter of some pipelines and the receiver of others. One instance serves all of them.
#[async_trait]
pub trait Connector: Send + Sync + Sized + 'static {
    /// The name users write in YAML; equal to the folder name.
    const KIND: &'static str;
    /// Old names that load too, with a warning.
    const ALIASES: &'static [&'static str] = &[];
    /// How settled it is.
    const STABILITY: Stability = Stability::Beta;
    /// Which signal may come in where which goes out.
    const PAIRS: &'static [(Signal, Signal)];
    /// Its settings.
    type Config: Config;

    /// Makes the connector from settings that have no problems. No tasks, no I/O.
    fn new(config: Self::Config, context: BuildContext) -> Result<Self, BuildError>;

    /// Starts its own tasks, if it has any.
    async fn start(&self, _outputs: Outputs) -> Result<(), StartError> {
        Ok(())
    }

    /// Takes one batch and sends what follows from it.
    async fn consume(&self, batch: Batch, outputs: &Outputs) -> Result<(), Error>;

    /// Hands on what it still holds. Nothing new comes once this is called.
    async fn shutdown(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// [`Connector`] without its types.
#[async_trait]
pub trait DynConnector: Send + Sync {
    /// See [`Connector::start`].
    async fn start(&self, outputs: Outputs) -> Result<(), StartError>;
    /// See [`Connector::consume`].
    async fn consume(&self, batch: Batch, outputs: &Outputs) -> Result<(), Error>;
    /// See [`Connector::shutdown`].
    async fn shutdown(&self) -> Result<(), Error>;
}

#[async_trait]
impl<C: Connector> DynConnector for C {
    async fn start(&self, outputs: Outputs) -> Result<(), StartError> {
        Connector::start(self, outputs).await
    }

    async fn consume(&self, batch: Batch, outputs: &Outputs) -> Result<(), Error> {
        Connector::consume(self, batch, outputs).await
    }

    async fn shutdown(&self) -> Result<(), Error> {
        Connector::shutdown(self).await
    }
}
