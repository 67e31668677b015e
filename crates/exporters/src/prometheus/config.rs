//! Settings of the `prometheus` exporter.

use std::collections::BTreeMap;

use config::Squash;
use net::settings::HttpServerConfig;
use sdk::{Duration, Optional, Problems, QueueConfig};
use serde::{Deserialize, Serialize};

pub use crate::shared::prometheus::{ResourceConversionConfig, TranslationStrategy};
use crate::shared::prometheus::{ResourceLabels, Style};

/// The server's keys and the exporter's own, which stand side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<HttpServerConfig, OwnConfig>")]
#[serde(into = "Squash<HttpServerConfig, OwnConfig>")]
pub struct Config {
    /// Where to listen.
    pub server: HttpServerConfig,
    /// What the page shows.
    pub own: OwnConfig,
}

/// What the exporter adds to an HTTP server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnConfig {
    /// Put before every name, with `_` between.
    pub namespace: String,
    /// Labels that every series gets.
    pub const_labels: BTreeMap<String, String>,
    /// Whether samples carry the time of their data point.
    pub send_timestamps: bool,
    /// How long a series is shown after its last data point.
    pub metric_expiration: Duration,
    /// Resource attributes as labels, all or nothing.
    pub resource_to_telemetry_conversion: ResourceConversionConfig,
    /// Resource attributes as labels, by pattern; goes before `resource_to_telemetry_conversion`.
    pub resource_constant_labels: ResourceLabelsConfig,
    /// Whether OpenMetrics is spoken with those who ask for it.
    pub enable_open_metrics: bool,
    /// Leaves the scope out of the labels.
    pub without_scope_info: bool,
    /// The old way to switch suffixes off; means nothing beside `translation_strategy`.
    pub add_metric_suffixes: bool,
    /// How names are translated.
    pub translation_strategy: TranslationStrategy,
    /// The queue; off by default.
    pub sending_queue: Optional<QueueConfig>,
    /// How much is held and shown.
    pub limits: LimitsConfig,
}

/// `resource_constant_labels`. In a pattern `*` stands for any text and `?` for one character.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceLabelsConfig {
    /// Keys that become labels; none here and some in `excluded` means all but those.
    pub included: Vec<String>,
    /// Keys that do not.
    pub excluded: Vec<String>,
}

/// `limits`: ours, the Go collector has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsConfig {
    /// Series and targets held at once.
    pub series: usize,
    /// Bytes held at once for all of them, as reckoned here.
    pub bytes: usize,
    /// Bytes of the names and values of all labels of one series.
    pub label_bytes: usize,
    /// Bytes of one page.
    pub page_bytes: usize,
}

impl Default for Config {
    fn default() -> Self {
        let server = HttpServerConfig { endpoint: String::new(), ..HttpServerConfig::default() };
        Self { server, own: OwnConfig::default() }
    }
}

impl Default for OwnConfig {
    fn default() -> Self {
        Self {
            namespace: String::new(),
            const_labels: BTreeMap::new(),
            send_timestamps: false,
            metric_expiration: Duration::from_secs(5 * 60),
            resource_to_telemetry_conversion: ResourceConversionConfig::default(),
            resource_constant_labels: ResourceLabelsConfig::default(),
            enable_open_metrics: false,
            without_scope_info: false,
            add_metric_suffixes: true,
            translation_strategy: TranslationStrategy::Unset,
            sending_queue: Optional::Default(QueueConfig::default()),
            limits: LimitsConfig::default(),
        }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { series: 100_000, bytes: 128 << 20, label_bytes: 8 << 10, page_bytes: 64 << 20 }
    }
}

impl From<Squash<HttpServerConfig, OwnConfig>> for Config {
    fn from(Squash(server, own): Squash<HttpServerConfig, OwnConfig>) -> Self {
        Self { server, own }
    }
}

impl From<Config> for Squash<HttpServerConfig, OwnConfig> {
    fn from(config: Config) -> Self {
        Self(config.server, config.own)
    }
}

impl OwnConfig {
    /// How names and labels are made.
    pub(super) fn style(&self) -> Style {
        let patterns = &self.resource_constant_labels;
        let resource_labels = match patterns.included.is_empty() && patterns.excluded.is_empty() {
            true => self.resource_to_telemetry_conversion.labels(),
            false => ResourceLabels::Matching {
                included: patterns.included.clone(),
                excluded: patterns.excluded.clone(),
            },
        };
        Style {
            namespace: self.namespace.clone(),
            strategy: self.translation_strategy,
            add_metric_suffixes: self.add_metric_suffixes,
            const_labels: self.const_labels.clone(),
            resource_labels,
            has_scope: !self.without_scope_info,
            label_bytes: self.limits.label_bytes,
        }
    }
}

impl LimitsConfig {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        for (key, limit) in [
            ("series", self.series),
            ("bytes", self.bytes),
            ("label_bytes", self.label_bytes),
            ("page_bytes", self.page_bytes),
        ] {
            if limit == 0 {
                problems.at(key, "must be positive");
            }
        }
        problems
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = self.server.problems();
        let own = &self.own;
        problems.check(
            !self.server.endpoint.trim().is_empty(),
            "endpoint must be specified: expecting a non-blank address to run the Prometheus \
             metrics handler",
        );
        if own.metric_expiration.is_negative() || own.metric_expiration.is_zero() {
            problems.at("metric_expiration", "must be positive");
        }
        if own.const_labels.contains_key("") {
            problems.at("const_labels", "has a label without a name");
        }
        problems.nest("limits", own.limits.problems());
        if let Some(queue) = own.sending_queue.as_ref() {
            problems.nest("sending_queue", queue.problems());
        }
        problems
    }
}
