#![doc = include_str!("README.md")]

mod config;
mod encode;
mod rotate;
mod state;
#[cfg(test)]
mod tests;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sdk::{
    Batch, BuildContext, BuildError, Clock, Delivered, Error, Exporter, Signal, Stability,
    StartError, async_trait,
};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

pub use self::config::{Config, RotationConfig};
use self::{encode::Encoder, state::Writer};

/// The open file; none before start and after shutdown.
type SharedWriter = Arc<Mutex<Option<Writer>>>;

/// The `file` exporter.
#[derive(Debug)]
pub struct File {
    config: Config,
    clock: Clock,
    encoder: Encoder,
    writer: SharedWriter,
    flushing: Mutex<Option<JoinHandle<()>>>,
}

#[async_trait]
impl Exporter for File {
    const KIND: &'static str = "file";
    const STABILITY: Stability = Stability::Beta;
    const EXCLUSIVE: bool = true;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn new(config: Config, _: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self {
            encoder: Encoder::new(&config),
            config,
            clock: context.clock,
            writer: Arc::default(),
            flushing: Mutex::default(),
        })
    }

    async fn start(&self) -> Result<(), StartError> {
        let (config, clock) = (self.config.clone(), self.clock.clone());
        let opened = run_blocking(move || Writer::open(&config, clock)).await;
        let writer = opened
            .map_err(|error| StartError(format!("cannot open {}: {error}", self.config.path)))?;
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
        let task = flush_often(
            Arc::clone(&self.writer),
            *self.config.flush_interval,
            self.config.path.clone(),
        );
        *self.flushing.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokio::spawn(task));
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let encoder = self.encoder;
        let writer = Arc::clone(&self.writer);
        let path = self.config.path.clone();
        let export = move || {
            let request = encoder.encode(&batch).map_err(|error| error.context(&path))?;
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            let writer =
                writer.as_mut().ok_or_else(|| Error::refused(format!("{path} is not open")))?;
            writer.write(&request).map_err(|error| cannot_write(&path, &error))
        };
        match tokio::task::spawn_blocking(export).await {
            Ok(exported) => exported.map(|()| Delivered::all()),
            Err(gone) => {
                Err(Error::refused(format!("{} was not written: {gone}", self.config.path)))
            }
        }
    }

    async fn shutdown(&self) -> Result<(), Error> {
        let flushing = self.flushing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(flushing) = flushing {
            flushing.abort();
        }
        let writer = Arc::clone(&self.writer);
        let close = move || {
            let writer = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
            writer.map_or(Ok(()), |mut writer| writer.flush())
        };
        run_blocking(close).await.map_err(|error| cannot_write(&self.config.path, &error))
    }
}

/// Writes out what waits, until the task is aborted.
async fn flush_often(writer: SharedWriter, every: Duration, path: String) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let writer = Arc::clone(&writer);
        let flush = move || {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            writer.as_mut().map_or(Ok(()), Writer::flush)
        };
        if let Err(error) = run_blocking(flush).await {
            tracing::error!(%path, %error, "Cannot write to the file; what waits is kept");
        }
    }
}

/// Runs blocking work away from the runtime's own threads.
async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|gone| Err(io::Error::other(gone)))
}

/// A disk that is full today may have room tomorrow, so the same batch may be sent again.
fn cannot_write(path: &str, error: &io::Error) -> Error {
    Error::refused(format!("cannot write to {path}: {error}"))
}
