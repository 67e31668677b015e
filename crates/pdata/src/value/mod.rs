//! Attribute values, read where they stand.

use crate::wire::{self, FieldValue, Fields};

/// An attribute value (`common.v1.AnyValue`) borrowed from the wire. Copying it copies a pointer.
///
/// Text is bytes: OTLP says UTF-8, senders do not always obey, and a collector that refused would
/// lose their data.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum AnyValue<'a> {
    /// No value at all, or one from a newer OTLP.
    #[default]
    Empty,
    /// Text.
    Str(&'a [u8]),
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating point number.
    Double(f64),
    /// A list.
    Array(Array<'a>),
    /// A map.
    KvList(KvList<'a>),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> AnyValue<'a> {
    /// Reads the content of an `AnyValue` message. The last field of the oneof wins.
    #[inline]
    pub fn read(message: &'a [u8]) -> Self {
        let mut value = Self::Empty;
        for field in Fields::new(message) {
            value = match (field.number, field.value) {
                (1, FieldValue::Len(bytes)) => Self::Str(bytes),
                (2, FieldValue::Varint(number)) => Self::Bool(number != 0),
                (3, FieldValue::Varint(number)) => Self::Int(number.cast_signed()),
                (4, FieldValue::Fixed64(bits)) => Self::Double(f64::from_bits(bits)),
                (5, FieldValue::Len(bytes)) => Self::Array(Array(bytes)),
                (6, FieldValue::Len(bytes)) => Self::KvList(KvList(bytes)),
                (7, FieldValue::Len(bytes)) => Self::Bytes(bytes),
                (8, FieldValue::Varint(_)) => Self::Empty,
                _ => value,
            };
        }
        value
    }

    /// Appends the content of an `AnyValue` message.
    pub fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Empty => {}
            Self::Str(bytes) => wire::put_len(out, 1, bytes),
            Self::Bool(value) => {
                wire::put_tag(out, 2, wire::VARINT);
                wire::put_varint(out, u64::from(value));
            }
            Self::Int(value) => {
                wire::put_tag(out, 3, wire::VARINT);
                wire::put_varint(out, value.cast_unsigned());
            }
            Self::Double(value) => wire::put_fixed64(out, 4, value.to_bits()),
            Self::Array(Array(content)) => wire::put_len(out, 5, content),
            Self::KvList(KvList(content)) => wire::put_len(out, 6, content),
            Self::Bytes(bytes) => wire::put_len(out, 7, bytes),
        }
    }

    /// How many bytes [`write`](Self::write) appends.
    #[inline]
    pub fn encoded_len(self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Str(bytes)
            | Self::Bytes(bytes)
            | Self::Array(Array(bytes))
            | Self::KvList(KvList(bytes)) => wire::len_field_len(bytes.len()),
            Self::Bool(_) => 2,
            Self::Int(value) => 1 + wire::varint_len(value.cast_unsigned()),
            Self::Double(_) => 9,
        }
    }

    /// The text, if it is text.
    #[inline]
    pub fn as_str(self) -> Option<&'a [u8]> {
        match self {
            Self::Str(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    #[inline]
    pub fn as_int(self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The floating point number, if it is one.
    #[inline]
    pub fn as_double(self) -> Option<f64> {
        match self {
            Self::Double(value) => Some(value),
            _ => None,
        }
    }
}

/// The content of an `ArrayValue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array<'a>(pub &'a [u8]);

impl<'a> Array<'a> {
    /// The values in order.
    pub fn iter(self) -> impl Iterator<Item = AnyValue<'a>> {
        Fields::new(self.0).filter_map(|field| match (field.number, field.value) {
            (1, FieldValue::Len(message)) => Some(AnyValue::read(message)),
            _ => None,
        })
    }
}

/// The content of a `KeyValueList`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KvList<'a>(pub &'a [u8]);

impl<'a> KvList<'a> {
    /// The pairs in order, duplicates included.
    pub fn iter(self) -> impl Iterator<Item = KeyValue<'a>> {
        Fields::new(self.0).filter_map(|field| match (field.number, field.value) {
            (1, FieldValue::Len(message)) => Some(KeyValue::read(message)),
            _ => None,
        })
    }

    /// The value of the first pair with this key.
    pub fn get(self, key: &[u8]) -> Option<AnyValue<'a>> {
        self.iter().find(|pair| pair.key == key).map(KeyValue::value)
    }
}

/// An attribute: a key and a value not looked into until asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyValue<'a> {
    /// The key.
    pub key: &'a [u8],
    /// The content of the `AnyValue` message, empty when absent.
    pub value_message: &'a [u8],
}

impl<'a> KeyValue<'a> {
    /// Reads the content of a `KeyValue` message.
    #[inline]
    pub fn read(message: &'a [u8]) -> Self {
        let mut pair = Self { key: &[], value_message: &[] };
        for field in Fields::new(message) {
            match (field.number, field.value) {
                (1, FieldValue::Len(bytes)) => pair.key = bytes,
                (2, FieldValue::Len(bytes)) => pair.value_message = bytes,
                _ => {}
            }
        }
        pair
    }

    /// Looks into the value.
    #[inline]
    pub fn value(self) -> AnyValue<'a> {
        AnyValue::read(self.value_message)
    }

    /// Appends the content of a `KeyValue` message.
    pub fn write(key: &[u8], value: AnyValue<'_>, out: &mut Vec<u8>) {
        wire::put_len(out, 1, key);
        wire::put_message(out, 2, |out| value.write(out));
    }
}

#[cfg(test)]
mod tests;
