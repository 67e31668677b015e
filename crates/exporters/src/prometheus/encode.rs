//! The page: Prometheus text 0.0.4 and OpenMetrics 1.0.
//!
//! Labels are kept as the page writes them, so that most of a page is copied. Names that need quotes
//! only come up with a translation strategy that keeps UTF-8; a reader who does not know quotes is
//! given underscores.

use std::{
    borrow::Cow,
    collections::HashSet,
    fmt::{self, Write as _},
};

use super::state::{Family, Series, Store};
use crate::shared::prometheus::{
    Double, Exemplar, Exponential, Histogram, Kind, Number, Summary, Value, escape, is_label_name,
    is_metric_name,
};

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// OpenMetrics, and not text 0.0.4.
    pub(super) is_open_metrics: bool,
    /// Whether the reader knows names in quotes.
    pub(super) knows_utf8: bool,
}

/// The page would be longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// What is the same for all pages of an exporter.
#[derive(Clone, Debug)]
pub(super) struct PageSettings {
    /// Whether samples have times.
    pub(super) send_timestamps: bool,
    /// The longest page, in bytes.
    pub(super) bytes_max: usize,
    /// The name under which resources are shown.
    pub(super) target_info: String,
}

/// The whole page, names and labels in order.
pub(super) fn page(
    store: &Store,
    settings: &PageSettings,
    format: Format,
) -> Result<String, TooLong> {
    let mut page = Page { out: String::new(), settings, format, families: HashSet::new() };
    let mut targets = store.targets().peekable();
    if targets.peek().is_some()
        && let Some(name) = page.head(&settings.target_info, Kind::Gauge, "Target metadata")
    {
        let mut written = HashSet::new();
        for target in targets {
            let Some(labels) = page.labels(&target.labels, &mut written) else { continue };
            page.sample(Sample::new(&name, "", &labels), "1")?;
        }
    }
    for (name, family) in store.families() {
        page.family(name, family)?;
    }
    if format.is_open_metrics {
        page.out.push_str("# EOF\n");
    }
    Ok(page.out)
}

struct Page<'p> {
    out: String,
    settings: &'p PageSettings,
    format: Format,
    /// Names written, where underscores may make two of them one.
    families: HashSet<String>,
}

/// One line.
#[derive(Clone, Copy)]
struct Sample<'p> {
    name: &'p str,
    suffix: &'static str,
    labels: &'p str,
    /// A label of the page's own.
    own_label: Option<(&'static str, f64)>,
    /// In nanoseconds since 1970; zero for none.
    time: u64,
    exemplar: Option<Exemplar>,
}

impl<'p> Sample<'p> {
    fn new(name: &'p str, suffix: &'static str, labels: &'p str) -> Self {
        Self { name, suffix, labels, own_label: None, time: 0, exemplar: None }
    }
}

impl Page<'_> {
    fn family(&mut self, name: &str, family: &Family) -> Result<(), TooLong> {
        let Some(name) = self.head(name, family.kind, &family.help) else { return Ok(()) };
        let mut written = HashSet::new();
        for (labels, series) in &family.series {
            let Some(labels) = self.labels(labels, &mut written) else { continue };
            self.series(&name, family.kind, &labels, series)?;
        }
        Ok(())
    }

    /// What stands above the samples of a family. Gives the name they have on this page; none where
    /// another family has it already.
    fn head(&mut self, name: &str, kind: Kind, help: &str) -> Option<String> {
        let mut name = name.to_owned();
        if !self.format.knows_utf8 {
            name = without_leading_digit(escape(&name, true));
            if !self.families.insert(name.clone()) {
                return None;
            }
        }
        let is_open_metrics = self.format.is_open_metrics;
        let short =
            name.strip_suffix("_total").filter(|_| is_open_metrics && kind == Kind::Counter);
        let kind = match kind {
            // OpenMetrics knows no counter without `_total`.
            Kind::Counter if is_open_metrics && short.is_none() => "unknown",
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Summary => "summary",
            Kind::Untyped if is_open_metrics => "unknown",
            Kind::Untyped => "untyped",
        };
        let mut quoted = String::new();
        let short = short.unwrap_or(&name);
        put_name(&mut quoted, short, is_metric_name(short));
        if !help.is_empty() {
            let _ = write!(self.out, "# HELP {quoted} ");
            put_escaped(&mut self.out, help, is_open_metrics);
            self.out.push('\n');
        }
        let _ = writeln!(self.out, "# TYPE {quoted} {kind}");
        Some(name)
    }

    fn series(
        &mut self,
        name: &str,
        kind: Kind,
        labels: &str,
        series: &Series,
    ) -> Result<(), TooLong> {
        let time = if self.settings.send_timestamps { series.time } else { 0 };
        let sample = Sample { time, ..Sample::new(name, "", labels) };
        match &series.value {
            Value::Number(number) => {
                // Exemplars stand at counters, and a counter is one only with `_total`.
                let has_exemplar = kind == Kind::Counter && name.ends_with("_total");
                let exemplar = series.exemplars.first().filter(|_| has_exemplar);
                let sample = Sample { exemplar: exemplar.copied().flatten(), ..sample };
                match number {
                    Number::Int(value) => self.sample(sample, value),
                    Number::Double(value) => self.sample(sample, Double(*value)),
                }
            }
            Value::Histogram(histogram) => self.histogram(sample, histogram, &series.exemplars),
            Value::Exponential(histogram) => self.exponential(sample, histogram),
            Value::Summary(summary) => self.summary(sample, summary),
        }
    }

    fn histogram(
        &mut self,
        sample: Sample<'_>,
        histogram: &Histogram,
        exemplars: &[Option<Exemplar>],
    ) -> Result<(), TooLong> {
        let mut sum: u64 = 0;
        let bounds = histogram.bounds.iter().chain(&[f64::INFINITY]);
        for (at, (bound, count)) in bounds.zip(&histogram.counts).enumerate() {
            sum = sum.saturating_add(*count);
            let exemplar = exemplars.get(at).copied().flatten();
            self.bucket(Sample { exemplar, ..sample }, *bound, sum)?;
        }
        self.totals(sample, histogram.sum, sum)
    }

    /// As classic buckets, since neither format has native ones.
    fn exponential(&mut self, sample: Sample<'_>, histogram: &Exponential) -> Result<(), TooLong> {
        let mut sum: u64 = 0;
        for (bound, count) in histogram.buckets() {
            sum = sum.saturating_add(count);
            if bound.is_finite() {
                self.bucket(sample, bound, sum)?;
            }
        }
        let count = histogram.count.max(sum);
        self.bucket(sample, f64::INFINITY, count)?;
        self.totals(sample, histogram.sum, count)
    }

    fn bucket(&mut self, sample: Sample<'_>, bound: f64, count: u64) -> Result<(), TooLong> {
        let own_label = Some(("le", bound));
        self.sample(Sample { suffix: "_bucket", own_label, ..sample }, count)
    }

    fn totals(&mut self, sample: Sample<'_>, sum: Option<f64>, count: u64) -> Result<(), TooLong> {
        if let Some(sum) = sum {
            self.sample(Sample { suffix: "_sum", ..sample }, Double(sum))?;
        }
        self.sample(Sample { suffix: "_count", ..sample }, count)
    }

    fn summary(&mut self, sample: Sample<'_>, summary: &Summary) -> Result<(), TooLong> {
        for (quantile, value) in &summary.quantiles {
            let own_label = Some(("quantile", *quantile));
            self.sample(Sample { own_label, ..sample }, Double(*value))?;
        }
        self.totals(sample, Some(summary.sum), summary.count)
    }

    fn sample(&mut self, sample: Sample<'_>, value: impl fmt::Display) -> Result<(), TooLong> {
        self.put_series(&sample);
        let _ = write!(self.out, " {value}");
        if sample.time != 0 {
            self.put_time(sample.time);
        }
        if let Some(exemplar) = sample.exemplar.filter(|_| self.format.is_open_metrics) {
            self.put_exemplar(&exemplar);
        }
        self.out.push('\n');
        if self.out.len() > self.settings.bytes_max { Err(TooLong) } else { Ok(()) }
    }

    /// Name and labels. A name in quotes stands among the labels.
    fn put_series(&mut self, sample: &Sample<'_>) {
        let Sample { name, suffix, labels, own_label, .. } = *sample;
        let is_plain = is_metric_name(name);
        let out = &mut self.out;
        if is_plain {
            out.push_str(name);
            out.push_str(suffix);
            if labels.is_empty() && own_label.is_none() {
                return;
            }
        }
        out.push('{');
        let mut comma = "";
        if !is_plain {
            out.push('"');
            put_escaped(out, name, true);
            out.push_str(suffix);
            out.push('"');
            comma = ",";
        }
        if !labels.is_empty() {
            out.push_str(comma);
            out.push_str(labels);
            comma = ",";
        }
        if let Some((name, number)) = own_label {
            let number = Double(number).to_string();
            let is_whole = number.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
            // OpenMetrics writes numbers in labels as floats.
            let fraction = if self.format.is_open_metrics && is_whole { ".0" } else { "" };
            let _ = write!(out, "{comma}{name}=\"{number}{fraction}\"");
        }
        out.push('}');
    }

    /// Milliseconds in the text format, seconds in OpenMetrics.
    fn put_time(&mut self, nanos: u64) {
        let millis = nanos / 1_000_000;
        let _ = match self.format.is_open_metrics {
            true => write!(self.out, " {}.{:03}", millis / 1_000, millis % 1_000),
            false => write!(self.out, " {millis}"),
        };
    }

    fn put_exemplar(&mut self, exemplar: &Exemplar) {
        self.out.push_str(" # {");
        let mut comma = "";
        // The longest is 71 characters with names; OpenMetrics allows 128.
        if let Some(span_id) = exemplar.span_id {
            let _ = write!(self.out, "span_id=\"{:016x}\"", u64::from_be_bytes(span_id));
            comma = ",";
        }
        let trace_id = u128::from_be_bytes(exemplar.trace_id);
        let value = Double(exemplar.value);
        let _ = write!(self.out, "{comma}trace_id=\"{trace_id:032x}\"}} {value}");
        if exemplar.time != 0 {
            self.put_time(exemplar.time);
        }
    }

    /// The labels for this reader; none where underscores made them those of a series before.
    fn labels<'l>(&self, labels: &'l str, written: &mut HashSet<String>) -> Option<Cow<'l, str>> {
        if self.format.knows_utf8 {
            return Some(Cow::Borrowed(labels));
        }
        let escaped = escaped_labels(labels);
        written.insert(escaped.clone()).then_some(Cow::Owned(escaped))
    }
}

/// Labels as the page writes them.
pub(super) fn text(labels: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    let mut text = String::new();
    for (name, value) in labels {
        put_label(&mut text, name.as_ref(), value.as_ref());
    }
    text
}

/// Adds `name="value"` to labels, with a comma where it is not the first.
fn put_label(labels: &mut String, name: &str, value: &str) {
    if !labels.is_empty() {
        labels.push(',');
    }
    put_name(labels, name, is_label_name(name));
    labels.push_str("=\"");
    put_escaped(labels, value, true);
    labels.push('"');
}

fn put_name(out: &mut String, name: &str, is_plain: bool) {
    if is_plain {
        return out.push_str(name);
    }
    out.push('"');
    put_escaped(out, name, true);
    out.push('"');
}

/// Text as the formats want it. A zero byte would be the end of the page to some readers.
fn put_escaped(out: &mut String, text: &str, escapes_quotes: bool) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if escapes_quotes => out.push_str("\\\""),
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// Labels with underscores for what needs quotes; of equal names the first stays.
fn escaped_labels(labels: &str) -> String {
    let mut escaped = String::with_capacity(labels.len());
    let mut names = HashSet::new();
    let mut rest = labels;
    while let Some((name, after)) = split_name(rest) {
        let (value, after) = split_quoted(after.trim_start_matches('='));
        rest = after.trim_start_matches(',');
        let name = without_leading_digit(escape(name, false));
        if names.insert(name.clone()) {
            let comma = if escaped.is_empty() { "" } else { "," };
            let _ = write!(escaped, "{comma}{name}=\"{value}\"");
        }
    }
    escaped
}

/// The name that labels begin with, without its quotes, and what follows.
fn split_name(labels: &str) -> Option<(&str, &str)> {
    match labels.starts_with('"') {
        true => Some(split_quoted(labels)),
        false => labels.find('=').map(|end| labels.split_at(end)),
    }
}

/// What stands in the quotes that a text begins with, still escaped, and what follows them.
fn split_quoted(text: &str) -> (&str, &str) {
    let content = text.strip_prefix('"').unwrap_or(text);
    let mut is_escaped = false;
    let end = content.find(|c| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    let (quoted, rest) = content.split_at(end.unwrap_or(content.len()));
    (quoted, rest.strip_prefix('"').unwrap_or(rest))
}

fn without_leading_digit(name: String) -> String {
    match name.as_bytes().first() {
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        _ => name,
    }
}
