//! Bringing odd but legal messages into the usual shape.
//!
//! Only requests in which the walk noticed something odd come here, so this favours plainness over
//! speed. Messages that need no change are copied byte for byte.

use std::borrow::Cow;

use super::walk::{DEPRECATED_SCOPES, deprecated};
use crate::{
    schema::{Kind, Message, Rule},
    wire::{self, FieldValue, Fields},
};

/// The usual shape of a well-formed message, or `None` when it already has it.
pub(super) fn normalise(schema: &'static Message, message: &[u8]) -> Option<Vec<u8>> {
    let takes_old_scopes =
        deprecated(schema).is_some() && !Fields::new(message).any(|field| field.number == 2);
    let merged = merges(schema, message);
    let mut out: Option<Vec<u8>> = None;
    for field in Fields::new(message) {
        let raw = message.get(field.start..field.end).unwrap_or_default();
        let number = match field.number {
            DEPRECATED_SCOPES if takes_old_scopes && is_len(field.value) => 2,
            number => number,
        };
        let part = match (schema.field(number), field.value) {
            (Some(known), FieldValue::Len(content)) => match known.kind {
                Kind::Message(inner) => Part::of(inner, content, (number, field.start), &merged),
                _ => Part::Same,
            },
            _ => Part::Same,
        };
        let part = match part {
            Part::Same if merged.drops(number, field.start) => Part::Gone,
            Part::Same if number != field.number => Part::New(field.value.bytes().into()),
            part => part,
        };
        if !matches!(part, Part::Same) && out.is_none() {
            let mut copy = Vec::with_capacity(message.len());
            copy.extend_from_slice(message.get(..field.start).unwrap_or_default());
            out = Some(copy);
        }
        if let Some(out) = &mut out {
            match part {
                Part::Same => out.extend_from_slice(raw),
                Part::New(content) => wire::put_len(out, number, &content),
                Part::Gone => {}
            }
        }
    }
    out
}

fn is_len(value: FieldValue<'_>) -> bool {
    matches!(value, FieldValue::Len(_))
}

/// What becomes of one field.
enum Part<'a> {
    /// It stays as it is.
    Same,
    /// Its content changes.
    New(Cow<'a, [u8]>),
    /// It is in another field now, or was overruled by one.
    Gone,
}

impl<'a> Part<'a> {
    /// A field that holds a message.
    fn of(
        inner: &'static Message,
        content: &'a [u8],
        (number, start): (u32, usize),
        merged: &Merged,
    ) -> Self {
        if merged.drops(number, start) {
            return Self::Gone;
        }
        if let Some((_, whole)) = merged.wholes.iter().find(|(at, _)| *at == start) {
            return Self::New(normalise(inner, whole).unwrap_or_else(|| whole.clone()).into());
        }
        normalise(inner, content).map_or(Self::Same, |usual| Self::New(usual.into()))
    }
}

/// The fields of one message that readers are to merge. Holds a few entries for each field of the
/// table, however many parts the message was sent in.
#[derive(Default)]
struct Merged {
    /// Numbers of fields that may stand but once, with the starts of those that stay.
    keeps: Vec<(u32, Option<usize>)>,
    /// By the start of a field that stays, its content and that of all its later parts.
    wholes: Vec<(usize, Vec<u8>)>,
}

impl Merged {
    fn drops(&self, number: u32, start: usize) -> bool {
        self.keeps.iter().any(|(kept, at)| *kept == number && *at != Some(start))
    }

    /// Keeps the field that starts at `first` and joins later ones with its number to it.
    fn keep(&mut self, message: &[u8], number: u32, first: usize) {
        self.keeps.push((number, Some(first)));
        let parts = || {
            let parts = Fields::new(message).skip_while(move |field| field.start < first);
            parts.filter(move |field| field.number == number)
        };
        if parts().nth(1).is_some() {
            let mut whole = Vec::new();
            parts().for_each(|part| whole.extend_from_slice(part.value.bytes()));
            self.wholes.push((first, whole));
        }
    }
}

/// Finds what is to be merged in a message.
fn merges(schema: &'static Message, message: &[u8]) -> Merged {
    let mut merged = Merged::default();
    merge_oneof(schema, message, &mut merged);
    for known in schema.fields {
        let is_singular = !matches!(known.rule, Rule::Repeated | Rule::OneOf);
        if !is_singular || !is_message(schema, known.number) {
            continue;
        }
        let mut parts = Fields::new(message).filter(|field| field.number == known.number);
        if let (Some(first), Some(_)) = (parts.next(), parts.next()) {
            merged.keep(message, known.number, first.start);
        }
    }
    merged
}

/// Of the members of a oneof with a message among them, the last stays. Those of its number right
/// before it, with no other member between, are parts of it if it is a message.
fn merge_oneof(schema: &'static Message, message: &[u8], merged: &mut Merged) {
    let is_member = |number| schema.field(number).is_some_and(|known| known.rule == Rule::OneOf);
    let (mut members, mut has_message) = (0usize, false);
    let (mut last, mut first_part) = (0, 0);
    for field in Fields::new(message).filter(|field| is_member(field.number)) {
        let is_message = is_message(schema, field.number);
        if field.number != last || !is_message {
            (last, first_part) = (field.number, field.start);
        }
        members += 1;
        has_message |= is_message;
    }
    if members < 2 || !has_message {
        return;
    }
    for known in schema.fields.iter().filter(|known| known.rule == Rule::OneOf) {
        if known.number != last {
            merged.keeps.push((known.number, None));
        }
    }
    merged.keep(message, last, first_part);
}

fn is_message(schema: &'static Message, number: u32) -> bool {
    schema.field(number).is_some_and(|known| matches!(known.kind, Kind::Message(_)))
}
