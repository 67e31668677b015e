#![doc = include_str!("README.md")]

mod config;
mod encode;
#[cfg(test)]
mod tests;

use std::{sync::OnceLock, time::Duration};

use ::kafka::{Producer, Record};
use futures_util::future::join_all;
use sdk::{
    Batch, BuildContext, BuildError, Delivered, Delivery, Destination, Error, Exporter, Signal,
    StartError, async_trait,
};

pub use self::config::{
    CompressionParams, Config, Encoding, OwnConfig, ProducerConfig, SignalConfig,
};
use self::encode::{Ready, messages};

/// How long the end waits for messages on their way; none are, unless an export was given up.
const FLUSH: Duration = Duration::from_secs(5);

/// The `kafka` exporter.
#[derive(Debug)]
pub struct Kafka {
    config: Config,
    producer: OnceLock<Producer>,
}

#[async_trait]
impl Exporter for Kafka {
    const KIND: &'static str = "kafka";
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn delivery(config: &Config, _: Signal) -> Delivery {
        let delivery = &config.delivery;
        Delivery {
            // The client keeps the time of each message; ended from outside, an export could not say
            // which messages are there.
            timeout: None,
            queue: delivery.sending_queue.as_ref().cloned(),
            retry: Some(delivery.retry_on_failure.clone()).filter(|retry| retry.enabled),
            destination: Destination::default(),
        }
    }

    fn new(config: Config, _: &[Signal], _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, producer: OnceLock::new() })
    }

    async fn start(&self) -> Result<(), StartError> {
        let how = self.config.own.producing(&self.config.delivery);
        let made = Producer::new(&self.config.connection, &how)
            .map_err(|error| StartError(error.to_string()))?;
        self.producer.get_or_init(|| made);
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let producer = self.producer.get().ok_or_else(|| Error::refused("not started yet"))?;
        let messages = messages(&self.config, &batch);
        let headers = self.headers(&batch);
        let sent = join_all(messages.iter().map(|message| {
            producer.send(Record {
                topic: &message.topic,
                key: message.key.as_deref(),
                payload: &message.payload,
                headers: headers.clone(),
            })
        }))
        .await;
        let all = messages.len();
        let failed = messages.into_iter().zip(sent).filter_map(|(message, outcome)| {
            let error = outcome.err()?;
            let refusal = if error.is_permanent { Error::permanent } else { Error::refused };
            Some((refusal(error.message), message))
        });
        outcome(&batch, all, failed.collect())
    }

    async fn shutdown(&self) -> Result<(), Error> {
        if let Some(producer) = self.producer.get() {
            // Nothing is on its way unless someone gave up waiting, so this does not block for long.
            producer.flush(FLUSH).map_err(|error| Error::refused(error.to_string()))?;
        }
        Ok(())
    }
}

impl Kafka {
    /// The headers of every message of a batch.
    fn headers<'b>(&'b self, batch: &'b Batch) -> Vec<(&'b str, &'b [u8])> {
        let own = &self.config.own;
        let fixed = own.record_headers.iter().map(|(key, value)| (key.as_str(), value.as_bytes()));
        let asked = own.include_metadata_keys.iter().flat_map(|key| {
            let values = batch.context().metadata.get(key).iter();
            values.map(|value| (key.as_str(), value.as_bytes()))
        });
        fixed.chain(asked).collect()
    }
}

/// What became of a batch of which these messages failed. As long as one of them may still be taken, all
/// that failed are tried again, and only they.
fn outcome(batch: &Batch, all: usize, failed: Vec<(Error, Ready)>) -> Result<Delivered, Error> {
    let any_retryable = failed.iter().any(|(error, _)| !error.is_permanent());
    let count = failed.len();
    let (errors, rest): (Vec<_>, Vec<_>) =
        failed.into_iter().map(|(error, message)| (error, message.records)).unzip();
    // One is enough: most often they all say the same.
    let heard = errors.into_iter().find(|error| error.is_permanent() != any_retryable);
    let Some(error) = heard else { return Ok(Delivered::all()) };
    let error = error.context(format_args!("{count} of {all} messages were not taken"));
    if count == all {
        return Err(error);
    }
    match pdata::concat(&rest, batch.context().clone()) {
        Ok(rest) => Err(error.with_rest(rest, Delivered::all())),
        // Profiles are one message.
        Err(_) => Err(error),
    }
}
