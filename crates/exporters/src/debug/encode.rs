//! Batches as text, in the Go collector's two ways (C§7.4).
//!
//! [`detailed`] gives every field on a line of its own, [`normal`] a line for each record. Metrics
//! are in `metrics.rs`; both use [`Text`].

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use pdata::{
    json::{self, value_to_string},
    schema::{self, Enum},
    views::{
        Attributes, EventView, LinkView, LogRecordView, LogsView, Repeated, ResourceView,
        ScopeView, SpanView, TracesView,
    },
};
use sdk::{AnyValue, Batch, Signal};

use super::metrics;

/// The name of a signal in the line of counts.
pub(super) fn title(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "Traces",
        Signal::Metrics => "Metrics",
        Signal::Logs => "Logs",
        Signal::Profiles => "Profiles",
    }
}

/// The line of counts as the log would have it, without time and level.
pub(super) fn counts(batch: &Batch) -> String {
    let counts = batch.counts();
    let (resources, items) = (counts.resources, counts.items);
    let fields = match batch.signal() {
        Signal::Traces => format!(r#""resource spans": {resources}, "spans": {items}"#),
        Signal::Metrics => {
            let metrics = counts.records;
            format!(
                r#""resource metrics": {resources}, "metrics": {metrics}, "data points": {items}"#
            )
        }
        Signal::Logs => format!(r#""resource logs": {resources}, "log records": {items}"#),
        Signal::Profiles => {
            format!(r#""resource profiles": {resources}, "sample records": {items}"#)
        }
    };
    format!("{}\t{{{fields}}}", title(batch.signal()))
}

/// Every field of every record.
pub(super) fn detailed(batch: &Batch) -> String {
    let mut text = Text::default();
    match batch.signal() {
        Signal::Traces => detailed_traces(&mut text, TracesView::read(batch.bytes())),
        Signal::Logs => detailed_logs(&mut text, LogsView::read(batch.bytes())),
        Signal::Metrics => metrics::detailed(&mut text, batch.bytes()),
        Signal::Profiles => text.0 = as_json(batch),
    }
    text.0
}

/// A line for each record.
pub(super) fn normal(batch: &Batch) -> String {
    let mut text = Text::default();
    match batch.signal() {
        Signal::Traces => normal_traces(&mut text, TracesView::read(batch.bytes())),
        Signal::Logs => normal_logs(&mut text, LogsView::read(batch.bytes())),
        Signal::Metrics => metrics::normal(&mut text, batch.bytes()),
        Signal::Profiles => text.0 = as_json(batch),
    }
    text.0
}

/// Profiles have no views; their format is still in the making upstream.
fn as_json(batch: &Batch) -> String {
    let mut out = Vec::new();
    json::encode(batch.signal(), batch.bytes(), &mut out);
    out.push(b'\n');
    String::from_utf8_lossy(&out).into_owned()
}

fn detailed_traces(text: &mut Text, traces: TracesView<'_>) {
    for (i, resource) in traces.resource_spans().iter().enumerate() {
        text.line(format_args!("ResourceSpans #{i}"));
        text.resource(resource.resource(), resource.schema_url());
        for (j, scope) in resource.scope_spans().iter().enumerate() {
            text.line(format_args!("ScopeSpans #{j}"));
            text.line(format_args!("ScopeSpans SchemaURL: {}", Utf8(scope.schema_url())));
            text.scope(scope.scope());
            for (k, span) in scope.spans().iter().enumerate() {
                text.line(format_args!("Span #{k}"));
                detailed_span(text, &span);
            }
        }
    }
}

fn detailed_span(text: &mut Text, span: &SpanView<'_>) {
    text.column("Trace ID", Hex(span.trace_id()));
    text.column("Parent ID", Hex(span.parent_span_id()));
    text.column("ID", Hex(span.span_id()));
    text.column("Name", Utf8(span.name()));
    text.column("Kind", name_of(&schema::SPAN_KIND, "SPAN_KIND_", span.kind()));
    if !span.trace_state().is_empty() {
        text.column("TraceState", Utf8(span.trace_state()));
    }
    text.column("Start time", Time(span.start_time_unix_nano()));
    text.column("End time", Time(span.end_time_unix_nano()));
    let status = span.status();
    text.column("Status code", name_of(&schema::STATUS_CODE, "STATUS_CODE_", status.code()));
    text.column("Status message", Utf8(status.message()));
    text.column("DroppedAttributesCount", span.dropped_attributes_count());
    text.column("DroppedEventsCount", span.dropped_events_count());
    text.column("DroppedLinksCount", span.dropped_links_count());
    text.attributes("Attributes", "", span.attributes());
    detailed_events(text, span.events());
    detailed_links(text, span.links());
}

fn detailed_events(text: &mut Text, events: Repeated<'_, EventView<'_>>) {
    if events.is_empty() {
        return;
    }
    text.line(format_args!("Events:"));
    for (i, event) in events.iter().enumerate() {
        text.line(format_args!("SpanEvent #{i}"));
        text.item("Name", Utf8(event.name()));
        text.item("Timestamp", Time(event.time_unix_nano()));
        text.item("DroppedAttributesCount", event.dropped_attributes_count());
        text.attributes("     -> Attributes:", "     ", event.attributes());
    }
}

fn detailed_links(text: &mut Text, links: Repeated<'_, LinkView<'_>>) {
    if links.is_empty() {
        return;
    }
    text.line(format_args!("Links:"));
    for (i, link) in links.iter().enumerate() {
        text.line(format_args!("SpanLink #{i}"));
        text.item("Trace ID", Hex(link.trace_id()));
        text.item("ID", Hex(link.span_id()));
        text.item("TraceState", Utf8(link.trace_state()));
        text.item("DroppedAttributesCount", link.dropped_attributes_count());
        text.attributes("     -> Attributes:", "     ", link.attributes());
    }
}

fn detailed_logs(text: &mut Text, logs: LogsView<'_>) {
    for (i, resource) in logs.resource_logs().iter().enumerate() {
        text.line(format_args!("ResourceLog #{i}"));
        text.resource(resource.resource(), resource.schema_url());
        for (j, scope) in resource.scope_logs().iter().enumerate() {
            text.line(format_args!("ScopeLogs #{j}"));
            text.line(format_args!("ScopeLogs SchemaURL: {}", Utf8(scope.schema_url())));
            text.scope(scope.scope());
            for (k, record) in scope.log_records().iter().enumerate() {
                text.line(format_args!("LogRecord #{k}"));
                detailed_log(text, &record);
            }
        }
    }
}

fn detailed_log(text: &mut Text, record: &LogRecordView<'_>) {
    let severity = record.severity_number();
    let severity_name = name_of(&schema::SEVERITY_NUMBER, "SEVERITY_NUMBER_", severity);
    text.line(format_args!("ObservedTimestamp: {}", Time(record.observed_time_unix_nano())));
    text.line(format_args!("Timestamp: {}", Time(record.time_unix_nano())));
    text.line(format_args!("SeverityText: {}", Utf8(record.severity_text())));
    text.line(format_args!("SeverityNumber: {severity_name}({severity})"));
    if !record.event_name().is_empty() {
        text.line(format_args!("EventName: {}", Utf8(record.event_name())));
    }
    text.line(format_args!("Body: {}", Typed(record.body())));
    text.attributes("Attributes", "", record.attributes());
    text.line(format_args!("Trace ID: {}", Hex(record.trace_id())));
    text.line(format_args!("Span ID: {}", Hex(record.span_id())));
    text.line(format_args!("Flags: {}", record.flags()));
}

fn normal_traces(text: &mut Text, traces: TracesView<'_>) {
    for (i, resource) in traces.resource_spans().iter().enumerate() {
        text.normal_resource(("ResourceTraces", i), resource.resource(), resource.schema_url());
        for scope in resource.scope_spans() {
            text.normal_scope(("ScopeTraces", i), scope.scope(), scope.schema_url());
            for span in scope.spans() {
                text.line(format_args!(
                    "{} {} {}{}",
                    Utf8(span.name()),
                    Hex(span.trace_id()),
                    Hex(span.span_id()),
                    Pairs(span.attributes())
                ));
            }
        }
    }
}

fn normal_logs(text: &mut Text, logs: LogsView<'_>) {
    for (i, resource) in logs.resource_logs().iter().enumerate() {
        text.normal_resource(("ResourceLog", i), resource.resource(), resource.schema_url());
        for scope in resource.scope_logs() {
            text.normal_scope(("ScopeLog", i), scope.scope(), scope.schema_url());
            for record in scope.log_records() {
                let body = value_to_string(record.body());
                // The blank after the body is there even when nothing follows.
                let attributes = Pairs(record.attributes()).to_string();
                let attributes = attributes.strip_prefix(' ').unwrap_or_default();
                text.line(format_args!("{} {attributes}", Utf8(&body)));
            }
        }
    }
}

/// Lines of text.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _infallible = writeln!(self.0, "{line}");
    }

    /// A line `     -> Name: value`.
    pub(super) fn item(&mut self, name: &str, value: impl fmt::Display) {
        self.line(format_args!("     -> {name}: {value}"));
    }

    /// A line `    Name           : value`.
    fn column(&mut self, name: &str, value: impl fmt::Display) {
        self.line(format_args!("    {name:<15}: {value}"));
    }

    /// A header and the attributes under it, or nothing if there is none.
    pub(super) fn attributes(&mut self, header: &str, indent: &str, attributes: Attributes<'_>) {
        if attributes.is_empty() {
            return;
        }
        self.line(format_args!("{header}:"));
        for pair in attributes {
            self.line(format_args!("{indent}     -> {}: {}", Utf8(pair.key), Typed(pair.value())));
        }
    }

    pub(super) fn resource(&mut self, resource: ResourceView<'_>, schema_url: &[u8]) {
        self.line(format_args!("Resource SchemaURL: {}", Utf8(schema_url)));
        self.attributes("Resource attributes", "", resource.attributes());
        if resource.entity_refs().is_empty() {
            return;
        }
        self.line(format_args!("Resource entity refs:"));
        for (i, entity) in resource.entity_refs().iter().enumerate() {
            self.line(format_args!("     -> Entity ref #{i}:"));
            self.line(format_args!("          -> Type: {}", Utf8(entity.r#type())));
            if !entity.schema_url().is_empty() {
                self.line(format_args!("          -> Schema URL: {}", Utf8(entity.schema_url())));
            }
            let lists =
                [("ID keys", entity.id_keys()), ("Description keys", entity.description_keys())];
            for (name, keys) in lists.into_iter().filter(|(_, keys)| !keys.is_empty()) {
                self.line(format_args!("          -> {name}:"));
                for key in keys {
                    self.line(format_args!("               -> {}", Utf8(key)));
                }
            }
        }
    }

    pub(super) fn scope(&mut self, scope: ScopeView<'_>) {
        let (name, version) = (Utf8(scope.name()), Utf8(scope.version()));
        self.line(format_args!("InstrumentationScope {name} {version}"));
        self.attributes("InstrumentationScope attributes", "", scope.attributes());
    }

    /// `Title #0 [schema] key=value …`.
    pub(super) fn normal_resource(
        &mut self,
        (title, index): (&str, usize),
        resource: ResourceView<'_>,
        schema_url: &[u8],
    ) {
        let schema_url = Bracketed(schema_url);
        let attributes = Pairs(resource.attributes());
        self.line(format_args!("{title} #{index}{schema_url}{attributes}"));
    }

    /// `Title #0 name@version [schema] key=value …`, with the number of the resource.
    pub(super) fn normal_scope(
        &mut self,
        (title, index): (&str, usize),
        scope: ScopeView<'_>,
        schema_url: &[u8],
    ) {
        let mut name = String::new();
        if !scope.name().is_empty() || !scope.version().is_empty() {
            name = format!(" {}", Utf8(scope.name()));
        }
        if !scope.version().is_empty() {
            name = format!("{name}@{}", Utf8(scope.version()));
        }
        let schema_url = Bracketed(schema_url);
        let attributes = Pairs(scope.attributes());
        self.line(format_args!("{title} #{index}{name}{schema_url}{attributes}"));
    }
}

/// The name of an enumeration's number as Go prints it: `Info2` for `SEVERITY_NUMBER_INFO2`;
/// nothing for a number without a name.
pub(super) fn name_of(names: &Enum, prefix: &str, number: i32) -> String {
    let name = names.name_of(number).and_then(|name| name.strip_prefix(prefix)).unwrap_or_default();
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().collect();
    first + &letters.as_str().to_ascii_lowercase()
}

/// Text that may not be UTF-8.
pub(super) struct Utf8<'a>(pub(super) &'a [u8]);

impl fmt::Display for Utf8<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.0))
    }
}

/// An id; nothing when it is all zeros.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Nanoseconds since 1970 as Go prints a time.
pub(super) struct Time(pub(super) u64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Go reads them as signed.
        let nanos = i128::from(self.0.cast_signed());
        let time = Timestamp::from_nanosecond(nanos).unwrap_or(Timestamp::UNIX_EPOCH);
        write!(f, "{}", time.strftime("%Y-%m-%d %H:%M:%S%.f +0000 UTC"))
    }
}

/// A value with its type, `Str(text)`.
struct Typed<'a>(AnyValue<'a>);

impl fmt::Display for Typed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.0 {
            AnyValue::Empty => "Empty",
            AnyValue::Str(_) => "Str",
            AnyValue::Bool(_) => "Bool",
            AnyValue::Int(_) => "Int",
            AnyValue::Double(_) => "Double",
            AnyValue::Array(_) => "Slice",
            AnyValue::KvList(_) => "Map",
            AnyValue::Bytes(_) => "Bytes",
        };
        write!(f, "{kind}({})", Utf8(&value_to_string(self.0)))
    }
}

/// ` key=value` for each attribute.
pub(super) struct Pairs<'a>(pub(super) Attributes<'a>);

impl fmt::Display for Pairs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|pair| {
            write!(f, " {}={}", Utf8(pair.key), Utf8(&value_to_string(pair.value())))
        })
    }
}

/// ` [url]`, or nothing.
struct Bracketed<'a>(&'a [u8]);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " [{}]", Utf8(self.0)) }
    }
}
