//! Settings of the `otlp_http` exporter.

use config::Squash;
use net::settings::HttpClientConfig;
use sdk::{Duration, Optional, Problems, QueueConfig, RetryConfig, Signal};
use serde::{Deserialize, Serialize};

/// The client's keys and the exporter's own, which stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<HttpClientConfig, OwnConfig>")]
#[serde(into = "Squash<HttpClientConfig, OwnConfig>")]
pub struct Config {
    /// Where and how to post.
    pub client: HttpClientConfig,
    /// Paths, encoding, timeout, queue, retry.
    pub own: OwnConfig,
}

/// What the exporter adds to an HTTP client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnConfig {
    /// The whole URL for traces; empty for the endpoint's `/v1/traces`.
    pub traces_endpoint: String,
    /// The whole URL for metrics.
    pub metrics_endpoint: String,
    /// The whole URL for logs.
    pub logs_endpoint: String,
    /// The whole URL for profiles.
    pub profiles_endpoint: String,
    /// `proto` or `json`.
    pub encoding: EncodingType,
    /// The longest one attempt may take; 0 waits for ever.
    pub timeout: Duration,
    /// The queue; on unless `enabled: false`.
    pub sending_queue: Optional<QueueConfig>,
    /// Trying again; on unless `enabled: false`.
    pub retry_on_failure: RetryConfig,
}

/// How requests are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum EncodingType {
    /// Protobuf: the batch as it is.
    #[default]
    Proto,
    /// JSON.
    Json,
}

impl Default for OwnConfig {
    fn default() -> Self {
        Self {
            traces_endpoint: String::new(),
            metrics_endpoint: String::new(),
            logs_endpoint: String::new(),
            profiles_endpoint: String::new(),
            encoding: EncodingType::Proto,
            timeout: Duration::from_secs(30),
            sending_queue: Optional::Some(QueueConfig::default()),
            retry_on_failure: RetryConfig::default(),
        }
    }
}

impl TryFrom<String> for EncodingType {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "proto" => Ok(Self::Proto),
            "json" => Ok(Self::Json),
            _ => Err(format!("invalid encoding type: {word}; use \"proto\" or \"json\"")),
        }
    }
}

impl From<EncodingType> for String {
    fn from(encoding: EncodingType) -> Self {
        match encoding {
            EncodingType::Proto => "proto",
            EncodingType::Json => "json",
        }
        .to_owned()
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

impl Config {
    /// Where a signal is posted; none when no setting says so.
    pub(super) fn url(&self, signal: Signal) -> Option<String> {
        let (own, path) = match signal {
            Signal::Traces => (&self.own.traces_endpoint, "v1/traces"),
            Signal::Metrics => (&self.own.metrics_endpoint, "v1/metrics"),
            Signal::Logs => (&self.own.logs_endpoint, "v1/logs"),
            Signal::Profiles => (&self.own.profiles_endpoint, "v1development/profiles"),
        };
        if !own.is_empty() {
            return Some(own.clone());
        }
        let base = &self.client.endpoint;
        let slash = if base.ends_with('/') { "" } else { "/" };
        (!base.is_empty()).then(|| format!("{base}{slash}{path}"))
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = self.client.problems();
        if Signal::ALL.into_iter().all(|signal| self.url(signal).is_none()) {
            problems.add("at least one endpoint must be specified");
        }
        problems.check(!self.own.timeout.is_negative(), "'timeout' must be non-negative");
        if let Some(queue) = self.own.sending_queue.as_ref() {
            problems.nest("sending_queue", queue.problems());
        }
        problems.nest("retry_on_failure", self.own.retry_on_failure.problems());
        problems
    }
}
