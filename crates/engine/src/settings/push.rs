//! Own telemetry that is sent by OTLP: `metrics::readers[].periodic` and `logs::processors[]` (C§4.1).
//!
//! The keys are those of the OpenTelemetry configuration schema 0.3; times are whole milliseconds.

use std::time::Duration;

use config::{MapList, Opaque, Optional, Problems, Value};
use net::settings::{
    CompressionType, GrpcClientConfig, HttpClientConfig, TlsClientConfig, TlsConfig,
};
use serde::{Deserialize, Serialize};

/// `readers[].periodic`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PeriodicReader {
    /// From one sending to the next, in milliseconds.
    pub interval: i64,
    /// The longest one may take, in milliseconds.
    pub timeout: i64,
    /// Where it goes.
    pub exporter: PushExporter,
}

/// Where own telemetry goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PushExporter {
    /// By OTLP.
    pub otlp: Optional<OtlpPush>,
    /// To stdout: has no effect.
    pub console: Value,
}

/// `exporter.otlp`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OtlpPush {
    /// `grpc` or `http/protobuf`.
    pub protocol: String,
    /// `host:port` or a URL; over HTTP with `/v1/metrics` or `/v1/logs` unless it has a path.
    pub endpoint: String,
    /// Sent with every request.
    pub headers: MapList,
    /// The same, as `a=b,c=d`; `headers` win.
    pub headers_list: Opaque,
    /// `gzip` or `none`.
    pub compression: CompressionType,
    /// The longest one request may take, in milliseconds.
    pub timeout: i64,
    /// A file with authorities to trust.
    pub certificate: String,
    /// A file with our key.
    pub client_key: String,
    /// A file with our certificate.
    pub client_certificate: String,
    /// No TLS, where the endpoint does not say.
    pub insecure: bool,
    /// `cumulative` is what is sent; others have no effect.
    pub temporality_preference: String,
    /// Has no effect: own histograms have bounds of their own.
    pub default_histogram_aggregation: String,
}

/// `logs::processors[]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogProcessor {
    /// Several records at once.
    pub batch: Optional<BatchLogProcessor>,
    /// Each record soon.
    pub simple: Optional<SimpleLogProcessor>,
}

/// `batch`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchLogProcessor {
    /// How long the first record waits, in milliseconds.
    pub schedule_delay: i64,
    /// The longest one sending may take, in milliseconds.
    pub export_timeout: i64,
    /// How many records wait; more are left out and counted in the log.
    pub max_queue_size: i64,
    /// How many are sent at once.
    pub max_export_batch_size: i64,
    /// Where they go.
    pub exporter: PushExporter,
}

/// `simple`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SimpleLogProcessor {
    /// Where they go.
    pub exporter: PushExporter,
}

impl Default for PeriodicReader {
    fn default() -> Self {
        Self { interval: 60_000, timeout: 30_000, exporter: PushExporter::default() }
    }
}

impl Default for BatchLogProcessor {
    fn default() -> Self {
        Self {
            schedule_delay: 1_000,
            export_timeout: 30_000,
            max_queue_size: 2_048,
            max_export_batch_size: 512,
            exporter: PushExporter::default(),
        }
    }
}

impl Default for OtlpPush {
    fn default() -> Self {
        Self {
            protocol: "http/protobuf".to_owned(),
            endpoint: String::new(),
            headers: MapList::default(),
            headers_list: Opaque::default(),
            compression: CompressionType::none(),
            timeout: 10_000,
            certificate: String::new(),
            client_key: String::new(),
            client_certificate: String::new(),
            insecure: false,
            temporality_preference: String::new(),
            default_histogram_aggregation: String::new(),
        }
    }
}

/// A time in milliseconds.
pub(crate) fn millis(time: i64) -> Duration {
    Duration::from_millis(u64::try_from(time).unwrap_or(0))
}

impl PeriodicReader {
    pub(crate) fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(self.interval > 0, "`interval` must be positive, in milliseconds");
        problems.check(self.timeout >= 0, "`timeout` must not be negative, in milliseconds");
        problems.nest("exporter", self.exporter.problems());
        problems
    }
}

impl LogProcessor {
    /// As a batch: a simple processor is one that does not wait.
    pub(crate) fn batches(&self) -> Option<BatchLogProcessor> {
        let simple = self.simple.as_ref().map(|simple| BatchLogProcessor {
            schedule_delay: 0,
            exporter: simple.exporter.clone(),
            ..BatchLogProcessor::default()
        });
        self.batch.as_ref().cloned().or(simple)
    }

    pub(crate) fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let Some(batch) = self.batches() else {
            problems.add("must be either `batch` or `simple`");
            return problems;
        };
        problems.check(batch.schedule_delay >= 0, "`schedule_delay` must not be negative");
        problems.check(batch.export_timeout >= 0, "`export_timeout` must not be negative");
        let size = batch.max_export_batch_size;
        problems.check(size > 0, "`max_export_batch_size` must be positive");
        let has_room = (size..=1_000_000).contains(&batch.max_queue_size);
        problems.check(
            has_room,
            "`max_queue_size` must be at least `max_export_batch_size`, and at most 1000000",
        );
        problems.nest("exporter", batch.exporter.problems());
        problems
    }
}

impl PushExporter {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if let Some(otlp) = self.otlp.as_ref() {
            problems.nest("otlp", otlp.problems());
        }
        problems
    }
}

impl OtlpPush {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        match self.protocol.as_str() {
            "grpc" => problems.merge(self.grpc().problems()),
            "http/protobuf" => {
                problems.check(!self.endpoint.is_empty(), "`endpoint` must be given");
                problems.merge(self.http().problems());
            }
            other => {
                problems.add(format!("`protocol` is {other:?}; use \"grpc\" or \"http/protobuf\""))
            }
        }
        problems.check(self.timeout >= 0, "`timeout` must not be negative, in milliseconds");
        problems
    }

    /// Whether it speaks gRPC, not HTTP.
    pub(crate) fn is_grpc(&self) -> bool {
        self.protocol == "grpc"
    }

    /// The endpoint with its scheme.
    fn url(&self) -> String {
        match (self.endpoint.contains("://"), self.insecure) {
            (true, _) => self.endpoint.clone(),
            (false, true) => format!("http://{}", self.endpoint),
            (false, false) => format!("https://{}", self.endpoint),
        }
    }

    fn tls(&self) -> TlsClientConfig {
        let common = TlsConfig {
            ca_file: self.certificate.clone(),
            cert_file: self.client_certificate.clone(),
            key_file: self.client_key.clone(),
            ..TlsConfig::default()
        };
        TlsClientConfig { common, ..TlsClientConfig::default() }
    }

    fn all_headers(&self) -> MapList {
        let mut all = self.headers.clone();
        for (name, value) in
            self.headers_list.reveal().split(',').filter_map(|pair| pair.split_once('='))
        {
            if all.get(name.trim()).is_none() {
                all.set(name.trim(), Opaque::new(value.trim()));
            }
        }
        all
    }

    /// The settings of a gRPC client. An endpoint that begins with `http://` has no TLS.
    pub(crate) fn grpc(&self) -> GrpcClientConfig {
        let url = self.url();
        let is_plain = url.starts_with("http://");
        let endpoint = url.split_once("://").map_or("", |(_, rest)| rest).trim_end_matches('/');
        GrpcClientConfig {
            endpoint: endpoint.to_owned(),
            compression: self.compression.clone(),
            tls: TlsClientConfig { insecure: is_plain, ..self.tls() },
            headers: self.all_headers(),
            ..GrpcClientConfig::default()
        }
    }

    /// The settings of an HTTP client.
    pub(crate) fn http(&self) -> HttpClientConfig {
        HttpClientConfig {
            endpoint: self.url(),
            compression: self.compression.clone(),
            tls: self.tls(),
            headers: self.all_headers(),
            ..HttpClientConfig::default()
        }
    }
}
