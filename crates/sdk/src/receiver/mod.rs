//! How telemetry comes in.

use async_trait::async_trait;
use pdata::Signal;

use crate::{BuildContext, BuildError, Config, Error, Outputs, Stability, StartError};

/// Brings telemetry in. One instance serves all signals and pipelines that name its id.
///
/// The engine counts what was accepted and refused; the receiver only sends to its [`Outputs`] and
/// turns the answer into its protocol's answer.
#[async_trait]
pub trait Receiver: Send + Sync + Sized + 'static {
    /// The name users write in YAML; equal to the folder name.
    const KIND: &'static str;
    /// Old names that load too, with a warning.
    const ALIASES: &'static [&'static str] = &[];
    /// How settled it is.
    const STABILITY: Stability = Stability::Beta;
    /// What it can receive.
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Metrics, Signal::Logs];
    /// Its settings.
    type Config: Config;

    /// Makes the receiver from settings that have no problems. No tasks, no I/O.
    fn new(config: Self::Config, context: BuildContext) -> Result<Self, BuildError>;

    /// Opens what it listens on and starts to send. Returns when it is ready. May be called again after
    /// [`Receiver::shutdown`], also when it failed.
    async fn start(&mut self, outputs: Outputs) -> Result<(), StartError>;

    /// Takes nothing new, finishes what it has begun, and returns when that is done.
    async fn shutdown(&mut self) -> Result<(), Error>;
}

/// [`Receiver`] without its types.
#[async_trait]
pub trait DynReceiver: Send + Sync {
    /// See [`Receiver::start`].
    async fn start(&mut self, outputs: Outputs) -> Result<(), StartError>;
    /// See [`Receiver::shutdown`].
    async fn shutdown(&mut self) -> Result<(), Error>;
}

#[async_trait]
impl<R: Receiver> DynReceiver for R {
    async fn start(&mut self, outputs: Outputs) -> Result<(), StartError> {
        Receiver::start(self, outputs).await
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Receiver::shutdown(self).await
    }
}
