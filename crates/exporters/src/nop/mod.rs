#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use sdk::{
    Batch, BuildContext, BuildError, Delivered, Error, Exporter, Signal, Stability, async_trait,
};

pub use self::config::Config;

/// The `nop` exporter.
#[derive(Debug)]
pub struct Nop;

#[async_trait]
impl Exporter for Nop {
    const KIND: &'static str = "nop";
    const STABILITY: Stability = Stability::Stable;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn new(_: Config, _: &[Signal], _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self)
    }

    async fn export(&self, _: Batch) -> Result<Delivered, Error> {
        Ok(Delivered::all())
    }
}
