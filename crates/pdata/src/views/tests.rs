use super::*;
use crate::schema::{Kind, Message, Rule};

/// Every row of a view names a field of the table, or the oneof of its message, and no field of the
/// table is left out.
fn agrees((schema, rows): (&Message, &[(&[u32], &str)])) {
    for (numbers, name) in rows {
        let name = name.trim_start_matches("r#");
        match numbers {
            [number] => {
                let field = schema.field(*number).unwrap();
                assert_eq!(field.name, name, "{}", schema.name);
                assert_ne!(field.rule, Rule::OneOf, "{}.{name}", schema.name);
            }
            members => {
                let oneof = schema.fields.iter().filter(|field| field.rule == Rule::OneOf);
                assert_eq!(oneof.map(|field| field.number).collect::<Vec<_>>(), *members);
            }
        }
    }
    let known: usize = rows.iter().map(|(numbers, _)| numbers.len()).sum();
    assert_eq!(known, schema.fields.len(), "{}", schema.name);
}

#[test]
fn field_numbers_and_names_are_those_of_the_schema_table() {
    for rows in [
        TracesView::ROWS,
        ResourceSpansView::ROWS,
        ScopeSpansView::ROWS,
        SpanView::ROWS,
        EventView::ROWS,
        LinkView::ROWS,
        StatusView::ROWS,
        LogsView::ROWS,
        ResourceLogsView::ROWS,
        ScopeLogsView::ROWS,
        LogRecordView::ROWS,
        MetricsView::ROWS,
        ResourceMetricsView::ROWS,
        ScopeMetricsView::ROWS,
        MetricView::ROWS,
        GaugeView::ROWS,
        SumView::ROWS,
        HistogramView::ROWS,
        ExponentialHistogramView::ROWS,
        SummaryView::ROWS,
        NumberDataPointView::ROWS,
        HistogramDataPointView::ROWS,
        ExponentialHistogramDataPointView::ROWS,
        BucketsView::ROWS,
        SummaryDataPointView::ROWS,
        ValueAtQuantileView::ROWS,
        ExemplarView::ROWS,
        ResourceView::ROWS,
        ScopeView::ROWS,
        EntityRefView::ROWS,
    ] {
        agrees(rows);
    }
}

#[test]
fn whole_numbers_are_field_six_wherever_a_number_may_be_whole_or_not() {
    for (schema, _) in [NumberDataPointView::ROWS, ExemplarView::ROWS] {
        for field in schema.fields.iter().filter(|field| field.rule == Rule::OneOf) {
            assert_eq!(field.number == 6, matches!(field.kind, Kind::Sfixed64), "{}", field.name);
        }
    }
}

#[test]
fn packed_and_single_numbers_mix() {
    let bytes = [0x12, 2, 1, 2, 0x08, 4, 0x10, 3, 0x12, 0, 0x12, 1, 4];
    let buckets = BucketsView::read(&bytes);
    assert_eq!(buckets.offset(), 2);
    assert_eq!(buckets.bucket_counts().iter().collect::<Vec<_>>(), [1, 2, 3, 4]);
}
