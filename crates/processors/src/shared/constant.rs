//! A value written in the config, kept as it will stand on the wire.

use config::{Kind, Value};
use pdata::{AnyValue, KeyValue, wire::put_message};

/// An attribute value from the config. Its YAML type decides its type.
#[derive(Clone, Debug)]
pub(crate) struct Constant(Vec<u8>);

impl Constant {
    /// Reads a value; null is the empty value.
    pub(crate) fn new(value: &Value) -> Self {
        let mut message = Vec::new();
        write(value, &mut message);
        Self(message)
    }

    /// The value, to put into a record.
    pub(crate) fn get(&self) -> AnyValue<'_> {
        AnyValue::read(&self.0)
    }
}

/// Writes the content of an `AnyValue`. The nesting was bounded when the YAML was read.
fn write(value: &Value, out: &mut Vec<u8>) {
    match &value.kind {
        Kind::Null => {}
        Kind::Bool(flag) => AnyValue::Bool(*flag).write(out),
        Kind::Int(number) => AnyValue::Int(*number).write(out),
        // Beyond what OTLP can hold as an integer.
        Kind::Uint(number) => AnyValue::Double(*number as f64).write(out),
        Kind::Float(number) => AnyValue::Double(*number).write(out),
        Kind::String(text) => AnyValue::Str(text.as_bytes()).write(out),
        Kind::Seq(items) => put_message(out, 5, |out| {
            for item in items {
                put_message(out, 1, |out| write(item, out));
            }
        }),
        Kind::Map(map) => put_message(out, 6, |out| {
            for (key, item) in map {
                put_message(out, 1, |out| {
                    // A key and an empty value, then the value's own content in its place.
                    let mut pair = Vec::new();
                    KeyValue::write(key.as_str().as_bytes(), AnyValue::Empty, &mut pair);
                    pair.truncate(pair.len().saturating_sub(2));
                    out.extend_from_slice(&pair);
                    put_message(out, 2, |out| write(item, out));
                });
            }
        }),
    }
}
