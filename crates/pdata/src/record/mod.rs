//! One message opened for editing.
//!
//! Opening notes where the fields stand; reading looks there; an edit puts new bytes beside them
//! and marks the old ones. Nothing is decoded and nothing is written until the record closes, when
//! its marks become splices of the batch ([`crate::rewrite()`]). Several stages can so edit one
//! record in turn, each seeing what those before it did, and whatever none of them touched is
//! copied as it came, unknown fields included.
//!
//! Read in this order: this file, `scan` (opening), `attributes`, `recent` (added attributes kept for
//! the next record), `prepared` (attributes added together), `parts` (messages inside), `named` (fields by name), `splice` and `arena`
//! (closing).

mod arena;
mod attributes;
mod kind;
mod named;
mod parts;
mod prepared;
mod recent;
mod scan;
mod splice;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    arena::Arena,
    scan::Form,
    splice::{Splice, put_spliced, spliced_len},
};
use self::{attributes::Attribute, prepared::Added, recent::Recent};
pub use self::{
    attributes::{Attributes, AttributesMut, Edited},
    kind::{RecordKind, RecordKinds, Verdict},
    named::SpanHead,
    prepared::Prepared,
};
use crate::{
    AnyValue,
    schema::{Field, Message, Rule},
    wire::{self, FieldValue, Fields},
};

/// One message opened for editing: a span, a log record, a metric, a data point, a resource, a scope
/// or a message inside one of these.
///
/// What is read lives as long as the batch (`'a`), not as long as a borrow of the record, so a value
/// can be held while the record is edited. What is written is copied, so it may come from anywhere.
///
/// Fields are named by their number in [`schema`](crate::schema); the common ones also have methods
/// ([`Record::name`], [`Record::body`] …). A method for a field that this kind of record lacks reads
/// as absent and writes nothing.
#[derive(Debug)]
pub struct Record<'a> {
    arena: &'a Arena,
    form: Form,
    /// The content of the message as it came.
    raw: &'a [u8],
    /// Where the fields noted end and added ones go: the length of `raw` if that is well formed.
    end: u32,
    /// All fields but attributes, in wire order, then those added.
    slots: Vec<Slot<'a>>,
    /// Attributes in wire order, then those added.
    attributes: Vec<Attribute<'a>>,
    /// Those of them that were added together last.
    added: Option<Added<'a>>,
    /// Which opening of a message this is, of all in the process.
    opened: u64,
    /// How often fields and attributes were edited since.
    slot_edits: u64,
    attribute_edits: u64,
    /// Attributes encoded a moment ago.
    recent: Recent<'a>,
    /// Room for a message inside this one, kept for the next.
    part: Option<Box<Self>>,
}

/// What [`Record::state`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordState {
    opened: u64,
    edits: [u64; 2],
}

impl RecordState {
    /// Tells the walk over a batch from all others, for what need be found out only once in each.
    #[inline]
    pub fn walk(self) -> u64 {
        self.opened / scan::OPENED_BY_ONE
    }
}

/// A field that is not an attribute.
#[derive(Clone, Copy, Debug)]
struct Slot<'a> {
    number: u32,
    /// Where it stands in `raw`, tag included; `end..end` when it was added.
    start: u32,
    end: u32,
    /// The whole field that stands there now if it was edited, nothing when removed.
    new: Option<&'a [u8]>,
}

impl<'a> Slot<'a> {
    /// The field as it is now, tag included; empty when removed.
    #[inline]
    fn now(&self, raw: &'a [u8]) -> &'a [u8] {
        self.new.unwrap_or_else(|| between(raw, self.start, self.end))
    }

    /// The value as it is now.
    #[inline]
    fn value(&self, raw: &'a [u8]) -> Option<FieldValue<'a>> {
        match self.now(raw) {
            // What ids, names and times look like; everything else is read by `Fields`.
            [tag @ 8..0x80, length @ ..0x80, content @ ..]
                if u32::from(*tag & 7) == wire::LEN && content.len() == usize::from(*length) =>
            {
                Some(FieldValue::Len(content))
            }
            [tag @ 8..0x80, fixed @ ..] if u32::from(*tag & 7) == wire::FIXED64 => {
                let fixed = <[u8; 8]>::try_from(fixed).ok()?;
                Some(FieldValue::Fixed64(u64::from_le_bytes(fixed)))
            }
            field => Fields::new(field).next().map(|field| field.value),
        }
    }

    /// The bytes of [`value`](Self::value), in line for what is short.
    #[inline]
    fn bytes(&self, raw: &'a [u8]) -> &'a [u8] {
        match self.now(raw) {
            [tag @ 8..0x80, length @ ..0x80, content @ ..]
                if u32::from(*tag & 7) == wire::LEN && content.len() == usize::from(*length) =>
            {
                content
            }
            _ => self.value(raw).map_or(&[], FieldValue::bytes),
        }
    }

    /// The number of [`value`](Self::value), in line for times.
    #[inline]
    fn number(&self, raw: &'a [u8]) -> u64 {
        match self.now(raw) {
            [tag @ 8..0x80, fixed @ ..] if u32::from(*tag & 7) == wire::FIXED64 => {
                fixed.try_into().map_or(0, u64::from_le_bytes)
            }
            _ => self.value(raw).map_or(0, FieldValue::number),
        }
    }

    #[inline]
    fn is_removed(&self) -> bool {
        self.new.is_some_and(<[u8]>::is_empty)
    }

    /// What to replace in `raw`.
    #[inline]
    fn splice(&self) -> Option<Splice<'a>> {
        Splice::new(self.start as usize, self.end as usize, self.new?)
    }
}

impl<'a> Record<'a> {
    /// What it is.
    #[inline]
    pub fn kind(&self) -> RecordKind {
        self.form.kind
    }

    /// The message type.
    #[inline]
    pub fn schema(&self) -> &'static Message {
        self.form.schema
    }

    /// The content of the message as it came, without the edits.
    #[inline]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether anything was edited.
    #[inline]
    pub fn is_changed(&self) -> bool {
        self.attribute_edits != 0 || self.slot_edits != 0
    }

    /// Tells how the record is now from how it or any other was or will be: what was found out in one
    /// state holds as long as the record is in it.
    #[inline]
    pub fn state(&self) -> RecordState {
        RecordState { opened: self.opened, edits: [self.slot_edits, self.attribute_edits] }
    }

    /// Whether the field is present.
    pub fn has(&self, number: u32) -> bool {
        if self.form.attributes == number {
            return !self.attributes().is_empty();
        }
        self.slot(number).is_some()
    }

    /// The value of a string, bytes or message field; empty when absent. The last one wins.
    #[inline]
    pub fn bytes(&self, number: u32) -> &'a [u8] {
        self.slot_value(number).map_or(&[], FieldValue::bytes)
    }

    /// The value of a numeric field as it stands on the wire (a double as its bits, a `sint32` in
    /// zigzag); zero when absent. The last one wins.
    #[inline]
    pub fn number(&self, number: u32) -> u64 {
        self.slot_value(number).map_or(0, FieldValue::number)
    }

    /// The value of an `AnyValue` field, such as a log record's body.
    #[inline]
    pub fn value(&self, number: u32) -> AnyValue<'a> {
        AnyValue::read(self.bytes(number))
    }

    /// Sets a string, bytes or message field. Empty bytes remove it, unless its absence means
    /// something else.
    pub fn set_bytes(&mut self, number: u32, bytes: &[u8]) {
        let Some(field) = self.writable(number, true) else { return };
        let absent = bytes.is_empty() && is_default_absent(field);
        match self.slot_value(number) {
            Some(FieldValue::Len(old)) if old == bytes && !absent => return,
            None if absent => return,
            _ => {}
        }
        if absent {
            return self.clear(number);
        }
        let whole = self.arena.encode(|out| wire::put_len(out, number, bytes));
        self.put(field, whole);
    }

    /// Sets a numeric field to its value as it stands on the wire (a double as its bits, a `sint32`
    /// in zigzag). Zero removes it, unless its absence means something else.
    pub fn set_number(&mut self, number: u32, value: u64) {
        let Some(field) = self.writable(number, false) else { return };
        let absent = value == 0 && is_default_absent(field);
        match self.slot_value(number) {
            Some(old) if old.number() == value && !absent => return,
            None if absent => return,
            _ => {}
        }
        if absent {
            return self.clear(number);
        }
        let whole = self.arena.encode(|out| match field.kind.wire_type() {
            wire::FIXED64 => wire::put_fixed64(out, number, value),
            wire::FIXED32 => wire::put_fixed32(out, number, value as u32),
            _ => {
                wire::put_tag(out, number, wire::VARINT);
                wire::put_varint(out, value);
            }
        });
        self.put(field, whole);
    }

    /// Sets an `AnyValue` field, such as a log record's body.
    pub fn set_value(&mut self, number: u32, value: AnyValue<'_>) {
        let Some(field) = self.writable(number, true) else { return };
        let whole = self.arena.encode(|out| wire::put_message(out, number, |out| value.write(out)));
        if self.slot(number).is_none_or(|slot| slot.now(self.raw) != whole) {
            self.put(field, whole);
        }
    }

    /// Appends one more message, string or bytes to a repeated field, such as a span's events.
    pub fn push_bytes(&mut self, number: u32, bytes: &[u8]) {
        if self.writable(number, true).is_some() {
            let whole = self.arena.encode(|out| wire::put_len(out, number, bytes));
            self.add(number, whole);
        }
    }

    /// Removes a field, however often it stands there.
    pub fn clear(&mut self, number: u32) {
        if number == self.form.attributes {
            self.attributes_mut().retain(|_, _| false);
            return;
        }
        for slot in &mut self.slots {
            if slot.number == number && !slot.is_removed() {
                slot.new = Some(&[]);
                self.slot_edits += 1;
            }
        }
    }

    /// Attributes to read: `attributes` of most messages, `metadata` of a metric,
    /// `filtered_attributes` of an exemplar.
    #[inline]
    pub fn attributes(&self) -> Attributes<'_, 'a> {
        Attributes::new(&self.attributes, self.raw)
    }

    /// Attributes to edit.
    #[inline]
    pub fn attributes_mut(&mut self) -> AttributesMut<'_, 'a> {
        AttributesMut::new(self)
    }

    /// A copy of `bytes` that lives as long as the batch.
    #[inline]
    pub fn alloc(&self, bytes: &[u8]) -> &'a [u8] {
        self.arena.copy(bytes)
    }

    /// A list built in the memory of the batch.
    pub fn alloc_array<'v>(&self, values: impl IntoIterator<Item = AnyValue<'v>>) -> AnyValue<'a> {
        AnyValue::Array(crate::Array(self.arena.encode(|out| {
            for value in values {
                wire::put_message(out, 1, |out| value.write(out));
            }
        })))
    }

    /// A map built in the memory of the batch.
    pub fn alloc_kvlist<'v>(
        &self,
        pairs: impl IntoIterator<Item = (&'v [u8], AnyValue<'v>)>,
    ) -> AnyValue<'a> {
        AnyValue::KvList(crate::KvList(self.arena.encode(|out| {
            for (key, value) in pairs {
                wire::put_message(out, 1, |out| crate::KeyValue::write(key, value, out));
            }
        })))
    }

    /// The last field of that number.
    #[inline]
    fn slot(&self, number: u32) -> Option<&Slot<'a>> {
        self.slots.iter().rev().find(|slot| slot.number == number && !slot.is_removed())
    }

    #[inline]
    fn slot_value(&self, number: u32) -> Option<FieldValue<'a>> {
        self.slot(number)?.value(self.raw)
    }

    /// The schema row of a field that can be set to bytes, or to a number.
    fn writable(&self, number: u32, bytes: bool) -> Option<&'static Field> {
        let is_bytes = |field: &&Field| (field.kind.wire_type() == wire::LEN) == bytes;
        self.form.schema.field(number).filter(is_bytes).filter(|_| number != self.form.attributes)
    }

    /// Puts a whole field in the place of the last one of its number, or adds it.
    fn put(&mut self, field: &Field, whole: &'a [u8]) {
        if field.rule == Rule::OneOf {
            for other in self.form.schema.fields {
                if other.rule == Rule::OneOf && other.number != field.number {
                    self.clear(other.number);
                }
            }
        }
        let same = |slot: &&mut Slot<'_>| slot.number == field.number && !slot.is_removed();
        match self.slots.iter_mut().rev().find(same) {
            Some(slot) => {
                slot.new = Some(whole);
                self.slot_edits += 1;
            }
            None => self.add(field.number, whole),
        }
    }

    fn add(&mut self, number: u32, whole: &'a [u8]) {
        self.slots.push(Slot { number, start: self.end, end: self.end, new: Some(whole) });
        self.slot_edits += 1;
    }

    /// The fields that are no attributes, as they are now: number and whole field.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (u32, &'a [u8])> {
        self.slots.iter().map(|slot| (slot.number, slot.now(self.raw)))
    }

    /// Those of them that were edited and not removed: index, number and whole field.
    pub(crate) fn edited_fields(&self) -> impl Iterator<Item = (usize, u32, &'a [u8])> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(at, slot)| slot.new.map(|new| (at, slot.number, new)))
    }

    /// Whether the field that came at this place was edited or removed.
    pub(crate) fn is_edited_at(&self, start: usize) -> bool {
        self.slot_edits != 0
            && self.slots.iter().any(|slot| slot.start as usize == start && slot.new.is_some())
    }

    /// Puts a whole field at an index that [`edited_fields`](Self::edited_fields) told.
    pub(crate) fn replace_field(&mut self, at: usize, whole: &'a [u8]) {
        if let Some(slot) = self.slots.get_mut(at) {
            slot.new = Some(whole);
            self.slot_edits += 1;
        }
    }

    /// What to replace in `raw`, in order.
    #[inline]
    pub(crate) fn splices(&self) -> impl Iterator<Item = Splice<'a>> {
        let mut others = self.slots.iter().filter_map(Slot::splice).peekable();
        let mut attributes = self.attributes.iter().filter_map(Attribute::splice).peekable();
        std::iter::from_fn(move || match (others.peek(), attributes.peek()) {
            (Some(other), Some(attribute)) if attribute.start < other.start => attributes.next(),
            (Some(_), _) => others.next(),
            (None, _) => attributes.next(),
        })
    }

    /// Hands each of the [`splices`](Self::splices) to `put`, faster in the usual case.
    #[inline]
    pub(crate) fn each_splice(&self, put: impl FnMut(Splice<'a>)) {
        if self.slot_edits != 0 {
            self.splices().for_each(put);
        } else if self.attribute_edits != 0 {
            self.each_attribute_splice(put);
        }
    }

    /// The record as a whole field of its parent, tag and length included.
    pub(crate) fn to_field(&self, number: u32) -> &'a [u8] {
        self.arena.encode(|out| {
            wire::put_tag(out, number, wire::LEN);
            wire::put_varint(out, spliced_len(self.raw.len(), self.splices()) as u64);
            put_spliced(out, self.raw, self.splices());
        })
    }
}

/// The bytes of a message from one offset to another.
#[inline]
fn between(raw: &[u8], start: u32, end: u32) -> &[u8] {
    raw.get(start as usize..end as usize).unwrap_or_default()
}

/// Whether the field is left out when it is zero or empty, which then means the same.
fn is_default_absent(field: &Field) -> bool {
    matches!(field.rule, Rule::Single | Rule::Always)
}
