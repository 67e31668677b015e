#![doc = include_str!("README.md")]

mod config;
mod decode;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use sdk::{
    BuildContext, BuildError, Error, Outputs, Receiver, Signal, Stability, StartError, async_trait,
};
use tokio::{sync::watch, task::JoinHandle};

pub use self::config::{Config, Format, OnRefused};
use self::state::{Counts, Pace, Player};

/// The `otlp_file` receiver.
#[derive(Debug)]
pub struct OtlpFile {
    config: Config,
    context: BuildContext,
    stopping: watch::Sender<bool>,
    playing: Option<JoinHandle<()>>,
}

#[async_trait]
impl Receiver for OtlpFile {
    const KIND: &'static str = "otlp_file";
    const STABILITY: Stability = Stability::Beta;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, context, stopping: watch::Sender::new(false), playing: None })
    }

    async fn start(&mut self, outputs: Outputs) -> Result<(), StartError> {
        let include = self.config.include.clone();
        let found = tokio::task::spawn_blocking(move || decode::find(&include)).await;
        let files = found.map_err(|gone| StartError(gone.to_string()))?.map_err(StartError)?;
        let player = Player {
            pace: Pace::new(self.config.speed),
            config: self.config.clone(),
            files,
            outputs,
            context: self.context.clone(),
            stopping: self.stopping.subscribe(),
            counts: Counts::default(),
            refused_for_now: 0,
            without_pipeline: BTreeSet::new(),
        };
        self.playing = Some(tokio::spawn(player.run()));
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        self.stopping.send_replace(true);
        if let Some(playing) = self.playing.take() {
            playing
                .await
                .map_err(|gone| Error::permanent(format!("the replay broke off: {gone}")))?;
        }
        Ok(())
    }
}
