//! The walk over the messages of a request.

use super::{
    Edit, Level, Place, Step, Text, Visitor,
    keys::Keys,
    place::{is_part, is_record},
};
use crate::{
    NESTING_MAX, Signal,
    record::{Arena, Splice},
    rewrite::{Node, Splices},
    schema::{ANY_VALUE, Field, KEY_VALUE, Kind, Message, Rule},
    wire::{self, FieldValue, Fields},
};

/// A walk under way.
pub(super) struct Walk<'a, 'v, V> {
    pub(super) visitor: &'v mut V,
    pub(super) place: Place<'a>,
    pub(super) arena: &'a Arena,
    pub(super) splices: Splices<'a>,
    /// What the visitor writes.
    pub(super) out: Vec<u8>,
    /// Whether anything that counts was dropped.
    dropped: bool,
}

/// `Err` says how much around has still to go; whoever is that much takes itself out.
pub(super) type Flow = Result<(), Level>;

impl<'a, 'v, V: Visitor> Walk<'a, 'v, V> {
    pub(super) fn new(
        signal: Signal,
        (arena, room): (&'a Arena, Vec<Splice<'a>>),
        visitor: &'v mut V,
    ) -> Self {
        let splices = Splices::new(arena, room);
        Self { visitor, place: Place::new(signal), arena, splices, out: Vec::new(), dropped: false }
    }

    /// Walks the whole request.
    pub(super) fn request(&mut self, input: &'a [u8]) {
        let root = self.place.signal.schema();
        for field in Fields::new(input) {
            if let Some(known) = root.field(field.number) {
                self.place.at_field(known);
                // Nothing is around the request that could go.
                let _ = self.field(known, &field, (input, 0), &mut Keys::default());
            }
        }
    }

    /// The new bytes, if anything changed, whether something was dropped, and the list to use again.
    pub(super) fn finish(self, input: &[u8]) -> (Option<Vec<u8>>, bool, Vec<Splice<'a>>) {
        (self.splices.apply(input), self.dropped, self.splices.into_room())
    }

    /// Walks a message and takes it out if that is what was asked for.
    fn message(&mut self, schema: &'static Message, node: &Node<'a>) -> Flow {
        let field = self.place.push_message(schema, node.content);
        self.splices.open(node);
        let flow = self.inside(schema, node);
        self.place.pop_message(field);
        match flow {
            Ok(Step::Into | Step::Keep) => self.splices.close(),
            Ok(Step::Replace) => {
                let new = self.arena.copy(&self.out);
                self.splices.close_replaced(node, new);
            }
            Ok(Step::Drop) => {
                self.dropped = true;
                self.splices.close_removed(node);
            }
            Err(level) => {
                self.splices.close_abandoned();
                return Err(level);
            }
        }
        Ok(())
    }

    /// What becomes of a message, once all inside it was seen.
    fn inside(&mut self, schema: &'static Message, node: &Node<'a>) -> Result<Step, Level> {
        self.out.clear();
        match self.visitor.enter(&self.place, node.content, &mut self.out) {
            Step::Into => {}
            step => return Ok(step),
        }
        let mut keys = Keys::default();
        let mut fields = Fields::new(node.content);
        for field in fields.by_ref() {
            let Some(known) = schema.field(field.number) else { continue };
            self.place.at_field(known);
            match self.field(known, &field, (node.content, node.content_start), &mut keys) {
                Ok(()) => {}
                Err(Level::Record) if is_record(schema) => return Ok(Step::Drop),
                Err(Level::Part) if is_part(schema) => return Ok(Step::Drop),
                Err(level) => return Err(level),
            }
        }
        self.out.clear();
        self.place.at_none();
        self.visitor.leave(&self.place, &mut self.out);
        if !self.out.is_empty() {
            let end = node.content_start + fields.position();
            let new = self.arena.copy(&self.out);
            self.splices.push(end, end, new);
        }
        Ok(Step::Into)
    }

    /// Walks one field. `list` is the message it stands in, and where that starts in the batch.
    fn field(
        &mut self,
        known: &'static Field,
        field: &wire::Field<'a>,
        list: (&'a [u8], usize),
        keys: &mut Keys,
    ) -> Flow {
        let FieldValue::Len(content) = field.value else { return Ok(()) };
        let node = Node::new(list.1, field, content);
        match known.kind {
            Kind::Message(inner) if std::ptr::eq(inner, &raw const KEY_VALUE) => {
                self.attribute(&node, list.0, keys)
            }
            Kind::Message(inner) if std::ptr::eq(inner, &raw const ANY_VALUE) => self.value(&node),
            Kind::Message(_) if self.place.depth() >= NESTING_MAX => Ok(()),
            Kind::Message(inner) => self.message(inner, &node),
            Kind::String => self.string(known, &node, Text::Str(content)),
            Kind::Bytes => self.string(known, &node, Text::Bytes(content)),
            _ => Ok(()),
        }
    }

    /// Walks an attribute, unless the visitor knows it.
    fn attribute(&mut self, node: &Node<'a>, list: &'a [u8], keys: &mut Keys) -> Flow {
        if self.visitor.knows(&self.place, node.content) {
            return Ok(());
        }
        let before = self.splices.mark();
        self.pair(node, list, keys)?;
        if self.splices.mark() == before {
            self.visitor.kept(&self.place, node.content);
        }
        Ok(())
    }

    /// Shows a string or bytes field of a message.
    fn string(&mut self, known: &'static Field, node: &Node<'a>, text: Text<'_>) -> Flow {
        match self.show(text) {
            Edit::Keep => {}
            Edit::Replace => {
                let new = encode(self.arena, node.number, &self.out);
                self.splices.push(node.start, node.end, new);
            }
            Edit::Drop(level) => match self.place.settle(level) {
                Level::Value | Level::Attribute => {
                    // What points into a table by place must find its place.
                    let empty = encode(self.arena, node.number, &[]);
                    let new = if known.rule == Rule::Repeated { empty } else { &[] };
                    self.splices.push(node.start, node.end, new);
                }
                level => return Err(level),
            },
        }
        Ok(())
    }

    /// Asks the visitor about a text.
    #[inline]
    pub(super) fn show(&mut self, text: Text<'_>) -> Edit {
        self.out.clear();
        self.visitor.text(&self.place, text, &mut self.out)
    }
}

/// A length-delimited field that lives as long as the batch.
pub(super) fn encode<'a>(arena: &'a Arena, number: u32, content: &[u8]) -> &'a [u8] {
    arena.encode(|out| wire::put_len(out, number, content))
}
