//! Numbers, text, ids and bytes.

use std::fmt;

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Decoder, field::Put};
use crate::{
    schema::{Field, Kind},
    wire,
};

/// What to write for a field, in words.
pub(super) fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Double => "a number, or a string such as \"1.5\" or \"NaN\"",
        Kind::Int32 | Kind::Sint32 => "a whole 32-bit number, or its digits as a string",
        Kind::Uint32 | Kind::Fixed32 => {
            "a whole 32-bit number from 0 upwards, or its digits as a string"
        }
        Kind::Int64 | Kind::Sfixed64 => "a whole 64-bit number, or its digits as a string",
        Kind::Uint64 | Kind::Fixed64 => {
            "a whole 64-bit number from 0 upwards, or its digits as a string"
        }
        Kind::Bool => "true or false",
        Kind::Enum(_) => "the number or the name of an enum value",
        Kind::String => "a string",
        Kind::Bytes => "base64 in a string",
        Kind::Id(16) => "an id of 32 hex digits, or an empty string",
        Kind::Id(_) => "an id of 16 hex digits, or an empty string",
        Kind::Message(_) => "an object",
    }
}

/// Writes a number, a boolean or an enum value.
pub(super) struct NumberSeed<'d> {
    pub(super) decoder: &'d mut Decoder,
    pub(super) field: &'static Field,
    pub(super) put: Put,
}

impl NumberSeed<'_> {
    fn tag(&mut self) {
        if self.put != Put::Packed {
            wire::put_tag(&mut self.decoder.out, self.field.number, self.field.kind.wire_type());
        }
    }

    fn write(mut self, bits: u64) {
        if bits == 0 && self.put == Put::NonZero {
            return;
        }
        self.tag();
        let out = &mut self.decoder.out;
        match self.field.kind.wire_type() {
            1 => out.extend_from_slice(&bits.to_le_bytes()),
            5 => out.extend_from_slice(&(bits as u32).to_le_bytes()),
            _ => wire::put_varint(out, bits),
        }
    }

    fn integer<E: Error>(self, value: i128) -> Result<(), E> {
        let bits = match self.field.kind {
            Kind::Int32 | Kind::Enum(_) => {
                i32::try_from(value).ok().map(|value| i64::from(value).cast_unsigned())
            }
            Kind::Sint32 => i32::try_from(value).ok().map(|value| wire::zigzag(value.into())),
            Kind::Uint32 | Kind::Fixed32 => u32::try_from(value).ok().map(u64::from),
            Kind::Int64 | Kind::Sfixed64 => i64::try_from(value).ok().map(i64::cast_unsigned),
            Kind::Uint64 | Kind::Fixed64 => u64::try_from(value).ok(),
            Kind::Double => Some((value as f64).to_bits()),
            _ => return Err(self.decoder.mismatch("a number")),
        };
        match bits {
            Some(bits) => {
                self.write(bits);
                Ok(())
            }
            None => Err(self.decoder.mismatch("a number out of range")),
        }
    }
}

impl<'de> Visitor<'de> for NumberSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(self.field.kind))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        match self.field.kind {
            Kind::Bool => {
                self.write(u64::from(value));
                Ok(())
            }
            _ => Err(self.decoder.mismatch("a boolean")),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.integer(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.integer(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        match self.field.kind {
            Kind::Double => {
                self.write(value.to_bits());
                Ok(())
            }
            // The parser reads `-0` as a float.
            _ if value == 0.0 && value.is_sign_negative() => self.integer(0),
            Kind::Bool => Err(self.decoder.mismatch("a number")),
            _ => Err(self
                .decoder
                .mismatch("a number with a fraction, an exponent or too many digits")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        match self.field.kind {
            Kind::Bool => Err(self.decoder.mismatch("a string")),
            Kind::Enum(values) => match values.number_of(text) {
                Some(number) => self.integer(number.into()),
                None => Err(self.decoder.mismatch("another string")),
            },
            Kind::Double => match double(text) {
                Some(value) => {
                    self.write(value.to_bits());
                    Ok(())
                }
                None => Err(self.decoder.mismatch("another string")),
            },
            _ => match text.parse() {
                Ok(value) => self.integer(value),
                Err(_) => Err(self.decoder.mismatch("another string")),
            },
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.decoder.mismatch("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.decoder.mismatch("an object"))
    }
}

/// A floating point number in a string; digits too large for one are refused, not made infinite.
fn double(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    let named = text.bytes().any(|byte| byte.eq_ignore_ascii_case(&b'i'));
    (value.is_finite() || value.is_nan() || named).then_some(value)
}

/// Writes text, bytes or an id; `null` is empty.
pub(super) struct TextSeed<'d> {
    pub(super) decoder: &'d mut Decoder,
    pub(super) field: &'static Field,
    pub(super) put: Put,
}

impl TextSeed<'_> {
    fn write(self, bytes: &[u8]) {
        if !(bytes.is_empty() && self.put == Put::NonZero) {
            wire::put_len(&mut self.decoder.out, self.field.number, bytes);
        }
    }

    fn id<E: Error>(self, hex: &[u8], length: usize) -> Result<(), E> {
        if hex.len() != 2 * length && !hex.is_empty() {
            let found = format!("a string of {} bytes", hex.len());
            return Err(self.decoder.mismatch(&found));
        }
        let mut id = [0u8; 16];
        for (byte, pair) in id.iter_mut().zip(hex.chunks_exact(2)) {
            match pair {
                [high, low] => match (nibble(*high), nibble(*low)) {
                    (Some(high), Some(low)) => *byte = high << 4 | low,
                    _ => return Err(self.decoder.mismatch("a string with other characters")),
                },
                _ => continue,
            }
        }
        self.write(id.get(..hex.len() / 2).unwrap_or_default());
        Ok(())
    }
}

impl<'de> Visitor<'de> for TextSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(self.field.kind))
    }

    fn visit_none<E>(self) -> Result<(), E> {
        self.write(&[]);
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        // As bytes: the parser then lets half surrogate pairs and broken UTF-8 through.
        parser.deserialize_bytes(self)
    }

    fn visit_bytes<E: Error>(self, text: &[u8]) -> Result<(), E> {
        match self.field.kind {
            Kind::Id(length) => return self.id(text, length),
            Kind::Bytes => match base64(text) {
                Some(bytes) => self.write(&bytes),
                None => return Err(self.decoder.mismatch("another string")),
            },
            _ => match without_surrogates(text) {
                Some(mended) => self.write(&mended),
                None => self.write(text),
            },
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.decoder.mismatch("an array"))
    }
}

fn nibble(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Either alphabet, padding or none, bits left over in the last digit ignored.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD_LENIENT: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const URL_SAFE_LENIENT: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let engine = if memchr::memchr2(b'-', b'_', text).is_some() {
        URL_SAFE_LENIENT
    } else {
        STANDARD_LENIENT
    };
    if memchr::memchr2(b'\r', b'\n', text).is_none() {
        return engine.decode(text).ok();
    }
    // Go's decoder reads over line breaks.
    let joined: Vec<u8> = text.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
    engine.decode(joined).ok()
}

/// The text with U+FFFD for half surrogate pairs, which the parser leaves as three bytes from
/// ED A0 80 to ED BF BF; None if there are none.
fn without_surrogates(text: &[u8]) -> Option<Vec<u8>> {
    let half = |at: &usize| matches!(text.get(at + 1..at + 3), Some([0xa0..=0xbf, 0x80..=0xbf]));
    let mut halves = memchr::memchr_iter(0xed, text).filter(half).peekable();
    halves.peek()?;
    let mut mended = text.to_vec();
    for at in halves {
        if let Some(bytes) = mended.get_mut(at..at + 3) {
            bytes.copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    Some(mended)
}
