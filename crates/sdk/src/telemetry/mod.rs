//! Own metrics: counters, gauges and histograms under the collector's names.
//!
//! Names and labels are the Go collector's (`otelcol_*`, no `_total`). Series of one name may differ
//! in their label names: an exporter without a server has no `server_address`. Labels must be bounded by the config: ids, signals, codes; never values
//! from telemetry.

mod otlp;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use prometheus::{
    CounterVec, Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec,
    Opts, Registry, TextEncoder, proto::MetricFamily,
};

pub use self::otlp::put_resource;

/// How much telemetry about itself the collector gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    None,
    /// The essentials.
    Basic,
    /// The default.
    #[default]
    Normal,
    /// Everything.
    Detailed,
}

impl Level {
    /// The level of that name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            ("none", Self::None),
            ("basic", Self::Basic),
            ("normal", Self::Normal),
            ("detailed", Self::Detailed),
        ]
        .into_iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(name))
        .map(|(_, level)| level)
    }
}

/// The label names and values of one series.
pub type Labels<'a> = &'a [(&'a str, &'a str)];

/// A registry of own metrics. Cloning shares it.
#[derive(Clone)]
pub struct Telemetry {
    registry: Arc<Inner>,
    /// What is asked before each scrape for as long as this handle or a clone of it is there.
    refreshers: Arc<Refreshers>,
}

type Refreshers = Mutex<Vec<Box<dyn Fn() + Send + Sync>>>;

struct Inner {
    level: Level,
    families: Mutex<Families>,
    /// One for each scope, in the order they were made. What is gone is taken out with the next.
    scopes: Mutex<Vec<Weak<Refreshers>>>,
}

/// The metrics, in one registry for each set of label names, because a registry wants all series of
/// a name to have the same ones. As many as the components define: a few dozen.
#[derive(Default)]
struct Families {
    registries: BTreeMap<Vec<String>, Registry>,
    by_name: HashMap<(String, Vec<String>), Family>,
}

#[derive(Clone)]
enum Family {
    Counter(IntCounterVec),
    FloatCounter(CounterVec),
    Gauge(IntGaugeVec),
    Float(GaugeVec),
    Histogram(HistogramVec),
}

/// A number that only rises. Does nothing when its metric is off at this level.
#[derive(Clone, Debug, Default)]
pub struct Counter(Option<prometheus::IntCounter>);

/// A fractional number that only rises, and what it was when this handle was made.
#[derive(Clone, Debug, Default)]
pub struct FloatCounter(Option<(prometheus::Counter, f64)>);

/// A number that rises and falls.
#[derive(Clone, Debug, Default)]
pub struct Gauge(Option<prometheus::IntGauge>);

/// A fractional number that rises and falls.
#[derive(Clone, Debug, Default)]
pub struct FloatGauge(Option<prometheus::Gauge>);

/// A distribution.
#[derive(Clone, Debug, Default)]
pub struct Histogram(Option<prometheus::Histogram>);

impl Counter {
    /// Adds `count`.
    pub fn add(&self, count: usize) {
        if let Some(counter) = &self.0 {
            counter.inc_by(count as u64);
        }
    }

    /// Makes the sum `total`, for what is counted elsewhere. A smaller total than before changes
    /// nothing. Not for several tasks at once.
    pub fn raise_to(&self, total: u64) {
        if let Some(counter) = &self.0 {
            counter.inc_by(total.saturating_sub(counter.get()));
        }
    }

    /// The sum so far, for tests.
    pub fn value(&self) -> u64 {
        self.0.as_ref().map_or(0, prometheus::core::GenericCounter::get)
    }
}

impl FloatCounter {
    /// Makes the sum `total`, for what is counted elsewhere, above what another instance of the component
    /// counted before this handle was made. A smaller total than before changes nothing. Not for several
    /// tasks at once.
    pub fn raise_to(&self, total: f64) {
        if let Some((counter, before)) = &self.0 {
            counter.inc_by((before + total - counter.get()).max(0.0));
        }
    }
}

impl Gauge {
    /// Sets the value.
    pub fn set(&self, value: i64) {
        if let Some(gauge) = &self.0 {
            gauge.set(value);
        }
    }

    /// Adds to the value; a negative number takes away.
    pub fn add(&self, change: i64) {
        if let Some(gauge) = &self.0 {
            gauge.add(change);
        }
    }

    /// The value now, for tests.
    pub fn value(&self) -> i64 {
        self.0.as_ref().map_or(0, prometheus::core::GenericGauge::get)
    }
}

impl FloatGauge {
    /// Sets the value.
    pub fn set(&self, value: f64) {
        if let Some(gauge) = &self.0 {
            gauge.set(value);
        }
    }
}

impl Histogram {
    /// Adds one observation.
    pub fn record(&self, value: f64) {
        if let Some(histogram) = &self.0 {
            histogram.observe(value);
        }
    }
}

impl Telemetry {
    /// An empty registry at this level.
    pub fn new(level: Level) -> Self {
        let refreshers = Arc::default();
        let scopes = Mutex::new(vec![Arc::downgrade(&refreshers)]);
        let registry = Arc::new(Inner { level, families: Mutex::default(), scopes });
        Self { registry, refreshers }
    }

    /// The same registry for a part of the collector that may end before the rest: what it has refreshed
    /// before each scrape ends with the last clone of the scope. Its series stay.
    #[must_use]
    pub fn scope(&self) -> Self {
        let refreshers = Arc::default();
        let mut scopes = self.registry.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        scopes.retain(|scope| scope.strong_count() > 0);
        scopes.push(Arc::downgrade(&refreshers));
        drop(scopes);
        Self { registry: self.registry.clone(), refreshers }
    }

    /// How much is recorded.
    pub fn level(&self) -> Level {
        self.registry.level
    }

    /// A counter shown from `at` on; `labels` name this series.
    pub fn counter(&self, at: Level, name: &str, help: &str, labels: Labels<'_>) -> Counter {
        let make = |names: &[&str], registry: &Registry| {
            let family = IntCounterVec::new(Opts::new(name, help), names)?;
            registry.register(Box::new(family.clone()))?;
            Ok(Family::Counter(family))
        };
        Counter(match self.family(at, name, labels, make) {
            Some(Family::Counter(family)) => {
                family.get_metric_with_label_values(&values(labels)).ok()
            }
            _ => None,
        })
    }

    /// A counter of a fractional number shown from `at` on; `labels` name this series.
    pub fn float_counter(
        &self,
        at: Level,
        name: &str,
        help: &str,
        labels: Labels<'_>,
    ) -> FloatCounter {
        let make = |names: &[&str], registry: &Registry| {
            let family = CounterVec::new(Opts::new(name, help), names)?;
            registry.register(Box::new(family.clone()))?;
            Ok(Family::FloatCounter(family))
        };
        FloatCounter(match self.family(at, name, labels, make) {
            Some(Family::FloatCounter(family)) => {
                let counter = family.get_metric_with_label_values(&values(labels)).ok();
                counter.map(|counter| {
                    let before = counter.get();
                    (counter, before)
                })
            }
            _ => None,
        })
    }

    /// A gauge shown from `at` on; `labels` name this series.
    pub fn gauge(&self, at: Level, name: &str, help: &str, labels: Labels<'_>) -> Gauge {
        let make = |names: &[&str], registry: &Registry| {
            let family = IntGaugeVec::new(Opts::new(name, help), names)?;
            registry.register(Box::new(family.clone()))?;
            Ok(Family::Gauge(family))
        };
        Gauge(match self.family(at, name, labels, make) {
            Some(Family::Gauge(family)) => {
                family.get_metric_with_label_values(&values(labels)).ok()
            }
            _ => None,
        })
    }

    /// A gauge of a fractional number shown from `at` on; `labels` name this series.
    pub fn float_gauge(&self, at: Level, name: &str, help: &str, labels: Labels<'_>) -> FloatGauge {
        let make = |names: &[&str], registry: &Registry| {
            let family = GaugeVec::new(Opts::new(name, help), names)?;
            registry.register(Box::new(family.clone()))?;
            Ok(Family::Float(family))
        };
        FloatGauge(match self.family(at, name, labels, make) {
            Some(Family::Float(family)) => {
                family.get_metric_with_label_values(&values(labels)).ok()
            }
            _ => None,
        })
    }

    /// A histogram with these upper bounds shown from `at` on; `labels` name this series.
    pub fn histogram(
        &self,
        at: Level,
        name: &str,
        help: &str,
        bounds: &[f64],
        labels: Labels<'_>,
    ) -> Histogram {
        let make = |names: &[&str], registry: &Registry| {
            let options = HistogramOpts::new(name, help).buckets(bounds.to_vec());
            let family = HistogramVec::new(options, names)?;
            registry.register(Box::new(family.clone()))?;
            Ok(Family::Histogram(family))
        };
        Histogram(match self.family(at, name, labels, make) {
            Some(Family::Histogram(family)) => {
                family.get_metric_with_label_values(&values(labels)).ok()
            }
            _ => None,
        })
    }

    /// Called before each scrape, to refresh what is only read then.
    pub fn on_scrape(&self, refresh: impl Fn() + Send + Sync + 'static) {
        let mut refreshers = self.refreshers.lock().unwrap_or_else(PoisonError::into_inner);
        refreshers.push(Box::new(refresh));
    }

    /// All series in the Prometheus text format 0.0.4.
    pub fn render(&self) -> Vec<u8> {
        let gathered = self.refreshed();
        let mut page = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&gathered, &mut page) {
            tracing::error!(%error, "own metrics could not be written");
        }
        page
    }

    fn family(
        &self,
        at: Level,
        name: &str,
        labels: Labels<'_>,
        make: impl FnOnce(&[&str], &Registry) -> Result<Family, prometheus::Error>,
    ) -> Option<Family> {
        if self.registry.level < at || self.registry.level == Level::None {
            return None;
        }
        let names: Vec<_> = labels.iter().map(|(label, _)| *label).collect();
        let owned: Vec<_> = names.iter().map(|&label| label.to_owned()).collect();
        let key = (name.to_owned(), owned.clone());
        let mut families = self.registry.families.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = families.by_name.get(&key) {
            return Some(family.clone());
        }
        match make(&names, families.registries.entry(owned).or_default()) {
            Ok(family) => {
                families.by_name.insert(key, family.clone());
                Some(family)
            }
            Err(error) => {
                tracing::error!(%error, metric = name, "own metric is not valid and is left out");
                None
            }
        }
    }

    /// All families, as they are at one instant.
    fn refreshed(&self) -> Vec<MetricFamily> {
        let scopes = self.registry.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        for refreshers in scopes.iter().filter_map(Weak::upgrade) {
            let refreshers = refreshers.lock().unwrap_or_else(PoisonError::into_inner);
            refreshers.iter().for_each(|refresh| refresh());
        }
        // Before another scrape refreshes anything, so that what belongs together is of one instant.
        self.gather()
    }

    /// Whether the numbers of that name are fractional, even where they happen to be whole.
    fn is_double(&self, name: &str) -> bool {
        let families = self.registry.families.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_name = families.by_name.iter().filter(|((of, _), _)| of == name);
        of_name.any(|(_, family)| matches!(family, Family::FloatCounter(_) | Family::Float(_)))
    }

    /// All families by name, each once, however many registries hold series of it.
    fn gather(&self) -> Vec<MetricFamily> {
        let families = self.registry.families.lock().unwrap_or_else(PoisonError::into_inner);
        let mut gathered: Vec<_> =
            families.registries.values().flat_map(Registry::gather).collect();
        gathered.sort_by(|a, b| a.name().cmp(b.name()));
        gathered.dedup_by(|next, first| {
            let same = next.name() == first.name();
            if same {
                first.mut_metric().append(&mut next.take_metric());
            }
            same
        });
        gathered
    }
}

fn values<'a>(labels: Labels<'a>) -> Vec<&'a str> {
    labels.iter().map(|(_, value)| *value).collect()
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Telemetry({:?})", self.registry.level)
    }
}
