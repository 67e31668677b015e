//! Opening a record: noting where its fields stand.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    Arena, Record, RecordKind, Slot,
    attributes::{Attribute, Mark},
    recent::Recent,
};
use crate::{
    KeyValue,
    schema::{self, Kind, Message, Rule},
    wire::{self, FieldValue, Fields},
};

/// The tags of `KeyValue.key` and `KeyValue.value`.
const KEY_TAG: u8 = 0x0a;
const VALUE_TAG: u8 = 0x12;

/// From where the next [`Record`] counts what it opens, so that no two in the process count alike, and
/// how many messages one has to itself: more than a batch holds.
static OPENED: AtomicU64 = AtomicU64::new(0);
pub(super) const OPENED_BY_ONE: u64 = 1 << 34;

/// What kind of message a record is opened as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) kind: RecordKind,
    pub(crate) schema: &'static Message,
    /// The number of the attributes field, 0 if there is none.
    pub(crate) attributes: u32,
}

impl Form {
    pub(crate) const RESOURCE: Self = Self::new(RecordKind::Resource, &schema::RESOURCE, 1);
    pub(crate) const SCOPE: Self = Self::new(RecordKind::Scope, &schema::INSTRUMENTATION_SCOPE, 3);
    pub(crate) const SPAN: Self = Self::new(RecordKind::Span, &schema::SPAN, 9);
    pub(crate) const METRIC: Self = Self::new(RecordKind::Metric, &schema::METRIC, 12);
    pub(crate) const LOG_RECORD: Self = Self::new(RecordKind::LogRecord, &schema::LOG_RECORD, 6);

    const fn new(kind: RecordKind, schema: &'static Message, attributes: u32) -> Self {
        Self { kind, schema, attributes }
    }

    /// The tag of an attribute if it is one byte, as in every message of OTLP that has some; else a
    /// number that no byte is.
    #[inline]
    fn attributes_tag(self) -> u32 {
        let is_short = (1..16).contains(&self.attributes);
        if is_short { self.attributes << 3 | wire::LEN } else { u32::MAX }
    }

    /// The form of a message whose attributes field the schema tells.
    pub(crate) fn of(kind: RecordKind, schema: &'static Message) -> Self {
        let attributes = schema.fields.iter().find(|field| {
            let pair =
                matches!(field.kind, Kind::Message(of) if std::ptr::eq(of, &schema::KEY_VALUE));
            pair && field.rule == Rule::Repeated
        });
        Self::new(kind, schema, attributes.map_or(0, |field| field.number))
    }
}

impl<'a> Record<'a> {
    /// An empty record to open messages in.
    pub(crate) fn new(arena: &'a Arena) -> Self {
        Self {
            arena,
            form: Form::RESOURCE,
            raw: &[],
            end: 0,
            slots: Vec::new(),
            attributes: Vec::new(),
            added: None,
            opened: OPENED.fetch_add(OPENED_BY_ONE, Ordering::Relaxed),
            attribute_edits: 0,
            slot_edits: 0,
            recent: Recent::default(),
            part: None,
        }
    }

    /// Opens the content of a message in place of the one before.
    #[inline]
    pub(crate) fn open(&mut self, form: Form, raw: &'a [u8]) {
        self.form = form;
        self.raw = raw;
        self.slots.clear();
        self.attributes.clear();
        self.added = None;
        self.opened = self.opened.wrapping_add(1);
        self.attribute_edits = 0;
        self.slot_edits = 0;
        // Offsets are kept in 32 bits. What stands beyond them, more than one message may hold by the
        // rules of protobuf, is copied as it came.
        let noted = raw.get(..u32::MAX as usize).unwrap_or(raw);
        let offset = |rest: &[u8]| (noted.len() - rest.len()) as u32;
        let tag = form.attributes_tag();
        let mut rest = noted;
        loop {
            // Attributes come in runs.
            while let Some((mark, next)) = split_short_attribute(rest, tag) {
                self.attributes.push(Attribute::short(mark, offset(rest), offset(next)));
                rest = next;
            }
            let Some((number, content, length)) = split_field(rest) else { break };
            let Some(next) = rest.get(length..) else { break };
            match content {
                Some(content) if number == form.attributes => {
                    self.push_any_pair(content, offset(rest), offset(next));
                }
                _ => {
                    let (start, end) = (offset(rest), offset(next));
                    self.slots.push(Slot { number, start, end, new: None });
                }
            }
            rest = next;
        }
        self.end = offset(rest);
    }

    #[inline(never)]
    fn push_any_pair(&mut self, content: &[u8], start: u32, end: u32) {
        let mark = Mark::of(split_pair(content).key);
        self.attributes.push(Attribute::new(mark, start, end));
    }
}

/// The first field: its number, its content if it is length-delimited, and how long it is. What
/// nearly every field looks like is read here, everything else by [`Fields`].
#[inline(always)]
fn split_field(rest: &[u8]) -> Option<(u32, Option<&[u8]>, usize)> {
    let (tag, after) = rest.split_first()?;
    let number = u32::from(*tag >> 3);
    // The first bit says that the tag goes on, the last three are the wire type.
    match (tag & 0x87, after) {
        _ if *tag < 8 => None,
        (2, [length, tail @ ..]) if *length < 0x80 => {
            let length = usize::from(*length);
            Some((number, Some(tail.get(..length)?), 2 + length))
        }
        (2, [low, high, tail @ ..]) if *high < 0x80 => {
            let length = usize::from(*low & 0x7f) | usize::from(*high) << 7;
            Some((number, Some(tail.get(..length)?), 3 + length))
        }
        (0, [value, ..]) if *value < 0x80 => Some((number, None, 2)),
        (1, [_, _, _, _, _, _, _, _, ..]) => Some((number, None, 9)),
        (5, [_, _, _, _, ..]) => Some((number, None, 5)),
        // `Span.flags`, the one common field with a number above 15.
        (0x85, [high @ ..0x80, _, _, _, _, ..]) => {
            Some((u32::from(*tag >> 3 & 0xf) | u32::from(*high) << 4, None, 6))
        }
        _ => split_any_field(rest),
    }
}

/// The content of a length-delimited field given whole.
#[inline]
pub(super) fn field_content(whole: &[u8]) -> &[u8] {
    match whole {
        [..0x80, length @ ..0x80, content @ ..] if content.len() == usize::from(*length) => content,
        _ => any_field_content(whole),
    }
}

#[inline(never)]
fn any_field_content(whole: &[u8]) -> &[u8] {
    split_field(whole).and_then(|(_, content, _)| content).unwrap_or_default()
}

#[cold]
fn split_any_field(rest: &[u8]) -> Option<(u32, Option<&[u8]>, usize)> {
    let field = Fields::new(rest).next()?;
    let content = match field.value {
        FieldValue::Len(content) => Some(content),
        _ => None,
    };
    Some((field.number, content, field.end))
}

/// A `KeyValue`: a short key and a value that fills the rest, or anything else.
#[inline]
pub(super) fn split_pair(content: &[u8]) -> KeyValue<'_> {
    short_pair(content).unwrap_or_else(|| KeyValue::read(content))
}

#[inline(always)]
fn short_pair(content: &[u8]) -> Option<KeyValue<'_>> {
    let [KEY_TAG, length @ ..0x80, tail @ ..] = content else { return None };
    let (key, value) = tail.split_at_checked(usize::from(*length))?;
    let (length, value_message) = match value {
        [VALUE_TAG, length @ ..0x80, tail @ ..] => (usize::from(*length), tail),
        [VALUE_TAG, low, high @ ..0x80, tail @ ..] => {
            (usize::from(*low & 0x7f) | usize::from(*high) << 7, tail)
        }
        _ => return None,
    };
    (length == value_message.len()).then_some(KeyValue { key, value_message })
}

/// An attribute of the common shape at the start of `rest`: the mark of its key, and what follows it.
/// That shape is a key and a value, in that order and nothing else, all lengths below 128. Several
/// bytes are looked at in one comparison, since most of the time of opening a record goes here.
#[inline(always)]
fn split_short_attribute(rest: &[u8], tag: u32) -> Option<(Mark, &[u8])> {
    let [first, length @ ..0x80, after @ ..] = rest else { return None };
    if u32::from(*first) != tag {
        return None;
    }
    let (content, next) = after.split_at_checked(usize::from(*length))?;
    let [KEY_TAG, key_length @ ..0x80, ..] = content else { return None };
    // From the last byte of the key on; of an empty key that is its length, a zero.
    let [last, VALUE_TAG, value_length, value @ ..] =
        content.get(1 + usize::from(*key_length)..)?
    else {
        return None;
    };
    let fills = value.len() == usize::from(*value_length);
    fills.then_some((Mark::new(u32::from(*key_length), *last), next))
}
