//! From series to OTLP metrics on the wire.

use std::sync::Arc;

use pdata::{
    AnyValue, KeyValue,
    wire::{LEN, VARINT, put_fixed64, put_len, put_message, put_tag, put_varint},
};
use sdk::{Batch, Context, Signal};

use super::{
    labels::{Labels, Set},
    names::{Kind, Metric, Name},
    series::{Exemplar, Series, Shown, Store},
};

/// Data points in one batch at most: a backend that refuses one point refuses its batch.
const POINTS_MAX: usize = 2_000;
/// `AGGREGATION_TEMPORALITY_CUMULATIVE`.
const CUMULATIVE: u64 = 2;

/// What all points share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'f> {
    /// The content of a `Resource` message.
    pub(super) resource: &'f [u8],
    /// The name and version of the scope.
    pub(super) scope: (&'f str, &'f str),
    /// When counting began, nanoseconds since 1970.
    pub(super) start: u64,
    /// The time of the points, nanoseconds since 1970.
    pub(super) time: u64,
    /// Whether nothing comes after.
    pub(super) is_last: bool,
}

/// The content of a `Resource` message with these attributes.
pub(super) fn resource<'a>(attributes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, text) in attributes {
        put_attribute(&mut out, 1, name, AnyValue::Str(text.as_bytes()));
    }
    out
}

/// All series as batches of bounded size.
pub(super) fn batches(store: &mut Store, labels: &Labels, frame: &Frame<'_>) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut metrics = Vec::new();
    let mut points = 0;
    for (name, mut series) in store.all() {
        while !series.is_empty() {
            let (now, later) = series.split_at_mut(series.len().min(POINTS_MAX - points));
            points += now.len();
            put_message(&mut metrics, 2, |out| put_metric(out, name, now, labels, frame));
            series = later;
            if points >= POINTS_MAX {
                batches.push(batch(&std::mem::take(&mut metrics), frame));
                points = 0;
            }
        }
    }
    if points > 0 {
        batches.push(batch(&metrics, frame));
    }
    batches
}

fn batch(metrics: &[u8], frame: &Frame<'_>) -> Batch {
    let mut out = Vec::with_capacity(metrics.len() + frame.resource.len() + 64);
    put_message(&mut out, 1, |out| {
        put_len(out, 1, frame.resource);
        put_message(out, 2, |out| {
            put_message(out, 1, |out| {
                put_len(out, 1, frame.scope.0.as_bytes());
                put_len(out, 2, frame.scope.1.as_bytes());
            });
            out.extend_from_slice(metrics);
        });
    });
    Batch::written(Signal::Metrics, out.into(), Arc::new(Context::default()))
}

fn put_metric(
    out: &mut Vec<u8>,
    name: Name,
    series: &mut [Series],
    labels: &Labels,
    frame: &Frame<'_>,
) {
    let row = name.row();
    put_len(out, 1, row.name.as_bytes());
    put_len(out, 2, row.help.as_bytes());
    put_len(out, 3, row.unit.as_bytes());
    let data = match row.kind {
        Kind::Gauge => 5,
        Kind::Counter | Kind::Amount => 7,
        Kind::Histogram(_) => 9,
    };
    put_message(out, data, |out| {
        for series in series {
            let set = series.labels;
            let (shown, exemplars) = series.show(frame.is_last);
            let point = Point { row, set, exemplars };
            put_message(out, 1, |out| point.put(out, &shown, labels, frame));
        }
        if row.kind != Kind::Gauge {
            put_number(out, 2, CUMULATIVE);
        }
        if matches!(row.kind, Kind::Counter | Kind::Amount) {
            put_number(out, 3, 1);
        }
    });
}

/// A data point but for its value.
struct Point<'p> {
    row: &'static Metric,
    set: Set,
    exemplars: &'p [(u8, Exemplar)],
}

impl Point<'_> {
    fn put(&self, out: &mut Vec<u8>, shown: &Shown, labels: &Labels, frame: &Frame<'_>) {
        let is_histogram = matches!(shown, Shown::Histogram { .. });
        let attributes = if is_histogram { 9 } else { 7 };
        if self.set == Set::OVERFLOW {
            put_attribute(out, attributes, "otel.metric.overflow", AnyValue::Bool(true));
        } else {
            labels.each_attribute(&self.set, self.row.source, &mut |name, text| {
                put_attribute(out, attributes, name, AnyValue::Str(text.as_bytes()));
            });
        }
        if !matches!(shown, Shown::Gauge(_)) {
            put_fixed64(out, 2, frame.start);
        }
        put_fixed64(out, 3, frame.time);
        match shown {
            Shown::Number(sum) if self.row.kind == Kind::Amount => {
                put_fixed64(out, 4, sum.to_f64().to_bits());
            }
            Shown::Number(sum) => put_fixed64(out, 6, sum.to_u64()),
            Shown::Gauge(value) => put_fixed64(out, 6, value.max(0.0).round() as u64),
            Shown::Histogram { bounds, counts, sum } => {
                let count = counts.iter().fold(0u64, |sum, count| sum.saturating_add(*count));
                put_fixed64(out, 4, count);
                put_fixed64(out, 5, sum.to_f64().to_bits());
                put_packed(out, 6, counts.iter().copied());
                put_packed(out, 7, bounds.iter().map(|bound| bound.to_bits()));
            }
        }
        for (_, exemplar) in self.exemplars {
            put_message(out, if is_histogram { 8 } else { 5 }, |out| put_exemplar(out, exemplar));
        }
    }
}

fn put_exemplar(out: &mut Vec<u8>, exemplar: &Exemplar) {
    put_fixed64(out, 2, exemplar.time);
    put_fixed64(out, 3, exemplar.value.to_bits());
    put_len(out, 4, &exemplar.span_id.to_be_bytes());
    put_len(out, 5, &exemplar.trace_id);
}

fn put_attribute(out: &mut Vec<u8>, number: u32, name: &str, value: AnyValue<'_>) {
    put_message(out, number, |out| KeyValue::write(name.as_bytes(), value, out));
}

fn put_number(out: &mut Vec<u8>, number: u32, value: u64) {
    put_tag(out, number, VARINT);
    put_varint(out, value);
}

fn put_packed(out: &mut Vec<u8>, number: u32, values: impl ExactSizeIterator<Item = u64>) {
    put_tag(out, number, LEN);
    put_varint(out, 8 * values.len() as u64);
    values.for_each(|value| out.extend_from_slice(&value.to_le_bytes()));
}
