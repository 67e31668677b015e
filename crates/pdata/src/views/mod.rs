//! Read-only views of a batch: borrowed, lazy, cheap to copy.
//!
//! Opening a view scans its message once and remembers where the fields are; the elements of
//! repeated fields are opened only when asked for. Absent fields read as zero, empty or `None`, as protobuf says;
//! of a scalar given twice the last counts. Accessors have the names of the protobuf fields. Text
//! is bytes. Enumerations are their numbers; [`crate::schema`] has the names.
//!
//! Bytes that passed [`crate::check`] read completely. Other bytes read as far as they make sense.
//! Profiles have no views: they pass unopened.
//!
//! ```
//! # use pdata::{Batch, views::TracesView};
//! fn names(batch: &Batch) -> Vec<&[u8]> {
//!     let mut names = Vec::new();
//!     for resource in TracesView::read(batch.bytes()).resource_spans() {
//!         for scope in resource.scope_spans() {
//!             names.extend(scope.spans().into_iter().map(|span| span.name()));
//!         }
//!     }
//!     names
//! }
//! ```

mod common;
mod field;
mod logs;
mod metrics;
mod repeated;
#[cfg(test)]
mod tests;
mod traces;

pub use self::{
    common::{EntityRefView, ResourceView, ScopeView},
    logs::{LogRecordView, LogsView, ResourceLogsView, ScopeLogsView},
    metrics::{
        BucketsView, ExemplarView, ExponentialHistogramDataPointView, ExponentialHistogramView,
        GaugeView, HistogramDataPointView, HistogramView, MetricData, MetricView, MetricsView,
        NumberDataPointView, NumberValue, ResourceMetricsView, ScopeMetricsView, SumView,
        SummaryDataPointView, SummaryView, ValueAtQuantileView,
    },
    repeated::{
        Attributes, DoubleBits, Fixed, Read, Repeated, RepeatedIter, Scalar, Scalars, Varint,
    },
    traces::{
        EventView, LinkView, ResourceSpansView, ScopeSpansView, SpanView, StatusView, TracesView,
    },
};
