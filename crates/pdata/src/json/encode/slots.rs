//! Where the fields of one message stand, found in one scan.

use smallvec::SmallVec;

use crate::{
    schema::{Field, Kind, Message, Rule},
    wire::{FieldValue, Fields},
};

/// Where one field of the table stands in a message.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot<'a> {
    /// How often it stands there.
    pub(super) count: usize,
    /// Its last value.
    pub(super) last: Option<FieldValue<'a>>,
    first: usize,
    end: usize,
}

impl Slot<'_> {
    /// The bytes from the first to the last time the field stands, others between included.
    pub(super) fn span<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        bytes.get(self.first..self.end).unwrap_or_default()
    }
}

/// A slot for each field of a message, in table order.
pub(super) struct Slots<'a> {
    message: &'static Message,
    slots: SmallVec<[Slot<'a>; 8]>,
}

impl<'a> Slots<'a> {
    pub(super) fn read(message: &'static Message, bytes: &'a [u8]) -> Self {
        let mut slots = SmallVec::from_elem(Slot::default(), message.fields.len());
        let mut one_of: Option<usize> = None;
        for found in Fields::new(bytes) {
            let Some((index, field)) = find(message, found.number) else { continue };
            if !fits(field.kind, field.rule, found.value) {
                continue;
            }
            if field.rule == Rule::OneOf {
                // A member of the oneof clears the others; what they said before is gone.
                if let Some(other) = one_of.replace(index).filter(|other| *other != index)
                    && let Some(slot) = slots.get_mut(other)
                {
                    *slot = Slot::default();
                }
            }
            if let Some(slot) = slots.get_mut(index) {
                if slot.count == 0 {
                    slot.first = found.start;
                }
                slot.count += 1;
                slot.end = found.end;
                slot.last = Some(found.value);
            }
        }
        Self { message, slots }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static Field, &Slot<'a>)> {
        self.message.fields.iter().zip(&self.slots)
    }
}

/// Whether the fields stand in table order, the singular ones once and one of the oneof at most,
/// as every common encoder writes them.
pub(super) fn in_order(message: &'static Message, bytes: &[u8]) -> bool {
    let mut last: Option<usize> = None;
    let mut one_of = false;
    for found in Fields::new(bytes) {
        let Some((index, field)) = find(message, found.number) else { continue };
        if !fits(field.kind, field.rule, found.value) {
            continue;
        }
        let again = last == Some(index) && field.rule != Rule::Repeated;
        let one_of_again = field.rule == Rule::OneOf && std::mem::replace(&mut one_of, true);
        if again || one_of_again || last.is_some_and(|last| index < last) {
            return false;
        }
        last = Some(index);
    }
    true
}

/// Whether a value has the wire type of its kind; one that has not is an unknown field.
pub(super) fn fits(kind: Kind, rule: Rule, value: FieldValue<'_>) -> bool {
    match value {
        FieldValue::Varint(_) => kind.wire_type() == 0,
        FieldValue::Fixed64(_) => kind.wire_type() == 1,
        FieldValue::Fixed32(_) => kind.wire_type() == 5,
        FieldValue::Len(_) => kind.wire_type() == 2 || rule == Rule::Repeated,
        FieldValue::Group(_) => false,
    }
}

pub(super) fn find(message: &'static Message, number: u32) -> Option<(usize, &'static Field)> {
    // Numbers are mostly dense from 1.
    let guess = (number as usize).wrapping_sub(1);
    match message.fields.get(guess) {
        Some(field) if field.number == number => Some((guess, field)),
        _ => message.fields.iter().enumerate().find(|(_, field)| field.number == number),
    }
}
