//! Time series: sums that do not depend on the order of what is added, and never fall.

use std::collections::HashMap;

use super::{
    labels::{Labels, Set},
    names::{Kind, Name},
};

/// Steps of [`Exact`] in 1.
const ONE: i128 = 1_000_000_000_000;

/// A number with twelve decimals. Adding is exact, so the order does not matter; decimal, so that
/// money stays round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Exact(i128);

impl Exact {
    /// The nearest one. What is no number is 0; what is too large is the largest.
    pub(super) fn new(number: f64) -> Self {
        let whole = number.trunc();
        let rest = ((number - whole) * ONE as f64).round();
        Self((whole as i128).saturating_mul(ONE).saturating_add(rest as i128))
    }

    /// The nearest double.
    pub(super) fn to_f64(self) -> f64 {
        // In two parts: a double cannot hold so many steps exactly.
        (self.0 / ONE) as f64 + (self.0 % ONE) as f64 / ONE as f64
    }

    /// The nearest whole number that OTLP can say: from 0, and signed.
    pub(super) fn to_u64(self) -> u64 {
        let rounded = self.0.saturating_add(ONE / 2).div_euclid(ONE);
        i64::try_from(rounded.max(0)).unwrap_or(i64::MAX).unsigned_abs()
    }

    fn plus(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }
}

/// A sum, and the highest value it ever had: a counter that was told must not fall. A correction
/// downwards is made up for by what is added next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    sum: Exact,
    shown: Exact,
}

impl Sum {
    fn add(&mut self, more: Exact) {
        self.sum = self.sum.plus(more);
    }

    /// The value to tell.
    fn show(&mut self) -> Exact {
        self.shown = self.shown.max(self.sum);
        self.shown
    }
}

/// A call behind a number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Exemplar {
    pub(super) value: f64,
    /// Nanoseconds since 1970.
    pub(super) time: u64,
    pub(super) trace_id: [u8; 16],
    pub(super) span_id: u64,
}

impl Exemplar {
    fn is_traced(&self) -> bool {
        self.trace_id != [0; 16] && self.span_id != 0
    }
}

#[derive(Debug)]
enum Value {
    Sum(Sum),
    Gauge(f64),
    Histogram { bounds: &'static [f64], buckets: Box<[Sum]>, sum: Sum },
}

/// The value of a series to be told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    Number(Exact),
    Gauge(f64),
    Histogram { bounds: &'static [f64], counts: Vec<u64>, sum: Exact },
}

/// One series.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) labels: Set,
    value: Value,
    /// The latest of each bucket; of a counter the latest.
    exemplars: Vec<(u8, Exemplar)>,
    /// Whether it was told at zero.
    was_zero: bool,
}

impl Series {
    fn new(labels: Set, kind: Kind) -> Self {
        let value = match kind {
            Kind::Counter | Kind::Amount => Value::Sum(Sum::default()),
            Kind::Gauge => Value::Gauge(0.0),
            Kind::Histogram(bounds) => Value::Histogram {
                bounds,
                buckets: vec![Sum::default(); bounds.len() + 1].into(),
                sum: Sum::default(),
            },
        };
        Self { labels, value, exemplars: Vec::new(), was_zero: false }
    }

    /// What to tell now, and the calls behind it. A series begins at zero, or what it rose by at first
    /// would be invisible to who looks at differences; `is_last` tells it all at once.
    pub(super) fn show(&mut self, is_last: bool) -> (Shown, &[(u8, Exemplar)]) {
        let begins = !self.was_zero && !is_last;
        self.was_zero = true;
        let shown = match &mut self.value {
            Value::Gauge(value) => return (Shown::Gauge(*value), &[]),
            Value::Sum(_) if begins => Shown::Number(Exact::default()),
            Value::Sum(sum) => Shown::Number(sum.show()),
            Value::Histogram { bounds, buckets, .. } if begins => {
                Shown::Histogram { bounds, counts: vec![0; buckets.len()], sum: Exact::default() }
            }
            Value::Histogram { bounds, buckets, sum } => Shown::Histogram {
                bounds,
                counts: buckets.iter_mut().map(|bucket| bucket.show().to_u64()).collect(),
                sum: sum.show(),
            },
        };
        (shown, if begins { &[] } else { &self.exemplars })
    }

    fn keep(&mut self, place: u8, exemplar: Exemplar) {
        if !exemplar.is_traced() {
            return;
        }
        match self.exemplars.iter_mut().find(|(at, _)| *at == place) {
            Some((_, kept)) => {
                // Of equals always the same, whichever came first.
                if (kept.time, kept.trace_id, kept.span_id)
                    < (exemplar.time, exemplar.trace_id, exemplar.span_id)
                {
                    *kept = exemplar;
                }
            }
            None => self.exemplars.push((place, exemplar)),
        }
    }
}

/// All series, bounded.
#[derive(Debug)]
pub(super) struct Store {
    /// By metric, in order of appearance.
    series: Vec<Vec<Series>>,
    places: HashMap<(Name, Set), usize>,
    is_on: Vec<bool>,
    limit: usize,
    /// How often something went to the series that stands for all others.
    pub(super) overflowed: u64,
}

impl Store {
    /// An empty store of these metrics and at most so many series, not counting one for each metric that
    /// takes what is too much.
    pub(super) fn new(is_on: impl Fn(Name) -> bool, limit: usize) -> Self {
        Self {
            series: Name::ALL.iter().map(|_| Vec::new()).collect(),
            places: HashMap::new(),
            is_on: Name::ALL.iter().map(|name| is_on(*name)).collect(),
            limit,
            overflowed: 0,
        }
    }

    /// How many series there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether the metric is asked for.
    pub(super) fn has(&self, name: Name) -> bool {
        self.is_on.get(name as usize).copied().unwrap_or(false)
    }

    /// Makes sure that the series is there, at zero if it is new.
    pub(super) fn touch(&mut self, labels: &mut Labels, name: Name, set: &Set) {
        let _ = self.get(labels, name, set);
    }

    /// Adds to a counter.
    pub(super) fn add(
        &mut self,
        labels: &mut Labels,
        name: Name,
        set: &Set,
        amount: f64,
        exemplar: Option<Exemplar>,
    ) {
        let Some(series) = self.get(labels, name, set) else { return };
        if let Value::Sum(sum) = &mut series.value {
            sum.add(Exact::new(amount));
        }
        if let Some(exemplar) = exemplar {
            series.keep(0, exemplar);
        }
    }

    /// Adds an observation to a histogram, `weight` times; a negative weight takes it back.
    pub(super) fn observe(
        &mut self,
        labels: &mut Labels,
        name: Name,
        set: &Set,
        (value, weight): (f64, f64),
        exemplar: Option<Exemplar>,
    ) {
        if !value.is_finite() {
            return;
        }
        let Some(series) = self.get(labels, name, set) else { return };
        let Value::Histogram { bounds, buckets, sum } = &mut series.value else { return };
        let place = bounds.partition_point(|bound| *bound < value);
        if let Some(bucket) = buckets.get_mut(place) {
            bucket.add(Exact::new(weight));
        }
        sum.add(Exact::new(value * weight));
        if let Some(exemplar) = exemplar {
            series.keep(place as u8, Exemplar { value, ..exemplar });
        }
    }

    /// Sets a gauge.
    pub(super) fn set(&mut self, labels: &mut Labels, name: Name, set: &Set, to: f64) {
        if let Some(Series { value: Value::Gauge(value), .. }) = self.get(labels, name, set) {
            *value = to;
        }
    }

    /// Raises a gauge.
    pub(super) fn raise(&mut self, labels: &mut Labels, name: Name, set: &Set, by: f64) {
        if let Some(Series { value: Value::Gauge(value), .. }) = self.get(labels, name, set) {
            *value += by;
        }
    }

    /// Puts all series of a gauge at zero.
    pub(super) fn clear(&mut self, name: Name) {
        for series in self.series.get_mut(name as usize).into_iter().flatten() {
            series.value = Value::Gauge(0.0);
        }
    }

    /// Every metric with its series.
    pub(super) fn all(&mut self) -> impl Iterator<Item = (Name, &mut [Series])> {
        let all = Name::ALL.iter().zip(&mut self.series);
        all.map(|(name, series)| (*name, series.as_mut_slice()))
    }

    fn get(&mut self, labels: &mut Labels, name: Name, set: &Set) -> Option<&mut Series> {
        if !self.has(name) {
            return None;
        }
        let row = name.row();
        let mut set = labels.project(set, row);
        if self.places.len() >= self.limit && !self.places.contains_key(&(name, set)) {
            set = Set::OVERFLOW;
        }
        self.overflowed += u64::from(set == Set::OVERFLOW);
        let list = self.series.get_mut(name as usize)?;
        let place = *self.places.entry((name, set)).or_insert_with(|| {
            list.push(Series::new(set, row.kind));
            list.len() - 1
        });
        list.get_mut(place)
    }
}
