//! What data points do to the series that are shown.

use std::{collections::BTreeMap, sync::Arc};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{
        ExponentialHistogram, ExponentialHistogramDataPoint, Metric, ResourceMetrics, ScopeMetrics,
        exponential_histogram_data_point::Buckets, metric::Data,
    },
};
use proptest::prelude::*;
use prost::Message as _;
use sdk::{Batch, Signal};
use serde_json::json;

use super::{
    Running, counter, deltas, gauge, histogram, number, reader::read_page, samples, sent, shown,
    totals,
};

#[tokio::test]
async fn deltas_add_up_over_gaps_and_count_once() {
    let points = |start, time, value| deltas(&[number(&[], start, time, value)]);
    let running = Running::start("").await;
    for (batch, total) in [
        (points(10, 20, 5), 5),
        // Right after it, after a gap, overlapping, without a start.
        (points(20, 30, 7), 12),
        (points(40, 50, 1), 13),
        (points(45, 60, 1), 14),
        (points(0, 70, 1), 15),
        // Sent twice; within what was counted.
        (points(40, 50, 1), 15),
        (points(0, 65, 1), 15),
        // Late, into the gap, once; from before the first.
        (points(30, 40, 100), 115),
        (points(30, 40, 100), 115),
        (points(5, 10, 1000), 1115),
    ] {
        running.take(batch).await;
        assert_eq!(samples(&running.page().await), [format!("c_total {total}")]);
    }
    let late = "tollgate_exporter_prometheus_dropped_data_points{exporter=\"prometheus\",reason=\"late\"} 3";
    assert_eq!(testkit::series(&running.context, late).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn order_and_repetition_of_deltas_do_not_change_the_total(
        values in prop::collection::vec(0..1_000_i64, 1..8),
        order in prop::collection::vec(0..64_usize, 0..24),
    ) {
        let total: i64 = values.iter().sum();
        let at = |index: usize| {
            let start = 100 + index as u64 * 10;
            number(&[], start, start + 10, values[index])
        };
        // Any order with repetitions, then all, so that each came at least once.
        let order = order.into_iter().map(|index| index % values.len());
        let batches: Vec<_> =
            order.chain(0..values.len()).map(|index| deltas(&[at(index)])).collect();
        let page = testkit::contract::block_on(shown("", &batches));
        prop_assert_eq!(samples(&page), [format!("c_total {total}")]);
    }

    #[test]
    fn exponential_deltas_of_any_scale_count_every_value_below_each_bound(
        parts in prop::collection::vec((-3..9_i32, prop::collection::vec(prop_oneof![4 => -1e6..1e6_f64, 1 => Just(0.0)], 1..20)), 1..5),
    ) {
        let at = |(index, (scale, values)): (usize, &(i32, Vec<f64>))| {
            let start = 1 + index as u64;
            exponential(*scale, values, [start, start + 1])
        };
        let batches: Vec<_> = parts.iter().enumerate().map(at).collect();
        let page = testkit::contract::block_on(shown("", &batches));
        let values: Vec<f64> = parts.iter().flat_map(|(_, values)| values.clone()).collect();
        let lines = read_page(&page);
        let buckets: Vec<_> = lines.iter().filter(|line| line.name == "e_bucket").collect();
        prop_assert!(buckets.len() > 1 && buckets.len() <= 2 * 160 + 2);
        for line in buckets {
            let bound: f64 = line.labels["le"].parse().unwrap();
            let below = values.iter().filter(|value| **value <= bound).count();
            prop_assert_eq!(line.rest.parse::<usize>().unwrap(), below, "{}", bound);
        }
    }
}

/// A delta of these values, put into buckets as the specification says.
fn exponential(scale: i32, values: &[f64], [start, time]: [u64; 2]) -> Batch {
    let side = |values: &mut dyn Iterator<Item = f64>| {
        let index = |value: f64| (value.log2() * f64::from(scale).exp2()).ceil() as i32 - 1;
        let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
        values.for_each(|value| *counts.entry(index(value)).or_default() += 1);
        let offset = counts.keys().next().copied().unwrap_or(0);
        let last = counts.keys().last().copied().unwrap_or(offset - 1);
        let all = offset..=last;
        let bucket_counts = all.map(|at| counts.get(&at).copied().unwrap_or(0)).collect();
        Some(Buckets { offset, bucket_counts })
    };
    batch_of(ExponentialHistogramDataPoint {
        start_time_unix_nano: start,
        time_unix_nano: time,
        count: values.len() as u64,
        scale,
        zero_count: values.iter().filter(|value| **value == 0.0).count() as u64,
        positive: side(&mut values.iter().copied().filter(|value| *value > 0.0)),
        negative: side(&mut values.iter().copied().filter(|value| *value < 0.0).map(f64::abs)),
        ..ExponentialHistogramDataPoint::default()
    })
}

fn batch_of(point: ExponentialHistogramDataPoint) -> Batch {
    let data = ExponentialHistogram { data_points: vec![point], aggregation_temporality: 1 };
    let data = Some(Data::ExponentialHistogram(data));
    let metrics = vec![Metric { name: "e".to_owned(), data, ..Metric::default() }];
    let scope_metrics = vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }];
    let resource = ResourceMetrics { scope_metrics, ..ResourceMetrics::default() };
    let request = ExportMetricsServiceRequest { resource_metrics: vec![resource] };
    let context = Arc::new(sdk::Context::default());
    Batch::checked(Signal::Metrics, request.encode_to_vec().into(), context).unwrap()
}

#[test]
fn exponential_buckets_stay_few_whatever_the_offsets_and_scales() {
    let extremes = [i32::MIN, -1, 0, i32::MAX];
    let points = extremes.into_iter().flat_map(|scale| {
        extremes.map(|offset| {
            let side = Some(Buckets { offset, bucket_counts: vec![1; 1_000] });
            ExponentialHistogramDataPoint {
                scale,
                count: 2_000,
                positive: side.clone(),
                negative: side,
                zero_threshold: f64::NAN,
                ..ExponentialHistogramDataPoint::default()
            }
        })
    });
    let batches: Vec<_> = points.map(batch_of).collect();
    let lines = read_page(&testkit::contract::block_on(shown("", &batches)));
    let count = |name: &str| -> u64 {
        lines
            .iter()
            .filter(|line| line.name == name)
            .map(|line| line.rest.parse::<u64>().unwrap())
            .max()
            .unwrap()
    };
    assert_eq!((count("e_bucket"), count("e_count")), (32_000, 32_000));
    assert!(lines.len() <= 2 * 160 + 4, "{}", lines.len());
}

#[tokio::test]
async fn delta_histograms_add_up_and_start_anew_with_other_buckets() {
    let running = Running::start("").await;
    let batch =
        |bounds: &[f64], counts: &[u64], times| sent(&[], &[histogram(1, bounds, counts, times)]);
    for (batch, counts, sum) in [
        (batch(&[1.0, 2.0], &[1, 0, 2], [10, 20]), "1 1 3", "1.5"),
        (batch(&[1.0, 2.0], &[0, 5, 0], [25, 30]), "1 6 8", "3"),
        (batch(&[1.0, 2.0], &[0, 5, 0], [25, 30]), "1 6 8", "3"),
        (batch(&[1.0, 4.0], &[1, 1, 1], [30, 40]), "1 2 3", "1.5"),
        // The last bound written out is no bucket more.
        (batch(&[1.0, f64::INFINITY], &[1, 1, 0], [40, 50]), "1 2", "1.5"),
    ] {
        running.take(batch).await;
        let lines = read_page(&running.page().await);
        let of = |name: &str| -> Vec<_> {
            lines.iter().filter(|line| line.name == name).map(|line| line.rest.clone()).collect()
        };
        assert_eq!(of("h_seconds_bucket").join(" "), counts);
        assert_eq!(
            of("h_seconds_count").first().map(String::as_str),
            counts.split(' ').next_back()
        );
        assert_eq!(of("h_seconds_sum"), [sum]);
    }
}

#[tokio::test]
async fn whole_numbers_add_up_exactly() {
    let large = (1_i64 << 53) + 1;
    let batch = deltas(&[number(&[], 1, 2, large), number(&[], 2, 3, 1)]);
    assert_eq!(samples(&shown("", &[batch]).await), [format!("c_total {}", large + 1)]);
    let over = deltas(&[number(&[], 1, 2, i64::MAX), number(&[], 2, 3, i64::MAX)]);
    assert_eq!(samples(&shown("", &[over]).await), ["c_total 18446744073709552000"]);
}

#[tokio::test]
async fn the_newest_total_is_shown_and_a_former_life_is_not() {
    let running = Running::start("").await;
    for (point, shown) in [
        (number(&[], 10, 20, 5), 5),
        (number(&[], 10, 30, 8), 8),
        // Older; the same time again; a reset; the life before it.
        (number(&[], 10, 25, 7), 8),
        (number(&[], 10, 30, 9), 9),
        (number(&[], 40, 50, 2), 2),
        (number(&[], 10, 60, 100), 2),
        // Nothing known of its time.
        (number(&[], 0, 0, 4), 4),
    ] {
        running.take(totals(&[point])).await;
        assert_eq!(samples(&running.page().await), [format!("c_total {shown}")]);
    }
}

#[tokio::test]
async fn a_change_of_temporality_starts_the_series_anew() {
    let running = Running::start("").await;
    running.take(totals(&[number(&[], 10, 20, 5)])).await;
    running.take(deltas(&[number(&[], 20, 30, 3)])).await;
    running.take(deltas(&[number(&[], 30, 40, 3)])).await;
    assert_eq!(samples(&running.page().await), ["c_total 6"]);
    running.take(totals(&[number(&[], 10, 50, 50)])).await;
    assert_eq!(samples(&running.page().await), ["c_total 50"]);
}

#[tokio::test]
async fn a_series_ends_with_a_point_without_recorded_value_and_others_go_on() {
    let running = Running::start("").await;
    let [a, b] = [("k", "a"), ("k", "b")];
    let both = |time, flags| {
        let mut first = number(&[a], 0, time, 1);
        first["flags"] = json!(flags);
        sent(&[], &[gauge("g", &[first, number(&[b], 0, time, time as i64)])])
    };
    running.take(both(10, 0)).await;
    // Late news of an end are none.
    running.take(both(5, 1)).await;
    assert_eq!(samples(&running.page().await), [r#"g{k="a"} 1"#, r#"g{k="b"} 10"#]);
    running.take(both(20, 1)).await;
    assert_eq!(samples(&running.page().await), [r#"g{k="b"} 20"#]);
}

#[tokio::test]
async fn what_cannot_be_shown_is_rejected_with_the_reason() {
    let up_down = json!({"name": "d", "sum": {"aggregationTemporality": 1,
        "dataPoints": [number(&[], 1, 2, 1)]}});
    let nothing = json!({"name": "n", "gauge": {"dataPoints": [{"timeUnixNano": "1"}]}});
    for (metric, reason) in [
        (up_down, "unsupported"),
        (counter("t", 0, &[number(&[], 1, 2, 1)]), "unsupported"),
        (histogram(0, &[1.0], &[1, 1], [1, 2]), "unsupported"),
        (histogram(2, &[1.0], &[1], [1, 2]), "malformed"),
        (histogram(2, &[2.0, 1.0], &[1, 1, 1], [1, 2]), "malformed"),
        (histogram(2, &[0.0; 1025], &[0; 1026], [1, 2]), "malformed"),
        (counter("neg", 2, &[number(&[], 1, 2, -1)]), "malformed"),
        (gauge("", &[number(&[], 1, 2, 1)]), "malformed"),
        (gauge("…", &[number(&[], 1, 2, 1)]), "malformed"),
        (nothing, "malformed"),
    ] {
        let running = Running::start("").await;
        let not_shown = running.take(sent(&[], std::slice::from_ref(&metric))).await;
        assert_eq!(not_shown, [(1, reason)], "{metric}");
        assert_eq!(running.page().await, "", "{metric}");
    }
}

#[tokio::test]
async fn a_name_keeps_its_first_type_and_description() {
    let running = Running::start("").await;
    running.take(totals(&[number(&[], 1, 2, 1)])).await;
    let mut other = counter("c", 2, &[number(&[], 1, 3, 2)]);
    other["description"] = json!("Another.");
    let conflict = gauge("c_total", &[number(&[], 1, 4, 9)]);
    let not_shown = running.take(sent(&[], &[other, conflict])).await;
    assert_eq!(not_shown, [(1, "conflict")]);
    let expected = "# HELP c_total Help.\n# TYPE c_total counter\nc_total 2\n";
    assert_eq!(running.page().await, expected);
}

#[tokio::test]
async fn no_metric_may_use_the_names_of_another() {
    let running = Running::start("").await;
    running.take(sent(&[], &[histogram(2, &[1.0], &[1, 1], [1, 2])])).await;
    for name in ["h_seconds_count", "h_seconds_bucket", "target_info"] {
        let not_shown = running.take(sent(&[], &[gauge(name, &[number(&[], 1, 2, 1)])])).await;
        assert_eq!(not_shown, [(1, "conflict")], "{name}");
    }
}

#[tokio::test]
async fn a_resource_is_shown_with_what_it_said_last() {
    let running = Running::start("").await;
    for version in ["1", "2"] {
        let resource = [("service.name", "shop"), ("service.version", version)];
        running.take(sent(&resource, &[gauge("g", &[number(&[], 1, 2, 1)])])).await;
    }
    let page = running.page().await;
    let expected = [r#"target_info{job="shop",service_version="2"} 1"#, r#"g{job="shop"} 1"#];
    assert_eq!(samples(&page), expected);
}

#[tokio::test]
async fn the_count_of_an_exponential_histogram_is_never_below_its_buckets() {
    let positive = Some(Buckets { offset: 0, bucket_counts: vec![3] });
    let point = ExponentialHistogramDataPoint { positive, count: 1, ..Default::default() };
    let page = shown("", &[batch_of(point)]).await;
    assert_eq!(samples(&page), [r#"e_bucket{le="2"} 3"#, r#"e_bucket{le="+Inf"} 3"#, "e_count 3"]);
}

#[tokio::test]
async fn each_bucket_keeps_its_newest_exemplar() {
    let running = Running::start("enable_open_metrics: true").await;
    let batch = |time: u64, exemplars: &[(u8, u64, f64)]| {
        let exemplars: Vec<_> = exemplars
            .iter()
            .map(|(id, time, value)| {
                json!({"traceId": format!("{id:032}"), "timeUnixNano": (time * 1_000_000_000).to_string(),
                       "asDouble": value})
            })
            .collect();
        let mut metric = histogram(2, &[1.0, 2.0], &[1, 1, 1], [1, time]);
        metric["histogram"]["dataPoints"][0]["exemplars"] = json!(exemplars);
        sent(&[], &[metric])
    };
    // An exemplar without a trace leads nowhere.
    running
        .take(batch(10, &[(1, 5, 0.5), (2, 7, 1.0), (3, 6, 0.1), (4, 5, 1.5), (0, 9, 5.0)]))
        .await;
    running.take(batch(20, &[(5, 6, 0.5), (6, 8, 2.0), (7, 9, 3.0)])).await;
    let page = running.open_metrics().await;
    let traces: Vec<_> = samples(&page)
        .into_iter()
        .filter_map(|line| Some(line.split_once("trace_id=\"")?.1.trim_start_matches('0')))
        .collect();
    assert_eq!(traces, ["2\"} 1 7.000", "6\"} 2 8.000", "7\"} 3 9.000"]);
}
