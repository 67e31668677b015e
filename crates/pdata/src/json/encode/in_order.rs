//! Messages whose fields stand in table order: written as they are read.

use super::{is_default, put_element, put_key, put_object, put_scalar, slots};
use crate::{
    schema::{Field, Kind, Message, Rule},
    wire::{FieldValue, Fields},
};

/// An array that is being written.
struct Open {
    number: u32,
    /// Before its key, to go back to if it stays empty.
    before: usize,
    /// Behind its bracket.
    first: usize,
}

/// Appends the fields of a message for which [`slots::in_order`] holds.
pub(super) fn put_fields(out: &mut Vec<u8>, message: &'static Message, bytes: &[u8], depth: usize) {
    let start = out.len();
    let mut next = 0;
    let mut open: Option<Open> = None;
    for found in Fields::new(bytes) {
        let Some((index, field)) = slots::find(message, found.number) else { continue };
        if !slots::fits(field.kind, field.rule, found.value) {
            continue;
        }
        if let Some(array) = open.take_if(|array| array.number != field.number) {
            close(out, &array);
        }
        put_absent(out, start, message.fields.get(next..index));
        next = index + 1;
        if field.rule == Rule::Repeated {
            let array = open.get_or_insert_with(|| {
                let before = out.len();
                put_key(out, start, field);
                out.push(b'[');
                Open { number: field.number, before, first: out.len() }
            });
            put_element(out, array.first, (field.kind, found.value), depth);
        } else {
            put_singular(out, start, (field, found.value), depth);
        }
    }
    if let Some(array) = open {
        close(out, &array);
    }
    put_absent(out, start, message.fields.get(next..));
}

/// Ends an array, or takes it back: a packed field may hold nothing.
fn close(out: &mut Vec<u8>, array: &Open) {
    if out.len() == array.first {
        out.truncate(array.before);
    } else {
        out.push(b']');
    }
}

/// Appends those of the fields passed over that are always written.
fn put_absent(out: &mut Vec<u8>, start: usize, fields: Option<&'static [Field]>) {
    for field in fields.unwrap_or_default() {
        if field.rule == Rule::Always {
            put_key(out, start, field);
            out.extend_from_slice(b"{}");
        }
    }
}

/// Appends a field that is no array, unless it says nothing.
pub(super) fn put_singular(
    out: &mut Vec<u8>,
    start: usize,
    (field, value): (&Field, FieldValue<'_>),
    depth: usize,
) {
    match field.kind {
        Kind::Message(message) => {
            put_key(out, start, field);
            put_object(out, message, value.bytes(), depth);
        }
        kind if matches!(field.rule, Rule::OneOf | Rule::Optional) || !is_default(kind, value) => {
            put_key(out, start, field);
            put_scalar(out, kind, value);
        }
        _ => {}
    }
}
