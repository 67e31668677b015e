//! Which messages are opened for editing, and the answer for each.

use std::ops::BitOr;

use crate::Signal;

/// What a [`Record`](super::Record) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// `resource.v1.Resource`.
    Resource,
    /// `common.v1.InstrumentationScope`.
    Scope,
    /// `trace.v1.Span`.
    Span,
    /// `metrics.v1.Metric`; its data points come after it, one by one.
    Metric,
    /// A data point of any of the five kinds of metric.
    DataPoint,
    /// `logs.v1.LogRecord`.
    LogRecord,
    /// A message inside one of the above, such as a span event, a link or an exemplar; its schema
    /// says which. [`rewrite`](crate::rewrite()) never visits one, its record leads to it.
    Part,
}

/// A set of [`RecordKind`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordKinds(u8);

impl RecordKinds {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Resources.
    pub const RESOURCE: Self = Self::only(RecordKind::Resource);
    /// Scopes.
    pub const SCOPE: Self = Self::only(RecordKind::Scope);
    /// Spans.
    pub const SPAN: Self = Self::only(RecordKind::Span);
    /// Metrics.
    pub const METRIC: Self = Self::only(RecordKind::Metric);
    /// Data points.
    pub const DATA_POINT: Self = Self::only(RecordKind::DataPoint);
    /// Log records.
    pub const LOG_RECORD: Self = Self::only(RecordKind::LogRecord);
    /// What limits and metrics count: spans, data points and log records.
    pub const ITEMS: Self = Self(Self::SPAN.0 | Self::DATA_POINT.0 | Self::LOG_RECORD.0);
    /// Every kind that is visited.
    pub const ALL: Self = Self(Self::ITEMS.0 | Self::RESOURCE.0 | Self::SCOPE.0 | Self::METRIC.0);

    /// All but resources.
    pub(crate) const BELOW_RESOURCE: Self = Self(Self::ALL.0 & !Self::RESOURCE.0);

    /// What stands in a scope of a signal.
    pub(crate) const fn below_scope(signal: Signal) -> Self {
        match signal {
            Signal::Traces => Self::SPAN,
            Signal::Metrics => Self(Self::METRIC.0 | Self::DATA_POINT.0),
            Signal::Logs => Self::LOG_RECORD,
            Signal::Profiles => Self::NONE,
        }
    }

    /// The set of one kind.
    #[inline]
    pub const fn only(kind: RecordKind) -> Self {
        Self(1 << kind as u8)
    }

    /// Whether a kind is in it.
    #[inline]
    pub const fn contains(self, kind: RecordKind) -> bool {
        self.intersects(Self::only(kind))
    }

    /// Whether the two sets share a kind.
    #[inline]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no kind is in it.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for RecordKinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl From<RecordKind> for RecordKinds {
    fn from(kind: RecordKind) -> Self {
        Self::only(kind)
    }
}

/// What becomes of a record that was visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// It stays, with the edits made.
    Keep,
    /// It goes, and with it what stands below it.
    Drop,
}
