//! Settings of every Kafka client, under the keys of the Go collector.

use config::{Duration, Opaque, Optional, Problems, StringList};
use rdkafka::ClientConfig;
use serde::{Deserialize, Serialize};

/// Where Kafka is and who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionConfig {
    /// `host:port` of some brokers; the others are learned from them.
    pub brokers: StringList,
    /// Looks up every address of a broker's name before connecting.
    pub resolve_canonical_bootstrap_servers_only: bool,
    /// Read for compatibility: client and broker agree on versions.
    pub protocol_version: String,
    /// Who the client says it is.
    pub client_id: String,
    /// Who may ask.
    pub auth: AuthConfig,
    /// Only `insecure: true`, which is no TLS.
    pub tls: Optional<TlsConfig>,
    /// How what is known of the cluster is kept up to date.
    pub metadata: MetadataConfig,
}

impl Default for ConnectionConfig {
    fn default() -> Self {
        Self {
            brokers: ["localhost:9092".to_owned()].into_iter().collect(),
            resolve_canonical_bootstrap_servers_only: false,
            protocol_version: "2.1.0".to_owned(),
            client_id: "otel-collector".to_owned(),
            auth: AuthConfig::default(),
            tls: Optional::None,
            metadata: MetadataConfig::default(),
        }
    }
}

/// Who may ask.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthConfig {
    /// Name and password.
    pub sasl: Optional<SaslConfig>,
}

/// Name and password.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SaslConfig {
    /// `PLAIN`.
    pub mechanism: String,
    /// The name.
    pub username: String,
    /// The password.
    pub password: Opaque,
    /// Read for compatibility.
    pub version: i32,
}

/// Read so that the refusal can say what is missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the keys of every other client's `tls`")]
pub struct TlsConfig {
    pub insecure: bool,
    pub insecure_skip_verify: bool,
    pub ca_file: String,
    pub cert_file: String,
    pub key_file: String,
    pub server_name_override: String,
    pub min_version: String,
    pub max_version: String,
}

/// How what is known of the cluster is kept up to date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetadataConfig {
    /// Read for compatibility: only what is needed is asked for.
    pub full: bool,
    /// How often it is asked for.
    pub refresh_interval: Duration,
    /// Read for compatibility: the client tries again until it succeeds.
    pub retry: RetryConfig,
}

impl Default for MetadataConfig {
    fn default() -> Self {
        let refresh_interval = Duration::from_secs(600);
        Self { full: true, refresh_interval, retry: RetryConfig::default() }
    }
}

/// Read for compatibility.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "neither key has an effect")]
pub struct RetryConfig {
    pub max: i64,
    pub backoff: Duration,
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self { max: 3, backoff: std::time::Duration::from_millis(250).into() }
    }
}

impl ConnectionConfig {
    /// Every reason these settings cannot work.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(!self.brokers.is_empty(), "'brokers' must name at least one");
        if self.tls.as_ref().is_some_and(|tls| !tls.insecure) {
            problems.at(
                "tls",
                "is not supported: the Kafka client of this build has no TLS; use a listener without it on a \
                 trusted network, or a proxy beside Tollgate that adds it",
            );
        }
        if let Some(sasl) = self.auth.sasl.as_ref() {
            let mut inner = Problems::new();
            inner.check(
                sasl.mechanism == "PLAIN",
                format!(
                    "'mechanism' {:?} is not supported: the Kafka client of this build knows PLAIN",
                    sasl.mechanism
                ),
            );
            inner.check(!sasl.username.is_empty(), "'username' is required");
            inner.check(!sasl.password.is_empty(), "'password' is required");
            let mut auth = Problems::new();
            auth.nest("sasl", inner);
            problems.nest("auth", auth);
        }
        problems
    }

    /// The same for librdkafka.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        let brokers = self.brokers.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        client.set("bootstrap.servers", brokers).set("client.id", &self.client_id);
        let refresh = self.metadata.refresh_interval.to_std().as_millis().clamp(10, 3_600_000);
        client.set("topic.metadata.refresh.interval.ms", refresh.to_string());
        // A broker that restarts is found again soon.
        client.set("reconnect.backoff.max.ms", "2000");
        if self.resolve_canonical_bootstrap_servers_only {
            client.set("client.dns.lookup", "resolve_canonical_bootstrap_servers_only");
        }
        if let Some(sasl) = self.auth.sasl.as_ref() {
            client.set("security.protocol", "sasl_plaintext");
            client.set("sasl.mechanism", &sasl.mechanism);
            client.set("sasl.username", &sasl.username);
            client.set("sasl.password", sasl.password.reveal());
        }
        client
    }
}
