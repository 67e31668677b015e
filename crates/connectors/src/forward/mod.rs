#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use sdk::{
    Batch, BuildContext, BuildError, Connector, Error, Outputs, Signal, Stability, async_trait,
};

pub use self::config::Config;

/// The `forward` connector.
#[derive(Debug)]
pub struct Forward;

#[async_trait]
impl Connector for Forward {
    const KIND: &'static str = "forward";
    const STABILITY: Stability = Stability::Beta;
    const PAIRS: &'static [(Signal, Signal)] = &[
        (Signal::Traces, Signal::Traces),
        (Signal::Metrics, Signal::Metrics),
        (Signal::Logs, Signal::Logs),
        (Signal::Profiles, Signal::Profiles),
    ];
    type Config = Config;

    fn new(_: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self)
    }

    async fn consume(&self, batch: Batch, outputs: &Outputs) -> Result<(), Error> {
        match outputs.get(batch.signal()) {
            Some(next) => next.send(batch).await,
            None => Err(Error::permanent(format!("no pipeline takes {}", batch.signal()))),
        }
    }
}
