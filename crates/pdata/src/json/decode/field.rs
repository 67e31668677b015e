//! Objects and arrays.

use std::{fmt, ops::Range};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{
    Decoder,
    scalar::{NumberSeed, TextSeed, expected},
};
use crate::{
    json::error::Step,
    schema::{Field, Kind, Message, Rule},
    wire,
};

/// Writes the content of a message from an object; false if it was `null`.
pub(super) struct MessageSeed<'d> {
    pub(super) decoder: &'d mut Decoder,
    pub(super) message: &'static Message,
}

/// What of a message has been read.
#[derive(Default)]
struct Seen {
    /// A bit for each field of the table.
    fields: u64,
    /// Where the field of the oneof was written.
    one_of: Option<Range<usize>>,
}

impl<'de> DeserializeSeed<'de> for MessageSeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<bool, D::Error> {
        self.decoder.fault.expected = "an object";
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MessageSeed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<bool, A::Error> {
        Err(self.decoder.mismatch("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let Self { decoder, message } = self;
        let mut seen = Seen::default();
        // Where the next field of the table would be: most writers keep its order.
        let mut next = 0;
        while let Some(known) = map.next_key_seed(KeySeed { message, next })? {
            let Some((index, field)) = known else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            next = index + 1;
            let again = seen.fields & (1 << index) != 0;
            seen.fields |= 1 << index;
            if let (Rule::OneOf, Some(earlier)) = (field.rule, seen.one_of.take()) {
                decoder.out.drain(earlier);
            }
            let start = decoder.out.len();
            let result = map.next_value_seed(FieldSeed { decoder, field, again });
            decoder.step(result, || Step::Field(field.json))?;
            if field.rule == Rule::OneOf {
                seen.one_of = Some(start..decoder.out.len());
            }
        }
        Ok(true)
    }
}

/// Finds the field a key names, with its place in the table.
struct KeySeed {
    message: &'static Message,
    next: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Option<(usize, &'static Field)>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Self::Value, D::Error> {
        // As bytes, because a key that is not UTF-8 is merely unknown.
        parser.deserialize_bytes(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Option<(usize, &'static Field)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Self::Value, E> {
        let named = |field: &&Field| field.json.as_bytes() == key || field.name.as_bytes() == key;
        let Self { message, next } = self;
        Ok(match message.fields.get(next).filter(named) {
            Some(field) => Some((next, field)),
            None => message.fields.iter().enumerate().find(|(_, field)| named(field)),
        })
    }
}

/// Writes one field from whatever follows its key.
struct FieldSeed<'d> {
    decoder: &'d mut Decoder,
    field: &'static Field,
    /// The field stood here before, so a zero must be written to overrule it.
    again: bool,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        let Self { decoder, field, again } = self;
        if field.rule == Rule::Repeated {
            decoder.fault.expected = "an array";
            return parser.deserialize_any(ArrayVisitor { decoder, field });
        }
        let put = match field.rule {
            Rule::Single | Rule::Always if !again => Put::NonZero,
            _ => Put::Any,
        };
        ValueSeed { decoder, field, put }.deserialize(parser)
    }
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    /// With its tag, unless it is zero or empty.
    NonZero,
    /// With its tag.
    Any,
    /// Without a tag, inside a packed field.
    Packed,
}

/// Writes one value of a field.
struct ValueSeed<'d> {
    decoder: &'d mut Decoder,
    field: &'static Field,
    put: Put,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        let Self { decoder, field, put } = self;
        match field.kind {
            Kind::Message(message) => {
                decoder.enter()?;
                let start = decoder.out.len();
                let length_at = open(&mut decoder.out, field.number);
                let written = MessageSeed { decoder, message }.deserialize(parser)?;
                decoder.depth -= 1;
                if written || matches!(field.rule, Rule::Repeated | Rule::OneOf) {
                    close(&mut decoder.out, length_at);
                } else {
                    decoder.out.truncate(start);
                }
                Ok(())
            }
            Kind::String | Kind::Bytes | Kind::Id(_) => {
                decoder.fault.expected = expected(field.kind);
                parser.deserialize_option(TextSeed { decoder, field, put })
            }
            _ => {
                decoder.fault.expected = expected(field.kind);
                parser.deserialize_any(NumberSeed { decoder, field, put })
            }
        }
    }
}

/// Writes a repeated field from an array.
struct ArrayVisitor<'d> {
    decoder: &'d mut Decoder,
    field: &'static Field,
}

impl<'de> Visitor<'de> for ArrayVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.decoder.mismatch("an object"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let Self { decoder, field } = self;
        let start = decoder.out.len();
        let packed = field.kind.is_packable().then(|| open(&mut decoder.out, field.number));
        let put = if packed.is_some() { Put::Packed } else { Put::Any };
        for index in 0.. {
            let result = array.next_element_seed(ValueSeed { decoder, field, put });
            if decoder.step(result, || Step::Index(index))?.is_none() {
                if let Some(length_at) = packed {
                    if index == 0 {
                        decoder.out.truncate(start);
                    } else {
                        close(&mut decoder.out, length_at);
                    }
                }
                break;
            }
        }
        Ok(())
    }
}

/// Starts a length-delimited field with one byte kept for its length; returns where that is.
fn open(out: &mut Vec<u8>, number: u32) -> usize {
    wire::put_tag(out, number, wire::LEN);
    out.push(0);
    out.len() - 1
}

/// Writes the length, moving the content if one byte is too few. A byte of the result moves at
/// most four times on each level around it.
fn close(out: &mut Vec<u8>, length_at: usize) {
    let length = out.len() - length_at - 1;
    match u8::try_from(length) {
        Ok(short @ ..0x80) => {
            if let Some(byte) = out.get_mut(length_at) {
                *byte = short;
            }
        }
        _ => {
            let mut prefix = Vec::with_capacity(10);
            wire::put_varint(&mut prefix, length as u64);
            out.splice(length_at..=length_at, prefix);
        }
    }
}
