//! What is done to values and to lists of attributes.

use std::{collections::HashSet, fmt::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use digest::{Digest, KeyInit};
use hmac::{Hmac, Mac};
use pdata::{AnyValue, KeyValue};

use super::{
    config::{Config, HashFunction},
    matching::{Fate, Patterns, Values},
    names,
    sanitize::{Database, Sanitizers},
};

/// What stands in place of what is masked.
#[derive(Clone)]
pub(super) enum Mask {
    /// Four asterisks.
    Fixed,
    Sha1,
    Sha3,
    Md5,
    HmacSha256(Box<Hmac<sha2::Sha256>>),
    HmacSha512(Box<Hmac<sha2::Sha512>>),
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

impl Mask {
    /// The mask for a function; the key is for the keyed ones.
    pub(super) fn new(function: HashFunction, key: &[u8]) -> Self {
        // A key of any length makes an HMAC; without one there is nothing to hash with.
        let keyed = |mask: Option<Self>| mask.unwrap_or(Self::Fixed);
        match function {
            HashFunction::None => Self::Fixed,
            HashFunction::Sha1 => Self::Sha1,
            HashFunction::Sha3 => Self::Sha3,
            HashFunction::Md5 => Self::Md5,
            HashFunction::HmacSha256 => {
                keyed(Hmac::new_from_slice(key).ok().map(Box::new).map(Self::HmacSha256))
            }
            HashFunction::HmacSha512 => {
                keyed(Hmac::new_from_slice(key).ok().map(Box::new).map(Self::HmacSha512))
            }
        }
    }

    /// Appends what stands in place of `value`.
    pub(super) fn write(&self, value: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Fixed => out.extend_from_slice(b"****"),
            Self::Sha1 => put_hex(&sha1::Sha1::digest(value), out),
            Self::Sha3 => put_hex(&sha3::Sha3_256::digest(value), out),
            Self::Md5 => put_hex(&md5::Md5::digest(value), out),
            Self::HmacSha256(key) => {
                put_hex(&Hmac::clone(key).chain_update(value).finalize().into_bytes(), out)
            }
            Self::HmacSha512(key) => {
                put_hex(&Hmac::clone(key).chain_update(value).finalize().into_bytes(), out)
            }
        }
    }

    /// What stands in place of `value`.
    pub(super) fn of(&self, value: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(value, &mut out);
        out
    }
}

fn put_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.extend(DIGITS.get(usize::from(digit)));
        }
    }
}

/// What the settings say about keys and values.
#[derive(Debug)]
pub(super) struct Rules {
    allow_all_keys: bool,
    allowed_keys: HashSet<Vec<u8>>,
    ignored_keys: HashSet<Vec<u8>>,
    ignored_patterns: Patterns,
    blocked_patterns: Patterns,
    pub(super) values: Values,
    all_types: bool,
    pub(super) sanitizers: Sanitizers,
}

/// What becomes of an attribute by its key alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByKey {
    Ignore,
    Remove,
    Mask,
    Look,
}

impl Rules {
    /// The error says which pattern cannot be used and why.
    pub(super) fn new(config: &Config) -> Result<Self, String> {
        let set = |keys: &[String]| keys.iter().map(|key| key.clone().into_bytes()).collect();
        Ok(Self {
            allow_all_keys: config.allow_all_keys,
            allowed_keys: set(&config.allowed_keys),
            ignored_keys: set(&config.ignored_keys),
            ignored_patterns: Patterns::new(&config.ignored_key_patterns)?,
            blocked_patterns: Patterns::new(&config.blocked_key_patterns)?,
            values: Values::new(&config.blocked_values, &config.allowed_values, config.mask())?,
            all_types: config.redact_all_types,
            sanitizers: Sanitizers::new(config),
        })
    }

    /// What becomes of what stands under `key`.
    pub(super) fn by_key(&self, key: &[u8]) -> ByKey {
        if self.ignored_keys.contains(key) || self.ignored_patterns.is_match(key) {
            return ByKey::Ignore;
        }
        if !self.allow_all_keys && !self.allowed_keys.contains(key) && !names::is_own(key) {
            return ByKey::Remove;
        }
        if self.blocked_patterns.is_match(key) { ByKey::Mask } else { ByKey::Look }
    }

    /// What becomes of the value of an attribute. Lists and maps keep their shape: what is masked in
    /// them is masked where it stands.
    pub(super) fn attribute(
        &self,
        key: &[u8],
        value: AnyValue<'_>,
        database: Database<'_>,
    ) -> Fate {
        match value {
            AnyValue::Str(text) => {
                let fate = self.values.apply(text);
                let now = if let Fate::Masked(now) = &fate { now.as_slice() } else { text };
                match self.sanitizers.attribute(key, now, database) {
                    Some(new) if fate != Fate::Allowed && new != text => Fate::Masked(new),
                    _ => fate,
                }
                .encoded(Self::string)
            }
            _ => self.other(value),
        }
    }

    /// What becomes of a value inside of another, or of one that is no text.
    fn other(&self, value: AnyValue<'_>) -> Fate {
        match value {
            AnyValue::Empty => Fate::Same,
            AnyValue::Str(text) => self.values.apply(text).encoded(Self::string),
            AnyValue::Bytes(bytes) => {
                self.values.apply(bytes).encoded(|new| encoded(AnyValue::Bytes(new)))
            }
            AnyValue::Bool(_) | AnyValue::Int(_) | AnyValue::Double(_) => match self.all_types {
                true => self.values.apply(&as_text(value)).encoded(Self::string),
                false => Fate::Same,
            },
            AnyValue::Array(array) => {
                let (mut out, mut now) = (Vec::new(), Now::default());
                for value in array.iter() {
                    let fate = self.other(value);
                    now.put(&fate, value, |message| {
                        pdata::wire::put_message(&mut out, 1, |out| out.extend_from_slice(message));
                    });
                }
                now.fate(|| encoded(AnyValue::Array(pdata::Array(&out))))
            }
            AnyValue::KvList(list) => {
                let (mut out, mut now) = (Vec::new(), Now::default());
                for pair in list.iter() {
                    let (key, value) = (pair.key, pair.value());
                    // Which keys stay is a matter of attributes; inside of them all do.
                    let fate =
                        if self.ignored_keys.contains(key) || self.ignored_patterns.is_match(key) {
                            Fate::Same
                        } else if self.blocked_patterns.is_match(key) {
                            Fate::Masked(self.masked(value))
                        } else {
                            self.other(value)
                        };
                    now.put(&fate, value, |message| {
                        let value = AnyValue::read(message);
                        pdata::wire::put_message(&mut out, 1, |out| {
                            KeyValue::write(key, value, out)
                        });
                    });
                }
                now.fate(|| encoded(AnyValue::KvList(pdata::KvList(&out))))
            }
        }
    }

    /// A whole value masked, as an encoded value.
    pub(super) fn masked(&self, value: AnyValue<'_>) -> Vec<u8> {
        Self::string(&self.values.mask(&as_text(value)))
    }

    /// Whether a whole value is allowed.
    pub(super) fn allows(&self, value: AnyValue<'_>) -> bool {
        self.values.allows(&as_text(value))
    }

    pub(super) fn string(text: &[u8]) -> Vec<u8> {
        encoded(AnyValue::Str(text))
    }
}

impl Fate {
    /// Turns the new text into an encoded value.
    fn encoded(self, encode: impl FnOnce(&[u8]) -> Vec<u8>) -> Self {
        match self {
            Self::Masked(text) => Self::Masked(encode(&text)),
            other => other,
        }
    }
}

/// What became of the values of a list or map so far.
#[derive(Debug, Default)]
struct Now {
    is_masked: bool,
    is_allowed: bool,
}

impl Now {
    /// Notes one value and hands on its encoded form.
    fn put(&mut self, fate: &Fate, value: AnyValue<'_>, write: impl FnOnce(&[u8])) {
        match fate {
            Fate::Masked(message) => {
                self.is_masked = true;
                return write(message);
            }
            Fate::Allowed => self.is_allowed = true,
            Fate::Same => {}
        }
        write(&encoded(value));
    }

    fn fate(&self, encode: impl FnOnce() -> Vec<u8>) -> Fate {
        match (self.is_masked, self.is_allowed) {
            (true, _) => Fate::Masked(encode()),
            (false, true) => Fate::Allowed,
            (false, false) => Fate::Same,
        }
    }
}

fn encoded(value: AnyValue<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.encoded_len());
    value.write(&mut out);
    out
}

/// The text form of a value, as the Go collector gives it; of lists and maps JSON.
pub(super) fn as_text(value: AnyValue<'_>) -> Vec<u8> {
    match value {
        AnyValue::Str(text) => text.to_vec(),
        AnyValue::Array(_) | AnyValue::KvList(_) => {
            let mut out = String::new();
            put_json(value, &mut out);
            out.into_bytes()
        }
        AnyValue::Empty => Vec::new(),
        AnyValue::Bool(value) => value.to_string().into_bytes(),
        AnyValue::Int(value) => value.to_string().into_bytes(),
        AnyValue::Double(value) => double(value).into_bytes(),
        AnyValue::Bytes(bytes) => STANDARD.encode(bytes).into_bytes(),
    }
}

/// A number as JSON has it: with an exponent when it is very large or very small.
fn double(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) && size.is_finite() {
        let text = format!("{value:e}");
        return match text.split_once('e') {
            Some((head, tail)) if !tail.starts_with('-') => format!("{head}e+{tail}"),
            _ => text,
        };
    }
    value.to_string()
}

fn put_json(value: AnyValue<'_>, out: &mut String) {
    let text = |text: &[u8], out: &mut String| {
        // Writing to a string does not fail.
        let _ = write!(out, "{}", serde_json::Value::from(String::from_utf8_lossy(text)));
    };
    match value {
        AnyValue::Empty => out.push_str("null"),
        AnyValue::Bool(_) | AnyValue::Int(_) | AnyValue::Double(_) => {
            out.push_str(&String::from_utf8_lossy(&as_text(value)));
        }
        AnyValue::Str(bytes) => text(bytes, out),
        AnyValue::Bytes(_) => text(&as_text(value), out),
        AnyValue::Array(array) => {
            out.push('[');
            for (at, value) in array.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                put_json(value, out);
            }
            out.push(']');
        }
        AnyValue::KvList(list) => {
            let mut pairs: Vec<KeyValue<'_>> = list.iter().collect();
            pairs.sort_by_key(|pair| pair.key);
            out.push('{');
            for (at, pair) in pairs.into_iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                text(pair.key, out);
                out.push(':');
                put_json(pair.value(), out);
            }
            out.push('}');
        }
    }
}
