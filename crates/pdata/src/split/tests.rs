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

/// A request from resources, each a schema URL and the sizes of its spans' names.
fn resources(rows: &[(&str, &[usize])]) -> ExportTraceServiceRequest {
    let resource = |(url, sizes): &(&str, &[usize])| {
        let span = |size: &usize| Span { name: "x".repeat(*size), ..Span::default() };
        let spans = sizes.iter().map(span).collect();
        let scope = ScopeSpans { spans, schema_url: "s".into(), ..ScopeSpans::default() };
        ResourceSpans { scope_spans: vec![scope], schema_url: (*url).into(), ..Default::default() }
    };
    ExportTraceServiceRequest { resource_spans: rows.iter().map(resource).collect() }
}

fn split_spans(bytes: Vec<u8>, limit: Limit) -> Vec<Batch> {
    split(&Batch::checked(Signal::Traces, bytes.into(), Arc::default()).unwrap(), limit)
}

fn decoded(parts: &[Batch]) -> Vec<ExportTraceServiceRequest> {
    let decode = |part: &Batch| ExportTraceServiceRequest::decode(part.bytes().clone()).unwrap();
    parts.iter().map(decode).collect()
}

#[test]
fn resources_stay_in_order_even_when_equal_ones_stand_apart() {
    let request = resources(&[("a", &[1, 2]), ("b", &[3]), ("a", &[4, 5])]);
    let parts = split_spans(request.encode_to_vec(), Limit::Items(4));
    let expected =
        [resources(&[("a", &[1, 2]), ("b", &[3]), ("a", &[4])]), resources(&[("a", &[5])])];
    assert_eq!(decoded(&parts), expected);
}

#[test]
fn a_part_is_filled_to_the_last_byte_of_its_limit() {
    let request = |sizes: &[usize]| resources(&[("a", sizes)]).encode_to_vec();
    // Lengths around 128 make the length prefixes around them grow as well.
    for size in 90..140 {
        let two = request(&[size, size]).len();
        let parts = split_spans(request(&[size; 4]), Limit::Bytes(two));
        assert_eq!(parts.iter().map(|part| part.bytes().len()).collect::<Vec<_>>(), [two, two]);
        let parts = split_spans(request(&[size; 4]), Limit::Bytes(two - 1));
        assert_eq!(parts.len(), 4);
    }
}

#[test]
fn an_item_over_the_limit_comes_out_alone() {
    let request = resources(&[("a", &[1, 300, 2])]);
    let parts = split_spans(request.encode_to_vec(), Limit::Bytes(100));
    let expected = [&[1][..], &[300], &[2]].map(|sizes| resources(&[("a", sizes)]));
    assert_eq!(decoded(&parts), expected);
}

#[test]
fn fields_nobody_knows_are_repeated_with_their_message() {
    // group 99 { } around the spans on each level: in the request, the resource, the scope.
    let unknown = [0x9b, 0x06, 0x9c, 0x06];
    let wrap = |tag: u8, inner: &[u8]| [&[tag, inner.len() as u8], inner, &unknown].concat();
    let span = |at: u8| [0x12, 2, 0x30, at];
    let whole = wrap(0x0a, &wrap(0x12, &[span(1), span(2)].concat()));
    let parts = split_spans(whole, Limit::Items(1));
    let part = |at| {
        let scope = span(at).to_vec();
        let wrap =
            |tag: u8, inner: &[u8]| [&unknown, &[tag, inner.len() as u8][..], inner].concat();
        wrap(0x0a, &wrap(0x12, &scope))
    };
    assert_eq!(
        parts.iter().map(|part| part.bytes().to_vec()).collect::<Vec<_>>(),
        [part(1), part(2)]
    );
}

#[test]
fn a_metric_without_points_stays_with_its_neighbours() {
    let metric = |name: &str, times: &[u64]| {
        let point = |at: &u64| NumberDataPoint { time_unix_nano: *at, ..Default::default() };
        let data_points = times.iter().map(point).collect();
        let data = Some(Data::Sum(Sum { data_points, ..Sum::default() }));
        Metric { name: name.into(), data, ..Metric::default() }
    };
    let request = |metrics: Vec<Metric>| ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            scope_metrics: vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }],
            ..ResourceMetrics::default()
        }],
    };
    let whole = request(vec![metric("a", &[1, 2]), metric("none", &[]), metric("b", &[3])]);
    let batch =
        Batch::checked(Signal::Metrics, whole.encode_to_vec().into(), Arc::default()).unwrap();
    let decode = |part: &Batch| ExportMetricsServiceRequest::decode(part.bytes().clone()).unwrap();
    let parts: Vec<_> = split(&batch, Limit::Items(2)).iter().map(decode).collect();
    let expected = [
        request(vec![metric("a", &[1, 2]), metric("none", &[])]),
        request(vec![metric("b", &[3])]),
    ];
    assert_eq!(parts, expected);
}
