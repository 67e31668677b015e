//! Settings of the `kafka` exporter.

use std::collections::BTreeMap;

use ::kafka::{ConnectionConfig, Producing};
use config::Squash;
use sdk::{Duration, Problems, Signal, StringList};
use serde::{Deserialize, Serialize};

use crate::shared::DeliveryConfig;

/// The connection, the delivery and the exporter's own keys, which stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<ConnectionConfig, Squash<DeliveryConfig, OwnConfig>>")]
#[serde(into = "Squash<ConnectionConfig, Squash<DeliveryConfig, OwnConfig>>")]
pub struct Config {
    /// Where Kafka is.
    pub connection: ConnectionConfig,
    /// Timeout, queue, retry.
    pub delivery: DeliveryConfig,
    /// What is sent, and where to.
    pub own: OwnConfig,
}

impl From<Squash<ConnectionConfig, Squash<DeliveryConfig, OwnConfig>>> for Config {
    fn from(
        Squash(connection, Squash(delivery, own)): Squash<
            ConnectionConfig,
            Squash<DeliveryConfig, OwnConfig>,
        >,
    ) -> Self {
        Self { connection, delivery, own }
    }
}

impl From<Config> for Squash<ConnectionConfig, Squash<DeliveryConfig, OwnConfig>> {
    fn from(config: Config) -> Self {
        Self(config.connection, Squash(config.delivery, config.own))
    }
}

/// What is sent, and where to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnConfig {
    /// Traces.
    pub traces: SignalConfig,
    /// Metrics.
    pub metrics: SignalConfig,
    /// Logs.
    pub logs: SignalConfig,
    /// Profiles.
    pub profiles: SignalConfig,
    /// An attribute of resources that names the topic.
    pub topic_from_attribute: String,
    /// Request headers that become headers of messages.
    pub include_metadata_keys: StringList,
    /// Headers of every message.
    pub record_headers: BTreeMap<String, String>,
    /// A message for each trace, with its id as key.
    pub partition_traces_by_id: bool,
    /// A message for each resource, with a hash of it as key.
    pub partition_metrics_by_resource_attributes: bool,
    /// A message for each resource, with a hash of it as key.
    pub partition_logs_by_resource_attributes: bool,
    /// A message for each trace, with its id as key.
    pub partition_logs_by_trace_id: bool,
    /// How messages are produced.
    pub producer: ProducerConfig,
}

impl Default for OwnConfig {
    fn default() -> Self {
        let to = |topic: &str| SignalConfig { topic: topic.to_owned(), ..SignalConfig::default() };
        Self {
            traces: to("otlp_spans"),
            metrics: to("otlp_metrics"),
            logs: to("otlp_logs"),
            profiles: to("otlp_profiles"),
            topic_from_attribute: String::new(),
            include_metadata_keys: StringList::default(),
            record_headers: BTreeMap::new(),
            partition_traces_by_id: false,
            partition_metrics_by_resource_attributes: false,
            partition_logs_by_resource_attributes: false,
            partition_logs_by_trace_id: false,
            producer: ProducerConfig::default(),
        }
    }
}

/// Where one signal goes, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignalConfig {
    /// The topic.
    pub topic: String,
    /// `otlp_proto`, `otlp_json`, or for logs `raw`.
    pub encoding: Encoding,
    /// A request header that names the topic.
    pub topic_from_metadata_key: String,
    /// A request header whose value is the key.
    pub message_key_from_metadata_key: String,
}

/// What messages are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Encoding {
    /// An OTLP request in protobuf.
    #[default]
    OtlpProto,
    /// An OTLP request in JSON.
    OtlpJson,
    /// The body of one log record.
    Raw,
}

impl TryFrom<String> for Encoding {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "otlp_proto" => Ok(Self::OtlpProto),
            "otlp_json" => Ok(Self::OtlpJson),
            "raw" => Ok(Self::Raw),
            _ => Err(format!(
                "unsupported encoding: {word:?}; use \"otlp_proto\", \"otlp_json\" or for logs \"raw\""
            )),
        }
    }
}

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> Self {
        let word = match encoding {
            Encoding::OtlpProto => "otlp_proto",
            Encoding::OtlpJson => "otlp_json",
            Encoding::Raw => "raw",
        };
        word.to_owned()
    }
}

/// How messages are produced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProducerConfig {
    /// Bytes of a message at most; larger batches are split.
    pub max_message_bytes: usize,
    /// Replicas that must have a message: 0, 1, or -1 for all in sync.
    pub required_acks: i32,
    /// `none`, `gzip`, `snappy`, `lz4` or `zstd`.
    pub compression: String,
    /// Its level.
    pub compression_params: CompressionParams,
    /// How long messages wait for others.
    pub linger: Duration,
    /// Messages of one request at most; 0 is the client's own limit.
    pub flush_max_messages: usize,
    /// Whether a topic that is not there is made.
    pub allow_auto_topic_creation: bool,
}

/// The level of a codec.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompressionParams {
    /// 0 is the codec's own.
    pub level: i32,
}

impl Default for ProducerConfig {
    fn default() -> Self {
        Self {
            max_message_bytes: 1_000_000,
            required_acks: 1,
            compression: "none".to_owned(),
            compression_params: CompressionParams::default(),
            linger: std::time::Duration::from_millis(10).into(),
            flush_max_messages: 10_000,
            allow_auto_topic_creation: true,
        }
    }
}

impl OwnConfig {
    /// The settings of one signal.
    pub(super) fn of(&self, signal: Signal) -> &SignalConfig {
        match signal {
            Signal::Traces => &self.traces,
            Signal::Metrics => &self.metrics,
            Signal::Logs => &self.logs,
            Signal::Profiles => &self.profiles,
        }
    }

    pub(super) fn producing(&self, delivery: &DeliveryConfig) -> Producing {
        let producer = &self.producer;
        Producing {
            timeout: delivery.attempt_timeout().unwrap_or(std::time::Duration::from_secs(300)),
            message_bytes_max: producer.max_message_bytes,
            acks: producer.required_acks,
            compression: producer.compression.clone(),
            compression_level: Some(producer.compression_params.level).filter(|level| *level != 0),
            linger: producer.linger.to_std(),
            batch_messages_max: producer.flush_max_messages,
            makes_topics: producer.allow_auto_topic_creation,
        }
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = self.connection.problems();
        problems.merge(self.delivery.problems());
        let own = &self.own;
        for signal in Signal::ALL {
            let settings = own.of(signal);
            problems
                .check(!settings.topic.is_empty(), format!("'{signal}::topic' must not be empty"));
            problems.check(
                settings.encoding != Encoding::Raw || signal == Signal::Logs,
                format!("'{signal}::encoding': \"raw\" is for logs"),
            );
        }
        problems.check(
            !(own.partition_logs_by_resource_attributes && own.partition_logs_by_trace_id),
            "'partition_logs_by_resource_attributes' and 'partition_logs_by_trace_id' cannot both be on",
        );
        let producer = &own.producer;
        let mut inner = Problems::new();
        inner.check(
            (1000..=1_000_000_000).contains(&producer.max_message_bytes),
            "'max_message_bytes' must be between 1000 and 1000000000",
        );
        inner.check(
            (-1..=1).contains(&producer.required_acks),
            "'required_acks' must be 0, 1 or -1",
        );
        inner.check(
            ["none", "gzip", "snappy", "lz4", "zstd"].contains(&producer.compression.as_str()),
            "'compression' must be one of none, gzip, snappy, lz4, zstd",
        );
        inner.check(
            !producer.linger.is_negative() && producer.linger.to_std().as_secs() < 900,
            "'linger' must be between 0 and 15m",
        );
        inner.check(
            producer.flush_max_messages <= 1_000_000,
            "'flush_max_messages' is over 1000000",
        );
        problems.nest("producer", inner);
        problems
    }
}
