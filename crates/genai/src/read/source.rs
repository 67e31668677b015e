//! Where a reading comes from: a record opened for editing, or a view.

use pdata::{
    AnyValue, KeyValue, Record, RecordKind,
    views::{EventView, LogRecordView, SpanView},
    wire::Fields,
};

use crate::Signal;

/// `Span.events`.
const EVENTS: u32 = 11;
/// `Span.kind` when the serving side reports.
const SERVER: u64 = 2;
/// `Status.code` of a failure.
const ERROR: u64 = 2;

/// A span or log record to read. Everything but the attributes is asked for only when needed.
pub trait Source<'a> {
    /// What it is.
    fn signal(&self) -> Signal;
    /// Its attributes in order.
    fn attributes(&self) -> impl Iterator<Item = KeyValue<'a>>;
    /// The name of a span, the event name of a log record.
    fn name(&self) -> &'a [u8];
    /// Whether it is a span of kind SERVER.
    fn is_server(&self) -> bool;
    /// Whether its status is an error, or its severity that of one.
    fn is_error(&self) -> bool;
    /// When it began, nanoseconds since 1970.
    fn start(&self) -> u64;
    /// The body of a log record.
    fn body(&self) -> AnyValue<'a>;
    /// The events of a span.
    fn events(&self) -> impl Iterator<Item = EventView<'a>>;
}

impl<'a> Source<'a> for Record<'a> {
    #[inline]
    fn signal(&self) -> Signal {
        if self.kind() == RecordKind::LogRecord { Signal::Log } else { Signal::Span }
    }

    #[inline]
    fn attributes(&self) -> impl Iterator<Item = KeyValue<'a>> {
        Record::attributes(self).iter()
    }

    fn name(&self) -> &'a [u8] {
        match self.kind() {
            RecordKind::LogRecord => self.event_name(),
            _ => Record::name(self),
        }
    }

    fn is_server(&self) -> bool {
        self.span_kind() == SERVER
    }

    fn is_error(&self) -> bool {
        self.status_code() == ERROR
    }

    fn start(&self) -> u64 {
        match self.kind() {
            RecordKind::LogRecord => {
                log_time(self.time_unix_nano(), self.observed_time_unix_nano())
            }
            _ => self.start_time_unix_nano(),
        }
    }

    fn body(&self) -> AnyValue<'a> {
        Record::body(self)
    }

    fn events(&self) -> impl Iterator<Item = EventView<'a>> {
        let raw = if self.kind() == RecordKind::Span { self.raw() } else { &[] };
        let events = Fields::new(raw).filter(|field| field.number == EVENTS);
        events.map(|field| EventView::read(field.value.bytes()))
    }
}

impl<'a> Source<'a> for SpanView<'a> {
    #[inline]
    fn signal(&self) -> Signal {
        Signal::Span
    }

    #[inline]
    fn attributes(&self) -> impl Iterator<Item = KeyValue<'a>> {
        SpanView::attributes(self).iter()
    }

    fn name(&self) -> &'a [u8] {
        SpanView::name(self)
    }

    fn is_server(&self) -> bool {
        u64::try_from(self.kind()) == Ok(SERVER)
    }

    fn is_error(&self) -> bool {
        u64::try_from(self.status().code()) == Ok(ERROR)
    }

    fn start(&self) -> u64 {
        self.start_time_unix_nano()
    }

    fn body(&self) -> AnyValue<'a> {
        AnyValue::Empty
    }

    fn events(&self) -> impl Iterator<Item = EventView<'a>> {
        SpanView::events(self).iter()
    }
}

impl<'a> Source<'a> for LogRecordView<'a> {
    #[inline]
    fn signal(&self) -> Signal {
        Signal::Log
    }

    #[inline]
    fn attributes(&self) -> impl Iterator<Item = KeyValue<'a>> {
        LogRecordView::attributes(self).iter()
    }

    fn name(&self) -> &'a [u8] {
        self.event_name()
    }

    fn is_server(&self) -> bool {
        false
    }

    fn is_error(&self) -> bool {
        false
    }

    fn start(&self) -> u64 {
        log_time(self.time_unix_nano(), self.observed_time_unix_nano())
    }

    fn body(&self) -> AnyValue<'a> {
        LogRecordView::body(self)
    }

    fn events(&self) -> impl Iterator<Item = EventView<'a>> {
        std::iter::empty()
    }
}

fn log_time(time: u64, observed: u64) -> u64 {
    if time == 0 { observed } else { time }
}
