#![doc = include_str!("README.md")]

mod config;
mod decode;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use ::kafka::Consumer;
use sdk::{BuildContext, BuildError, Error, Outputs, Receiver, Signal, StartError, async_trait};
use tokio::{sync::watch, task::JoinHandle};

pub use self::config::{
    AutocommitConfig, BackoffConfig, Config, Encoding, HeaderConfig, MarkingConfig, OwnConfig,
    SignalConfig,
};
use self::state::{Reader, Topics};

/// The `kafka` receiver.
#[derive(Debug)]
pub struct Kafka {
    config: Config,
    context: BuildContext,
    stopping: watch::Sender<bool>,
    reading: Option<(Arc<Consumer>, JoinHandle<()>)>,
}

#[async_trait]
impl Receiver for Kafka {
    const KIND: &'static str = "kafka";
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, context, stopping: watch::Sender::new(false), reading: None })
    }

    async fn start(&mut self, outputs: Outputs) -> Result<(), StartError> {
        let failed = |error: &dyn std::fmt::Display| StartError(error.to_string());
        let own = &self.config.own;
        let topics = Topics::new(own, outputs.signals()).map_err(|error| failed(&error))?;
        let names: Vec<_> = outputs
            .signals()
            .flat_map(|signal| own.of(signal).topics.iter())
            .map(String::as_str)
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        let consumer = Consumer::new(&self.config.connection, &own.fetching(), &names);
        let consumer = Arc::new(consumer.map_err(|error| failed(&error))?);
        let reader = Reader::new(
            self.config.clone(),
            (consumer.clone(), topics),
            outputs,
            self.context.clone(),
            self.stopping.subscribe(),
        );
        self.reading = Some((consumer, tokio::spawn(Arc::new(reader).run())));
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        self.stopping.send_replace(true);
        let Some((consumer, reading)) = self.reading.take() else { return Ok(()) };
        // What it had begun is with the pipeline, or comes again.
        drop(reading.await);
        let closed = tokio::task::spawn_blocking(move || {
            let committed = consumer.commit();
            // Leaves the group, so that another member need not wait for the session to end.
            drop(consumer);
            committed
        });
        if let Ok(Err(error)) = closed.await {
            tracing::debug!(%error, "Nothing was to be committed, or it could not be.");
        }
        Ok(())
    }
}
