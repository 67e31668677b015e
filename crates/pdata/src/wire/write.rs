//! Writing fields into a growing buffer.

/// Wire type 0.
pub const VARINT: u32 = 0;
/// Wire type 1.
pub const FIXED64: u32 = 1;
/// Wire type 2.
pub const LEN: u32 = 2;
/// Wire type 5.
pub const FIXED32: u32 = 5;

/// The tag of a field: number and wire type in one varint.
#[inline]
pub const fn tag(number: u32, wire: u32) -> u64 {
    ((number as u64) << 3) | wire as u64
}

/// How many bytes a varint takes, 1 to 10.
#[inline]
pub const fn varint_len(value: u64) -> usize {
    // Nine sixty-fourths of the bit length, rounded up: exact for 1 to 64 bits.
    ((64 - (value | 1).leading_zeros() as usize) * 9 + 64) / 64
}

/// How many bytes a length-delimited field with a number below 16 takes.
#[inline]
pub(crate) const fn len_field_len(length: usize) -> usize {
    1 + varint_len(length as u64) + length
}

/// Appends a varint.
#[inline]
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a tag.
#[inline]
pub fn put_tag(out: &mut Vec<u8>, number: u32, wire: u32) {
    put_varint(out, tag(number, wire));
}

/// Appends a whole length-delimited field.
#[inline]
pub fn put_len(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    put_tag(out, number, LEN);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a whole fixed64 field.
#[inline]
pub fn put_fixed64(out: &mut Vec<u8>, number: u32, value: u64) {
    put_tag(out, number, FIXED64);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Appends a whole fixed32 field.
#[inline]
pub fn put_fixed32(out: &mut Vec<u8>, number: u32, value: u32) {
    put_tag(out, number, FIXED32);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Appends a length-delimited field whose content is written by `body`, without a second buffer:
/// one byte is kept for the length and the content is moved when it needs more.
pub fn put_message(out: &mut Vec<u8>, number: u32, body: impl FnOnce(&mut Vec<u8>)) {
    put_tag(out, number, LEN);
    let length_at = out.len();
    out.push(0);
    body(out);
    let length = out.len() - length_at - 1;
    let mut prefix = Vec::new();
    if length < 0x80 {
        if let Some(byte) = out.get_mut(length_at) {
            *byte = length as u8;
        }
    } else {
        put_varint(&mut prefix, length as u64);
        out.splice(length_at..=length_at, prefix);
    }
}
