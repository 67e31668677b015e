//! Series of one batch, grouped into requests.
//!
//! Samples of one series stand together and in the order of their times, and all series of one
//! histogram or summary are sent by the same sender, so none overtakes another.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use super::encode::{self, Native, Packer, Request, STALE, Sample, Sampled, Series, millis};
use crate::shared::prometheus::{
    Double, Exemplar, Family, Head, Histogram, Intake, Kind, LabelList, Point, Reason, Summary,
    Value,
};

/// Translated bytes after which what is there is sent before the rest is translated: a histogram is
/// many times as long when every bucket has labels of its own.
pub(super) const PIECE_BYTES: usize = 32 << 20;
/// What a series costs beside its labels and samples, in bytes.
const ENTRY_BYTES: usize = 128;

/// What is the same for all batches.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Already translated, sorted by name.
    pub(super) external_labels: Vec<(String, String)>,
    /// The name under which resources are sent; none where they are not.
    pub(super) target_info: Option<String>,
    pub(super) has_metadata: bool,
    pub(super) request_bytes: usize,
    pub(super) senders: usize,
}

/// What was made of a piece of a batch.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// For each sender, in order.
    pub(super) requests: Vec<Vec<Request>>,
    pub(super) series: usize,
    /// Points that were there twice.
    pub(super) duplicates: usize,
    /// How many points there were up to its end; none where it is the last.
    pub(super) next: Option<usize>,
}

/// Collects the series of a piece.
#[derive(Debug)]
pub(super) struct Collect<'s> {
    shape: &'s Shape,
    /// In milliseconds since 1970, for points without a time.
    now: i64,
    /// Points that earlier pieces had.
    skip: usize,
    seen: usize,
    bytes: usize,
    is_full: bool,
    /// By their labels as the request has them.
    series: BTreeMap<Vec<u8>, Series>,
    metadata: BTreeMap<String, (Kind, String, String)>,
    /// Labels of `target_info` of the resource at hand.
    target: Option<Vec<(String, String)>>,
    /// The newest point of that resource in this piece.
    newest: Option<i64>,
}

impl<'s> Collect<'s> {
    pub(super) fn new(shape: &'s Shape, now: i64, skip: usize) -> Self {
        Self {
            shape,
            now,
            skip,
            seen: 0,
            bytes: 0,
            is_full: false,
            series: BTreeMap::new(),
            metadata: BTreeMap::new(),
            target: None,
            newest: None,
        }
    }

    /// Everything collected, as requests.
    pub(super) fn finish(mut self) -> Piece {
        self.end_target();
        let next = self.is_full.then_some(self.seen);
        let mut piece = Piece { next, series: self.series.len(), ..Piece::default() };
        let limit = self.shape.request_bytes;
        let mut packers: Vec<Packer> = (0..self.shape.senders).map(|_| Packer::default()).collect();
        for (labels, series) in self.series {
            let Some(packer) = packers.get_mut(series.sender) else { continue };
            piece.duplicates += packer.series(&labels, series, limit);
        }
        // Metadata goes with the first piece only; it says nothing of points.
        if let Some(packer) = packers.first_mut().filter(|_| self.skip == 0) {
            for (name, (kind, help, unit)) in &self.metadata {
                packer.make_room(limit);
                encode::metadata(&mut packer.body, *kind, [name, help, unit]);
            }
        }
        piece.requests = packers.into_iter().map(Packer::finish).collect();
        piece
    }

    fn time(&self, nanos: u64) -> i64 {
        if nanos == 0 { self.now } else { millis(nanos) }
    }

    fn end_target(&mut self) {
        let (target, newest) = (self.target.take(), self.newest.take());
        if let (Some(labels), Some(newest), Some(name)) =
            (target, newest, self.shape.target_info.as_deref())
        {
            let labels: LabelList<'_> =
                labels.iter().map(|(name, value)| (name.into(), value.into())).collect();
            let sender = self.sender(name, &labels);
            let sample = Sample { value: Sampled::Number(1.0), counts: false };
            self.add([name, ""], &labels, None, (sender, newest), sample);
        }
    }

    fn sender(&self, name: &str, labels: &LabelList<'_>) -> usize {
        let mut hasher = DefaultHasher::new();
        (name, labels).hash(&mut hasher);
        (hasher.finish() % self.shape.senders.max(1) as u64) as usize
    }

    /// Adds a sample; gives the series it went to.
    fn add(
        &mut self,
        name: [&str; 2],
        labels: &LabelList<'_>,
        own: Option<(&'static str, f64)>,
        (sender, time): (usize, i64),
        sample: Sample,
    ) -> &mut Series {
        let key = self.labels(name, labels, own);
        let cost = match &sample.value {
            Sampled::Number(_) => size_of::<Sample>(),
            Sampled::Native(native) => {
                let buckets = &native.buckets;
                size_of::<Native>() + 8 * (buckets.positive.1.len() + buckets.negative.1.len())
            }
        };
        self.bytes += cost;
        let length = key.len();
        let bytes = &mut self.bytes;
        let series = self.series.entry(key).or_insert_with(|| {
            *bytes += length + ENTRY_BYTES;
            Series { sender, ..Series::default() }
        });
        series.samples.push((time, sample));
        series
    }

    /// All labels, sorted by name, as the request has them.
    fn labels(
        &self,
        [name, suffix]: [&str; 2],
        labels: &LabelList<'_>,
        own: Option<(&'static str, f64)>,
    ) -> Vec<u8> {
        let mut all: LabelList<'_> = Vec::with_capacity(labels.len() + 4);
        all.push(("__name__".into(), Cow::Owned([name, suffix].concat())));
        if let Some((name, number)) = own {
            all.push((name.into(), Double(number).to_string().into()));
        }
        all.extend(labels.iter().map(|(name, value)| (Cow::from(&**name), Cow::from(&**value))));
        let external = self.shape.external_labels.iter();
        all.extend(external.map(|(name, value)| (name.into(), value.into())));
        // Stable, so that external labels give way.
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup_by(|next, first| next.0 == first.0);
        let mut encoded = Vec::new();
        for (name, value) in &all {
            encode::label(&mut encoded, name, value);
        }
        encoded
    }
}

impl<'s> Intake for Collect<'s> {
    type Family<'f>
        = Open<'f, 's>
    where
        Self: 'f;

    fn target(&mut self, target: Option<(LabelList<'_>, LabelList<'_>)>) {
        self.end_target();
        // What is only job and instance says nothing more of them.
        let target = target.filter(|(identity, labels)| labels.len() > identity.len());
        let owned =
            |(name, value): (Cow<'_, str>, Cow<'_, str>)| (name.into_owned(), value.into_owned());
        self.target = target.map(|(_, labels)| labels.into_iter().map(owned).collect());
    }

    fn open(&mut self, head: Head<'_>) -> Result<Open<'_, 's>, Reason> {
        if self.shape.has_metadata && !self.metadata.contains_key(head.name) {
            let about = (head.kind, head.help.to_owned(), head.unit.to_owned());
            self.metadata.insert(head.name.to_owned(), about);
        }
        Ok(Open { name: head.name.to_owned(), collect: self })
    }
}

impl Collect<'_> {
    /// Whether the next point belongs to this piece.
    fn takes_next(&mut self) -> bool {
        if self.is_full {
            return false;
        }
        self.is_full = self.bytes >= PIECE_BYTES;
        if self.is_full {
            return false;
        }
        self.seen += 1;
        self.seen > self.skip
    }

    fn point(
        &mut self,
        name: &str,
        labels: &LabelList<'_>,
        time: i64,
        value: Value,
        exemplars: impl Iterator<Item = Exemplar>,
    ) -> Result<(), Reason> {
        let sender = self.sender(name, labels);
        let mut put = Put { collect: self, name, labels, sender, time };
        match value {
            Value::Number(number) => {
                let series = put.number("", None, number.as_f64(), true);
                exemplars.for_each(|one| encode::exemplar(&mut series.exemplars, &one));
            }
            Value::Histogram(histogram) => put.histogram(&histogram, exemplars),
            Value::Exponential(histogram) => {
                let buckets = histogram.native().ok_or(Reason::Unsupported)?;
                let sum = histogram.sum.unwrap_or(0.0);
                let series = put.native(Native { count: histogram.count, sum, buckets });
                exemplars.for_each(|one| encode::exemplar(&mut series.exemplars, &one));
            }
            Value::Summary(summary) => put.summary(&summary),
        }
        self.newest = self.newest.max(Some(time));
        Ok(())
    }

    /// Marks all series of a point as ended.
    fn stale(&mut self, name: &str, labels: &LabelList<'_>, time: i64, shape: Option<Value>) {
        let sender = self.sender(name, labels);
        let mut put = Put { collect: self, name, labels, sender, time };
        match shape {
            None | Some(Value::Number(_)) => {
                put.number("", None, STALE, true);
            }
            Some(Value::Histogram(histogram)) => {
                for bound in histogram.bounds.iter().chain(&[f64::INFINITY]) {
                    put.number("_bucket", Some(("le", *bound)), STALE, false);
                }
                put.totals([STALE; 2]);
            }
            Some(Value::Exponential(histogram)) => {
                let Some(buckets) = histogram.native() else { return };
                put.native(Native { count: histogram.count, sum: STALE, buckets });
            }
            Some(Value::Summary(summary)) => {
                for (quantile, _) in &summary.quantiles {
                    put.number("", Some(("quantile", *quantile)), STALE, false);
                }
                put.totals([STALE; 2]);
            }
        }
    }
}

/// Puts the series of one point.
struct Put<'c, 's, 'l> {
    collect: &'c mut Collect<'s>,
    name: &'l str,
    labels: &'l LabelList<'l>,
    sender: usize,
    time: i64,
}

impl Put<'_, '_, '_> {
    fn number(
        &mut self,
        suffix: &str,
        own: Option<(&'static str, f64)>,
        value: f64,
        counts: bool,
    ) -> &mut Series {
        let sample = Sample { value: Sampled::Number(value), counts };
        self.collect.add([self.name, suffix], self.labels, own, (self.sender, self.time), sample)
    }

    fn native(&mut self, native: Native) -> &mut Series {
        let sample = Sample { value: Sampled::Native(Box::new(native)), counts: true };
        self.collect.add([self.name, ""], self.labels, None, (self.sender, self.time), sample)
    }

    /// `[sum, count]`; the count stands for the point.
    fn totals(&mut self, [sum, count]: [f64; 2]) {
        self.number("_sum", None, sum, false);
        self.number("_count", None, count, true);
    }

    fn histogram(&mut self, histogram: &Histogram, exemplars: impl Iterator<Item = Exemplar>) {
        // The exemplars of each bucket, with its place first.
        let slot = |one: &Exemplar| histogram.bounds.partition_point(|bound| *bound < one.value);
        let mut exemplars: Vec<_> = exemplars.map(|one| (slot(&one), one)).collect();
        exemplars.sort_by_key(|(slot, one)| (*slot, one.time));
        let mut exemplars = exemplars.into_iter().peekable();
        let mut total: u64 = 0;
        let bounds = histogram.bounds.iter().chain(&[f64::INFINITY]);
        for (at, (bound, count)) in bounds.zip(&histogram.counts).enumerate() {
            total = total.saturating_add(*count);
            let series = self.number("_bucket", Some(("le", *bound)), total as f64, false);
            while let Some((_, one)) = exemplars.next_if(|(slot, _)| *slot == at) {
                encode::exemplar(&mut series.exemplars, &one);
            }
        }
        if let Some(sum) = histogram.sum {
            self.number("_sum", None, sum, false);
        }
        self.number("_count", None, total as f64, true);
    }

    fn summary(&mut self, summary: &Summary) {
        for (quantile, value) in &summary.quantiles {
            self.number("", Some(("quantile", *quantile)), *value, false);
        }
        self.totals([summary.sum, summary.count as f64]);
    }
}

/// A metric whose points are collected.
pub(super) struct Open<'f, 's> {
    name: String,
    collect: &'f mut Collect<'s>,
}

impl Family for Open<'_, '_> {
    fn put<I: Iterator<Item = Exemplar>>(
        &mut self,
        labels: LabelList<'_>,
        point: Point,
        exemplars: impl FnOnce() -> I,
    ) -> Result<(), Reason> {
        if point.is_delta {
            return Err(Reason::Unsupported);
        }
        if !self.collect.takes_next() {
            return Ok(());
        }
        let time = self.collect.time(point.time);
        self.collect.point(&self.name, &labels, time, point.value, exemplars())
    }

    fn end(&mut self, labels: LabelList<'_>, time: u64, shape: Option<Value>) {
        if self.collect.takes_next() {
            let time = self.collect.time(time);
            self.collect.stale(&self.name, &labels, time, shape);
        }
    }
}
