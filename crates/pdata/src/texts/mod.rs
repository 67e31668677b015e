//! Every text of a batch, whoever carries it: the walk of those who look for what must not pass.
//!
//! [`edit_texts`] goes through a request by the [schema table](crate::schema) and shows a [`Visitor`] each
//! string and bytes field, each attribute value however deep, and each key, with the [`Place`] it
//! stands in. Ids, times and flags are not shown. The visitor keeps, replaces or drops. What it leaves
//! alone is copied as it came, unknown fields included, and a batch in which nothing changed is the very
//! same bytes. Fields that a newer OTLP adds are shown once they have a row in the table.
//!
//! Read in this order: this file, `walk` (what is visited when), `value` (attributes and their
//! values), `keys` (renaming without collisions).

mod keys;
mod place;
mod value;
mod walk;

use bytes::Bytes;

pub use self::place::Place;
use self::walk::Walk;
use crate::{Batch, KeyValue, rewrite::Scratch};

/// A text where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Text<'a> {
    /// A string: a field of a message or an attribute's value.
    Str(&'a [u8]),
    /// Bytes, the same.
    Bytes(&'a [u8]),
    /// A whole number that is an attribute's value.
    Int(i64),
    /// A fractional number, the same.
    Double(f64),
    /// The key of an attribute or of an entry of a map.
    Key(&'a [u8]),
}

/// What is done to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It stays.
    Keep,
    /// What the visitor wrote stands in its place. A number becomes a string. A key that another
    /// attribute beside it has already gets a number at its end.
    Replace,
    /// It goes, with as much around it as this says.
    Drop(Level),
}

/// How much goes. Where there is no such thing around a text, the next smaller goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The text itself: a field becomes empty, an attribute keeps its key. A key takes its value along.
    Value,
    /// The attribute in the list of its message, with its key.
    Attribute,
    /// The span event, link, exemplar or entity.
    Part,
    /// The span, log record, data point or profile.
    Record,
}

/// What becomes of a message that is entered, or of an attribute before its value is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What is inside is shown.
    Into,
    /// It stays as it is, unseen.
    Keep,
    /// The content the visitor wrote stands in its place: of a message all its fields, of an attribute
    /// the content of its `AnyValue`.
    Replace,
    /// It goes, key and all.
    Drop,
}

/// What looks at the texts of a batch. Whatever is written goes to `out`, which comes empty.
pub trait Visitor {
    /// A message is entered: [`Place::message`], with its fields. Attributes and their values are none.
    fn enter(&mut self, _place: &Place<'_>, _content: &[u8], _out: &mut Vec<u8>) -> Step {
        Step::Into
    }

    /// Whether an attribute of a message needs no look: then it stays, unseen. Asked before anything of
    /// it is read: `pair` is the whole of its `KeyValue`.
    fn knows(&mut self, _place: &Place<'_>, _pair: &[u8]) -> bool {
        false
    }

    /// An attribute that was not known has been shown, and nothing of it was changed.
    fn kept(&mut self, _place: &Place<'_>, _pair: &[u8]) {}

    /// An attribute, or an entry of a map, comes; [`Place::key`] is its key already.
    fn attribute(&mut self, _place: &Place<'_>, _pair: KeyValue<'_>, _out: &mut Vec<u8>) -> Step {
        Step::Into
    }

    /// A text. The key of an attribute comes before its value.
    fn text(&mut self, place: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit;

    /// All of a message was seen. What is written are whole fields, added at its end.
    fn leave(&mut self, _place: &Place<'_>, _out: &mut Vec<u8>) {}
}

/// Shows every text of a batch to `visitor` and makes the edits it asks for.
///
/// Everything is visited once, in wire order. Nesting is at most [`NESTING_MAX`](crate::NESTING_MAX) deep, as
/// everywhere; a value deeper than that would be dropped.
pub fn edit_texts(batch: &Batch, visitor: &mut impl Visitor) -> Batch {
    let Scratch { arena, list } = Scratch::take();
    let mut walk = Walk::new(batch.signal(), (&arena, list), visitor);
    walk.request(batch.bytes());
    let (bytes, dropped, list) = walk.finish(batch.bytes());
    let list = crate::rewrite::emptied(list);
    Scratch { arena, list }.keep();
    let Some(bytes) = bytes else { return batch.clone() };
    let counts = if dropped { None } else { batch.known_counts() };
    batch.edited(Bytes::from(bytes), counts)
}
