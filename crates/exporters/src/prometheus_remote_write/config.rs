//! Settings of the `prometheus_remote_write` exporter.

use std::collections::BTreeMap;

use config::Squash;
use http::Uri;
use net::settings::HttpClientConfig;
use sdk::{Duration, Id, Optional, Problems, QueueConfig, RetryConfig};
use serde::{Deserialize, Serialize};

use crate::shared::prometheus::Style;
pub use crate::shared::prometheus::{ResourceConversionConfig, TranslationStrategy};

/// The message of remote write 1.0.
const WRITE_REQUEST: &str = "prometheus.WriteRequest";

/// The client's keys and the exporter's own, which stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<HttpClientConfig, OwnConfig>")]
#[serde(into = "Squash<HttpClientConfig, OwnConfig>")]
pub struct Config {
    /// Where and how to post.
    pub client: HttpClientConfig,
    /// What is posted.
    pub own: OwnConfig,
}

/// What the exporter adds to an HTTP client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnConfig {
    /// Put before every name, with `_` between.
    pub namespace: String,
    /// Labels for every series that has none of that name.
    pub external_labels: BTreeMap<String, String>,
    /// Resource attributes as labels, all or nothing.
    pub resource_to_telemetry_conversion: ResourceConversionConfig,
    /// Leaves the scope out of the labels.
    pub disable_scope_info: bool,
    /// The old way to switch suffixes off; means nothing beside `translation_strategy`.
    pub add_metric_suffixes: bool,
    /// How names are translated.
    pub translation_strategy: TranslationStrategy,
    /// Whether types, descriptions and units are sent, too.
    pub send_metadata: bool,
    /// The series `target_info`.
    pub target_info: TargetInfoConfig,
    /// The longest request, in bytes before compression.
    pub max_batch_size_bytes: i64,
    /// How many requests of one batch may be on their way at once; `remote_write_queue.num_consumers`
    /// where it is not given.
    pub max_batch_request_parallelism: Option<i64>,
    /// Which message is sent.
    pub protobuf_message: String,
    /// The queue.
    pub remote_write_queue: RemoteWriteQueueConfig,
    /// The longest one request may take; 0 waits for ever.
    pub timeout: Duration,
    /// Trying again; on unless `enabled: false`.
    pub retry_on_failure: RetryConfig,
    /// The Go collector's write-ahead log: refused, with what to set instead.
    pub wal: Optional<WalConfig>,
    /// How long labels may be.
    pub limits: LimitsConfig,
}

/// `target_info`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetInfoConfig {
    /// Whether it is sent.
    pub enabled: bool,
}

/// `remote_write_queue`. Batches leave it one after the other, so that samples stay in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteWriteQueueConfig {
    /// Whether there is one; without it the client waits for the backend.
    pub enabled: bool,
    /// How many batches it holds.
    pub queue_size: i64,
    /// How many requests of one batch may be on their way at once.
    pub num_consumers: i64,
    /// A storage extension that keeps the queue on disk; ours, the Go collector has `wal`.
    pub storage: Option<Id>,
}

/// `wal`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WalConfig {
    /// Where it would be.
    pub directory: String,
    /// How much of it would be read at once.
    pub buffer_size: i64,
    /// How often it would be cut.
    pub truncate_frequency: Duration,
    /// How often its delay would be measured.
    pub lag_record_frequency: Duration,
}

/// `limits`: ours, the Go collector has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsConfig {
    /// Bytes of the names and values of all labels of one series.
    pub label_bytes: usize,
}

impl Default for OwnConfig {
    fn default() -> Self {
        let initial_interval = Duration::from_millis(50);
        Self {
            namespace: String::new(),
            external_labels: BTreeMap::new(),
            resource_to_telemetry_conversion: ResourceConversionConfig::default(),
            disable_scope_info: false,
            add_metric_suffixes: true,
            translation_strategy: TranslationStrategy::Unset,
            send_metadata: false,
            target_info: TargetInfoConfig::default(),
            max_batch_size_bytes: 3_000_000,
            max_batch_request_parallelism: None,
            protobuf_message: WRITE_REQUEST.to_owned(),
            remote_write_queue: RemoteWriteQueueConfig::default(),
            timeout: Duration::from_secs(5),
            retry_on_failure: RetryConfig { initial_interval, ..RetryConfig::default() },
            wal: Optional::None,
            limits: LimitsConfig::default(),
        }
    }
}

impl Default for TargetInfoConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}

impl Default for RemoteWriteQueueConfig {
    fn default() -> Self {
        Self { enabled: true, queue_size: 10_000, num_consumers: 5, storage: None }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { label_bytes: 8 << 10 }
    }
}

impl From<Squash<HttpClientConfig, OwnConfig>> for Config {
    fn from(Squash(client, own): Squash<HttpClientConfig, OwnConfig>) -> Self {
        Self { client, own }
    }
}

impl From<Config> for Squash<HttpClientConfig, OwnConfig> {
    fn from(config: Config) -> Self {
        Self(config.client, config.own)
    }
}

impl OwnConfig {
    /// How names and labels are made. External labels are added later, to what lacks them.
    pub(super) fn style(&self) -> Style {
        Style {
            namespace: self.namespace.clone(),
            strategy: self.translation_strategy,
            add_metric_suffixes: self.add_metric_suffixes,
            const_labels: BTreeMap::new(),
            resource_labels: self.resource_to_telemetry_conversion.labels(),
            has_scope: !self.disable_scope_info,
            label_bytes: self.limits.label_bytes,
        }
    }

    /// One consumer: a batch that overtook another would bring samples out of order.
    pub(super) fn queue(&self) -> Option<QueueConfig> {
        let RemoteWriteQueueConfig { enabled, queue_size, ref storage, .. } =
            self.remote_write_queue;
        enabled.then(|| QueueConfig {
            num_consumers: 1,
            queue_size,
            storage: storage.clone(),
            ..QueueConfig::default()
        })
    }

    /// How many requests of one batch may be on their way at once.
    pub(super) fn parallelism(&self) -> usize {
        let asked =
            self.max_batch_request_parallelism.unwrap_or(self.remote_write_queue.num_consumers);
        usize::try_from(asked).unwrap_or(1).clamp(1, PARALLELISM_MAX)
    }
}

/// More requests at once than this one are not made.
pub(super) const PARALLELISM_MAX: usize = 64;

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = self.client.problems();
        let own = &self.own;
        let url = self.client.endpoint.parse::<Uri>().ok();
        problems.check(
            url.is_some_and(|url| url.scheme().is_some() && url.authority().is_some()),
            "`endpoint` must be the URL of a remote write receiver, such as \
             http://localhost:9090/api/v1/write",
        );
        problems.check(own.max_batch_size_bytes > 0, "max_batch_byte_size must be greater than 0");
        problems.check(
            own.max_batch_request_parallelism.is_none_or(|limit| limit >= 1),
            "max_batch_request_parallelism can't be set to below 1",
        );
        problems.check(
            own.remote_write_queue.queue_size >= 0,
            "remote write queue size can't be negative",
        );
        problems.check(
            own.remote_write_queue.num_consumers >= 0,
            "remote write consumer number can't be negative",
        );
        problems.check(
            own.protobuf_message == WRITE_REQUEST,
            format!(
                "`protobuf_message` must be {WRITE_REQUEST} (remote write 1.0): no other message is \
                 supported yet"
            ),
        );
        problems.check(
            !own.wal.is_some(),
            "`wal` is not supported: for a queue that survives a restart set \
             `remote_write_queue::storage` to a `file_storage` extension",
        );
        if own.external_labels.contains_key("") {
            problems.at("external_labels", "has a label without a name");
        }
        problems.check(!own.timeout.is_negative(), "'timeout' must be non-negative");
        if let Some(queue) = own.queue().filter(|queue| queue.queue_size > 0) {
            problems.nest("remote_write_queue", queue.problems());
        }
        if own.limits.label_bytes == 0 {
            problems.at("limits", "`label_bytes` must be positive");
        }
        problems.nest("retry_on_failure", own.retry_on_failure.problems());
        problems
    }
}
