//! Values of series, and what data points do to them. Pure arithmetic; nothing here knows a name.

use pdata::views::{
    BucketsView, ExemplarView, ExponentialHistogramDataPointView, HistogramDataPointView,
    NumberValue, SummaryDataPointView,
};

/// Most buckets of a histogram and quantiles of a summary; points with more are malformed.
pub(crate) const BUCKETS_MAX: usize = 1024;
/// Most buckets of an exponential histogram on either side of zero; more are joined, two by two.
const EXPONENTIAL_BUCKETS_MAX: i64 = 160;
/// Finer scales are made this one.
const SCALE_MAX: i32 = 20;
/// Below this one every bucket is beyond the range of a double.
const SCALE_MIN: i32 = -11;

/// How many stretches of time a running sum may miss and still take in later.
pub(crate) const GAPS_MAX: usize = 8;
/// A whole number stays one, so that counts are exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Double(f64),
}

impl From<NumberValue> for Number {
    fn from(value: NumberValue) -> Self {
        match value {
            NumberValue::Int(value) => Self::Int(value),
            NumberValue::Double(value) => Self::Double(value),
        }
    }
}

impl Number {
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Double(value) => value,
        }
    }

    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) if a.checked_add(b).is_some() => Self::Int(a + b),
            _ => Self::Double(self.as_f64() + other.as_f64()),
        }
    }
}

/// What a series stands at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Number(Number),
    Histogram(Histogram),
    Exponential(Box<Exponential>),
    Summary(Summary),
}

impl Value {
    /// Adds a delta. What cannot be added, other buckets for example, starts the series anew.
    pub(crate) fn add(&mut self, delta: Self) {
        match (&mut *self, delta) {
            (Self::Number(sum), Self::Number(more)) => *sum = sum.plus(more),
            (Self::Histogram(sum), Self::Histogram(more)) if sum.bounds == more.bounds => {
                sum.add(&more);
            }
            (Self::Exponential(sum), Self::Exponential(more)) => sum.add(&more),
            (_, new) => *self = new,
        }
    }

    /// Bytes held beyond the value itself. An exponential histogram counts with all it may grow to.
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Number(_) => 0,
            Self::Histogram(histogram) => 8 * (histogram.bounds.len() + histogram.counts.len()),
            Self::Exponential(_) => {
                size_of::<Exponential>() + 16 * EXPONENTIAL_BUCKETS_MAX as usize
            }
            Self::Summary(summary) => 16 * summary.quantiles.len(),
        }
    }

    /// How many exemplars the page has room for.
    pub(crate) fn exemplar_slots(&self) -> usize {
        match self {
            Self::Number(_) => 1,
            Self::Histogram(histogram) => histogram.counts.len(),
            Self::Exponential(_) | Self::Summary(_) => 0,
        }
    }

    /// Where an exemplar belongs.
    pub(crate) fn exemplar_slot(&self, value: f64) -> usize {
        match self {
            Self::Histogram(histogram) => histogram.bounds.partition_point(|bound| *bound < value),
            _ => 0,
        }
    }
}

/// Buckets with explicit bounds: one more bucket than bounds, the last without one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Histogram {
    pub(crate) bounds: Box<[f64]>,
    pub(crate) counts: Box<[u64]>,
    pub(crate) sum: Option<f64>,
}

impl Histogram {
    /// None where bounds and counts do not go together.
    pub(crate) fn read(point: &HistogramDataPointView<'_>) -> Option<Self> {
        let mut bounds: Vec<_> = point.explicit_bounds().iter().take(BUCKETS_MAX + 1).collect();
        let mut counts: Vec<_> = point.bucket_counts().iter().take(BUCKETS_MAX + 2).collect();
        if counts.is_empty() {
            bounds.clear();
            counts.push(point.count());
        }
        let is_sound = bounds.len() <= BUCKETS_MAX
            && counts.len() == bounds.len() + 1
            && bounds.iter().all(|bound| !bound.is_nan())
            && bounds.is_sorted_by(|a, b| a < b);
        if !is_sound {
            return None;
        }
        // Some write the last bound out.
        if bounds.last() == Some(&f64::INFINITY) {
            bounds.pop();
            let beyond = counts.pop().unwrap_or(0);
            if let Some(last) = counts.last_mut() {
                *last = last.saturating_add(beyond);
            }
        }
        Some(Self { bounds: bounds.into(), counts: counts.into(), sum: point.sum() })
    }

    fn add(&mut self, more: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&more.counts) {
            *count = count.saturating_add(*more);
        }
        self.sum = self.sum.zip(more.sum).map(|(a, b)| a + b);
    }
}

/// Buckets that grow exponentially, by powers of `2^(2^-scale)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exponential {
    pub(crate) count: u64,
    pub(crate) sum: Option<f64>,
    scale: i32,
    zero_count: u64,
    zero_threshold: f64,
    positive: Side,
    negative: Side,
}

/// The buckets on one side of zero: at most [`EXPONENTIAL_BUCKETS_MAX`] of them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Side {
    first: i64,
    counts: Vec<u64>,
}

impl Exponential {
    pub(crate) fn read(point: &ExponentialHistogramDataPointView<'_>) -> Self {
        // 63 makes all indices 0 or -1, as any larger number would.
        let shift = (i64::from(point.scale()) - i64::from(SCALE_MAX)).clamp(0, 63) as u32;
        let scale = point.scale().clamp(SCALE_MIN, SCALE_MAX);
        let positive = || cells(point.positive(), shift);
        let negative = || cells(point.negative(), shift);
        let shift = joins(range(positive())).max(joins(range(negative())));
        Self {
            count: point.count(),
            sum: point.sum(),
            scale: scale - shift as i32,
            zero_count: point.zero_count(),
            zero_threshold: point.zero_threshold().max(0.0),
            positive: Side::fill(range(positive()), shift, positive()),
            negative: Side::fill(range(negative()), shift, negative()),
        }
    }

    fn add(&mut self, more: &Self) {
        let scale = self.scale.min(more.scale);
        let (own, other) = (self.scale.abs_diff(scale), more.scale.abs_diff(scale));
        let positive = || self.positive.cells(own).chain(more.positive.cells(other));
        let negative = || self.negative.cells(own).chain(more.negative.cells(other));
        let shift = joins(range(positive())).max(joins(range(negative())));
        let joined = (
            Side::fill(range(positive()), shift, positive()),
            Side::fill(range(negative()), shift, negative()),
        );
        (self.positive, self.negative) = joined;
        self.scale = scale - shift as i32;
        self.count = self.count.saturating_add(more.count);
        self.sum = self.sum.zip(more.sum).map(|(a, b)| a + b);
        self.zero_count = self.zero_count.saturating_add(more.zero_count);
        self.zero_threshold = self.zero_threshold.max(more.zero_threshold);
    }

    /// Upper bounds and counts of the buckets, the lowest bound first, each bound once.
    pub(crate) fn buckets(&self) -> Vec<(f64, u64)> {
        let negative = self.negative.cells(0).rev();
        let negative = negative.map(|(index, count)| (-self.bound(index), count));
        let zero = (self.zero_count > 0).then_some((self.zero_threshold, self.zero_count));
        let positive = self.positive.cells(0).map(|(index, count)| (self.bound(index + 1), count));
        let mut buckets: Vec<(f64, u64)> = Vec::new();
        for (bound, count) in negative.chain(zero).chain(positive) {
            match buckets.last_mut() {
                Some(last) if bound <= last.0 => last.1 = last.1.saturating_add(count),
                _ => buckets.push((bound, count)),
            }
        }
        buckets
    }

    fn bound(&self, index: i64) -> f64 {
        (index as f64 * f64::from(-self.scale).exp2()).exp2()
    }
}

impl Side {
    /// Joins `2^shift` neighbours each; `range` spans what `cells` holds.
    fn fill(
        range: Option<(i64, i64)>,
        shift: u32,
        cells: impl Iterator<Item = (i64, u64)>,
    ) -> Self {
        let Some((first, last)) = range else { return Self::default() };
        let (first, last) = (first >> shift, last >> shift);
        let mut counts = vec![0_u64; usize::try_from(last - first + 1).unwrap_or(0)];
        for (index, count) in cells.filter(|(_, count)| *count > 0) {
            let slot = usize::try_from((index >> shift) - first).unwrap_or(usize::MAX);
            if let Some(sum) = counts.get_mut(slot) {
                *sum = sum.saturating_add(count);
            }
        }
        Self { first, counts }
    }

    fn cells(&self, shift: u32) -> impl DoubleEndedIterator<Item = (i64, u64)> {
        let counts = self.counts.iter().enumerate();
        counts.map(move |(at, count)| ((self.first + at as i64) >> shift.min(63), *count))
    }
}

/// Index and count of each bucket on the wire, `2^shift` neighbours with one index.
fn cells(buckets: BucketsView<'_>, shift: u32) -> impl Iterator<Item = (i64, u64)> {
    let first = i64::from(buckets.offset());
    let counts = buckets.bucket_counts().iter().enumerate();
    counts.map(move |(at, count)| ((first + at as i64) >> shift, count))
}

/// The first and the last index that counts something.
fn range(cells: impl Iterator<Item = (i64, u64)>) -> Option<(i64, i64)> {
    cells.filter(|(_, count)| *count > 0).fold(None, |range, (index, _)| match range {
        None => Some((index, index)),
        Some((first, last)) => Some((index.min(first), index.max(last))),
    })
}

/// How often buckets must be joined two by two until they are few enough.
fn joins(range: Option<(i64, i64)>) -> u32 {
    let Some((first, last)) = range else { return 0 };
    let fits = |shift: &u32| (last >> shift) - (first >> shift) < EXPONENTIAL_BUCKETS_MAX;
    (0..63).find(fits).unwrap_or(63)
}

/// An exponential histogram as Prometheus's native histograms have it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NativeBuckets {
    /// -4 to 8.
    pub(crate) schema: i32,
    pub(crate) zero_threshold: f64,
    pub(crate) zero_count: u64,
    /// Index of the first bucket and the counts from there on. A bucket's index is the one of its
    /// upper bound, one more than in OTLP.
    pub(crate) positive: (i64, Vec<u64>),
    pub(crate) negative: (i64, Vec<u64>),
}

/// Native histograms have these resolutions.
const SCHEMAS: std::ops::RangeInclusive<i32> = -4..=8;

impl Exponential {
    /// With buckets joined to the finest schema there is; none where they are coarser than the
    /// coarsest.
    pub(crate) fn native(&self) -> Option<NativeBuckets> {
        let schema = self.scale.min(*SCHEMAS.end());
        let shift = self.scale.abs_diff(schema);
        let side = |side: &Side| {
            let joined = Side::fill(range(side.cells(shift)), 0, side.cells(shift));
            (joined.first + 1, joined.counts)
        };
        SCHEMAS.contains(&schema).then(|| NativeBuckets {
            schema,
            zero_threshold: self.zero_threshold,
            zero_count: self.zero_count,
            positive: side(&self.positive),
            negative: side(&self.negative),
        })
    }
}

/// Values at quantiles, the lowest quantile first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) quantiles: Box<[(f64, f64)]>,
}

impl Summary {
    /// None where a quantile is none.
    pub(crate) fn read(point: &SummaryDataPointView<'_>) -> Option<Self> {
        let quantiles = point.quantile_values().iter().take(BUCKETS_MAX + 1);
        let mut quantiles: Vec<_> = quantiles.map(|at| (at.quantile(), at.value())).collect();
        let is_sound = quantiles.len() <= BUCKETS_MAX
            && quantiles.iter().all(|(quantile, _)| (0.0..=1.0).contains(quantile));
        if !is_sound {
            return None;
        }
        quantiles.sort_by(|a, b| a.0.total_cmp(&b.0));
        quantiles.dedup_by(|a, b| a.0 == b.0);
        Some(Self { count: point.count(), sum: point.sum(), quantiles: quantiles.into() })
    }
}

/// A measurement and the span it was made in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Exemplar {
    pub(crate) value: f64,
    pub(crate) time: u64,
    pub(crate) trace_id: [u8; 16],
    pub(crate) span_id: Option<[u8; 8]>,
}

impl Exemplar {
    /// None without a trace, which is what one follows an exemplar to.
    pub(crate) fn read(exemplar: &ExemplarView<'_>) -> Option<Self> {
        let trace_id: [u8; 16] = exemplar.trace_id().try_into().ok()?;
        let span_id: Option<[u8; 8]> = exemplar.span_id().try_into().ok();
        Some(Self {
            value: Number::from(exemplar.value()?).as_f64(),
            time: exemplar.time_unix_nano(),
            trace_id: (trace_id != [0; 16]).then_some(trace_id)?,
            span_id: span_id.filter(|id| *id != [0; 8]),
        })
    }
}

/// A data point on its way in.
#[derive(Debug)]
pub(crate) struct Point {
    /// Since when it counts; zero when unknown.
    pub(crate) start: u64,
    /// Nanoseconds since 1970; zero when unknown.
    pub(crate) time: u64,
    pub(crate) value: Value,
    /// Whether it is a change and not a total.
    pub(crate) is_delta: bool,
}

/// What is known of the time that a series covers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Timing {
    /// Each value says all since `start`; zero when unknown.
    Cumulative { start: u64 },
    /// Values have been added; between them are the stretches that nothing was heard of, oldest
    /// first.
    Delta { gaps: Vec<(u64, u64)> },
}

/// What becomes of a point that comes to a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It was counted already, or something newer is shown.
    Late,
    Adds,
    Replaces,
    /// The series has been of the other temporality.
    StartsAnew,
}

impl Timing {
    pub(crate) fn new(point: &Point) -> Self {
        match point.is_delta {
            false => Self::Cumulative { start: point.start },
            // What was before may come later.
            true if point.start > 0 => Self::Delta { gaps: vec![(0, point.start.min(point.time))] },
            true => Self::Delta { gaps: Vec::new() },
        }
    }

    /// What becomes of a point of a series whose newest is of the time `until`.
    pub(crate) fn admit(&mut self, point: &Point, until: u64) -> Admission {
        match (self, point.is_delta) {
            (Self::Delta { gaps }, true) => match cover(gaps, until, point.start, point.time) {
                true => Admission::Adds,
                false => Admission::Late,
            },
            (Self::Cumulative { start }, false) => {
                let is_older = point.time != 0 && point.time < until;
                // A total of an earlier life of its source, or of another source.
                let is_former = point.start != 0 && point.start < *start;
                if is_older || is_former {
                    return Admission::Late;
                }
                *start = point.start;
                Admission::Replaces
            }
            _ => Admission::StartsAnew,
        }
    }
}

/// Whether a delta from `start` to `time` counts something new: it ends after all that was counted,
/// or lies in a gap between. So batches may overtake one another, and what is sent twice counts
/// once. Without a time there is no telling, and it counts.
fn cover(gaps: &mut Vec<(u64, u64)>, until: u64, start: u64, time: u64) -> bool {
    if time == 0 {
        return true;
    }
    if time > until {
        if until > 0 && start.min(time) > until {
            gaps.push((until, start.min(time)));
            keep_newest(gaps);
        }
        return true;
    }
    let holds = |gap: &(u64, u64)| start != 0 && gap.0 <= start && start < time && time <= gap.1;
    let Some(at) = gaps.iter().position(holds) else { return false };
    let (from, to) = gaps.remove(at);
    let left = [(from, start), (time, to)].into_iter().filter(|(from, to)| from < to);
    gaps.splice(at..at, left);
    keep_newest(gaps);
    true
}

fn keep_newest(gaps: &mut Vec<(u64, u64)>) {
    if gaps.len() > GAPS_MAX {
        gaps.remove(0);
    }
}
