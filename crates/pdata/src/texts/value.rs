//! The walk over attributes and their values.

use super::{
    Edit, Level, Step, Text, Visitor,
    keys::Keys,
    walk::{Flow, Walk, encode},
};
use crate::{
    KeyValue, NESTING_MAX,
    rewrite::Node,
    wire::{self, FieldValue, Fields},
};

impl<'a, V: Visitor> Walk<'a, '_, V> {
    /// Walks an attribute or an entry of a map; `list` is the message it stands in.
    pub(super) fn pair(&mut self, node: &Node<'a>, list: &'a [u8], keys: &mut Keys) -> Flow {
        let pair = KeyValue::read(node.content);
        self.place.push_key(pair.key);
        self.splices.open(node);
        let flow = self.inside_pair(node, pair, list, keys);
        self.place.pop_key();
        let is_attribute = self.place.keys().is_empty() && self.place.is_in_attribute();
        match flow {
            Ok(true) => self.splices.close(),
            Ok(false) => self.splices.close_removed(node),
            Err(Level::Attribute) if is_attribute => self.splices.close_removed(node),
            Err(level) => {
                self.splices.close_abandoned();
                return Err(level);
            }
        }
        Ok(())
    }

    /// Whether the attribute stays.
    fn inside_pair(
        &mut self,
        node: &Node<'a>,
        pair: KeyValue<'a>,
        list: &'a [u8],
        keys: &mut Keys,
    ) -> Result<bool, Level> {
        self.out.clear();
        let step = self.visitor.attribute(&self.place, pair, &mut self.out);
        let value = match step {
            Step::Keep => return Ok(true),
            Step::Drop => return Ok(false),
            Step::Replace => Some(encode(self.arena, 2, &self.out)),
            Step::Into => None,
        };
        let mut written = false;
        for field in Fields::new(node.content) {
            let FieldValue::Len(content) = field.value else { continue };
            let inner = Node::new(node.content_start, &field, content);
            match (field.number, value) {
                (1, _) => {
                    let stays = self.key(&inner, content, (list, node.number), keys)?;
                    if !stays {
                        return Ok(false);
                    }
                }
                (2, None) => self.value(&inner)?,
                (2, Some(new)) => {
                    let new = if std::mem::replace(&mut written, true) { &[] } else { new };
                    self.splices.push(inner.start, inner.end, new);
                }
                _ => {}
            }
        }
        if let (Some(new), false) = (value, written) {
            self.splices.push(node.end, node.end, new);
        }
        Ok(true)
    }

    /// Shows a key, and tells whether the attribute stays. A new key is made to differ from those
    /// beside it.
    fn key(
        &mut self,
        node: &Node<'a>,
        key: &'a [u8],
        (list, number): (&'a [u8], u32),
        keys: &mut Keys,
    ) -> Result<bool, Level> {
        match self.show(Text::Key(key)) {
            Edit::Keep => {}
            Edit::Replace => {
                let free = keys.free(&self.out, list, number);
                let new = encode(self.arena, 1, &free);
                self.splices.push(node.start, node.end, new);
            }
            // A key does not go without its value.
            Edit::Drop(level) => match self.place.settle(level) {
                Level::Value | Level::Attribute => return Ok(false),
                level => return Err(level),
            },
        }
        Ok(true)
    }

    /// Walks a value: the field of a message or pair that holds an `AnyValue`.
    pub(super) fn value(&mut self, node: &Node<'a>) -> Flow {
        self.splices.open(node);
        let flow = self.inside_value(node);
        match flow {
            Ok(()) => self.splices.close(),
            Err(level) => {
                self.splices.close_abandoned();
                match self.place.settle(level) {
                    Level::Value => {
                        let empty = encode(self.arena, node.number, &[]);
                        self.splices.push(node.start, node.end, empty);
                    }
                    level => return Err(level),
                }
            }
        }
        Ok(())
    }

    fn inside_value(&mut self, node: &Node<'a>) -> Flow {
        for field in Fields::new(node.content) {
            let text = match (field.number, field.value) {
                (1, FieldValue::Len(content)) => Text::Str(content),
                (3, FieldValue::Varint(number)) => Text::Int(number.cast_signed()),
                (4, FieldValue::Fixed64(bits)) => Text::Double(f64::from_bits(bits)),
                (7, FieldValue::Len(content)) => Text::Bytes(content),
                (5 | 6, FieldValue::Len(content)) => {
                    let inner = Node::new(node.content_start, &field, content);
                    self.collection(&inner)?;
                    continue;
                }
                _ => continue,
            };
            match self.show(text) {
                Edit::Keep => {}
                Edit::Replace => {
                    let number = if matches!(text, Text::Bytes(_)) { 7 } else { 1 };
                    let new = encode(self.arena, number, &self.out);
                    let start = node.content_start + field.start;
                    self.splices.push(start, node.content_start + field.end, new);
                }
                Edit::Drop(level) => return Err(level),
            }
        }
        Ok(())
    }

    /// Walks an array or a map.
    fn collection(&mut self, node: &Node<'a>) -> Flow {
        // Batches are checked for this where they come in; nothing unseen passes all the same.
        if self.place.depth() >= NESTING_MAX {
            return Err(Level::Value);
        }
        self.place.nested += 1;
        self.splices.open(node);
        let mut keys = Keys::default();
        let flow = Fields::new(node.content).try_for_each(|field: wire::Field<'a>| {
            let (1, FieldValue::Len(content)) = (field.number, field.value) else { return Ok(()) };
            let inner = Node::new(node.content_start, &field, content);
            if node.number == 6 {
                self.pair(&inner, node.content, &mut keys)
            } else {
                self.value(&inner)
            }
        });
        self.place.nested -= 1;
        match flow {
            Ok(()) => self.splices.close(),
            Err(_) => self.splices.close_abandoned(),
        }
        flow
    }
}
