#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use sdk::{
    BuildContext, BuildError, Error, Outputs, Receiver, Signal, Stability, StartError, async_trait,
};

pub use self::config::Config;

/// The `nop` receiver.
#[derive(Debug)]
pub struct Nop;

#[async_trait]
impl Receiver for Nop {
    const KIND: &'static str = "nop";
    const STABILITY: Stability = Stability::Stable;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn new(_: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self)
    }

    async fn start(&mut self, _: Outputs) -> Result<(), StartError> {
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
