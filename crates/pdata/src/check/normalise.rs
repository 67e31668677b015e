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

/// The fields of one message that readers are to merge.
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

    /// Keeps the first of the fields `parts` (start and content) and joins the rest to it.
    fn keep(&mut self, number: u32, parts: &[(usize, &[u8])]) {
        let Some((start, _)) = parts.first() else { return };
        self.keeps.push((number, Some(*start)));
        if parts.len() > 1 {
            let whole: Vec<u8> = parts.iter().flat_map(|(_, part)| *part).copied().collect();
            self.wholes.push((*start, whole));
        }
    }
}

/// Finds what is to be merged in a message.
fn merges(schema: &'static Message, message: &[u8]) -> Merged {
    let mut merged = Merged::default();
    let members: Vec<(u32, usize, FieldValue<'_>)> = Fields::new(message)
        .filter(|field| schema.field(field.number).is_some_and(|known| known.rule == Rule::OneOf))
        .map(|field| (field.number, field.start, field.value))
        .collect();
    let has_message = members.iter().any(|(number, ..)| is_message(schema, *number));
    if let (Some((last, ..)), true) = (members.last(), has_message && members.len() > 1) {
        for known in schema.fields.iter().filter(|known| known.rule == Rule::OneOf) {
            if known.number != *last {
                merged.keeps.push((known.number, None));
            }
        }
        let run = members.iter().rev().take_while(|(number, ..)| number == last).count();
        let mut parts: Vec<(usize, &[u8])> = members
            .iter()
            .skip(members.len() - run)
            .map(|(_, start, value)| (*start, value.bytes()))
            .collect();
        if !is_message(schema, *last) {
            parts.drain(..parts.len() - 1);
        }
        merged.keep(*last, &parts);
    }
    for known in schema.fields {
        if !matches!(known.kind, Kind::Message(_))
            || matches!(known.rule, Rule::Repeated | Rule::OneOf)
        {
            continue;
        }
        let parts: Vec<(usize, &[u8])> = Fields::new(message)
            .filter(|field| field.number == known.number)
            .map(|field| (field.start, field.value.bytes()))
            .collect();
        if parts.len() > 1 {
            merged.keep(known.number, &parts);
        }
    }
    merged
}

fn is_message(schema: &'static Message, number: u32) -> bool {
    schema.field(number).is_some_and(|known| matches!(known.kind, Kind::Message(_)))
}
