//! Opening a record: noting where its fields stand.

use super::{Arena, Record, RecordKind, Slot, attributes::Attribute};
use crate::{
    schema::{self, Kind, Message, Rule},
    wire::{FieldValue, Fields},
};

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

    /// The form of a message whose attributes field the schema tells.
    pub(crate) fn of(kind: RecordKind, schema: &'static Message) -> Self {
        let attributes = schema.fields.iter().find(|field| {
            let pair =
                matches!(field.kind, Kind::Message(of) if std::ptr::eq(of, &schema::KEY_VALUE));
            pair && field.rule == Rule::Repeated
        });
        Self { kind, schema, attributes: attributes.map_or(0, |field| field.number) }
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
            changed: false,
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
        self.changed = false;
        let mut fields = Fields::new(raw);
        for field in fields.by_ref() {
            match field.value {
                FieldValue::Len(content) if field.number == form.attributes => {
                    self.attributes.push(Attribute::at(field.start, field.end, content));
                }
                _ => self.slots.push(Slot {
                    number: field.number,
                    start: field.start,
                    end: field.end,
                    new: None,
                }),
            }
        }
        self.end = fields.position();
    }
}
