//! Taking a batch apart into records that know what they stood under.

use std::sync::Arc;

use crate::{
    Signal,
    wire::{FieldValue, Fields},
};

/// One span, log record, profile or data point, and the headers above it.
#[derive(Clone, Debug)]
pub struct RawRecord<'a> {
    /// The fields of its `Resource*` message except the scopes: resource, schema URL, unknown ones.
    pub resource: Arc<[u8]>,
    /// The fields of its `Scope*` message except the records.
    pub scope: Arc<[u8]>,
    /// For a data point: the metric around it.
    pub metric: Option<MetricHeader>,
    /// The content of the record's own message.
    pub raw: &'a [u8],
}

/// What stands around a data point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricHeader {
    /// The fields of the `Metric` except its data: name, description, unit, metadata.
    pub metric: Arc<[u8]>,
    /// The field number of its data: 5 gauge, 7 sum, 9 histogram, 10 exponential, 11 summary.
    pub data_number: u32,
    /// The fields of the data except the points: temporality, monotonicity.
    pub data: Arc<[u8]>,
}

/// Calls `visit` for every item of a request known to be well formed, in order. Metrics without
/// data points are not items and are not visited.
pub fn for_each_record<'a>(signal: Signal, bytes: &'a [u8], visit: &mut dyn FnMut(RawRecord<'a>)) {
    for resource_message in children(bytes, 1) {
        let resource = header(resource_message, &[2]);
        for scope_message in children(resource_message, 2) {
            let scope = header(scope_message, &[2]);
            for raw in children(scope_message, 2) {
                let record = RawRecord {
                    resource: resource.clone(),
                    scope: scope.clone(),
                    metric: None,
                    raw,
                };
                if signal == Signal::Metrics {
                    for_each_point(&record, visit);
                } else {
                    visit(record);
                }
            }
        }
    }
}

/// The field numbers of a metric's data.
const DATA: [u32; 5] = [5, 7, 9, 10, 11];

fn for_each_point<'a>(record: &RawRecord<'a>, visit: &mut dyn FnMut(RawRecord<'a>)) {
    let metric = header(record.raw, &DATA);
    for field in Fields::new(record.raw).filter(|field| DATA.contains(&field.number)) {
        let FieldValue::Len(message) = field.value else { continue };
        let data = header(message, &[1]);
        let header = MetricHeader { metric: metric.clone(), data_number: field.number, data };
        for point in children(message, 1) {
            visit(RawRecord { metric: Some(header.clone()), raw: point, ..record.clone() });
        }
    }
}

/// The fields of `message` except the length-delimited ones with these numbers.
fn header(message: &[u8], without: &[u32]) -> Arc<[u8]> {
    let mut kept = Vec::new();
    for field in Fields::new(message) {
        let is_child = without.contains(&field.number) && matches!(field.value, FieldValue::Len(_));
        if !is_child {
            kept.extend_from_slice(message.get(field.start..field.end).unwrap_or_default());
        }
    }
    kept.into()
}

fn children(message: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    Fields::new(message).filter_map(move |field| match field.value {
        FieldValue::Len(bytes) if field.number == number => Some(bytes),
        _ => None,
    })
}
