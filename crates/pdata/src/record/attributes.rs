//! Attributes of a record: reading and editing.

use super::{
    Record, Splice, between,
    scan::{field_content, split_pair},
};
use crate::{
    AnyValue, KeyValue,
    wire::{self, Fields},
};

/// The fields of a `KeyValue`.
const KEY: u32 = 1;
const VALUE: u32 = 2;

/// What tells most keys apart at one comparison: length and last byte. Two keys may share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(u32);

impl Mark {
    #[inline]
    pub(super) fn new(length: u32, last: u8) -> Self {
        Self(length << 8 | u32::from(last))
    }

    /// The length of the key.
    #[inline]
    fn length(self) -> usize {
        (self.0 >> 8) as usize
    }

    /// Length and last byte in the lower bits.
    #[inline]
    pub(super) fn mixed(self) -> u32 {
        self.0 >> 8 ^ (self.0 & 0xff).wrapping_mul(5)
    }

    #[inline]
    pub(super) fn of(key: &[u8]) -> Self {
        Self::new(key.len() as u32, key.last().copied().unwrap_or_default())
    }
}

/// One attribute of a record. Where its key and value stand is found out when asked: most are never
/// asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    /// Where it stands in the record, tag included; `end..end` when it was added.
    start: u32,
    end: u32,
    /// Of its key as it is now.
    mark: Mark,
    /// Whether it came in the shape of which opening a record makes sure: a key and a value, in that order
    /// and nothing else, all lengths in one byte.
    is_short: bool,
    /// The whole field that stands there now if it was edited, nothing when removed.
    new: Option<&'a [u8]>,
}

impl<'a> Attribute<'a> {
    /// An attribute as it came.
    #[inline]
    pub(super) fn new(mark: Mark, start: u32, end: u32) -> Self {
        Self { start, end, mark, is_short: false, new: None }
    }

    /// The same in the short shape.
    #[inline]
    pub(super) fn short(mark: Mark, start: u32, end: u32) -> Self {
        Self { start, end, mark, is_short: true, new: None }
    }

    /// An attribute added at the end of a record.
    #[inline]
    pub(super) fn added(mark: Mark, end: u32, whole: &'a [u8]) -> Self {
        Self { start: end, end, mark, is_short: false, new: Some(whole) }
    }

    #[inline]
    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    /// Whether it has this key.
    #[inline]
    pub(super) fn is_of(&self, key: &[u8], mark: Mark, raw: &'a [u8]) -> bool {
        self.is(Key { mark, bytes: key }, raw)
    }

    /// What to replace in the record.
    #[inline]
    pub(super) fn splice(&self) -> Option<Splice<'a>> {
        Splice::new(self.start as usize, self.end as usize, self.new?)
    }

    #[inline]
    fn is_removed(&self) -> bool {
        self.new.is_some_and(<[u8]>::is_empty)
    }

    /// The whole field as it is now.
    #[inline]
    fn now(&self, raw: &'a [u8]) -> &'a [u8] {
        self.new.unwrap_or_else(|| between(raw, self.start, self.end))
    }

    /// Key and value as they are now.
    #[inline]
    fn pair(&self, raw: &'a [u8]) -> KeyValue<'a> {
        self.short_pair(raw).unwrap_or_else(|| self.any_pair(raw))
    }

    #[inline]
    fn short_pair(&self, raw: &'a [u8]) -> Option<KeyValue<'a>> {
        if !self.is_short || self.new.is_some() {
            return None;
        }
        // Behind tag and length of the attribute and of the key; between key and value stand those of the
        // value.
        let pair = raw.get(self.start as usize + 4..self.end as usize)?;
        let (key, value) = pair.split_at_checked(self.mark.length())?;
        Some(KeyValue { key, value_message: value.get(2..)? })
    }

    #[inline(never)]
    fn any_pair(&self, raw: &'a [u8]) -> KeyValue<'a> {
        split_pair(field_content(self.now(raw)))
    }

    #[inline]
    fn is(&self, key: Key<'_>, raw: &'a [u8]) -> bool {
        self.mark == key.mark && self.has_key(key.bytes, raw)
    }

    #[inline(never)]
    fn has_key(&self, key: &[u8], raw: &'a [u8]) -> bool {
        !self.is_removed() && self.pair(raw).key == key
    }
}

/// A key to look for.
#[derive(Clone, Copy)]
struct Key<'k> {
    mark: Mark,
    bytes: &'k [u8],
}

impl<'k> Key<'k> {
    #[inline]
    fn new(bytes: &'k [u8]) -> Self {
        Self { mark: Mark::of(bytes), bytes }
    }
}

/// The attributes of a record, to read.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'r, 'a> {
    all: &'r [Attribute<'a>],
    raw: &'a [u8],
}

impl<'r, 'a> Attributes<'r, 'a> {
    pub(super) fn new(all: &'r [Attribute<'a>], raw: &'a [u8]) -> Self {
        Self { all, raw }
    }

    /// Keys and values in order, duplicates included.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = KeyValue<'a>> + use<'r, 'a> {
        let Self { all, raw } = self;
        all.iter().filter(|attribute| !attribute.is_removed()).map(|attribute| attribute.pair(raw))
    }

    /// The value of the first attribute with this key.
    #[inline]
    pub fn get(self, key: &[u8]) -> Option<AnyValue<'a>> {
        let key = Key::new(key);
        let found = self.all.iter().find(|attribute| attribute.is(key, self.raw))?;
        Some(found.pair(self.raw).value())
    }

    /// Whether there is an attribute with this key.
    #[inline]
    pub fn contains(self, key: &[u8]) -> bool {
        let key = Key::new(key);
        self.all.iter().any(|attribute| attribute.is(key, self.raw))
    }

    /// How many there are, duplicates included.
    pub fn len(self) -> usize {
        self.all.iter().filter(|attribute| !attribute.is_removed()).count()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.all.iter().all(Attribute::is_removed)
    }
}

/// What became of an attribute in [`AttributesMut::edit_each`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It stays as it is.
    Same,
    /// It goes.
    Removed,
    /// It has the value that was written.
    Written,
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

    #[inline]
    pub(super) fn record(&mut self) -> &mut Record<'a> {
        self.record
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
        let Record { arena, attributes, attribute_edits, raw, form, recent, .. } =
            &mut *self.record;
        let wanted = Key::new(key);
        let Some(attribute) = attributes.iter_mut().find(|found| found.is(wanted, raw)) else {
            return false;
        };
        let content = field_content(attribute.now(raw));
        let old = split_pair(content).value_message;
        let new = recent.field(arena, form.attributes, key, value);
        if new.value_message == old {
            return true;
        }
        attribute.new = Some(if is_plain(content) {
            new.whole
        } else {
            arena.encode(|out| put_edited(out, form.attributes, content, VALUE, new.value_message))
        });
        *attribute_edits += 1;
        true
    }

    /// Removes every attribute with this key; tells whether there was one.
    pub fn remove(&mut self, key: &[u8]) -> bool {
        let Record { attributes, attribute_edits, raw, .. } = &mut *self.record;
        let key = Key::new(key);
        let mut removed = false;
        for attribute in attributes {
            if attribute.is(key, raw) {
                attribute.new = Some(&[]);
                removed = true;
            }
        }
        *attribute_edits += u64::from(removed);
        removed
    }

    /// Removes the attributes for which `keep` says no.
    pub fn retain(&mut self, mut keep: impl FnMut(&[u8], AnyValue<'a>) -> bool) {
        let Record { attributes, attribute_edits, raw, .. } = &mut *self.record;
        for attribute in attributes.iter_mut().filter(|attribute| !attribute.is_removed()) {
            let pair = attribute.pair(raw);
            if !keep(pair.key, pair.value()) {
                attribute.new = Some(&[]);
                *attribute_edits += 1;
            }
        }
    }

    /// Offers every attribute in turn, those with the same key one by one, to be kept, removed, or given
    /// another value: the content of an `AnyValue` message, which `edit` writes to the empty vector.
    pub fn edit_each(
        &mut self,
        mut edit: impl FnMut(&'a [u8], AnyValue<'a>, &mut Vec<u8>) -> Edited,
    ) {
        let Record { arena, attributes, attribute_edits, raw, form, .. } = &mut *self.record;
        let mut value = Vec::new();
        for attribute in attributes.iter_mut().filter(|attribute| !attribute.is_removed()) {
            let pair = attribute.pair(raw);
            value.clear();
            attribute.new = match edit(pair.key, pair.value(), &mut value) {
                Edited::Same => continue,
                Edited::Removed => Some(&[]),
                Edited::Written => {
                    let content = field_content(attribute.now(raw));
                    Some(
                        arena
                            .encode(|out| put_edited(out, form.attributes, content, VALUE, &value)),
                    )
                }
            };
            *attribute_edits += 1;
        }
    }

    /// Gives the first attribute with this key another key, where it stands. Other attributes with
    /// either key are removed, so that the new one is unique. Tells whether there was one.
    pub fn rename(&mut self, key: &[u8], new: &[u8]) -> bool {
        let Record { arena, attributes, attribute_edits, raw, form, .. } = &mut *self.record;
        let (from, to) = (Key::new(key), Key::new(new));
        let Some(renamed) = attributes.iter().position(|attribute| attribute.is(from, raw)) else {
            return false;
        };
        if key == new {
            return true;
        }
        for (at, attribute) in attributes.iter_mut().enumerate() {
            if at == renamed {
                let old = field_content(attribute.now(raw));
                let whole = arena.encode(|out| put_edited(out, form.attributes, old, KEY, new));
                (attribute.new, attribute.mark) = (Some(whole), to.mark);
            } else if attribute.is(from, raw) || attribute.is(to, raw) {
                attribute.new = Some(&[]);
            }
        }
        *attribute_edits += 1;
        true
    }

    #[inline]
    fn append(&mut self, key: &[u8], value: AnyValue<'_>) {
        let Record { arena, attributes, attribute_edits, end, form, recent, .. } =
            &mut *self.record;
        if form.attributes == 0 {
            return;
        }
        let whole = recent.field(arena, form.attributes, key, value).whole;
        attributes.push(Attribute::added(Mark::of(key), *end, whole));
        *attribute_edits += 1;
    }
}

/// Appends the attribute of this content with another key (`field` 1) or value (`field` 2); the rest
/// of it stays as it is.
fn put_edited(out: &mut Vec<u8>, number: u32, content: &[u8], field: u32, new: &[u8]) {
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
pub(super) fn put_head(out: &mut Vec<u8>, number: u32, key: &[u8], value_len: usize) {
    let pair_len = wire::len_field_len(key.len()) + wire::len_field_len(value_len);
    wire::put_tag(out, number, wire::LEN);
    wire::put_varint(out, pair_len as u64);
    wire::put_len(out, KEY, key);
    wire::put_tag(out, VALUE, wire::LEN);
    wire::put_varint(out, value_len as u64);
}
