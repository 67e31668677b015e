//! Attributes of a record: reading and editing.

use super::{
    Record, Splice,
    scan::{field_content, split_pair},
};
use crate::{
    AnyValue, KeyValue,
    wire::{self, Fields},
};

/// The fields of a `KeyValue`.
const KEY: u32 = 1;
const VALUE: u32 = 2;

/// One attribute of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    /// Key and value as they are now.
    pair: KeyValue<'a>,
    /// Where it stands in the record, tag included; `end..end` when it was added.
    start: usize,
    end: usize,
    /// The whole field that stands there now if it was edited, nothing when removed.
    new: Option<&'a [u8]>,
}

impl<'a> Attribute<'a> {
    /// An attribute as it came.
    #[inline]
    pub(super) fn new(pair: KeyValue<'a>, start: usize, end: usize) -> Self {
        Self { pair, start, end, new: None }
    }

    /// What to replace in the record.
    #[inline]
    pub(super) fn splice(&self) -> Option<Splice<'a>> {
        Splice::new(self.start, self.end, self.new?)
    }

    #[inline]
    fn is_removed(&self) -> bool {
        self.new.is_some_and(<[u8]>::is_empty)
    }

    #[inline]
    fn is(&self, key: &[u8]) -> bool {
        self.pair.key == key && !self.is_removed()
    }

    /// Puts a new field in its place; `whole` has tag and length.
    fn put(&mut self, whole: &'a [u8]) {
        self.pair = split_pair(field_content(whole));
        self.new = Some(whole);
    }
}

/// The attributes of a record, to read.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'r, 'a> {
    all: &'r [Attribute<'a>],
}

impl<'r, 'a> Attributes<'r, 'a> {
    pub(super) fn new(all: &'r [Attribute<'a>]) -> Self {
        Self { all }
    }

    /// Keys and values in order, duplicates included.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = KeyValue<'a>> + use<'r, 'a> {
        self.all.iter().filter(|attribute| !attribute.is_removed()).map(|attribute| attribute.pair)
    }

    /// The value of the first attribute with this key.
    #[inline]
    pub fn get(self, key: &[u8]) -> Option<AnyValue<'a>> {
        self.all.iter().find(|attribute| attribute.is(key)).map(|found| found.pair.value())
    }

    /// Whether there is an attribute with this key.
    #[inline]
    pub fn contains(self, key: &[u8]) -> bool {
        self.all.iter().any(|attribute| attribute.is(key))
    }

    /// How many there are, duplicates included.
    pub fn len(self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }
}

/// The attributes of a record, to edit. Of duplicate keys the first counts, as in the Go collector;
/// removing removes them all.
#[derive(Debug)]
pub struct AttributesMut<'r, 'a> {
    record: &'r mut Record<'a>,
}

impl<'r, 'a> AttributesMut<'r, 'a> {
    pub(super) fn new(record: &'r mut Record<'a>) -> Self {
        Self { record }
    }

    /// Replaces the value where it stands, or appends key and value.
    pub fn set(&mut self, key: &[u8], value: AnyValue<'_>) {
        if !self.update(key, value) {
            self.append(key, value);
        }
    }

    /// Appends key and value if the key is absent; tells whether it was.
    pub fn insert(&mut self, key: &[u8], value: AnyValue<'_>) -> bool {
        let absent = !self.record.attributes().contains(key);
        if absent {
            self.append(key, value);
        }
        absent
    }

    /// Replaces the value where it stands if the key is present; tells whether it was.
    pub fn update(&mut self, key: &[u8], value: AnyValue<'_>) -> bool {
        let Record { arena, attributes, attributes_changed, raw, form, .. } = &mut *self.record;
        let Some(attribute) = attributes.iter_mut().find(|attribute| attribute.is(key)) else {
            return false;
        };
        let message = arena.encode(|out| value.write(out));
        if attribute.pair.value_message != message {
            let old = attribute
                .new
                .or_else(|| raw.get(attribute.start..attribute.end))
                .unwrap_or_default();
            attribute
                .put(arena.encode(|out| put_edited(out, form.attributes, old, VALUE, message)));
            *attributes_changed = true;
        }
        true
    }

    /// Removes every attribute with this key; tells whether there was one.
    pub fn remove(&mut self, key: &[u8]) -> bool {
        let mut removed = false;
        for attribute in &mut self.record.attributes {
            if attribute.is(key) {
                attribute.new = Some(&[]);
                removed = true;
            }
        }
        self.record.attributes_changed |= removed;
        removed
    }

    /// Removes the attributes for which `keep` says no.
    pub fn retain(&mut self, mut keep: impl FnMut(&[u8], AnyValue<'a>) -> bool) {
        for attribute in &mut self.record.attributes {
            if !attribute.is_removed() && !keep(attribute.pair.key, attribute.pair.value()) {
                attribute.new = Some(&[]);
                self.record.attributes_changed = true;
            }
        }
    }

    /// Gives the first attribute with this key another key, where it stands. Other attributes with
    /// either key are removed, so that the new one is unique. Tells whether there was one.
    pub fn rename(&mut self, key: &[u8], new: &[u8]) -> bool {
        let Record { arena, attributes, attributes_changed, raw, form, .. } = &mut *self.record;
        if key == new {
            return attributes.iter().any(|attribute| attribute.is(key));
        }
        let Some(renamed) = attributes.iter().position(|attribute| attribute.is(key)) else {
            return false;
        };
        for (at, attribute) in attributes.iter_mut().enumerate() {
            if at == renamed {
                let old = attribute
                    .new
                    .or_else(|| raw.get(attribute.start..attribute.end))
                    .unwrap_or_default();
                attribute.put(arena.encode(|out| put_edited(out, form.attributes, old, KEY, new)));
            } else if attribute.is(key) || attribute.is(new) {
                attribute.new = Some(&[]);
            }
        }
        *attributes_changed = true;
        true
    }

    fn append(&mut self, key: &[u8], value: AnyValue<'_>) {
        let Record { arena, attributes, attributes_changed, end, form, .. } = &mut *self.record;
        if form.attributes == 0 {
            return;
        }
        let value_len = value.encoded_len();
        let whole = arena.encode(|out| {
            put_head(out, form.attributes, key, value_len);
            value.write(out);
        });
        // Where key and value stand in it is known, so it need not be read again.
        let value_start = whole.len().saturating_sub(value_len);
        let (before, value_message) = whole.split_at_checked(value_start).unwrap_or_default();
        let value_head = 1 + wire::varint_len(value_len as u64);
        let key_end = before.len().saturating_sub(value_head);
        let key = before.get(key_end.saturating_sub(key.len())..key_end).unwrap_or_default();
        attributes.push(Attribute {
            pair: KeyValue { key, value_message },
            start: *end,
            end: *end,
            new: Some(whole),
        });
        *attributes_changed = true;
    }
}

/// Appends the attribute field `old` with another key (`field` 1) or value (`field` 2); the rest of
/// it stays as it is.
fn put_edited(out: &mut Vec<u8>, number: u32, old: &[u8], field: u32, new: &[u8]) {
    let content = field_content(old);
    let KeyValue { key, value_message } = split_pair(content);
    let (key, value_message) = if field == KEY { (new, value_message) } else { (key, new) };
    if is_plain(content) {
        put_head(out, number, key, value_message.len());
        out.extend_from_slice(value_message);
        return;
    }
    wire::put_message(out, number, |out| {
        let mut done = false;
        for part in Fields::new(content) {
            if part.number != field {
                out.extend_from_slice(content.get(part.start..part.end).unwrap_or_default());
            } else if !done {
                wire::put_len(out, field, new);
                done = true;
            }
        }
        if !done {
            wire::put_len(out, field, new);
        }
    });
}

/// Whether a pair is a key and a value in that order and nothing else.
fn is_plain(content: &[u8]) -> bool {
    let mut numbers = Fields::new(content).map(|field| field.number);
    numbers.next() == Some(KEY) && numbers.next() == Some(VALUE) && numbers.next().is_none()
}

/// Appends an attribute up to its value, of which only the length is known.
fn put_head(out: &mut Vec<u8>, number: u32, key: &[u8], value_len: usize) {
    let pair_len = wire::len_field_len(key.len()) + wire::len_field_len(value_len);
    wire::put_tag(out, number, wire::LEN);
    wire::put_varint(out, pair_len as u64);
    wire::put_len(out, KEY, key);
    wire::put_tag(out, VALUE, wire::LEN);
    wire::put_varint(out, value_len as u64);
}
