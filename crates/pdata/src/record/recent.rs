//! Attributes encoded a moment ago: an edit often adds the same one to every record of a batch.

use super::{Arena, attributes::put_head};
use crate::{AnyValue, wire};

/// How many are remembered, at most: a stage seldom adds more to one record.
const REMEMBERED: usize = 4;

/// An attribute as a whole field, kept in the arena.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoded<'a> {
    number: u32,
    key: &'a [u8],
    /// What is compared with the next value to be encoded.
    value: AnyValue<'a>,
    /// The content of the value.
    pub(super) value_message: &'a [u8],
    /// All of it, tag included.
    pub(super) whole: &'a [u8],
}

/// The attributes encoded last, a ring.
#[derive(Debug, Default)]
pub(super) struct Recent<'a> {
    ring: [Option<Encoded<'a>>; REMEMBERED],
    next: usize,
}

impl<'a> Recent<'a> {
    /// An attribute as a whole field with this number, encoded unless it was a moment ago.
    #[inline]
    pub(super) fn field(
        &mut self,
        arena: &'a Arena,
        number: u32,
        key: &[u8],
        value: AnyValue<'_>,
    ) -> Encoded<'a> {
        let is_it =
            |it: &&Encoded<'_>| is_same(it.value, value) && it.key == key && it.number == number;
        match self.ring.iter().flatten().find(is_it) {
            Some(found) => *found,
            None => self.encode(arena, number, key, value),
        }
    }

    #[inline(never)]
    fn encode(
        &mut self,
        arena: &'a Arena,
        number: u32,
        key: &[u8],
        value: AnyValue<'_>,
    ) -> Encoded<'a> {
        let value_len = value.encoded_len();
        let whole = arena.encode(|out| {
            put_head(out, number, key, value_len);
            value.write(out);
        });
        // Where key and value stand in it is known, so it need not be read again.
        let value_start = whole.len().saturating_sub(value_len);
        let (before, value_message) = whole.split_at_checked(value_start).unwrap_or_default();
        let value_head = 1 + wire::varint_len(value_len as u64);
        let key_end = before.len().saturating_sub(value_head);
        let key = before.get(key_end.saturating_sub(key.len())..key_end).unwrap_or_default();
        let value = AnyValue::read(value_message);
        let encoded = Encoded { number, key, value, value_message, whole };
        if matches!(value, AnyValue::Double(_)) {
            // Never found again (`is_same`), it would only push out what is.
            return encoded;
        }
        if let Some(oldest) = self.ring.get_mut(self.next) {
            *oldest = Some(encoded);
        }
        self.next = (self.next + 1) % REMEMBERED;
        encoded
    }
}

/// Whether two values are written alike. Says no when in doubt: doubles that are equal may differ in
/// their bits.
#[inline]
fn is_same(old: AnyValue<'_>, new: AnyValue<'_>) -> bool {
    match (old, new) {
        (AnyValue::Str(old), AnyValue::Str(new)) | (AnyValue::Bytes(old), AnyValue::Bytes(new)) => {
            old == new
        }
        (AnyValue::Int(old), AnyValue::Int(new)) => old == new,
        (AnyValue::Bool(old), AnyValue::Bool(new)) => old == new,
        _ => false,
    }
}
