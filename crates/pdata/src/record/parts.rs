//! Messages inside a record: span events, links, a status, exemplars.

use super::{Form, Record, RecordKind, Verdict};
use crate::{schema::Kind, wire::FieldValue};

impl<'a> Record<'a> {
    /// Opens each message of a repeated field in turn, such as a span's events (11), a span's links
    /// (13) or a data point's exemplars. What `edit` drops is removed.
    pub fn edit_children(&mut self, number: u32, mut edit: impl FnMut(&mut Self) -> Verdict) {
        let Some(form) = self.part_form(number) else { return };
        let mut part = self.take_part();
        let raw = self.raw;
        for slot in self.slots.iter_mut().filter(|slot| slot.number == number) {
            let Some(FieldValue::Len(content)) = slot.value(raw) else { continue };
            part.open(form, content);
            match edit(&mut part) {
                Verdict::Drop => slot.new = Some(&[]),
                Verdict::Keep if part.is_changed() => slot.new = Some(part.to_field(number)),
                Verdict::Keep => continue,
            }
            self.slot_edits += 1;
        }
        self.part = Some(part);
    }

    /// Opens the message of a singular field, such as a span's status (15). An absent one is opened
    /// empty and written if it was edited.
    pub fn edit_child(&mut self, number: u32, edit: impl FnOnce(&mut Self)) {
        let Some(form) = self.part_form(number) else { return };
        let Some(field) = self.form.schema.field(number) else { return };
        let mut part = self.take_part();
        part.open(form, self.bytes(number));
        edit(&mut part);
        if part.is_changed() {
            let whole = part.to_field(number);
            self.put(field, whole);
        }
        self.part = Some(part);
    }

    /// Opens each message of a field to read it.
    pub fn each_child(&self, number: u32, mut read: impl FnMut(&Self)) {
        let Some(form) = self.part_form(number) else { return };
        let mut part = Self::new(self.arena);
        for slot in self.slots.iter().filter(|slot| slot.number == number) {
            if let Some(FieldValue::Len(content)) = slot.value(self.raw) {
                part.open(form, content);
                read(&part);
            }
        }
    }

    fn part_form(&self, number: u32) -> Option<Form> {
        match self.form.schema.field(number)?.kind {
            Kind::Message(schema) if number != self.form.attributes => {
                Some(Form::of(RecordKind::Part, schema))
            }
            _ => None,
        }
    }

    fn take_part(&mut self) -> Box<Self> {
        self.part.take().unwrap_or_else(|| Box::new(Self::new(self.arena)))
    }
}
