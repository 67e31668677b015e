//! Settings that belong to the engine and stand in exporters' configs: queue, batch, retry.
//!
//! Source: the Go collector's exporter helper; keys, defaults and words as there.

#[cfg(test)]
mod tests;
mod validate;

use std::time;

use config::{Duration, Id, Optional};
use serde::{Deserialize, Serialize};

/// How batches get to an exporter.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// The longest one attempt may take; none waits for ever.
    pub timeout: Option<time::Duration>,
    /// The queue between pipeline and exporter; none exports while the client waits.
    pub queue: Option<QueueConfig>,
    /// What happens after a failure that may pass; none gives up at once.
    pub retry: Option<RetryConfig>,
    /// Where it goes, for metric labels.
    pub destination: Destination,
}

/// Where an exporter sends, as metric labels; empty parts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destination {
    /// Host name or address.
    pub address: String,
    /// Port.
    pub port: Option<u16>,
    /// Path of the URL, for HTTP.
    pub path: String,
}

/// What became of an exported batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Items that the backend said it did not keep (`partial_success`).
    pub rejected: usize,
    /// Why, in the backend's words.
    pub message: String,
}

impl Delivered {
    /// The backend took everything.
    pub fn all() -> Self {
        Self::default()
    }
}

/// `sending_queue`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueConfig {
    /// How many batches may be on their way at once.
    pub num_consumers: i64,
    /// How much the queue holds, in units of `sizer`, batches on their way included.
    pub queue_size: i64,
    /// The unit of `queue_size`.
    pub sizer: Sizer,
    /// When full: wait for room instead of refusing.
    pub block_on_overflow: bool,
    /// The client waits until the batch is delivered, and hears how that went.
    pub wait_for_result: bool,
    /// A storage extension that keeps the queue on disk.
    pub storage: Option<Id>,
    /// Merges and splits batches as they leave the queue.
    pub batch: Optional<BatchConfig>,
}

/// The unit in which a queue is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Sizer {
    /// Batches, whatever their size.
    #[default]
    Requests,
    /// Spans, data points, log records.
    Items,
    /// Bytes of protobuf.
    Bytes,
}

/// `sending_queue.batch`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchConfig {
    /// How long the first item of a batch waits at most.
    pub flush_timeout: Duration,
    /// A batch of this size leaves at once.
    pub min_size: i64,
    /// Batches are split to stay at or under this; zero does not split.
    pub max_size: i64,
    /// The unit of both; the queue's where it is not given.
    pub sizer: Option<BatchSizer>,
    /// Which requests may share a batch.
    pub partition: PartitionConfig,
}

/// The unit in which a batch is measured. Requests are no measure of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BatchSizer {
    /// Batches: parsed so that the refusal can name it.
    Requests,
    /// Spans, data points, log records.
    Items,
    /// Bytes of protobuf.
    Bytes,
}

/// `sending_queue.batch.partition`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartitionConfig {
    /// Requests share a batch only when these metadata keys have equal values.
    pub metadata_keys: Vec<String>,
}

/// `retry_on_failure`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetryConfig {
    /// Whether to try again at all.
    pub enabled: bool,
    /// The first wait, before chance.
    pub initial_interval: Duration,
    /// How far a wait may stray: 0.5 gives half to one and a half.
    pub randomization_factor: f64,
    /// What the wait is multiplied by after each attempt.
    pub multiplier: f64,
    /// The longest wait, before chance.
    pub max_interval: Duration,
    /// When to give up, counted from the first attempt; zero never does.
    pub max_elapsed_time: Duration,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self {
            num_consumers: 10,
            queue_size: 1000,
            sizer: Sizer::Requests,
            block_on_overflow: false,
            wait_for_result: false,
            storage: None,
            batch: Optional::Default(BatchConfig::default()),
        }
    }
}

impl Default for BatchConfig {
    fn default() -> Self {
        Self {
            flush_timeout: Duration::from_millis(200),
            min_size: 8192,
            max_size: 0,
            sizer: None,
            partition: PartitionConfig::default(),
        }
    }
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            initial_interval: Duration::from_secs(5),
            randomization_factor: 0.5,
            multiplier: 1.5,
            max_interval: Duration::from_secs(30),
            max_elapsed_time: Duration::from_secs(300),
        }
    }
}

impl TryFrom<String> for Sizer {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "requests" => Ok(Self::Requests),
            "items" => Ok(Self::Items),
            "bytes" => Ok(Self::Bytes),
            _ => Err(format!("invalid sizer: {word:?}; use \"requests\", \"items\" or \"bytes\"")),
        }
    }
}

impl From<Sizer> for String {
    fn from(sizer: Sizer) -> Self {
        match sizer {
            Sizer::Requests => "requests",
            Sizer::Items => "items",
            Sizer::Bytes => "bytes",
        }
        .to_owned()
    }
}

impl TryFrom<String> for BatchSizer {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Sizer::try_from(word).map(Self::from)
    }
}

impl From<BatchSizer> for String {
    fn from(sizer: BatchSizer) -> Self {
        Self::from(Sizer::from(sizer))
    }
}

impl From<Sizer> for BatchSizer {
    fn from(sizer: Sizer) -> Self {
        match sizer {
            Sizer::Requests => Self::Requests,
            Sizer::Items => Self::Items,
            Sizer::Bytes => Self::Bytes,
        }
    }
}

impl From<BatchSizer> for Sizer {
    fn from(sizer: BatchSizer) -> Self {
        match sizer {
            BatchSizer::Requests => Self::Requests,
            BatchSizer::Items => Self::Items,
            BatchSizer::Bytes => Self::Bytes,
        }
    }
}
