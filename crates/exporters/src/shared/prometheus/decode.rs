//! From an OTLP request to series, whatever becomes of them.

use pdata::views::{
    Attributes, ExemplarView, ExponentialHistogramDataPointView, HistogramDataPointView,
    MetricData, MetricView, MetricsView, NumberDataPointView, Read, Repeated, SummaryDataPointView,
};

use super::{
    Kind, Reason, Style,
    labels::{LabelList, Labels, Shared, Target, lossy, string},
    metrics::{Exemplar, Exponential, Histogram, Number, Point, Summary, Value},
    names::{Ending, Namer},
};

/// The bit of a point's flags that says it has no value: its series has ended.
const NO_RECORDED_VALUE: u32 = 1;
/// `AGGREGATION_TEMPORALITY_DELTA`.
const DELTA: i32 = 1;
/// `AGGREGATION_TEMPORALITY_CUMULATIVE`.
const CUMULATIVE: i32 = 2;

/// Longest name in the log, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// How many points were left out by reason, and the name of the first metric that had one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dropped([(usize, String); Reason::ALL.len()]);

impl Dropped {
    fn add(&mut self, reason: Reason, points: usize, metric: &MetricView<'_>) {
        let Some((count, name)) = self.0.get_mut(reason as usize) else { return };
        if *count == 0 {
            let start = metric.name().get(..NAME_BYTES_MAX).unwrap_or(metric.name());
            *name = lossy(start).into_owned();
        }
        *count += points;
    }

    /// Every reason that there was.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Reason, usize, &str)> {
        let all = Reason::ALL.into_iter().zip(&self.0);
        all.map(|(reason, (points, name))| (reason, *points, name.as_str()))
            .filter(|(_, points, _)| *points > 0)
    }
}

/// What a metric is to Prometheus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'m> {
    pub(crate) name: &'m str,
    pub(crate) kind: Kind,
    pub(crate) help: &'m str,
    pub(crate) unit: &'m str,
}

/// Where series go.
pub(crate) trait Intake {
    /// What takes the points of one metric.
    type Family<'f>: Family
    where
        Self: 'f;

    /// A resource begins: its job and instance, and all labels of its `target_info`; none where it
    /// has neither.
    fn target(&mut self, target: Option<(LabelList<'_>, LabelList<'_>)>);

    /// A metric begins.
    fn open(&mut self, head: Head<'_>) -> Result<Self::Family<'_>, Reason>;

    /// The metric of that name has ended.
    fn close(&mut self, _name: &str) {}
}

/// Takes the points of one metric.
pub(crate) trait Family {
    /// A point of the series with these labels. Exemplars are read only when they are asked for.
    fn put<I: Iterator<Item = Exemplar>>(
        &mut self,
        labels: LabelList<'_>,
        point: Point,
        exemplars: impl FnOnce() -> I,
    ) -> Result<(), Reason>;

    /// The series with these labels has ended; `shape` is what is known of its buckets and
    /// quantiles.
    fn end(&mut self, labels: LabelList<'_>, time: u64, shape: Option<Value>);
}

/// Turns requests into series.
#[derive(Debug)]
pub(crate) struct Translator {
    namer: Namer,
    labels: Labels,
}

/// What all points of a metric have in common.
#[derive(Clone, Copy)]
struct Form {
    kind: Kind,
    ending: Ending,
    is_delta: bool,
    /// Gauges and summaries may have a start time, which means nothing.
    has_start: bool,
}

impl Translator {
    pub(crate) fn new(style: &Style) -> Self {
        let namer = Namer::new(style);
        Self { labels: Labels::new(style, namer.clone()), namer }
    }

    /// The name under which resources are shown.
    pub(crate) fn target_info(&self) -> String {
        self.namer.with_namespace("target_info")
    }

    /// Gives all points of a request to `intake`, and tells which there was no place for.
    pub(crate) fn read(&self, request: &[u8], intake: &mut impl Intake) -> Dropped {
        let mut dropped = Dropped::default();
        for resource in MetricsView::read(request).resource_metrics() {
            let target = Target::new(resource.resource());
            intake.target(self.labels.of_target(&target));
            for scope in resource.scope_metrics() {
                let shared = self.labels.of_scope(&target, &scope);
                for metric in scope.metrics() {
                    let shared = shared.as_ref().map_err(|reason| *reason);
                    self.metric(&metric, shared, intake, &mut dropped);
                }
            }
        }
        dropped
    }

    fn metric(
        &self,
        metric: &MetricView<'_>,
        shared: Result<&Shared, Reason>,
        into: &mut impl Intake,
        dropped: &mut Dropped,
    ) {
        let Some(data) = metric.data() else { return };
        let named = form(metric, &data).and_then(|form| {
            let (name, unit) = (lossy(metric.name()), lossy(metric.unit()));
            let name = self.namer.metric(&name, &unit, form.ending).ok_or(Reason::Malformed)?;
            Ok((form, name, unit, shared?))
        });
        let (form, name, unit, shared) = match named {
            Ok(named) => named,
            Err(reason) => return dropped.add(reason, count(&data), metric),
        };
        let help = lossy(metric.description());
        let head = Head { name: &name, kind: form.kind, help: &help, unit: &unit };
        let opened = into.open(head).map(|open| {
            let mut points = Points { labels: &self.labels, shared, metric, form, open, dropped };
            match &data {
                MetricData::Gauge(gauge) => points.put_all(gauge.data_points()),
                MetricData::Sum(sum) => points.put_all(sum.data_points()),
                MetricData::Histogram(histogram) => points.put_all(histogram.data_points()),
                MetricData::ExponentialHistogram(histogram) => {
                    points.put_all(histogram.data_points());
                }
                MetricData::Summary(summary) => points.put_all(summary.data_points()),
            }
        });
        match opened {
            Ok(()) => into.close(&name),
            Err(reason) => dropped.add(reason, count(&data), metric),
        }
    }
}

/// A family that takes points, and what is needed for that.
struct Points<'s, F> {
    labels: &'s Labels,
    shared: &'s Shared,
    metric: &'s MetricView<'s>,
    form: Form,
    open: F,
    dropped: &'s mut Dropped,
}

impl<F: Family> Points<'_, F> {
    fn put_all<'a, P: DataPoint<'a>>(&mut self, points: Repeated<'a, P>) {
        for point in points {
            if let Err(reason) = self.put(&point) {
                self.dropped.add(reason, 1, self.metric);
            }
        }
    }

    fn put<'a>(&mut self, point: &impl DataPoint<'a>) -> Result<(), Reason> {
        let own_label = match self.form.kind {
            Kind::Histogram => "le",
            Kind::Summary => "quantile",
            Kind::Counter | Kind::Gauge | Kind::Untyped => "",
        };
        let attributes = point.attributes().into_iter();
        let attributes = attributes.map(|pair| (lossy(pair.key), string(pair.value())));
        let labels = self.labels.of_point(self.shared, attributes, own_label)?;
        let [start, time] = point.times();
        if point.flags() & NO_RECORDED_VALUE != 0 {
            self.open.end(labels, time, point.value(self.form.kind));
            return Ok(());
        }
        let value = point.value(self.form.kind).ok_or(Reason::Malformed)?;
        let start = if self.form.has_start { start } else { 0 };
        let taken = Point { start, time, value, is_delta: self.form.is_delta };
        self.open.put(labels, taken, || {
            point.exemplars().into_iter().filter_map(|exemplar| Exemplar::read(&exemplar))
        })
    }
}

/// What every kind of data point has.
trait DataPoint<'a>: Read<'a> {
    fn attributes(&self) -> Attributes<'a>;
    /// Start and end, in nanoseconds since 1970; zero when unknown.
    fn times(&self) -> [u64; 2];
    fn flags(&self) -> u32;
    /// None where there is none, or none that makes sense.
    fn value(&self, kind: Kind) -> Option<Value>;
    fn exemplars(&self) -> Repeated<'a, ExemplarView<'a>>;
}

/// What is spelled alike in all of them.
macro_rules! common_fields {
    () => {
        fn attributes(&self) -> Attributes<'a> {
            self.attributes()
        }

        fn times(&self) -> [u64; 2] {
            [self.start_time_unix_nano(), self.time_unix_nano()]
        }

        fn flags(&self) -> u32 {
            self.flags()
        }
    };
}

impl<'a> DataPoint<'a> for NumberDataPointView<'a> {
    common_fields!();

    fn value(&self, kind: Kind) -> Option<Value> {
        let number = Number::from(self.value()?);
        let is_sound = kind != Kind::Counter || number.as_f64() >= 0.0;
        is_sound.then_some(Value::Number(number))
    }

    fn exemplars(&self) -> Repeated<'a, ExemplarView<'a>> {
        self.exemplars()
    }
}

impl<'a> DataPoint<'a> for HistogramDataPointView<'a> {
    common_fields!();

    fn value(&self, _: Kind) -> Option<Value> {
        Histogram::read(self).map(Value::Histogram)
    }

    fn exemplars(&self) -> Repeated<'a, ExemplarView<'a>> {
        self.exemplars()
    }
}

impl<'a> DataPoint<'a> for ExponentialHistogramDataPointView<'a> {
    common_fields!();

    fn value(&self, _: Kind) -> Option<Value> {
        Some(Value::Exponential(Exponential::read(self).into()))
    }

    fn exemplars(&self) -> Repeated<'a, ExemplarView<'a>> {
        self.exemplars()
    }
}

impl<'a> DataPoint<'a> for SummaryDataPointView<'a> {
    common_fields!();

    fn value(&self, _: Kind) -> Option<Value> {
        Summary::read(self).map(Value::Summary)
    }

    fn exemplars(&self) -> Repeated<'a, ExemplarView<'a>> {
        Repeated::default()
    }
}

/// What becomes of a metric.
fn form(metric: &MetricView<'_>, data: &MetricData<'_>) -> Result<Form, Reason> {
    let steady = |kind, ending| Form { kind, ending, is_delta: false, has_start: false };
    let changing = |kind, ending, temporality| match temporality {
        DELTA | CUMULATIVE => {
            Ok(Form { kind, ending, is_delta: temporality == DELTA, has_start: true })
        }
        _ => Err(Reason::Unsupported),
    };
    match data {
        // So the `prometheus` receiver marks what it does not know the type of.
        MetricData::Gauge(_) if is_untyped(metric) => Ok(steady(Kind::Untyped, Ending::Gauge)),
        MetricData::Gauge(_) => Ok(steady(Kind::Gauge, Ending::Gauge)),
        MetricData::Sum(sum) => match (sum.is_monotonic(), sum.aggregation_temporality()) {
            (true, temporality) => changing(Kind::Counter, Ending::Counter, temporality),
            (false, CUMULATIVE) => changing(Kind::Gauge, Ending::None, CUMULATIVE),
            // Where it started is not known, so neither is where it stands.
            (false, _) => Err(Reason::Unsupported),
        },
        MetricData::Histogram(histogram) => {
            changing(Kind::Histogram, Ending::None, histogram.aggregation_temporality())
        }
        MetricData::ExponentialHistogram(histogram) => {
            changing(Kind::Histogram, Ending::None, histogram.aggregation_temporality())
        }
        MetricData::Summary(_) => Ok(steady(Kind::Summary, Ending::None)),
    }
}

fn is_untyped(metric: &MetricView<'_>) -> bool {
    let kind = metric.metadata().get(b"prometheus.type");
    kind.and_then(|kind| kind.as_str()) == Some(b"unknown")
}

/// How many points a metric has.
fn count(data: &MetricData<'_>) -> usize {
    match data {
        MetricData::Gauge(gauge) => gauge.data_points().len(),
        MetricData::Sum(sum) => sum.data_points().len(),
        MetricData::Histogram(histogram) => histogram.data_points().len(),
        MetricData::ExponentialHistogram(histogram) => histogram.data_points().len(),
        MetricData::Summary(summary) => summary.data_points().len(),
    }
}
