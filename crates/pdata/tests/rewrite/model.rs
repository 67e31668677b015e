//! The same edits made to prost structs: slow, plain, and written independently.

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{AnyValue, InstrumentationScope, KeyValue},
    logs::v1::LogRecord,
    metrics::v1::{
        Exemplar, ExponentialHistogramDataPoint, HistogramDataPoint, Metric, NumberDataPoint,
        SummaryDataPoint, metric::Data, number_data_point,
    },
    resource::v1::Resource,
    trace::v1::{Span, span::Event},
};
use pdata::RecordKind;

use crate::script::{Edit, Stage, kinds};

/// A request that knows how to edit itself.
pub(crate) trait Model: prost::Message + Default + std::fmt::Debug {
    fn edit(&mut self, model: &mut Stages<'_>);
    fn items(&self) -> usize;
}

/// The stages and how many records they have seen.
pub(crate) struct Stages<'s> {
    script: &'s [Stage],
    visited: usize,
}

impl<'s> Stages<'s> {
    pub(crate) fn new(script: &'s [Stage]) -> Self {
        Self { script, visited: 0 }
    }

    fn wants(&self, kind: RecordKind) -> bool {
        kinds(self.script).contains(kind)
    }

    /// Makes the edits for one record; tells whether it stays.
    fn visit(&mut self, kind: RecordKind, target: &mut dyn Target) -> bool {
        if !self.wants(kind) {
            return true;
        }
        let at = self.visited;
        self.visited += 1;
        let mut stages = self.script.iter().filter(|stage| stage.is_for(kind, at));
        stages.all(|stage| apply(&stage.edit, target))
    }

    /// A header that may be absent stays absent unless an edit puts something in.
    fn visit_header<T: Target + Default + PartialEq>(
        &mut self,
        kind: RecordKind,
        header: &mut Option<T>,
    ) -> bool {
        let was_absent = header.is_none();
        let target = header.get_or_insert_default();
        let keep = self.visit(kind, target);
        if was_absent && *target == T::default() {
            *header = None;
        }
        keep
    }
}

/// Keeps what `keep` says; tells whether the parent goes because all is gone.
fn retain<T>(list: &mut Vec<T>, keep: impl FnMut(&mut T) -> bool) -> bool {
    let had = !list.is_empty();
    list.retain_mut(keep);
    had && list.is_empty()
}

/// What can be edited in a message. What it lacks ignores the edit.
trait Target {
    fn attributes(&mut self) -> &mut Vec<KeyValue>;
    fn set_name(&mut self, _: &str) {}
    fn set_start(&mut self, _: u64) {}
    fn other(&mut self, _: &Edit) {}
    fn children(&mut self, _: &Edit) {}
}

fn apply(edit: &Edit, target: &mut dyn Target) -> bool {
    match edit {
        Edit::Set(key, value) => {
            let list = target.attributes();
            match list.iter_mut().find(|pair| pair.key == *key) {
                Some(pair) => put(pair, value),
                None => list.push(pair(key, value)),
            }
        }
        Edit::Insert(key, value) => {
            let list = target.attributes();
            if list.iter().all(|pair| pair.key != *key) {
                list.push(pair(key, value));
            }
        }
        Edit::Update(key, value) => {
            if let Some(pair) = target.attributes().iter_mut().find(|pair| pair.key == *key) {
                put(pair, value);
            }
        }
        Edit::Remove(key) => target.attributes().retain(|pair| pair.key != *key),
        Edit::RetainShort(length) => target.attributes().retain(|pair| pair.key.len() <= *length),
        Edit::Rename(from, to) => rename(target.attributes(), from, to),
        Edit::Name(name) => target.set_name(name),
        Edit::Start(time) => target.set_start(*time),
        Edit::Drop => return false,
        Edit::Children(edit) => target.children(edit),
        Edit::Body(_) | Edit::Severity(_) | Edit::Status(_) | Edit::Integer(_) => {
            target.other(edit);
        }
    }
    true
}

/// An absent value and an empty one mean the same, so neither replaces the other.
fn put(pair: &mut KeyValue, value: &AnyValue) {
    if pair.value.is_some() || value.value.is_some() {
        pair.value = Some(value.clone());
    }
}

fn pair(key: &str, value: &AnyValue) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(value.clone()), ..KeyValue::default() }
}

fn rename(list: &mut Vec<KeyValue>, from: &str, to: &str) {
    if from == to || list.iter().all(|pair| pair.key != from) {
        return;
    }
    let mut renamed = false;
    list.retain_mut(|pair| {
        if pair.key == from && !renamed {
            renamed = true;
            pair.key = to.to_owned();
            return true;
        }
        pair.key != from && pair.key != to
    });
}

impl Target for Resource {
    fn attributes(&mut self) -> &mut Vec<KeyValue> {
        &mut self.attributes
    }
}

impl Target for InstrumentationScope {
    fn attributes(&mut self) -> &mut Vec<KeyValue> {
        &mut self.attributes
    }
    fn set_name(&mut self, name: &str) {
        self.name = name.to_owned();
    }
}

impl Target for Event {
    fn attributes(&mut self) -> &mut Vec<KeyValue> {
        &mut self.attributes
    }
    fn set_name(&mut self, name: &str) {
        self.name = name.to_owned();
    }
}

impl Target for Exemplar {
    fn attributes(&mut self) -> &mut Vec<KeyValue> {
        &mut self.filtered_attributes
    }
}

impl Target for Span {
    fn attributes(&mut self) -> &mut Vec<KeyValue> {
        &mut self.attributes
    }
    fn set_name(&mut self, name: &str) {
        self.name = name.to_owned();
    }
    fn set_start(&mut self, time: u64) {
        self.start_time_unix_nano = time;
    }
    fn other(&mut self, edit: &Edit) {
        let Edit::Status(code) = edit else { return };
        match &mut self.status {
            Some(status) => status.code = *code,
            None if *code != 0 => self.status.get_or_insert_default().code = *code,
            None => {}
        }
    }
    fn children(&mut self, edit: &Edit) {
        self.events.retain_mut(|event| apply(edit, event));
    }
}

impl Target for LogRecord {
    fn attributes(&mut self) -> &mut Vec<KeyValue> {
        &mut self.attributes
    }
    fn other(&mut self, edit: &Edit) {
        match edit {
            Edit::Body(value) => self.body = Some(value.clone()),
            Edit::Severity(severity) => self.severity_number = *severity,
            _ => {}
        }
    }
}

impl Target for Metric {
    fn attributes(&mut self) -> &mut Vec<KeyValue> {
        &mut self.metadata
    }
    fn set_name(&mut self, name: &str) {
        self.name = name.to_owned();
    }
}

macro_rules! data_point {
    ($type:ident, $exemplars:expr, $other:expr) => {
        impl Target for $type {
            fn attributes(&mut self) -> &mut Vec<KeyValue> {
                &mut self.attributes
            }
            fn set_start(&mut self, time: u64) {
                self.start_time_unix_nano = time;
            }
            fn other(&mut self, edit: &Edit) {
                let other: fn(&mut Self, &Edit) = $other;
                other(self, edit);
            }
            fn children(&mut self, edit: &Edit) {
                let exemplars: fn(&mut Self) -> Option<&mut Vec<Exemplar>> = $exemplars;
                if let Some(exemplars) = exemplars(self) {
                    exemplars.retain_mut(|exemplar| apply(edit, exemplar));
                }
            }
        }
    };
}

data_point!(NumberDataPoint, |point| Some(&mut point.exemplars), |point, edit| {
    if let Edit::Integer(value) = edit {
        point.value = Some(number_data_point::Value::AsInt(*value));
    }
});
data_point!(HistogramDataPoint, |point| Some(&mut point.exemplars), |_, _| ());
data_point!(ExponentialHistogramDataPoint, |point| Some(&mut point.exemplars), |_, _| ());
data_point!(SummaryDataPoint, |_| None, |_, _| ());

fn edit_metric(metric: &mut Metric, stages: &mut Stages<'_>) -> bool {
    if !stages.visit(RecordKind::Metric, metric) {
        return false;
    }
    let point = RecordKind::DataPoint;
    let gone = match &mut metric.data {
        None => false,
        Some(Data::Gauge(data)) => retain(&mut data.data_points, |at| stages.visit(point, at)),
        Some(Data::Sum(data)) => retain(&mut data.data_points, |at| stages.visit(point, at)),
        Some(Data::Histogram(data)) => retain(&mut data.data_points, |at| stages.visit(point, at)),
        Some(Data::ExponentialHistogram(data)) => {
            retain(&mut data.data_points, |at| stages.visit(point, at))
        }
        Some(Data::Summary(data)) => retain(&mut data.data_points, |at| stages.visit(point, at)),
    };
    !gone
}

fn points(metric: &Metric) -> usize {
    match &metric.data {
        None => 0,
        Some(Data::Gauge(data)) => data.data_points.len(),
        Some(Data::Sum(data)) => data.data_points.len(),
        Some(Data::Histogram(data)) => data.data_points.len(),
        Some(Data::ExponentialHistogram(data)) => data.data_points.len(),
        Some(Data::Summary(data)) => data.data_points.len(),
    }
}

macro_rules! model {
    ($request:ty, $resources:ident, $scopes:ident, $records:ident, $visit:expr, $items:expr) => {
        impl Model for $request {
            fn edit(&mut self, stages: &mut Stages<'_>) {
                self.$resources.retain_mut(|group| {
                    if !stages.visit_header(RecordKind::Resource, &mut group.resource) {
                        return false;
                    }
                    let gone = retain(&mut group.$scopes, |group| {
                        if !stages.visit_header(RecordKind::Scope, &mut group.scope) {
                            return false;
                        }
                        !retain(&mut group.$records, |record| $visit(record, stages))
                    });
                    !gone
                });
            }

            fn items(&self) -> usize {
                let scopes = self.$resources.iter().flat_map(|group| &group.$scopes);
                scopes.flat_map(|group| &group.$records).map($items).sum()
            }
        }
    };
}

model!(
    ExportTraceServiceRequest,
    resource_spans,
    scope_spans,
    spans,
    |record: &mut Span, stages: &mut Stages<'_>| stages.visit(RecordKind::Span, record),
    |_| 1
);
model!(
    ExportLogsServiceRequest,
    resource_logs,
    scope_logs,
    log_records,
    |record: &mut LogRecord, stages: &mut Stages<'_>| stages.visit(RecordKind::LogRecord, record),
    |_| 1
);
model!(ExportMetricsServiceRequest, resource_metrics, scope_metrics, metrics, edit_metric, points);
