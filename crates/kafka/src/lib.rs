//! Kafka clients and their settings, spelled alike in the receiver and the exporter.
//!
//! A thin wall around librdkafka: whoever sends or receives needs a few settings, [`Producer::send`] and
//! [`Consumer::next`], and can be given another client in this one place. Read in this order:
//! [`ConnectionConfig`], [`Producer`], [`Consumer`].

mod connection;
mod consumer;
mod context;
mod producer;
#[cfg(test)]
mod tests;

pub use self::{
    connection::{
        AuthConfig, ConnectionConfig, MetadataConfig, RetryConfig, SaslConfig, TlsConfig,
    },
    consumer::{Consumer, Fetching, Message},
    producer::{Producer, Producing, Record, SendError},
};

/// What a client says it cannot do, in librdkafka's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientError(pub String);

impl std::fmt::Display for ClientError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ClientError {}

impl From<rdkafka::error::KafkaError> for ClientError {
    fn from(error: rdkafka::error::KafkaError) -> Self {
        Self(error.to_string())
    }
}
