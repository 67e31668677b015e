//! Views read what prost reads: each is turned into the prost struct, every field named.

mod common;
mod metrics;

use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    trace::v1::{
        ResourceSpans, ScopeSpans, Span, Status,
        span::{Event, Link},
    },
};
use pdata::{
    check,
    schema::{Kind, Message, Rule},
    views::{LogRecordView, LogsView, MetricsView, SpanView, TracesView},
    wire::{self, Fields},
};
use proptest::prelude::*;

use self::common::{any_value, attributes, present, resource, scope, text};
pub(crate) use self::metrics::metrics;
use crate::support::{Dice, Request, dice, make_odd};

pub(crate) fn traces(view: TracesView<'_>) -> ExportTraceServiceRequest {
    let groups = view.resource_spans().iter().map(|group| ResourceSpans {
        resource: resource(group.resource()),
        scope_spans: group
            .scope_spans()
            .iter()
            .map(|inner| ScopeSpans {
                scope: scope(inner.scope()),
                spans: inner.spans().iter().map(span).collect(),
                schema_url: text(inner.schema_url()),
            })
            .collect(),
        schema_url: text(group.schema_url()),
    });
    ExportTraceServiceRequest { resource_spans: groups.collect() }
}

fn span(view: SpanView<'_>) -> Span {
    let events = view.events().iter().map(|event| Event {
        time_unix_nano: event.time_unix_nano(),
        name: text(event.name()),
        attributes: attributes(event.attributes()),
        dropped_attributes_count: event.dropped_attributes_count(),
    });
    let links = view.links().iter().map(|link| Link {
        trace_id: link.trace_id().to_vec(),
        span_id: link.span_id().to_vec(),
        trace_state: text(link.trace_state()),
        attributes: attributes(link.attributes()),
        dropped_attributes_count: link.dropped_attributes_count(),
        flags: link.flags(),
    });
    let status = view.status();
    Span {
        trace_id: view.trace_id().to_vec(),
        span_id: view.span_id().to_vec(),
        trace_state: text(view.trace_state()),
        parent_span_id: view.parent_span_id().to_vec(),
        flags: view.flags(),
        name: text(view.name()),
        kind: view.kind(),
        start_time_unix_nano: view.start_time_unix_nano(),
        end_time_unix_nano: view.end_time_unix_nano(),
        attributes: attributes(view.attributes()),
        dropped_attributes_count: view.dropped_attributes_count(),
        events: events.collect(),
        dropped_events_count: view.dropped_events_count(),
        links: links.collect(),
        dropped_links_count: view.dropped_links_count(),
        status: present(Status { message: text(status.message()), code: status.code() }),
    }
}

pub(crate) fn logs(view: LogsView<'_>) -> ExportLogsServiceRequest {
    let groups = view.resource_logs().iter().map(|group| ResourceLogs {
        resource: resource(group.resource()),
        scope_logs: group
            .scope_logs()
            .iter()
            .map(|inner| ScopeLogs {
                scope: scope(inner.scope()),
                log_records: inner.log_records().iter().map(log_record).collect(),
                schema_url: text(inner.schema_url()),
            })
            .collect(),
        schema_url: text(group.schema_url()),
    });
    ExportLogsServiceRequest { resource_logs: groups.collect() }
}

fn log_record(view: LogRecordView<'_>) -> LogRecord {
    LogRecord {
        time_unix_nano: view.time_unix_nano(),
        observed_time_unix_nano: view.observed_time_unix_nano(),
        severity_number: view.severity_number(),
        severity_text: text(view.severity_text()),
        body: present(any_value(view.body())),
        attributes: attributes(view.attributes()),
        dropped_attributes_count: view.dropped_attributes_count(),
        flags: view.flags(),
        trace_id: view.trace_id().to_vec(),
        span_id: view.span_id().to_vec(),
        event_name: text(view.event_name()),
    }
}

fn reads_as<R: Request>(mut dice: Dice, read: fn(&[u8]) -> R) -> Result<(), TestCaseError> {
    let schema = R::SIGNAL.schema();
    let plain = plain(schema, &R::random(&mut dice).encode_to_vec());
    let checked = check(R::SIGNAL, make_odd(schema, &plain, &mut dice).into()).unwrap();
    prop_assert_eq!(read(&checked.bytes), R::decode(&*plain).unwrap());
    Ok(())
}

/// A request without what views do not tell apart: empty singular messages from absent ones, and
/// strings by their number in a table, which only profiles have, from none.
pub(crate) fn plain(schema: &Message, message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for field in Fields::new(message) {
        let known = schema.field(field.number).unwrap();
        match known.kind {
            _ if known.name.ends_with("strindex") => {}
            Kind::Message(inner) => {
                let content = plain(inner, field.value.bytes());
                if !content.is_empty() || matches!(known.rule, Rule::Repeated | Rule::OneOf) {
                    wire::put_len(&mut out, field.number, &content);
                }
            }
            _ => out.extend_from_slice(&message[field.start..field.end]),
        }
    }
    out
}

proptest! {
    #[test]
    fn traces_read_as_prost_reads_them(dice in dice()) {
        reads_as(dice, |bytes| traces(TracesView::read(bytes)))?;
    }

    #[test]
    fn metrics_read_as_prost_reads_them(dice in dice()) {
        reads_as(dice, |bytes| metrics(MetricsView::read(bytes)))?;
    }

    #[test]
    fn logs_read_as_prost_reads_them(dice in dice()) {
        reads_as(dice, |bytes| logs(LogsView::read(bytes)))?;
    }

    #[test]
    fn any_bytes_are_viewed_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let read = (traces(TracesView::read(&bytes)), logs(LogsView::read(&bytes)));
        prop_assert!(read.0.resource_spans.len() <= bytes.len());
        let read = metrics(MetricsView::read(&bytes));
        prop_assert!(read.resource_metrics.len() <= bytes.len());
    }
}
