//! Random traces.

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{
        ResourceSpans, ScopeSpans, Span, Status,
        span::{Event, Link},
    },
};

use super::{
    Dice,
    shared::{attributes, resource, scope},
};

pub(super) fn request(dice: &mut Dice) -> ExportTraceServiceRequest {
    let scope_spans = |dice: &mut Dice| ScopeSpans {
        scope: scope(dice),
        spans: dice.many(4, span),
        schema_url: dice.text(),
    };
    let resource_spans = dice.many(3, |dice| ResourceSpans {
        resource: resource(dice),
        scope_spans: dice.many(3, scope_spans),
        schema_url: dice.text(),
    });
    ExportTraceServiceRequest { resource_spans }
}

fn span(dice: &mut Dice) -> Span {
    Span {
        trace_id: dice.id(16),
        span_id: dice.id(8),
        trace_state: dice.text(),
        parent_span_id: dice.id(8),
        flags: dice.uint32(),
        name: dice.text(),
        kind: dice.int32(),
        start_time_unix_nano: dice.number(),
        end_time_unix_nano: dice.number(),
        attributes: attributes(dice),
        dropped_attributes_count: dice.uint32(),
        events: dice.many(2, |dice| Event {
            time_unix_nano: dice.number(),
            name: dice.text(),
            attributes: attributes(dice),
            dropped_attributes_count: dice.uint32(),
        }),
        dropped_events_count: dice.uint32(),
        links: dice.many(2, |dice| Link {
            trace_id: dice.id(16),
            span_id: dice.id(8),
            trace_state: dice.text(),
            attributes: attributes(dice),
            dropped_attributes_count: dice.uint32(),
            flags: dice.uint32(),
        }),
        dropped_links_count: dice.uint32(),
        status: dice.maybe(|dice| Status { message: dice.text(), code: dice.int32() }),
    }
}
