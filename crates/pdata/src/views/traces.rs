//! Traces.

use super::{
    Attributes, Repeated, ResourceView, ScopeView,
    field::{bytes, fixed64, message, number, repeated, uint32, view},
};

view! {
    /// A whole request of traces.
    TracesView of TRACES_REQUEST {
        /// What each resource sent.
        1 resource_spans: Repeated<'a, ResourceSpansView<'a>> = repeated;
    }
}

view! {
    /// What one resource sent.
    ResourceSpansView of RESOURCE_SPANS {
        /// What sent it.
        1 resource: ResourceView<'a> = message;
        /// What each scope sent.
        2 scope_spans: Repeated<'a, ScopeSpansView<'a>> = repeated;
        /// The version of the semantic conventions, as a URL.
        3 schema_url: &'a [u8] = bytes;
    }
}

view! {
    /// What one instrumentation scope sent.
    ScopeSpansView of SCOPE_SPANS {
        /// Which instrumentation sent it.
        1 scope: ScopeView<'a> = message;
        /// Its spans.
        2 spans: Repeated<'a, SpanView<'a>> = repeated;
        /// The version of the semantic conventions, as a URL.
        3 schema_url: &'a [u8] = bytes;
    }
}

view! {
    /// `trace.v1.Span`.
    SpanView of SPAN {
        /// Empty or 16 bytes.
        1 trace_id: &'a [u8] = bytes;
        /// Empty or 8 bytes.
        2 span_id: &'a [u8] = bytes;
        /// The W3C `tracestate` header.
        3 trace_state: &'a [u8] = bytes;
        /// Empty for a root span, otherwise 8 bytes.
        4 parent_span_id: &'a [u8] = bytes;
        /// Its name.
        5 name: &'a [u8] = bytes;
        /// A number of [`SPAN_KIND`](crate::schema::SPAN_KIND).
        6 kind: i32 = number;
        /// Nanoseconds since 1970; zero when unknown.
        7 start_time_unix_nano: u64 = fixed64;
        /// Nanoseconds since 1970; zero when unknown.
        8 end_time_unix_nano: u64 = fixed64;
        /// Attributes in order, duplicates included.
        9 attributes: Attributes<'a> = repeated;
        /// How many attributes the sender left out.
        10 dropped_attributes_count: u32 = uint32;
        /// What happened in it.
        11 events: Repeated<'a, EventView<'a>> = repeated;
        /// How many events the sender left out.
        12 dropped_events_count: u32 = uint32;
        /// Spans of other traces it belongs with.
        13 links: Repeated<'a, LinkView<'a>> = repeated;
        /// How many links the sender left out.
        14 dropped_links_count: u32 = uint32;
        /// How it ended.
        15 status: StatusView<'a> = message;
        /// Bits as OTLP defines them for this message.
        16 flags: u32 = uint32;
    }
}

view! {
    /// `trace.v1.Span.Event`.
    EventView of SPAN_EVENT {
        /// Nanoseconds since 1970; zero when unknown.
        1 time_unix_nano: u64 = fixed64;
        /// Its name.
        2 name: &'a [u8] = bytes;
        /// Attributes in order, duplicates included.
        3 attributes: Attributes<'a> = repeated;
        /// How many attributes the sender left out.
        4 dropped_attributes_count: u32 = uint32;
    }
}

view! {
    /// `trace.v1.Span.Link`.
    LinkView of SPAN_LINK {
        /// Empty or 16 bytes.
        1 trace_id: &'a [u8] = bytes;
        /// Empty or 8 bytes.
        2 span_id: &'a [u8] = bytes;
        /// The W3C `tracestate` header.
        3 trace_state: &'a [u8] = bytes;
        /// Attributes in order, duplicates included.
        4 attributes: Attributes<'a> = repeated;
        /// How many attributes the sender left out.
        5 dropped_attributes_count: u32 = uint32;
        /// Bits as OTLP defines them for this message.
        6 flags: u32 = uint32;
    }
}

view! {
    /// `trace.v1.Status`.
    StatusView of STATUS {
        /// Why it failed.
        2 message: &'a [u8] = bytes;
        /// A number of [`STATUS_CODE`](crate::schema::STATUS_CODE).
        3 code: i32 = number;
    }
}
