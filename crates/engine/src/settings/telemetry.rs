//! `service.telemetry`: what the collector tells about itself (C§4.1).
//!
//! Every key of the Go collector is read. What Tollgate does not act on is in
//! [`TelemetrySettings::inactive`], so that nobody waits for telemetry that never comes.

use std::collections::BTreeMap;

use config::{Duration, Optional, Severity, Value, Warning};
use sdk::telemetry::Level;
use serde::{Deserialize, Serialize};

use super::{LogProcessor, OtlpPush, PeriodicReader, PushExporter};

/// `service.telemetry`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TelemetrySettings {
    /// The log.
    pub logs: LogsSettings,
    /// Own metrics.
    pub metrics: MetricsSettings,
    /// Own traces.
    pub traces: TracesSettings,
    /// Attributes of own telemetry in one of two shapes; see [`super::ResourceSettings`].
    pub resource: Value,
}

/// `service.telemetry.logs`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct LogsSettings {
    /// What is too unimportant to log.
    pub level: LogLevel,
    /// How lines look.
    pub encoding: LogEncoding,
    /// Stack traces from warnings on.
    pub development: bool,
    /// Leaves out the place in the code.
    pub disable_caller: bool,
    /// Leaves out stack traces. Tollgate never writes any.
    pub disable_stacktrace: bool,
    /// Leaves out the `resource` field.
    pub disable_zap_resource: bool,
    /// Drops repeated lines.
    pub sampling: Optional<LogSampling>,
    /// Where lines go: `stdout`, `stderr`, a file or a `file://` URL.
    pub output_paths: Vec<String>,
    /// Where faults of the logger itself go.
    pub error_output_paths: Vec<String>,
    /// Fields of every line.
    pub initial_fields: BTreeMap<String, Value>,
    /// Exporters of log records.
    pub processors: Vec<LogProcessor>,
}

impl Default for LogsSettings {
    fn default() -> Self {
        Self {
            level: LogLevel::default(),
            encoding: LogEncoding::default(),
            development: false,
            disable_caller: false,
            disable_stacktrace: false,
            disable_zap_resource: false,
            sampling: Optional::Some(LogSampling::default()),
            output_paths: vec!["stderr".to_owned()],
            error_output_paths: vec!["stderr".to_owned()],
            initial_fields: BTreeMap::new(),
            processors: Vec::new(),
        }
    }
}

/// `service.telemetry.logs.sampling`: of lines with the same level and message, the first
/// `initial` of each `tick` and then every `thereafter`th are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogSampling {
    /// How long one round lasts.
    pub tick: Duration,
    /// How many are written first.
    pub initial: u64,
    /// Of the rest, every how-manieth; zero for none.
    pub thereafter: u64,
}

impl Default for LogSampling {
    fn default() -> Self {
        Self { tick: Duration::from_secs(10), initial: 10, thereafter: 100 }
    }
}

/// The levels of the Go collector's log, in rising order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum LogLevel {
    Debug,
    #[default]
    Info,
    Warn,
    Error,
    Dpanic,
    Panic,
    Fatal,
}

impl LogLevel {
    const NAMES: [(&'static str, Self); 7] = [
        ("debug", Self::Debug),
        ("info", Self::Info),
        ("warn", Self::Warn),
        ("error", Self::Error),
        ("dpanic", Self::Dpanic),
        ("panic", Self::Panic),
        ("fatal", Self::Fatal),
    ];
}

impl TryFrom<String> for LogLevel {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let named = Self::NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word));
        named.map(|(_, level)| *level).ok_or_else(|| format!("unrecognized level: {word:?}"))
    }
}

impl From<LogLevel> for String {
    fn from(level: LogLevel) -> Self {
        let named = LogLevel::NAMES.iter().find(|(_, of)| *of == level);
        named.map_or_else(Self::new, |(name, _)| (*name).to_owned())
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum LogEncoding {
    /// Fields with tabs between.
    #[default]
    Console,
    /// One JSON object.
    Json,
}

impl TryFrom<String> for LogEncoding {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "console" => Ok(Self::Console),
            "json" => Ok(Self::Json),
            _ => {
                Err(format!("no encoder registered for name {word:?}; use \"console\" or \"json\""))
            }
        }
    }
}

impl From<LogEncoding> for String {
    fn from(encoding: LogEncoding) -> Self {
        match encoding {
            LogEncoding::Console => "console",
            LogEncoding::Json => "json",
        }
        .to_owned()
    }
}

/// `service.telemetry.metrics`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricsSettings {
    /// How much is counted.
    pub level: MetricsLevel,
    /// Where it can be read or goes; a list given by the user takes the place of this one.
    pub readers: Vec<Reader>,
    /// Changes to metrics; allowed only at level `detailed`.
    pub views: Vec<Value>,
}

impl Default for MetricsSettings {
    fn default() -> Self {
        let prometheus = Optional::Some(PrometheusReader::default());
        let pull = Optional::Some(PullReader { exporter: PullExporter { prometheus } });
        Self {
            level: MetricsLevel::default(),
            readers: vec![Reader { pull, periodic: Optional::None }],
            views: Vec::new(),
        }
    }
}

/// [`Level`] as a setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MetricsLevel(pub Level);

impl TryFrom<String> for MetricsLevel {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        Level::from_name(&word).map(Self).ok_or_else(|| {
            format!("unknown metrics level {word:?}; use none, basic, normal or detailed")
        })
    }
}

impl From<MetricsLevel> for String {
    fn from(MetricsLevel(level): MetricsLevel) -> Self {
        match level {
            Level::None => "None",
            Level::Basic => "Basic",
            Level::Normal => "Normal",
            Level::Detailed => "Detailed",
        }
        .to_owned()
    }
}

/// One of `service.telemetry.metrics.readers`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reader {
    /// Read by others.
    pub pull: Optional<PullReader>,
    /// Sent on by itself.
    pub periodic: Optional<PeriodicReader>,
}

/// `readers[].pull`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PullReader {
    /// What it is read with.
    pub exporter: PullExporter,
}

/// `readers[].pull.exporter`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PullExporter {
    /// The `/metrics` page.
    pub prometheus: Optional<PrometheusReader>,
}

/// `readers[].pull.exporter.prometheus`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrometheusReader {
    /// Address to listen on.
    pub host: String,
    /// Port to listen on.
    pub port: u16,
    /// No `otel_scope_*` labels.
    pub without_scope_info: bool,
    /// No unit at the end of names.
    pub without_units: bool,
    /// No `_total` at the end of counters.
    pub without_type_suffix: bool,
    /// Resource attributes as labels of every series.
    pub with_resource_constant_labels: Optional<IncludeExclude>,
}

/// Which names are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IncludeExclude {
    /// These.
    pub included: Vec<String>,
    /// Not these.
    pub excluded: Vec<String>,
}

impl Default for PrometheusReader {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            port: 8888,
            without_scope_info: true,
            without_units: true,
            without_type_suffix: true,
            with_resource_constant_labels: Optional::None,
        }
    }
}

/// `service.telemetry.traces`. Tollgate writes no traces of its own yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TracesSettings {
    /// `none` or `basic`.
    pub level: Value,
    /// Headers that carry trace ids, `tracecontext` or `b3`.
    pub propagators: Vec<String>,
    /// Exporters of spans.
    pub processors: Vec<Value>,
    /// Which spans are kept.
    pub sampler: Value,
    /// How much a span may hold.
    pub limits: Value,
}

impl TelemetrySettings {
    /// Warnings for every setting that is accepted and does nothing here.
    pub fn inactive(&self) -> Vec<Warning> {
        let readers = &self.metrics.readers;
        let prometheus = |reader: &Reader| -> Option<PrometheusReader> {
            reader.pull.as_ref().and_then(|pull| pull.exporter.prometheus.as_ref()).cloned()
        };
        let constant_labels = readers
            .iter()
            .filter_map(prometheus)
            .any(|page| page.with_resource_constant_labels.is_some());
        let metrics =
            || readers.iter().filter_map(|reader| Some(&reader.periodic.as_ref()?.exporter));
        let processors = self.logs.processors.iter().filter_map(LogProcessor::batches);
        let mut logs = processors.map(|batches| batches.exporter);
        // What is sent is cumulative, with the bounds that the histograms have.
        let wants = |exporter: &PushExporter, of: fn(&OtlpPush) -> &String| {
            let wanted = exporter.otlp.as_ref().map(of);
            wanted.is_some_and(|word| {
                !matches!(word.as_str(), "" | "cumulative" | "explicit_bucket_histogram")
            })
        };
        [
            (
                "logs::processors::exporter::console",
                logs.any(|exporter| !exporter.console.is_null()),
            ),
            (
                "metrics::readers::periodic::exporter::console",
                metrics().any(|exporter| !exporter.console.is_null()),
            ),
            (
                "metrics::readers::periodic::exporter::otlp::temporality_preference",
                metrics().any(|exporter| wants(exporter, |otlp| &otlp.temporality_preference)),
            ),
            (
                "metrics::readers::periodic::exporter::otlp::default_histogram_aggregation",
                metrics()
                    .any(|exporter| wants(exporter, |otlp| &otlp.default_histogram_aggregation)),
            ),
            (
                "metrics::readers::pull::exporter::prometheus::with_resource_constant_labels",
                constant_labels,
            ),
            ("metrics::views", !self.metrics.views.is_empty()),
            ("traces::processors", !self.traces.processors.is_empty()),
            ("traces::propagators", !self.traces.propagators.is_empty()),
            ("traces::sampler", !self.traces.sampler.is_null()),
            ("traces::limits", !self.traces.limits.is_null()),
        ]
        .into_iter()
        .filter(|(_, is_set)| *is_set)
        .map(|(key, _)| Warning {
            severity: Severity::Warn,
            message: "setting is accepted but has no effect yet".to_owned(),
            fields: vec![("setting", format!("service::telemetry::{key}"))],
        })
        .collect()
    }

    /// As a tree; none if it cannot be one.
    pub(super) fn to_value(&self) -> Option<Value> {
        config::to_value(self, config::Mode::Unredacted).ok()
    }

    /// Where own metrics are sent, in the order of the config.
    pub fn periodic_readers(&self) -> impl Iterator<Item = &PeriodicReader> {
        self.metrics.readers.iter().filter_map(|reader| reader.periodic.as_ref())
    }

    /// The pages on which own metrics can be read, in the order of the config.
    pub fn prometheus_readers(&self) -> impl Iterator<Item = &PrometheusReader> {
        let pulls = self.metrics.readers.iter().filter_map(|reader| reader.pull.as_ref());
        pulls.filter_map(|pull| pull.exporter.prometheus.as_ref())
    }
}
