//! Repeated fields, found again in their message when iterated.

use std::{fmt, marker::PhantomData};

use crate::{
    AnyValue, KeyValue,
    wire::{self, Field, FieldValue, Fields},
};

/// What can be read from the content of a length-delimited field.
pub trait Read<'a>: Copy {
    /// Reads it.
    fn read(content: &'a [u8]) -> Self;
}

impl<'a> Read<'a> for &'a [u8] {
    fn read(content: &'a [u8]) -> Self {
        content
    }
}

impl<'a> Read<'a> for KeyValue<'a> {
    fn read(content: &'a [u8]) -> Self {
        KeyValue::read(content)
    }
}

impl<'a> Read<'a> for AnyValue<'a> {
    fn read(content: &'a [u8]) -> Self {
        AnyValue::read(content)
    }
}

/// All length-delimited fields with one number in a message, in order.
#[derive(Clone, Copy)]
pub struct Repeated<'a, T> {
    /// The message from the first such field on.
    message: &'a [u8],
    number: u32,
    element: PhantomData<T>,
}

/// The attributes of a record.
pub type Attributes<'a> = Repeated<'a, KeyValue<'a>>;

impl<T> Default for Repeated<'_, T> {
    fn default() -> Self {
        Self { message: &[], number: 0, element: PhantomData }
    }
}

impl<'a, T: Read<'a>> Repeated<'a, T> {
    /// The elements in order.
    pub fn iter(self) -> RepeatedIter<'a, T> {
        RepeatedIter {
            fields: Fields::new(self.message),
            number: self.number,
            element: PhantomData,
        }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.message.is_empty()
    }

    /// How many there are; steps over the message once more.
    pub fn len(self) -> usize {
        self.iter().count()
    }

    /// Remembers where the first one is.
    pub(super) fn found(&mut self, message: &'a [u8], field: &Field<'a>) {
        if self.message.is_empty() {
            self.message = message.get(field.start..).unwrap_or_default();
            self.number = field.number;
        }
    }
}

impl<'a> Attributes<'a> {
    /// The value of the first attribute with this key.
    pub fn get(self, key: &[u8]) -> Option<AnyValue<'a>> {
        self.iter().find(|pair| pair.key == key).map(KeyValue::value)
    }
}

impl<'a, T: Read<'a>> IntoIterator for Repeated<'a, T> {
    type Item = T;
    type IntoIter = RepeatedIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: Read<'a> + fmt::Debug> fmt::Debug for Repeated<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Iterates over a [`Repeated`].
#[derive(Clone)]
pub struct RepeatedIter<'a, T> {
    fields: Fields<'a>,
    number: u32,
    element: PhantomData<T>,
}

impl<'a, T: Read<'a>> Iterator for RepeatedIter<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.fields.by_ref().find_map(|field| match field.value {
            FieldValue::Len(content) if field.number == self.number => Some(T::read(content)),
            _ => None,
        })
    }
}

impl<T> fmt::Debug for RepeatedIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RepeatedIter").field("fields", &self.fields).finish_non_exhaustive()
    }
}

/// How a repeated number stands on the wire.
pub trait Scalar: Copy {
    /// What it is read as.
    type Value;

    /// The next value of a packed field, and what follows it.
    fn unpack(packed: &[u8]) -> Option<(u64, &[u8])>;

    /// The number behind the bits.
    fn value(bits: u64) -> Self::Value;
}

/// `fixed64`.
#[derive(Clone, Copy, Debug)]
pub struct Fixed;

/// `double`.
#[derive(Clone, Copy, Debug)]
pub struct DoubleBits;

/// `uint64`.
#[derive(Clone, Copy, Debug)]
pub struct Varint;

fn unpack_fixed(packed: &[u8]) -> Option<(u64, &[u8])> {
    let (bytes, rest) = packed.split_first_chunk()?;
    Some((u64::from_le_bytes(*bytes), rest))
}

impl Scalar for Fixed {
    type Value = u64;

    fn unpack(packed: &[u8]) -> Option<(u64, &[u8])> {
        unpack_fixed(packed)
    }

    fn value(bits: u64) -> u64 {
        bits
    }
}

impl Scalar for DoubleBits {
    type Value = f64;

    fn unpack(packed: &[u8]) -> Option<(u64, &[u8])> {
        unpack_fixed(packed)
    }

    fn value(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
}

impl Scalar for Varint {
    type Value = u64;

    fn unpack(packed: &[u8]) -> Option<(u64, &[u8])> {
        let (value, end) = wire::read_varint(packed, 0)?;
        Some((value, packed.get(end..)?))
    }

    fn value(bits: u64) -> u64 {
        bits
    }
}

/// All numbers of a repeated field, packed, one by one, or both mixed.
#[derive(Clone, Copy)]
pub struct Scalars<'a, S> {
    message: &'a [u8],
    number: u32,
    scalar: PhantomData<S>,
}

impl<S> Default for Scalars<'_, S> {
    fn default() -> Self {
        Self { message: &[], number: 0, scalar: PhantomData }
    }
}

impl<'a, S: Scalar> Scalars<'a, S> {
    /// The numbers in order.
    pub fn iter(self) -> impl Iterator<Item = S::Value> + use<'a, S> {
        let mut fields = Fields::new(self.message);
        let mut packed: &'a [u8] = &[];
        std::iter::from_fn(move || {
            loop {
                if let Some((bits, rest)) = S::unpack(packed) {
                    packed = rest;
                    return Some(S::value(bits));
                }
                let field = fields.by_ref().find(|field| field.number == self.number)?;
                match field.value {
                    FieldValue::Len(content) => packed = content,
                    one => return Some(S::value(one.number())),
                }
            }
        })
    }

    /// Remembers where the first one is.
    pub(super) fn found(&mut self, message: &'a [u8], field: &Field<'a>) {
        if self.message.is_empty() {
            self.message = message.get(field.start..).unwrap_or_default();
            self.number = field.number;
        }
    }
}

impl<S: Scalar<Value: fmt::Debug>> fmt::Debug for Scalars<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
