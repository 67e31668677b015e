//! Records of every dialect, and records that are none.

mod dialects;
mod hostile;

use pdata::{
    AnyValue, KeyValue,
    views::{LogRecordView, SpanView},
    wire,
};

use super::*;

/// A span with these attributes, as it stands on the wire.
pub(super) struct Span(Vec<u8>);

impl Span {
    pub(super) fn new(name: &str) -> Self {
        let mut bytes = Vec::new();
        wire::put_len(&mut bytes, 5, name.as_bytes());
        wire::put_fixed64(&mut bytes, 7, 1_000_000_000);
        wire::put_fixed64(&mut bytes, 8, 3_000_000_000);
        Self(bytes)
    }

    pub(super) fn kind(mut self, kind: u64) -> Self {
        wire::put_tag(&mut self.0, 6, wire::VARINT);
        wire::put_varint(&mut self.0, kind);
        self
    }

    pub(super) fn failed(mut self) -> Self {
        wire::put_len(&mut self.0, 15, &[0x18, 2]);
        self
    }

    pub(super) fn event(mut self, name: &str, at: u64, attributes: &[(&str, &str)]) -> Self {
        wire::put_message(&mut self.0, 11, |out| {
            wire::put_fixed64(out, 1, at);
            wire::put_len(out, 2, name.as_bytes());
            for (key, value) in attributes {
                wire::put_message(out, 3, |out| {
                    KeyValue::write(key.as_bytes(), AnyValue::Str(value.as_bytes()), out);
                });
            }
        });
        self
    }

    pub(super) fn any(mut self, key: &str, value: AnyValue<'_>) -> Self {
        wire::put_message(&mut self.0, 9, |out| KeyValue::write(key.as_bytes(), value, out));
        self
    }

    pub(super) fn text(self, key: &str, value: &str) -> Self {
        self.any(key, AnyValue::Str(value.as_bytes()))
    }

    pub(super) fn int(self, key: &str, value: i64) -> Self {
        self.any(key, AnyValue::Int(value))
    }

    pub(super) fn double(self, key: &str, value: f64) -> Self {
        self.any(key, AnyValue::Double(value))
    }

    pub(super) fn view(&self) -> SpanView<'_> {
        SpanView::read(&self.0)
    }

    pub(super) fn read(&self, scope: &str) -> Option<Reading<'_>> {
        read(&ScopeDialect::of(scope.as_bytes(), b""), &self.view())
    }

    #[track_caller]
    pub(super) fn reading(&self, scope: &str) -> Reading<'_> {
        self.read(scope).expect("a reading")
    }
}

/// A log record with these attributes.
pub(super) struct Log(Vec<u8>);

impl Log {
    pub(super) fn new(event_name: &str) -> Self {
        let mut bytes = Vec::new();
        wire::put_fixed64(&mut bytes, 1, 1_000_000_000);
        wire::put_len(&mut bytes, 12, event_name.as_bytes());
        Self(bytes)
    }

    pub(super) fn body(mut self, text: &str) -> Self {
        wire::put_message(&mut self.0, 5, |out| AnyValue::Str(text.as_bytes()).write(out));
        self
    }

    pub(super) fn any(mut self, key: &str, value: AnyValue<'_>) -> Self {
        wire::put_message(&mut self.0, 6, |out| KeyValue::write(key.as_bytes(), value, out));
        self
    }

    pub(super) fn text(self, key: &str, value: &str) -> Self {
        self.any(key, AnyValue::Str(value.as_bytes()))
    }

    pub(super) fn int(self, key: &str, value: i64) -> Self {
        self.any(key, AnyValue::Int(value))
    }

    pub(super) fn read(&self, scope: &str) -> Option<Reading<'_>> {
        read(&ScopeDialect::of(scope.as_bytes(), b""), &LogRecordView::read(&self.0))
    }

    #[track_caller]
    pub(super) fn reading(&self, scope: &str) -> Reading<'_> {
        self.read(scope).expect("a reading")
    }
}

/// Input, output, cache read, cache write, reasoning.
pub(super) fn counts(reading: &Reading<'_>) -> [Option<u64>; 5] {
    let usage = reading.usage;
    [usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning]
}

pub(super) fn provider(reading: &Reading<'_>) -> String {
    reading.provider.map(|provider| provider.name().into_owned()).unwrap_or_default()
}
