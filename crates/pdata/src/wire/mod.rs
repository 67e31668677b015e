//! The protobuf wire format: varints, tags, fields and a writer.
//!
//! Reading here never fails and never panics: [`Fields`] simply ends where the bytes stop making
//! sense. Whether they make sense is settled once, by [`crate::check`], before anything else looks
//! at a batch. Source: the protocol buffers encoding guide.

#[cfg(test)]
mod tests;
mod write;

pub(crate) use self::write::len_field_len;
pub use self::write::{
    FIXED32, FIXED64, LEN, VARINT, put_fixed32, put_fixed64, put_len, put_message, put_tag,
    put_varint, tag, varint_len,
};

/// The value of one field as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValue<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1, the eight bytes read as little-endian.
    Fixed64(u64),
    /// Wire type 2: string, bytes, message or packed scalars.
    Len(&'a [u8]),
    /// Wire types 3 and 4: a group with its content; only ever an unknown field in OTLP.
    Group(&'a [u8]),
    /// Wire type 5, the four bytes read as little-endian.
    Fixed32(u32),
}

impl<'a> FieldValue<'a> {
    /// The bytes of a length-delimited value; empty for any other wire type.
    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Self::Len(bytes) => bytes,
            _ => &[],
        }
    }

    /// The number in a varint or fixed value, zero for any other wire type.
    #[inline]
    pub fn number(self) -> u64 {
        match self {
            Self::Varint(number) | Self::Fixed64(number) => number,
            Self::Fixed32(number) => u64::from(number),
            Self::Len(_) | Self::Group(_) => 0,
        }
    }
}

/// One field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The field number, 1 to 2^29 − 1.
    pub number: u32,
    /// Its value.
    pub value: FieldValue<'a>,
    /// Where the tag starts, counted from the start of the message.
    pub start: usize,
    /// Where the value starts; for a length-delimited field, after the length.
    pub value_start: usize,
    /// Where the field ends.
    pub end: usize,
}

/// The fields of a message, in wire order. Ends early, without an error, on malformed bytes.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    /// Starts at the first byte of `message` (without tag and length of its own).
    #[inline]
    pub fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0 }
    }

    /// Where the next field starts. After the last field this equals the message's length exactly
    /// when the whole message was well formed.
    #[inline]
    pub fn position(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        // A one-byte tag, a length of one or two bytes: most fields, told apart at little cost.
        let start = self.at;
        let rest = self.message.get(start..)?;
        let (tag, length, head) = match rest {
            [tag, length @ ..0x80, ..] => (*tag, usize::from(*length), 2),
            [tag, low, high @ ..0x80, ..] => {
                (*tag, usize::from(*low & 0x7f) | usize::from(*high) << 7, 3)
            }
            _ => return self.next_any(),
        };
        if tag & 0x87 != 2 || tag < 8 {
            return self.next_any();
        }
        let (value_start, end) = (start + head, start + head + length);
        let value = FieldValue::Len(self.message.get(value_start..end)?);
        self.at = end;
        Some(Field { number: u32::from(tag >> 3), value, start, value_start, end })
    }
}

impl<'a> Fields<'a> {
    /// A field of any shape.
    fn next_any(&mut self) -> Option<Field<'a>> {
        let start = self.at;
        let (tag, at) = read_varint(self.message, start)?;
        let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number))?;
        let (value, value_start, end) = match tag & 7 {
            0 => {
                let (number, end) = read_varint(self.message, at)?;
                (FieldValue::Varint(number), at, end)
            }
            1 => {
                let bytes = self.message.get(at..)?.first_chunk::<8>()?;
                (FieldValue::Fixed64(u64::from_le_bytes(*bytes)), at, at + 8)
            }
            2 => {
                let (length, value_start) = read_varint(self.message, at)?;
                let end = value_start.checked_add(usize::try_from(length).ok()?)?;
                (FieldValue::Len(self.message.get(value_start..end)?), value_start, end)
            }
            3 => {
                let (content_end, end) = skip_group(self.message, at, number)?;
                (FieldValue::Group(self.message.get(at..content_end)?), at, end)
            }
            5 => {
                let bytes = self.message.get(at..)?.first_chunk::<4>()?;
                (FieldValue::Fixed32(u32::from_le_bytes(*bytes)), at, at + 4)
            }
            _ => return None,
        };
        self.at = end;
        Some(Field { number, value, start, value_start, end })
    }
}

/// Reads a varint at `at`; returns it and the position after it. None when cut short or longer
/// than ten bytes.
#[inline]
pub fn read_varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let first = *bytes.get(at)?;
    if first < 0x80 {
        return Some((u64::from(first), at + 1));
    }
    // Two bytes are the length of most records.
    let second = *bytes.get(at + 1)?;
    if second < 0x80 {
        return Some((u64::from(first & 0x7f) | u64::from(second) << 7, at + 2));
    }
    read_varint_slow(bytes, at)
}

fn read_varint_slow(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, byte) in bytes.get(at..)?.iter().take(10).enumerate() {
        // The tenth byte carries one bit; prost and Go refuse more.
        if index == 9 && *byte > 1 {
            return None;
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            return Some((value, at + index + 1));
        }
    }
    None
}

/// How deep groups may nest inside groups.
const GROUP_DEPTH_MAX: usize = 32;

/// Walks over a group whose start tag was read; returns where its content and its end tag end.
fn skip_group(bytes: &[u8], mut at: usize, number: u32) -> Option<(usize, usize)> {
    let mut open = [0u32; GROUP_DEPTH_MAX];
    let mut depth = 1usize;
    *open.first_mut()? = number;
    loop {
        let start = at;
        let (tag, after) = read_varint(bytes, at)?;
        let number = u32::try_from(tag >> 3).ok().filter(|number| *number != 0)?;
        at = match tag & 7 {
            0 => read_varint(bytes, after)?.1,
            1 => after + 8,
            2 => {
                let (length, value_start) = read_varint(bytes, after)?;
                value_start.checked_add(usize::try_from(length).ok()?)?
            }
            3 => {
                *open.get_mut(depth)? = number;
                depth += 1;
                after
            }
            4 => {
                depth -= 1;
                if *open.get(depth)? != number {
                    return None;
                }
                if depth == 0 {
                    return Some((start, after));
                }
                after
            }
            5 => after + 4,
            _ => return None,
        };
        if at > bytes.len() {
            return None;
        }
    }
}

/// Undoes zigzag (`sint32`, `sint64`).
#[inline]
pub fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}

/// Applies zigzag (`sint32`, `sint64`).
#[inline]
pub fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}
