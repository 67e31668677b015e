//! Verdicts as attributes of spans and as log records, counts as metrics.

mod counts;
mod tags;
mod verdicts;

use pdata::{KeyValue, wire};
use sdk::AnyValue;

pub(super) use self::{
    counts::{Frame, counts},
    tags::tag,
    verdicts::verdicts,
};

/// The content of a `Resource` message with these attributes.
pub(super) fn resource(attributes: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, text) in attributes {
        put(&mut out, 1, key, AnyValue::Str(text.as_bytes()));
    }
    out
}

/// An attribute in the field of that number.
fn put(out: &mut Vec<u8>, number: u32, key: &str, value: AnyValue<'_>) {
    wire::put_message(out, number, |out| KeyValue::write(key.as_bytes(), value, out));
}

/// The content of an `InstrumentationScope` message.
fn scope(version: &str) -> Vec<u8> {
    let mut out = Vec::new();
    wire::put_len(&mut out, 1, b"tollgate.slo");
    wire::put_len(&mut out, 2, version.as_bytes());
    out
}
