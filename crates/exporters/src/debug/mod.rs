#![doc = include_str!("README.md")]

mod config;
mod encode;
mod metrics;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use sdk::{
    Batch, BuildContext, BuildError, Delivered, Delivery, Error, Exporter, Signal, Stability,
    StartError, async_trait, telemetry::Level,
};

pub use self::config::{Config, Verbosity};
use self::state::{Outputs, Sampler};

/// The `debug` exporter.
#[derive(Debug)]
pub struct Debug {
    config: Config,
    sampler: Sampler,
    /// Open between start and shutdown, unless the text goes to the log.
    outputs: Arc<Mutex<Outputs>>,
}

#[async_trait]
impl Exporter for Debug {
    const KIND: &'static str = "debug";
    const STABILITY: Stability = Stability::Alpha;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn delivery(config: &Config, _: Signal) -> Delivery {
        Delivery { queue: config.sending_queue.as_ref().cloned(), ..Delivery::default() }
    }

    fn new(config: Config, _: &[Signal], _: BuildContext) -> Result<Self, BuildError> {
        let sampler = Sampler::new(config.sampling_initial, config.sampling_thereafter);
        Ok(Self { config, sampler, outputs: Arc::default() })
    }

    async fn start(&self) -> Result<(), StartError> {
        if !self.config.use_internal_logger {
            let opened = Outputs::open(&self.config.output_paths)?;
            *self.outputs.lock().unwrap_or_else(PoisonError::into_inner) = opened;
        }
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        if self.config.use_internal_logger {
            self.log(&batch);
        } else {
            self.write(&batch).await?;
        }
        Ok(Delivered::all())
    }

    async fn shutdown(&self) -> Result<(), Error> {
        *self.outputs.lock().unwrap_or_else(PoisonError::into_inner) = Outputs::default();
        Ok(())
    }
}

impl Debug {
    fn log(&self, batch: &Batch) {
        if self.sampler.admits(encode::title(batch.signal())) {
            log_counts(batch);
        }
        if let Some(text) = self.text(batch).filter(|text| self.sampler.admits(text)) {
            tracing::info!("{text}");
        }
    }

    async fn write(&self, batch: &Batch) -> Result<(), Error> {
        let mut out = String::new();
        if self.sampler.admits(encode::title(batch.signal())) {
            out.push_str(&encode::counts(batch));
            out.push('\n');
        }
        if let Some(text) = self.text(batch).filter(|text| self.sampler.admits(text)) {
            out.push_str(&text);
            out.push('\n');
        }
        let outputs = Arc::clone(&self.outputs);
        let write = move || {
            let mut outputs = outputs.lock().unwrap_or_else(PoisonError::into_inner);
            outputs.write(out.as_bytes())
        };
        match tokio::task::spawn_blocking(write).await {
            Ok(written) => written.map_err(Error::refused),
            Err(gone) => Err(Error::refused(format!("the text was not written: {gone}"))),
        }
    }

    /// The records, where they are asked for.
    fn text(&self, batch: &Batch) -> Option<String> {
        match self.config.verbosity.0 {
            Level::None | Level::Basic => None,
            Level::Normal => Some(encode::normal(batch)),
            Level::Detailed => Some(encode::detailed(batch)),
        }
    }
}

/// One line of counts in the log, under the Go collector's names.
fn log_counts(batch: &Batch) {
    let counts = batch.counts();
    let (resources, items) = (counts.resources, counts.items);
    match batch.signal() {
        Signal::Traces => {
            tracing::info!("resource spans" = resources, "spans" = items, "Traces");
        }
        Signal::Metrics => {
            let metrics = counts.records;
            tracing::info!(
                "resource metrics" = resources,
                "metrics" = metrics,
                "data points" = items,
                "Metrics"
            );
        }
        Signal::Logs => {
            tracing::info!("resource logs" = resources, "log records" = items, "Logs");
        }
        Signal::Profiles => {
            tracing::info!("resource profiles" = resources, "sample records" = items, "Profiles");
        }
    }
}
