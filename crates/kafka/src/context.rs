//! What librdkafka tells while it works, in our log.

use rdkafka::{
    ClientContext, Statistics, config::RDKafkaLogLevel, consumer::ConsumerContext,
    error::KafkaError,
};

/// Passes on what is worth it. Librdkafka repeats itself while a broker is away.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told;

impl ClientContext for Told {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error => tracing::warn!(facility, "kafka: {message}"),
            _ => tracing::debug!(facility, "kafka: {message}"),
        }
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(%error, "kafka: {reason}");
    }
}

impl ConsumerContext for Told {}
