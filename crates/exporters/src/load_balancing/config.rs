//! Settings of the `load_balancing` exporter.

use config::Squash;
use net::settings::GrpcClientConfig;
use sdk::{Duration, Optional, Problems, QueueConfig, RetryConfig, Signal, StringList};
use serde::{Deserialize, Serialize};

use crate::shared::DeliveryConfig;

/// Who gets what, and how it is sent there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// What of a record decides where it goes; empty for the trace id of spans and the service of
    /// everything else.
    pub routing_key: RoutingKey,
    /// For `attributes`: which ones, in order.
    pub routing_attributes: StringList,
    /// How backends are called.
    pub protocol: ProtocolConfig,
    /// Who the backends are.
    pub resolver: ResolverConfig,
    /// When a backend is out and when it is back.
    pub health: HealthConfig,
    /// The longest one batch may take over all its backends; 0 is no limit.
    pub timeout: Duration,
    /// The queue, in place of `protocol.otlp.sending_queue`.
    pub sending_queue: Optional<QueueConfig>,
    /// Trying again, in place of `protocol.otlp.retry_on_failure`.
    pub retry_on_failure: RetryConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            routing_key: RoutingKey::default(),
            routing_attributes: StringList::default(),
            protocol: ProtocolConfig::default(),
            resolver: ResolverConfig::default(),
            health: HealthConfig::default(),
            timeout: Duration::ZERO,
            sending_queue: Optional::Default(QueueConfig::default()),
            retry_on_failure: RetryConfig { enabled: false, ..RetryConfig::default() },
        }
    }
}

/// What of a record decides where it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RoutingKey {
    /// The trace id of spans, the service of everything else.
    #[default]
    Usual,
    /// The trace; without one, the session; without one, the service.
    TraceId,
    /// The session or conversation; without one, the trace; without one, the service.
    Session,
    /// `service.name`.
    Service,
    /// All attributes of the resource.
    Resource,
    /// The name of the metric.
    Metric,
    /// Resource, scope, metric and attributes of the point.
    StreamId,
    /// The attributes of `routing_attributes`.
    Attributes,
}

impl RoutingKey {
    const NAMES: [(Self, &'static str); 8] = [
        (Self::Usual, ""),
        (Self::TraceId, "traceID"),
        (Self::Session, "session"),
        (Self::Service, "service"),
        (Self::Resource, "resource"),
        (Self::Metric, "metric"),
        (Self::StreamId, "streamID"),
        (Self::Attributes, "attributes"),
    ];

    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(key, _)| *key == self).map_or("", |(_, name)| *name)
    }

    /// The key for records of a signal, or why there is none.
    pub(super) fn of(self, signal: Signal) -> Result<Self, String> {
        match (self, signal) {
            (Self::Usual, Signal::Traces) => Ok(Self::TraceId),
            (Self::Usual, _) => Ok(Self::Service),
            (Self::Metric | Self::StreamId, Signal::Traces | Signal::Logs)
            | (Self::TraceId | Self::Session, Signal::Metrics) => {
                let name = self.name();
                Err(format!("unsupported routing_key {name:?} for {signal}"))
            }
            (key, _) => Ok(key),
        }
    }
}

impl TryFrom<String> for RoutingKey {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let found = Self::NAMES.iter().find(|(_, name)| *name == word);
        found.map(|(key, _)| *key).ok_or_else(|| {
            format!(
                "unsupported routing_key: {word:?}; use \"traceID\", \"session\", \"service\", \
                 \"resource\", \"attributes\", or for metrics \"metric\" or \"streamID\""
            )
        })
    }
}

impl From<RoutingKey> for String {
    fn from(key: RoutingKey) -> Self {
        key.name().to_owned()
    }
}

/// How backends are called.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProtocolConfig {
    /// The settings of the `otlp_grpc` exporter; `endpoint` is each backend's own.
    pub otlp: OtlpConfig,
}

/// The client's keys and the delivery's keys, which stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Squash<GrpcClientConfig, DeliveryConfig>")]
#[serde(into = "Squash<GrpcClientConfig, DeliveryConfig>")]
pub struct OtlpConfig {
    /// How to call.
    pub client: GrpcClientConfig,
    /// Timeout, queue, retry.
    pub delivery: DeliveryConfig,
}

impl From<Squash<GrpcClientConfig, DeliveryConfig>> for OtlpConfig {
    fn from(Squash(client, delivery): Squash<GrpcClientConfig, DeliveryConfig>) -> Self {
        Self { client, delivery }
    }
}

impl From<OtlpConfig> for Squash<GrpcClientConfig, DeliveryConfig> {
    fn from(config: OtlpConfig) -> Self {
        Self(config.client, config.delivery)
    }
}

/// Who the backends are: exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResolverConfig {
    /// A list.
    pub r#static: Optional<StaticConfig>,
    /// Every address of a name.
    pub dns: Optional<DnsConfig>,
    /// Refused: use `dns` with a headless service.
    pub k8s: Optional<K8sConfig>,
    /// Refused: use `dns`.
    pub aws_cloud_map: Optional<CloudMapConfig>,
}

/// A list of backends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StaticConfig {
    /// `host:port`; the port is 4317 where there is none.
    pub hostnames: StringList,
}

/// Every address of a name is a backend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DnsConfig {
    /// The name.
    pub hostname: String,
    /// The port of every address; 4317 where there is none.
    pub port: String,
    /// How often the name is looked up.
    pub interval: Duration,
    /// The longest a lookup may take.
    pub timeout: Duration,
}

impl Default for DnsConfig {
    fn default() -> Self {
        Self {
            hostname: String::new(),
            port: "4317".to_owned(),
            interval: Duration::from_secs(5),
            timeout: Duration::from_secs(1),
        }
    }
}

/// Read so that the refusal can say what to use instead.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "no key of it is used")]
pub struct K8sConfig {
    pub service: String,
    pub ports: Vec<u16>,
    pub timeout: Duration,
    pub return_hostnames: bool,
}

/// Read so that the refusal can say what to use instead.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "no key of it is used")]
pub struct CloudMapConfig {
    pub namespace: String,
    pub service_name: String,
    pub interval: Duration,
    pub timeout: Duration,
    pub health_status: String,
    pub port: Option<u16>,
}

/// When a backend is out and when it is back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HealthConfig {
    /// So many empty requests in a row stay unanswered before a backend is out; 0 never takes one out.
    pub failures: u32,
    /// How often a backend that did not answer is asked.
    pub interval: Duration,
    /// How long it has to answer.
    pub timeout: Duration,
}

impl Default for HealthConfig {
    fn default() -> Self {
        let second = Duration::from_secs(1);
        Self { failures: 3, interval: second, timeout: second }
    }
}

impl Config {
    /// How one backend is called.
    pub(super) fn client_of(&self, endpoint: &str) -> GrpcClientConfig {
        GrpcClientConfig { endpoint: endpoint.to_owned(), ..self.protocol.otlp.client.clone() }
    }

    /// Queue and retry as they are carried out: the outer ones where they are on.
    pub(super) fn queue(&self) -> Option<&QueueConfig> {
        let inner = || self.protocol.otlp.delivery.sending_queue.as_ref();
        self.sending_queue.as_ref().or_else(inner)
    }

    /// See [`Config::queue`].
    pub(super) fn retry(&self) -> Option<&RetryConfig> {
        let both = [&self.retry_on_failure, &self.protocol.otlp.delivery.retry_on_failure];
        both.into_iter().find(|retry| retry.enabled)
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let mut otlp = self.client_of("backend:4317").problems();
        otlp.merge(self.protocol.otlp.delivery.problems());
        let mut protocol = Problems::new();
        protocol.nest("otlp", otlp);
        problems.nest("protocol", protocol);
        problems.nest("resolver", self.resolver.problems());
        let is_by_attributes = self.routing_key == RoutingKey::Attributes;
        problems.check(
            !is_by_attributes || !self.routing_attributes.is_empty(),
            "'routing_key: attributes' needs at least one name in 'routing_attributes'",
        );
        problems.check(
            is_by_attributes || self.routing_attributes.is_empty(),
            "'routing_attributes' needs 'routing_key: attributes'",
        );
        problems.check(!self.timeout.is_negative(), "'timeout' must be non-negative");
        let health = &self.health;
        if health.interval.to_std().is_zero() || health.timeout.to_std().is_zero() {
            problems.at("health", "'interval' and 'timeout' must be positive");
        }
        if let Some(queue) = self.sending_queue.as_ref() {
            problems.nest("sending_queue", queue.problems());
        }
        problems.nest("retry_on_failure", self.retry_on_failure.problems());
        problems
    }
}

impl ResolverConfig {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let (k8s, cloud_map) = (self.k8s.is_some(), self.aws_cloud_map.is_some());
        let given = [self.r#static.is_some(), self.dns.is_some(), k8s, cloud_map];
        match given.iter().filter(|given| **given).count() {
            0 => problems.add("no resolvers specified for the exporter: use 'static' or 'dns'"),
            1 => {}
            _ => problems.add("only one resolver should be specified"),
        }
        if let Some(list) = self.r#static.as_ref() {
            problems.check(
                list.hostnames.iter().any(|name| !name.trim().is_empty()),
                "no hostnames specified to resolve the backends: 'static::hostnames' is empty",
            );
        }
        if let Some(dns) = self.dns.as_ref() {
            problems.check(!dns.hostname.is_empty(), "'dns::hostname' must not be empty");
            problems.check(
                dns.port.is_empty() || dns.port.parse::<u16>().is_ok(),
                format!("'dns::port' is not a port: {:?}", dns.port),
            );
            let times = [("interval", dns.interval), ("timeout", dns.timeout)];
            for (name, time) in times {
                let is_positive = !time.is_negative() && !time.is_zero();
                problems.check(is_positive, format!("'dns::{name}' must be positive"));
            }
        }
        if k8s {
            problems.at(
                "k8s",
                "is not supported: make the service headless ('clusterIP: None') and use \
                 'dns: {hostname: <service>.<namespace>.svc.cluster.local}', which has an address for each ready pod",
            );
        }
        if cloud_map {
            problems
                .at("aws_cloud_map", "is not supported: use 'dns' with the name of the service");
        }
        problems
    }
}
