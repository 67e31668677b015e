//! Settings of the `kafka` receiver.

use ::kafka::{ConnectionConfig, Fetching};
use config::Squash;
use sdk::{Duration, Problems, Signal, StringList};
use serde::{Deserialize, Serialize};

/// The connection's keys and the receiver's own, which stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<ConnectionConfig, OwnConfig>")]
#[serde(into = "Squash<ConnectionConfig, OwnConfig>")]
pub struct Config {
    /// Where Kafka is.
    pub connection: ConnectionConfig,
    /// What is received, and how.
    pub own: OwnConfig,
}

impl From<Squash<ConnectionConfig, OwnConfig>> for Config {
    fn from(Squash(connection, own): Squash<ConnectionConfig, OwnConfig>) -> Self {
        Self { connection, own }
    }
}

impl From<Config> for Squash<ConnectionConfig, OwnConfig> {
    fn from(config: Config) -> Self {
        Self(config.connection, config.own)
    }
}

/// What is received, and how.
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
    /// Members of a group share the partitions.
    pub group_id: String,
    /// A name of this member that stays over restarts.
    pub group_instance_id: String,
    /// How partitions are shared: `range`, `roundrobin` or `cooperative-sticky`.
    pub group_rebalance_strategy: String,
    /// Where a group begins that has no offset yet: `latest` or `earliest`.
    pub initial_offset: String,
    /// A member that is silent for so long is gone.
    pub session_timeout: Duration,
    /// How often it says that it is there.
    pub heartbeat_interval: Duration,
    /// How often what was finished is told to the brokers.
    pub autocommit: AutocommitConfig,
    /// When a message is finished.
    pub message_marking: MarkingConfig,
    /// Headers of messages that become attributes of resources.
    pub header_extraction: HeaderConfig,
    /// The waits between attempts with a refused message.
    pub error_backoff: BackoffConfig,
    /// Bytes a fetch waits for.
    pub min_fetch_size: usize,
    /// Bytes of a fetch at most.
    pub max_fetch_size: usize,
    /// How long a fetch waits.
    pub max_fetch_wait: Duration,
    /// Bytes of one partition in a fetch at most.
    pub max_partition_fetch_size: usize,
}

impl Default for OwnConfig {
    fn default() -> Self {
        let from = |topic: &str| SignalConfig {
            topics: [topic].into_iter().collect(),
            ..SignalConfig::default()
        };
        Self {
            traces: from("otlp_spans"),
            metrics: from("otlp_metrics"),
            logs: from("otlp_logs"),
            profiles: from("otlp_profiles"),
            group_id: "otel-collector".to_owned(),
            group_instance_id: String::new(),
            group_rebalance_strategy: "range".to_owned(),
            initial_offset: "latest".to_owned(),
            session_timeout: Duration::from_secs(10),
            heartbeat_interval: Duration::from_secs(3),
            autocommit: AutocommitConfig::default(),
            message_marking: MarkingConfig::default(),
            header_extraction: HeaderConfig::default(),
            error_backoff: BackoffConfig::default(),
            min_fetch_size: 1,
            max_fetch_size: 1 << 20,
            max_fetch_wait: std::time::Duration::from_millis(250).into(),
            max_partition_fetch_size: 1 << 20,
        }
    }
}

/// Which topics hold a signal, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignalConfig {
    /// The topics; one that begins with `^` is a pattern.
    pub topics: StringList,
    /// Topics left out of what a pattern finds; patterns themselves.
    pub exclude_topics: StringList,
    /// `otlp_proto`, `otlp_json`, or for logs `raw` and `text`.
    pub encoding: Encoding,
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
    /// The body of one log record, as bytes.
    Raw,
    /// The body of one log record, as UTF-8 text.
    Text,
}

impl TryFrom<String> for Encoding {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "otlp_proto" => Ok(Self::OtlpProto),
            "otlp_json" => Ok(Self::OtlpJson),
            "raw" => Ok(Self::Raw),
            "text" | "text_utf-8" | "text_utf8" => Ok(Self::Text),
            _ => Err(format!(
                "unsupported encoding: {word:?}; use \"otlp_proto\", \"otlp_json\", or for logs \"raw\" or \"text\""
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
            Encoding::Text => "text",
        };
        word.to_owned()
    }
}

/// How often what was finished is told to the brokers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutocommitConfig {
    /// Off: after every message.
    pub enable: bool,
    /// How often.
    pub interval: Duration,
}

impl Default for AutocommitConfig {
    fn default() -> Self {
        Self { enable: true, interval: Duration::from_secs(1) }
    }
}

/// When a message is finished.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MarkingConfig {
    /// When the pipeline has answered; off: when it came.
    pub after: bool,
    /// Also when the pipeline refuses for now and `error_backoff` gives up.
    pub on_error: bool,
    /// Also when the pipeline refuses for good.
    pub on_permanent_error: bool,
}

impl Default for MarkingConfig {
    fn default() -> Self {
        Self { after: true, on_error: false, on_permanent_error: true }
    }
}

/// Headers of messages that become attributes of resources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeaderConfig {
    /// Whether any do.
    pub extract_headers: bool,
    /// Which: `x` becomes `kafka.header.x`.
    pub headers: StringList,
}

/// The waits between attempts with a refused message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BackoffConfig {
    /// Read for compatibility: what is refused for now is always tried again.
    pub enabled: bool,
    /// The first.
    pub initial_interval: Duration,
    /// The longest.
    pub max_interval: Duration,
    /// How much longer each is.
    pub multiplier: f64,
    /// Read for compatibility.
    pub randomization_factor: f64,
    /// When a message is given up, if `message_marking::on_error` is on; 0 is never.
    pub max_elapsed_time: Duration,
}

impl Default for BackoffConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            initial_interval: std::time::Duration::from_millis(500).into(),
            max_interval: Duration::from_secs(30),
            multiplier: 1.5,
            randomization_factor: 0.5,
            max_elapsed_time: Duration::ZERO,
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

    pub(super) fn fetching(&self) -> Fetching {
        let autocommit = &self.autocommit;
        Fetching {
            group: self.group_id.clone(),
            instance: self.group_instance_id.clone(),
            initial_offset: self.initial_offset.clone(),
            commit_interval: autocommit.enable.then(|| autocommit.interval.to_std()),
            session_timeout: self.session_timeout.to_std(),
            heartbeat: self.heartbeat_interval.to_std(),
            strategy: self.group_rebalance_strategy.clone(),
            fetch_bytes: (
                self.min_fetch_size,
                self.max_fetch_size.max(self.max_partition_fetch_size),
                self.max_partition_fetch_size,
            ),
            fetch_wait: self.max_fetch_wait.to_std(),
        }
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = self.connection.problems();
        let own = &self.own;
        for signal in Signal::ALL {
            let settings = own.of(signal);
            problems.check(
                !settings.topics.is_empty()
                    && settings.topics.iter().all(|topic| !topic.is_empty()),
                format!("'{signal}::topics' must name at least one"),
            );
            let patterns = settings.topics.iter().filter(|topic| topic.starts_with('^'));
            for pattern in patterns.chain(settings.exclude_topics.iter()) {
                if let Err(error) = regex::Regex::new(pattern) {
                    problems.add(format!("'{signal}': {pattern:?} is no pattern: {error}"));
                }
            }
            let is_log = matches!(settings.encoding, Encoding::Raw | Encoding::Text);
            problems.check(
                !is_log || signal == Signal::Logs,
                format!("'{signal}::encoding': \"raw\" and \"text\" are for logs"),
            );
        }
        problems.check(
            matches!(own.initial_offset.as_str(), "latest" | "earliest"),
            "'initial_offset' must be \"latest\" or \"earliest\"",
        );
        problems.check(!own.group_id.is_empty(), "'group_id' must not be empty");
        problems.check(
            matches!(
                own.group_rebalance_strategy.as_str(),
                "range" | "roundrobin" | "cooperative-sticky"
            ),
            "'group_rebalance_strategy' must be range, roundrobin or cooperative-sticky",
        );
        let heartbeat = own.heartbeat_interval.to_std();
        problems.check(
            !heartbeat.is_zero() && heartbeat < own.session_timeout.to_std(),
            "'heartbeat_interval' must be positive and shorter than 'session_timeout'",
        );
        let sizes = [own.max_fetch_size, own.max_partition_fetch_size];
        problems.check(
            own.min_fetch_size >= 1 && sizes.iter().all(|size| (1024..=1 << 30).contains(size)),
            "'min_fetch_size' must be at least 1, 'max_fetch_size' and 'max_partition_fetch_size' between 1 KiB and 1 GiB",
        );
        let backoff = &own.error_backoff;
        problems.check(
            backoff.multiplier >= 1.0 && !backoff.initial_interval.to_std().is_zero(),
            "'error_backoff': 'multiplier' must be at least 1 and 'initial_interval' positive",
        );
        problems
    }
}
