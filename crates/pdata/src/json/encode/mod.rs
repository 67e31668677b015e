//! Protobuf bytes to JSON in one pass.

mod in_order;
mod slots;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use self::slots::{Slot, Slots};
use super::text;
use crate::{
    Signal,
    check::NESTING_MAX,
    schema::{Field, Kind, Message, Rule},
    wire::{self, FieldValue, Fields},
};

/// Appends a request as compact OTLP JSON (C§5.6).
///
/// Fields stand in table order under their camelCase names; 64-bit integers are strings,
/// enumerations numbers, ids lower case hex, bytes base64. What is zero or empty is left out, all-zero ids
/// too, but `resource`, `scope`, `status`, `body` and the like are always written. Numbers with a
/// fraction are spelled as ECMAScript does; `NaN`, `Infinity` and `-Infinity` are strings. Unknown
/// fields are skipped. `bytes` should have passed [`crate::check`]; of malformed ones, what comes
/// before the fault is written.
pub fn encode(signal: Signal, bytes: &[u8], out: &mut Vec<u8>) {
    encode_message(signal.schema(), bytes, out);
}

/// [`encode`] for any message. Messages nested deeper than 100 levels are written `{}`.
pub fn encode_message(message: &'static Message, bytes: &[u8], out: &mut Vec<u8>) {
    put_object(out, message, bytes, NESTING_MAX + 1);
}

fn put_object(out: &mut Vec<u8>, message: &'static Message, bytes: &[u8], depth: usize) {
    out.push(b'{');
    if let Some(depth) = depth.checked_sub(1) {
        let start = out.len();
        if slots::in_order(message, bytes) {
            in_order::put_fields(out, message, bytes, depth);
        } else {
            let slots = Slots::read(message, bytes);
            for (field, slot) in slots.iter() {
                put_field(out, start, (field, slot), bytes, depth);
            }
        }
    }
    out.push(b'}');
}

/// Appends a field with its key, if it has anything to say.
fn put_field(
    out: &mut Vec<u8>,
    start: usize,
    (field, slot): (&'static Field, &Slot<'_>),
    bytes: &[u8],
    depth: usize,
) {
    let Some(value) = slot.last else {
        if field.rule == Rule::Always {
            put_key(out, start, field);
            out.extend_from_slice(b"{}");
        }
        return;
    };
    match (field.rule, field.kind) {
        (Rule::Repeated, _) => {
            let before = out.len();
            put_key(out, start, field);
            out.push(b'[');
            let first = out.len();
            put_elements(out, field, slot.span(bytes), depth);
            if out.len() == first {
                out.truncate(before);
            } else {
                out.push(b']');
            }
        }
        (_, Kind::Message(message)) if slot.count > 1 => {
            // A message in parts is the message of the parts joined.
            let parts: Vec<&[u8]> = same(field, slot.span(bytes)).map(FieldValue::bytes).collect();
            put_key(out, start, field);
            put_object(out, message, &parts.concat(), depth);
        }
        _ => in_order::put_singular(out, start, (field, value), depth),
    }
}

fn put_key(out: &mut Vec<u8>, start: usize, field: &Field) {
    if out.len() > start {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(field.json.as_bytes());
    out.extend_from_slice(b"\":");
}

/// The values of one field among others.
fn same<'a>(field: &Field, bytes: &'a [u8]) -> impl Iterator<Item = FieldValue<'a>> {
    let (number, kind, rule) = (field.number, field.kind, field.rule);
    Fields::new(bytes)
        .filter(move |found| found.number == number && slots::fits(kind, rule, found.value))
        .map(|found| found.value)
}

fn put_elements(out: &mut Vec<u8>, field: &Field, bytes: &[u8], depth: usize) {
    let first = out.len();
    for value in same(field, bytes) {
        put_element(out, first, (field.kind, value), depth);
    }
}

/// Appends one element of the array whose content starts at `first`, or all that are packed.
#[inline]
fn put_element(
    out: &mut Vec<u8>,
    first: usize,
    (kind, value): (Kind, FieldValue<'_>),
    depth: usize,
) {
    match (kind, value) {
        (Kind::Message(message), value) => {
            put_comma(out, first);
            put_object(out, message, value.bytes(), depth);
        }
        (kind, FieldValue::Len(packed)) if kind.is_packable() => {
            let values = Packed { bytes: packed, wire_type: kind.wire_type() };
            for value in values {
                put_comma(out, first);
                put_scalar(out, kind, value);
            }
        }
        (kind, value) => {
            put_comma(out, first);
            put_scalar(out, kind, value);
        }
    }
}

fn put_comma(out: &mut Vec<u8>, first: usize) {
    if out.len() > first {
        out.push(b',');
    }
}

/// The values in a packed field; ends early on malformed bytes.
struct Packed<'a> {
    bytes: &'a [u8],
    wire_type: u32,
}

impl<'a> Iterator for Packed<'a> {
    type Item = FieldValue<'a>;

    fn next(&mut self) -> Option<FieldValue<'a>> {
        match self.wire_type {
            wire::FIXED64 => {
                let (value, rest) = self.bytes.split_first_chunk::<8>()?;
                self.bytes = rest;
                Some(FieldValue::Fixed64(u64::from_le_bytes(*value)))
            }
            wire::FIXED32 => {
                let (value, rest) = self.bytes.split_first_chunk::<4>()?;
                self.bytes = rest;
                Some(FieldValue::Fixed32(u32::from_le_bytes(*value)))
            }
            _ => {
                let (value, end) = wire::read_varint(self.bytes, 0)?;
                self.bytes = self.bytes.get(end..)?;
                Some(FieldValue::Varint(value))
            }
        }
    }
}

/// Whether proto3 would leave the value out. An all-zero id is no id.
fn is_default(kind: Kind, value: FieldValue<'_>) -> bool {
    match (kind, value) {
        (Kind::Id(_), FieldValue::Len(id)) => id.iter().all(|byte| *byte == 0),
        (_, FieldValue::Len(bytes)) => bytes.is_empty(),
        (_, value) => value.number() == 0,
    }
}

fn put_scalar(out: &mut Vec<u8>, kind: Kind, value: FieldValue<'_>) {
    let number = value.number();
    match kind {
        Kind::Double => match f64::from_bits(number) {
            finite if finite.is_finite() => text::put_double(out, finite),
            other => quoted(out, |out| text::put_double(out, other)),
        },
        // 32-bit varints are cut to their width, as protobuf does.
        Kind::Int32 | Kind::Enum(_) => {
            text::put_signed(out, i64::from((number as u32).cast_signed()));
        }
        Kind::Sint32 => text::put_signed(out, wire::unzigzag(u64::from(number as u32))),
        Kind::Uint32 | Kind::Fixed32 => text::put_unsigned(out, u64::from(number as u32)),
        Kind::Int64 | Kind::Sfixed64 => {
            quoted(out, |out| text::put_signed(out, number.cast_signed()));
        }
        Kind::Uint64 | Kind::Fixed64 => quoted(out, |out| text::put_unsigned(out, number)),
        Kind::Bool => out.extend_from_slice(if number == 0 { b"false" } else { b"true" }),
        Kind::String => text::put_string(out, value.bytes()),
        Kind::Id(_) => quoted(out, |out| text::put_hex(out, value.bytes())),
        Kind::Bytes => quoted(out, |out| {
            out.extend_from_slice(BASE64_STANDARD.encode(value.bytes()).as_bytes());
        }),
        Kind::Message(_) => out.extend_from_slice(b"{}"),
    }
}

fn quoted(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    body(out);
    out.push(b'"');
}
