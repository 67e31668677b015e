//! How telemetry leaves.

use async_trait::async_trait;
use pdata::{Batch, Signal};

use crate::{BuildContext, BuildError, Config, Delivered, Delivery, Error, Stability, StartError};

/// Sends one batch to one place. Queue, retry, timeout and counting belong to the engine: the
/// settings for them are part of the exporter's config, and [`Exporter::delivery`] points at them.
///
/// One instance serves all signals and pipelines that name its id, from many tasks at once.
#[async_trait]
pub trait Exporter: Send + Sync + Sized + 'static {
    /// The name users write in YAML; equal to the folder name.
    const KIND: &'static str;
    /// Old names that load too, with a warning.
    const ALIASES: &'static [&'static str] = &[];
    /// How settled it is.
    const STABILITY: Stability = Stability::Beta;
    /// What it can send.
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Metrics, Signal::Logs];
    /// Whether it holds what no second instance can hold at the same time, such as a port or a file. When
    /// its settings change, the old instance is then stopped before the new one starts; others overlap.
    const EXCLUSIVE: bool = false;
    /// Its settings.
    type Config: Config;

    /// How batches get to [`Exporter::export`]: straight away unless the settings say otherwise.
    fn delivery(_config: &Self::Config, _signal: Signal) -> Delivery {
        Delivery::default()
    }

    /// Makes the exporter from settings that have no problems, for the signals that are used. No
    /// tasks, no I/O.
    fn new(
        config: Self::Config,
        signals: &[Signal],
        context: BuildContext,
    ) -> Result<Self, BuildError>;

    /// Opens what it writes to. Must not wait for a backend to be there. May be called again after
    /// [`Exporter::shutdown`], also when it failed.
    async fn start(&self) -> Result<(), StartError> {
        Ok(())
    }

    /// Sends one batch, once. One that sends parts to several places says with
    /// [`Error::with_rest`] which records are still to be sent.
    async fn export(&self, batch: Batch) -> Result<Delivered, Error>;

    /// Closes what it opened. No export runs or comes once this is called.
    async fn shutdown(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// [`Exporter`] without its types.
#[async_trait]
pub trait DynExporter: Send + Sync {
    /// See [`Exporter::start`].
    async fn start(&self) -> Result<(), StartError>;
    /// See [`Exporter::export`].
    async fn export(&self, batch: Batch) -> Result<Delivered, Error>;
    /// See [`Exporter::shutdown`].
    async fn shutdown(&self) -> Result<(), Error>;
}

#[async_trait]
impl<E: Exporter> DynExporter for E {
    async fn start(&self) -> Result<(), StartError> {
        Exporter::start(self).await
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        Exporter::export(self, batch).await
    }

    async fn shutdown(&self) -> Result<(), Error> {
        Exporter::shutdown(self).await
    }
}
