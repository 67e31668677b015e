//! Messages of remote write 1.0.
//!
//! Source: `prompb/remote.proto` and `prompb/types.proto` of Prometheus.

use bytes::Bytes;
use pdata::wire::{put_fixed64, put_len, put_message, put_tag, put_varint, zigzag};

use crate::shared::prometheus::{Exemplar, Kind, NativeBuckets};

/// The value that says that a series has ended.
pub(super) const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// A label, as `TimeSeries` and `Exemplar` have them.
pub(super) fn label(out: &mut Vec<u8>, name: &str, value: &str) {
    put_message(out, 1, |label| {
        put_len(label, 1, name.as_bytes());
        put_len(label, 2, value.as_bytes());
    });
}

/// `TimeSeries.samples`.
pub(super) fn sample(out: &mut Vec<u8>, value: f64, millis: i64) {
    put_message(out, 2, |sample| {
        put_fixed64(sample, 1, value.to_bits());
        put_int(sample, 2, millis);
    });
}

/// `TimeSeries.exemplars`.
pub(super) fn exemplar(out: &mut Vec<u8>, exemplar: &Exemplar) {
    let trace_id = format!("{:032x}", u128::from_be_bytes(exemplar.trace_id));
    put_message(out, 3, |message| {
        if let Some(span_id) = exemplar.span_id {
            label(message, "span_id", &format!("{:016x}", u64::from_be_bytes(span_id)));
        }
        label(message, "trace_id", &trace_id);
        put_fixed64(message, 2, exemplar.value.to_bits());
        put_int(message, 3, millis(exemplar.time));
    });
}

/// A native histogram: its buckets, and what they come to.
#[derive(Clone, Debug)]
pub(super) struct Native {
    pub(super) count: u64,
    /// [`STALE`] where the series has ended.
    pub(super) sum: f64,
    pub(super) buckets: NativeBuckets,
}

/// `TimeSeries.histograms`.
pub(super) fn native(out: &mut Vec<u8>, histogram: &Native, millis: i64) {
    let Native { count, sum, buckets } = histogram;
    put_message(out, 4, |message| {
        put_tag(message, 1, 0);
        put_varint(message, *count);
        put_fixed64(message, 3, sum.to_bits());
        put_tag(message, 4, 0);
        put_varint(message, zigzag(buckets.schema.into()));
        put_fixed64(message, 5, buckets.zero_threshold.to_bits());
        put_tag(message, 6, 0);
        put_varint(message, buckets.zero_count);
        side(message, [8, 9], &buckets.negative);
        side(message, [11, 12], &buckets.positive);
        put_int(message, 15, millis);
    });
}

/// Empty buckets in a row that are cheaper to count than to leave out.
const GAP_MAX: usize = 2;

/// Spans of buckets, and how much each counts more than the one before. Few empty buckets in a row are
/// part of a span, as Prometheus has them.
fn side(out: &mut Vec<u8>, [spans, deltas]: [u32; 2], (first, counts): &(i64, Vec<u64>)) {
    let mut differences = Vec::new();
    let mut before: u64 = 0;
    // Index of the bucket after the last span.
    let mut end: i64 = 0;
    let mut at = 0;
    while let Some(start) = counts.iter().skip(at).position(|count| *count > 0) {
        let start = at + start;
        let rest = counts.get(start..).unwrap_or_default();
        let length = span_length(rest);
        let index = first + start as i64;
        put_message(out, spans, |span| {
            put_tag(span, 1, 0);
            put_varint(span, zigzag(index - end));
            put_tag(span, 2, 0);
            put_varint(span, length as u64);
        });
        for count in rest.iter().take(length) {
            put_varint(&mut differences, zigzag(count.wrapping_sub(before).cast_signed()));
            before = *count;
        }
        end = index + length as i64;
        at = start + length;
    }
    if !differences.is_empty() {
        put_len(out, deltas, &differences);
    }
}

/// How many buckets a span has that begins with these counts.
fn span_length(counts: &[u64]) -> usize {
    let mut length = 0;
    for (at, count) in counts.iter().enumerate() {
        if *count > 0 {
            length = at + 1;
        } else if at - length >= GAP_MAX {
            break;
        }
    }
    length
}

/// `WriteRequest.metadata`.
pub(super) fn metadata(out: &mut Vec<u8>, kind: Kind, [name, help, unit]: [&str; 3]) {
    let kind = match kind {
        Kind::Untyped => 0,
        Kind::Counter => 1,
        Kind::Gauge => 2,
        Kind::Histogram => 3,
        Kind::Summary => 5,
    };
    put_message(out, 3, |message| {
        put_tag(message, 1, 0);
        put_varint(message, kind);
        put_len(message, 2, name.as_bytes());
        put_len(message, 4, help.as_bytes());
        put_len(message, 5, unit.as_bytes());
    });
}

/// Milliseconds of nanoseconds since 1970.
pub(super) fn millis(nanos: u64) -> i64 {
    (nanos / 1_000_000).cast_signed()
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) body: Bytes,
    /// Data points in it.
    pub(super) points: usize,
}

/// One series on its way.
#[derive(Debug, Default)]
pub(super) struct Series {
    pub(super) sender: usize,
    /// Time in milliseconds and what was there then, as it came.
    pub(super) samples: Vec<(i64, Sample)>,
    pub(super) exemplars: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) value: Sampled,
    /// Whether a data point is counted by it: one of all samples of a point is.
    pub(super) counts: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Sampled {
    Number(f64),
    Native(Box<Native>),
}

/// Fills requests up to their limit.
#[derive(Debug, Default)]
pub(super) struct Packer {
    done: Vec<Request>,
    pub(super) body: Vec<u8>,
    points: usize,
}

impl Packer {
    /// Adds a series, over several requests where it is too long for one. Gives how many points of it
    /// were there twice: at one time a series has one value, the last.
    pub(super) fn series(&mut self, labels: &[u8], mut series: Series, limit: usize) -> usize {
        series.samples.sort_by_key(|(time, _)| *time);
        let mut duplicates = 0;
        let mut message = labels.to_vec();
        let mut points = 0;
        let mut samples = series.samples.iter().peekable();
        while let Some((time, taken)) = samples.next() {
            if samples.peek().is_some_and(|(next, _)| next == time) {
                duplicates += usize::from(taken.counts);
                continue;
            }
            if message.len() >= limit {
                self.push(&message, std::mem::take(&mut points), limit);
                message.truncate(labels.len());
            }
            match &taken.value {
                Sampled::Number(value) => sample(&mut message, *value, *time),
                Sampled::Native(histogram) => native(&mut message, histogram, *time),
            }
            points += usize::from(taken.counts);
        }
        message.extend_from_slice(&series.exemplars);
        self.push(&message, points, limit);
        duplicates
    }

    fn push(&mut self, message: &[u8], points: usize, limit: usize) {
        if self.body.len() + message.len() > limit {
            self.end();
        }
        put_len(&mut self.body, 1, message);
        self.points += points;
    }

    pub(super) fn make_room(&mut self, limit: usize) {
        if self.body.len() >= limit {
            self.end();
        }
    }

    fn end(&mut self) {
        let body = std::mem::take(&mut self.body);
        if !body.is_empty() {
            let points = std::mem::take(&mut self.points);
            self.done.push(Request { body: body.into(), points });
        }
    }

    pub(super) fn finish(mut self) -> Vec<Request> {
        self.end();
        self.done
    }
}

fn put_int(out: &mut Vec<u8>, number: u32, value: i64) {
    put_tag(out, number, 0);
    put_varint(out, value.cast_unsigned());
}
