//! Where a text stands.

use smallvec::SmallVec;

use super::Level;
use crate::{
    Signal,
    schema::{
        self, ENTITY_REF, EXEMPLAR, Field, LOG_RECORD, Message, PROFILE, SPAN, SPAN_EVENT,
        SPAN_LINK,
    },
};

/// Where a text stands: the messages around it, the field, and the keys on the way to it.
#[derive(Debug)]
pub struct Place<'a> {
    /// The signal of the batch.
    pub signal: Signal,
    messages: SmallVec<[&'static Message; 12]>,
    /// What stands in each of them.
    contents: SmallVec<[&'a [u8]; 12]>,
    field: Option<&'static Field>,
    keys: SmallVec<[&'a [u8]; 8]>,
    /// How many lists and maps are around the text, on top of the messages.
    pub(super) nested: usize,
}

impl<'a> Place<'a> {
    pub(super) fn new(signal: Signal) -> Self {
        Self {
            signal,
            messages: SmallVec::new(),
            contents: SmallVec::new(),
            field: None,
            keys: SmallVec::new(),
            nested: 0,
        }
    }

    /// The message whose field this is: `Span`, `Event`, `Resource`. Never one of those that an
    /// attribute is made of.
    pub fn message(&self) -> &'static Message {
        self.messages.last().copied().unwrap_or_else(|| self.signal.schema())
    }

    /// The messages around it, the outermost first, [`Place::message`] last.
    pub fn messages(&self) -> &[&'static Message] {
        &self.messages
    }

    /// The fields of the innermost message of this type that is around, as they came; empty where there
    /// is none.
    pub fn content_of(&self, message: &'static Message) -> &'a [u8] {
        let at = self.messages.iter().rposition(|around| std::ptr::eq(*around, message));
        at.and_then(|at| self.contents.get(at)).copied().unwrap_or_default()
    }

    /// The field of that message; `attributes` for all that stands in one, absent for the request itself.
    pub fn field(&self) -> Option<&'static Field> {
        self.field
    }

    /// The keys from the attribute down to the text: one for an attribute, more inside maps. Empty for
    /// fields, and in the body of a log record until a map is entered.
    pub fn keys(&self) -> &[&'a [u8]] {
        &self.keys
    }

    /// The innermost key; empty where there is none.
    pub fn key(&self) -> &'a [u8] {
        self.keys.last().copied().unwrap_or_default()
    }

    /// The key of the attribute; empty where the text is in none.
    pub fn attribute_key(&self) -> &'a [u8] {
        if self.is_in_attribute() { self.keys.first().copied().unwrap_or_default() } else { &[] }
    }

    /// Whether the text stands in an attribute, not in a field or in the body of a log record.
    pub fn is_in_attribute(&self) -> bool {
        self.field.is_some_and(|field| {
            matches!(field.kind, schema::Kind::Message(inner) if std::ptr::eq(inner, &raw const schema::KEY_VALUE))
        })
    }

    /// Whether a message of this type is around.
    pub fn is_in(&self, message: &'static Message) -> bool {
        self.messages.iter().any(|around| std::ptr::eq(*around, message))
    }

    /// The level that is really there.
    pub(super) fn settle(&self, level: Level) -> Level {
        let is =
            |around: &dyn Fn(&'static Message) -> bool| self.messages.iter().any(|m| around(m));
        match level {
            Level::Record if is(&is_record) => Level::Record,
            Level::Record | Level::Part if is(&is_part) => Level::Part,
            Level::Value => Level::Value,
            _ if self.is_in_attribute() => Level::Attribute,
            _ => Level::Value,
        }
    }

    pub(super) fn push_message(
        &mut self,
        message: &'static Message,
        content: &'a [u8],
    ) -> Option<&'static Field> {
        self.messages.push(message);
        self.contents.push(content);
        self.field.take()
    }

    pub(super) fn pop_message(&mut self, field: Option<&'static Field>) {
        self.messages.pop();
        self.contents.pop();
        self.field = field;
    }

    pub(super) fn at_field(&mut self, field: &'static Field) {
        self.field = Some(field);
    }

    pub(super) fn at_none(&mut self) {
        self.field = None;
    }

    pub(super) fn push_key(&mut self, key: &'a [u8]) {
        self.keys.push(key);
    }

    pub(super) fn pop_key(&mut self) {
        self.keys.pop();
    }

    pub(super) fn depth(&self) -> usize {
        self.messages.len() + self.nested
    }
}

/// Whether [`Level::Record`] means this.
pub(super) fn is_record(message: &'static Message) -> bool {
    const RECORDS: [&Message; 8] = [
        &SPAN,
        &LOG_RECORD,
        &PROFILE,
        &schema::NUMBER_DATA_POINT,
        &schema::HISTOGRAM_DATA_POINT,
        &schema::EXPONENTIAL_HISTOGRAM_DATA_POINT,
        &schema::SUMMARY_DATA_POINT,
        &schema::METRIC,
    ];
    RECORDS.iter().any(|record| std::ptr::eq(*record, message))
}

/// Whether [`Level::Part`] means this.
pub(super) fn is_part(message: &'static Message) -> bool {
    const PARTS: [&Message; 4] = [&SPAN_EVENT, &SPAN_LINK, &EXEMPLAR, &ENTITY_REF];
    PARTS.iter().any(|part| std::ptr::eq(*part, message))
}
