//! The common fields by name.

use super::{Record, RecordKind};
use crate::{AnyValue, wire::FieldValue};

/// The ids and times of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanHead<'a> {
    /// [`Record::trace_id`].
    pub trace_id: &'a [u8],
    /// [`Record::span_id`].
    pub span_id: &'a [u8],
    /// [`Record::parent_span_id`].
    pub parent_span_id: &'a [u8],
    /// [`Record::start_time_unix_nano`].
    pub start: u64,
    /// [`Record::end_time_unix_nano`].
    pub end: u64,
}

/// One getter and one setter for each field: its name in the schema, what it holds, and its number
/// by kind of record. Kinds not listed are looked up in the schema.
macro_rules! named_fields {
    ($(
        $(#[$doc:meta])*
        $get:ident, $set:ident: $holds:ident { $($kind:ident = $number:literal),+ }
    )+) => {
        impl<'a> Record<'a> {
            $(named_fields!(@one $(#[$doc])* $get, $set: $holds, |record: &Self| match record.kind() {
                $(RecordKind::$kind => $number,)+
                _ => record.number_of(stringify!($get)),
            });)+
        }

        /// Name, kind and number as written above, to hold against the schema.
        #[cfg(test)]
        pub(super) const NUMBERS: &[(&str, RecordKind, u32)] =
            &[$($((stringify!($get), RecordKind::$kind, $number),)+)+];
    };
    (@one $(#[$doc:meta])* $get:ident, $set:ident: bytes, $at:expr) => {
        $(#[$doc])*
        #[inline]
        pub fn $get(&self) -> &'a [u8] {
            self.bytes(($at)(self))
        }

        #[doc = concat!("Sets [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        pub fn $set(&mut self, value: &[u8]) {
            self.set_bytes(($at)(self), value);
        }
    };
    (@one $(#[$doc:meta])* $get:ident, $set:ident: number, $at:expr) => {
        $(#[$doc])*
        #[inline]
        pub fn $get(&self) -> u64 {
            self.number(($at)(self))
        }

        #[doc = concat!("Sets [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        pub fn $set(&mut self, value: u64) {
            self.set_number(($at)(self), value);
        }
    };
}

named_fields! {
    /// The name of a span, span event, metric or scope.
    name, set_name: bytes { Span = 5, Metric = 1, Scope = 1 }
    /// The version of a scope.
    version, set_version: bytes { Scope = 2 }
    /// The trace id of a span, link, log record or exemplar: 16 bytes or none.
    trace_id, set_trace_id: bytes { Span = 1, LogRecord = 9 }
    /// The span id of a span, link, log record or exemplar: 8 bytes or none.
    span_id, set_span_id: bytes { Span = 2, LogRecord = 10 }
    /// The parent of a span: 8 bytes, none for a root.
    parent_span_id, set_parent_span_id: bytes { Span = 4 }
    /// The W3C `tracestate` of a span or link.
    trace_state, set_trace_state: bytes { Span = 3 }
    /// When a span or a data point's interval began, in nanoseconds since 1970.
    start_time_unix_nano, set_start_time_unix_nano: number { Span = 7, DataPoint = 2 }
    /// When a span ended, in nanoseconds since 1970.
    end_time_unix_nano, set_end_time_unix_nano: number { Span = 8 }
    /// When a log record, data point, span event or exemplar happened, in nanoseconds since 1970.
    time_unix_nano, set_time_unix_nano: number { LogRecord = 1, DataPoint = 3 }
    /// When a log record was seen, in nanoseconds since 1970.
    observed_time_unix_nano, set_observed_time_unix_nano: number { LogRecord = 11 }
    /// The severity of a log record, 1 to 24, 0 when not known.
    severity_number, set_severity_number: number { LogRecord = 2 }
    /// The severity of a log record in the words of its source.
    severity_text, set_severity_text: bytes { LogRecord = 3 }
    /// The name of the event that a log record is.
    event_name, set_event_name: bytes { LogRecord = 12 }
    /// The flags of a span, link, log record or data point.
    flags, set_flags: number { Span = 16, LogRecord = 8 }
    /// The description of a metric.
    description, set_description: bytes { Metric = 2 }
    /// The unit of a metric.
    unit, set_unit: bytes { Metric = 3 }
    /// How many attributes the source dropped.
    dropped_attributes_count, set_dropped_attributes_count: number {
        Resource = 2, Scope = 4, Span = 10, LogRecord = 7
    }
}

/// `Span.kind`, whose name the record's own kind has taken.
const SPAN_KIND: u32 = 6;
/// `Span.status` and in it `message` and `code`.
const STATUS: u32 = 15;
const STATUS_MESSAGE: u32 = 2;
const STATUS_CODE: u32 = 3;
/// `LogRecord.body`.
const BODY: u32 = 5;

impl<'a> Record<'a> {
    /// Ids and times of a span at one walk over its fields; nothing of other records.
    pub fn span_head(&self) -> SpanHead<'a> {
        let mut head = SpanHead::default();
        if self.kind() != RecordKind::Span {
            return head;
        }
        // The last field of a number counts.
        for slot in self.slots.iter().filter(|slot| slot.number <= 8 && !slot.is_removed()) {
            let (bytes, number) = (|| slot.bytes(self.raw), || slot.number(self.raw));
            match slot.number {
                1 => head.trace_id = bytes(),
                2 => head.span_id = bytes(),
                4 => head.parent_span_id = bytes(),
                7 => head.start = number(),
                8 => head.end = number(),
                _ => {}
            }
        }
        head
    }

    /// The kind of a span (`SpanKind`).
    pub fn span_kind(&self) -> u64 {
        self.only(RecordKind::Span, SPAN_KIND).map_or(0, |number| self.number(number))
    }

    /// Sets [`span_kind`](Self::span_kind).
    pub fn set_span_kind(&mut self, value: u64) {
        if let Some(number) = self.only(RecordKind::Span, SPAN_KIND) {
            self.set_number(number, value);
        }
    }

    /// The status code of a span (`StatusCode`): 0 unset, 1 ok, 2 error.
    pub fn status_code(&self) -> u64 {
        self.status_field(STATUS_CODE).map_or(0, FieldValue::number)
    }

    /// Sets [`status_code`](Self::status_code).
    pub fn set_status_code(&mut self, value: u64) {
        if let Some(number) = self.only(RecordKind::Span, STATUS) {
            self.edit_child(number, |status| status.set_number(STATUS_CODE, value));
        }
    }

    /// The status message of a span.
    pub fn status_message(&self) -> &'a [u8] {
        self.status_field(STATUS_MESSAGE).map_or(&[], FieldValue::bytes)
    }

    /// Sets [`status_message`](Self::status_message).
    pub fn set_status_message(&mut self, value: &[u8]) {
        if let Some(number) = self.only(RecordKind::Span, STATUS) {
            self.edit_child(number, |status| status.set_bytes(STATUS_MESSAGE, value));
        }
    }

    /// The body of a log record.
    pub fn body(&self) -> AnyValue<'a> {
        let number = self.only(RecordKind::LogRecord, BODY);
        number.map_or(AnyValue::Empty, |number| self.value(number))
    }

    /// Sets [`body`](Self::body).
    pub fn set_body(&mut self, value: AnyValue<'_>) {
        if let Some(number) = self.only(RecordKind::LogRecord, BODY) {
            self.set_value(number, value);
        }
    }

    /// The number of a field this kind of record has.
    fn only(&self, kind: RecordKind, number: u32) -> Option<u32> {
        (self.kind() == kind).then_some(number)
    }

    /// The number of a field by its protobuf name, 0 (which no field has) when there is none.
    fn number_of(&self, name: &str) -> u32 {
        self.schema().field_named(name).map_or(0, |field| field.number)
    }

    fn status_field(&self, number: u32) -> Option<FieldValue<'a>> {
        let status = self.bytes(self.only(RecordKind::Span, STATUS)?);
        let fields = crate::wire::Fields::new(status);
        fields.filter(|field| field.number == number).last().map(|field| field.value)
    }
}
