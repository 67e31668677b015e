//! OTLP metrics as Prometheus knows them: names, labels, values. Where they go from here is for the
//! exporters to say, through [`Intake`].

mod config;
mod decode;
mod double;
mod labels;
mod metrics;
mod names;

use std::collections::BTreeMap;

pub use self::config::{ResourceConversionConfig, TranslationStrategy};
#[cfg(test)]
pub(crate) use self::names::Ending;
pub(crate) use self::{
    decode::{Dropped, Family, Head, Intake, Translator},
    double::Double,
    labels::{LabelList, ResourceLabels},
    metrics::{
        Admission, Exemplar, Exponential, GAPS_MAX, Histogram, NativeBuckets, Number, Point,
        Summary, Timing, Value,
    },
    names::{Namer, escape, is_label_name, is_metric_name},
};

/// How names and labels are made.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    /// Put before every name, with `_` between.
    pub(crate) namespace: String,
    pub(crate) strategy: TranslationStrategy,
    /// What decides on suffixes where there is no strategy.
    pub(crate) add_metric_suffixes: bool,
    /// Labels that every series gets, over all others.
    pub(crate) const_labels: BTreeMap<String, String>,
    /// Resource attributes that become labels.
    pub(crate) resource_labels: ResourceLabels,
    /// Whether the scope becomes labels.
    pub(crate) has_scope: bool,
    /// Bytes of the names and values of all labels of one series.
    pub(crate) label_bytes: usize,
}

impl Style {
    /// Whether unit and type stand at the end of names.
    pub(crate) fn has_suffixes(&self) -> bool {
        self.strategy.has_suffixes().unwrap_or(self.add_metric_suffixes)
    }
}

/// What a family is to Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
    Untyped,
}

/// Why a data point goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Older than what is there, or counted already.
    Late,
    /// One series more than `limits::series`.
    SeriesLimit,
    /// More than `limits::bytes`.
    ByteLimit,
    /// More than `limits::label_bytes`.
    LabelLimit,
    /// Its name is taken by a metric of another kind.
    Conflict,
    /// Without a value, or with buckets that do not fit.
    Malformed,
    /// Deltas that cannot be summed up here, and no temporality.
    Unsupported,
}

impl Reason {
    pub(crate) const ALL: [Self; 7] = [
        Self::Late,
        Self::SeriesLimit,
        Self::ByteLimit,
        Self::LabelLimit,
        Self::Conflict,
        Self::Malformed,
        Self::Unsupported,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::SeriesLimit => "series_limit",
            Self::ByteLimit => "byte_limit",
            Self::LabelLimit => "label_limit",
            Self::Conflict => "conflict",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
        }
    }
}
