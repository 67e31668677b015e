//! Every OTLP message as data: field number, name, kind.
//!
//! One table drives the structural check, JSON in and out, the debug text and the walk over every
//! string of a batch. Source: opentelemetry-proto v1.9 (`common`, `resource`, `trace`, `metrics`,
//! `logs`, `profiles/v1development`, `collector/*`). To follow a newer OTLP, add rows; nothing
//! else knows field numbers twice, except the hand-written views, which a test holds to this table.

mod enums;
mod messages;
mod profiles;
#[cfg(test)]
mod tests;

pub use self::{enums::*, messages::*, profiles::*};

/// A message type.
#[derive(Debug)]
pub struct Message {
    /// The protobuf name without its package, `Span`.
    pub name: &'static str,
    /// Its fields by rising number.
    pub fields: &'static [Field],
}

/// A field of a message type.
#[derive(Debug)]
pub struct Field {
    /// The field number.
    pub number: u32,
    /// The protobuf name, `start_time_unix_nano`.
    pub name: &'static str,
    /// The JSON name, `startTimeUnixNano`.
    pub json: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// How often it may stand, and what its absence means.
    pub rule: Rule,
}

/// What a value is, and with that how it is written.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Wire type 1.
    Double,
    /// Varint, two's complement in 64 bits.
    Int32,
    /// Varint, two's complement.
    Int64,
    /// Varint.
    Uint32,
    /// Varint.
    Uint64,
    /// Varint, zigzag.
    Sint32,
    /// Wire type 5.
    Fixed32,
    /// Wire type 1.
    Fixed64,
    /// Wire type 1, two's complement.
    Sfixed64,
    /// Varint, 0 or 1.
    Bool,
    /// Varint.
    Enum(&'static Enum),
    /// Text: UTF-8 by the book, any bytes in practice.
    String,
    /// Bytes: base64 in JSON.
    Bytes,
    /// An id: empty or exactly this many bytes; hex in JSON.
    Id(usize),
    /// A message.
    Message(&'static Message),
}

/// How often a field may stand in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// At most once; absent means zero or empty.
    Single,
    /// At most once; a message that OTLP JSON always writes, even when absent (`resource`).
    Always,
    /// At most once; absent differs from zero (`optional double sum`).
    Optional,
    /// Any number of times.
    Repeated,
    /// At most one of the fields of the message's only `oneof`.
    OneOf,
}

/// An enumeration.
#[derive(Debug)]
pub struct Enum {
    /// The protobuf name, `SpanKind`.
    pub name: &'static str,
    /// Names and numbers, by rising number.
    pub values: &'static [(&'static str, i32)],
}

impl Kind {
    /// The wire type of one value of this kind (not packed).
    #[inline]
    pub const fn wire_type(self) -> u32 {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => 1,
            Self::Fixed32 => 5,
            Self::String | Self::Bytes | Self::Id(_) | Self::Message(_) => 2,
            _ => 0,
        }
    }

    /// Whether repeated values may stand packed in one length-delimited field.
    #[inline]
    pub const fn is_packable(self) -> bool {
        self.wire_type() != 2
    }
}

impl Message {
    /// The field with this number.
    #[inline]
    pub fn field(&self, number: u32) -> Option<&'static Field> {
        // Field numbers are mostly dense from 1, so the guess is nearly always right.
        let guess = self.fields.get((number as usize).wrapping_sub(1));
        match guess {
            Some(field) if field.number == number => Some(field),
            _ => self.fields.iter().find(|field| field.number == number),
        }
    }

    /// The field with this JSON or protobuf name; OTLP JSON says the former, senders use both.
    pub fn field_named(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.json == name || field.name == name)
    }
}

impl Enum {
    /// The name of a number.
    pub fn name_of(&self, number: i32) -> Option<&'static str> {
        self.values.iter().find(|(_, value)| *value == number).map(|(name, _)| *name)
    }

    /// The number of a name, matched exactly.
    pub fn number_of(&self, name: &str) -> Option<i32> {
        self.values.iter().find(|(candidate, _)| *candidate == name).map(|(_, value)| *value)
    }
}

/// One row of a message table, for messages beside OTLP's own.
pub const fn row(
    number: u32,
    name: &'static str,
    json: &'static str,
    kind: Kind,
    rule: Rule,
) -> Field {
    Field { number, name, json, kind, rule }
}
