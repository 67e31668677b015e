use std::sync::Arc;

use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    metrics::v1::{Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, metric::Data},
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::Signal;

fn spans(sizes: &[usize]) -> Batch {
    let spans = sizes.iter().map(|size| Span { name: "x".repeat(*size), ..Span::default() });
    let scope = ScopeSpans { spans: spans.collect(), ..ScopeSpans::default() };
    let resource =
        ResourceSpans { scope_spans: vec![scope], schema_url: "r".into(), ..Default::default() };
    let request = ExportTraceServiceRequest { resource_spans: vec![resource.clone(), resource] };
    Batch::checked(Signal::Traces, request.encode_to_vec().into(), Arc::default()).unwrap()
}

fn names(batches: &[Batch]) -> Vec<String> {
    let decode = |batch: &Batch| ExportTraceServiceRequest::decode(batch.bytes().clone()).unwrap();
    let resources = batches.iter().flat_map(|batch| decode(batch).resource_spans);
    let scopes = resources.flat_map(|resource| {
        assert_eq!(resource.schema_url, "r");
        resource.scope_spans
    });
    scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect()
}

proptest! {
    #[test]
    fn parts_hold_the_same_records_in_order_within_the_limit(
        sizes in proptest::collection::vec(0usize..300, 0..40), most in 1usize..2000, by_bytes: bool,
    ) {
        let batch = spans(&sizes);
        let limit = if by_bytes { Limit::Bytes(most) } else { Limit::Items(most) };
        let parts = split(&batch, limit);
        prop_assert_eq!(names(&parts), names(std::slice::from_ref(&batch)));
        for part in &parts {
            match limit {
                Limit::Items(most) => prop_assert!(part.items() <= most),
                Limit::Bytes(most) => {
                    prop_assert!(part.bytes().len() <= most || part.items() <= 1 || parts.len() == 1);
                }
            }
            prop_assert!(!part.is_empty() || batch.is_empty());
        }
    }
}

#[test]
fn a_metric_is_split_between_its_points_and_keeps_its_header() {
    let point = |at| NumberDataPoint { time_unix_nano: at, ..NumberDataPoint::default() };
    let metric = |points: Vec<NumberDataPoint>| Metric {
        name: "calls".into(),
        unit: "1".into(),
        data: Some(Data::Sum(Sum {
            data_points: points,
            aggregation_temporality: 2,
            is_monotonic: true,
        })),
        ..Metric::default()
    };
    let request = |points| ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            scope_metrics: vec![ScopeMetrics {
                metrics: vec![metric(points)],
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    };
    let whole = request((0..5).map(point).collect()).encode_to_vec();
    let batch = Batch::checked(Signal::Metrics, whole.into(), Arc::default()).unwrap();
    let parts = split(&batch, Limit::Items(2));
    let expected = [vec![0, 1], vec![2, 3], vec![4]];
    assert_eq!(parts.len(), expected.len());
    for (part, times) in parts.iter().zip(expected) {
        let decoded = ExportMetricsServiceRequest::decode(part.bytes().clone()).unwrap();
        assert_eq!(decoded, request(times.into_iter().map(point).collect()));
    }
}

#[test]
fn a_batch_within_the_limit_shares_its_bytes() {
    let batch = spans(&[1, 2]);
    let parts = split(&batch, Limit::Items(4));
    assert_eq!(parts[0].bytes().as_ptr(), batch.bytes().as_ptr());
}
