//! What must hold for views of any bytes whatever; also the body of the fuzz target.

use bytes::Bytes;
use pdata::{
    Signal, check,
    views::{LogsView, MetricsView, TracesView},
};

/// Views read any bytes to some end, and of checked ones see every record.
pub(crate) fn views(input: &[u8]) {
    for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
        open_all(signal, input);
        if let Ok(checked) = check(signal, Bytes::copy_from_slice(input)) {
            open_all(signal, &checked.bytes);
            assert_eq!(records(signal, &checked.bytes), checked.counts.records);
        }
    }
}

/// The debug text opens every message and reads every field.
fn open_all(signal: Signal, bytes: &[u8]) {
    let text = match signal {
        Signal::Traces => format!("{:?}", TracesView::read(bytes)),
        Signal::Metrics => format!("{:?}", MetricsView::read(bytes)),
        _ => format!("{:?}", LogsView::read(bytes)),
    };
    assert!(!text.is_empty());
}

fn records(signal: Signal, bytes: &[u8]) -> usize {
    let mut records = 0;
    match signal {
        Signal::Traces => {
            for group in TracesView::read(bytes).resource_spans() {
                group.scope_spans().iter().for_each(|scope| records += scope.spans().len());
            }
        }
        Signal::Metrics => {
            for group in MetricsView::read(bytes).resource_metrics() {
                group.scope_metrics().iter().for_each(|scope| records += scope.metrics().len());
            }
        }
        _ => {
            for group in LogsView::read(bytes).resource_logs() {
                group.scope_logs().iter().for_each(|scope| records += scope.log_records().len());
            }
        }
    }
    records
}
