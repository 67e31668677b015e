//! Which attributes hold content.

use std::collections::HashSet;

use pii::{Context, FieldClass};

use super::{
    encode::Report,
    names::{CONTENT, CONTENT_STARTS, STRUCTURE, STRUCTURE_ENDS},
};

/// The keys of attributes that hold content.
#[derive(Debug)]
pub(super) struct ContentKeys {
    whole: HashSet<Vec<u8>>,
    starts: Vec<Vec<u8>>,
}

impl ContentKeys {
    /// Those known and the user's own, where `*` at the end stands for anything.
    pub(super) fn new(own: &[String]) -> Self {
        let (starts, whole): (Vec<_>, Vec<_>) = own.iter().partition(|key| key.ends_with('*'));
        let bytes = |key: &str| key.trim_end_matches('*').as_bytes().to_vec();
        Self {
            whole: CONTENT
                .iter()
                .copied()
                .chain(whole.into_iter().map(String::as_str))
                .map(bytes)
                .collect(),
            starts: CONTENT_STARTS
                .iter()
                .copied()
                .chain(starts.into_iter().map(String::as_str))
                .map(bytes)
                .collect(),
        }
    }

    /// Whether an attribute with this key holds content.
    pub(super) fn has(&self, key: &[u8]) -> bool {
        let fits = |start: &Vec<u8>| key.first() == start.first() && key.starts_with(start);
        self.whole.contains(key) || self.starts.iter().any(fits)
    }

    /// All that the key of an attribute says.
    pub(super) fn note(&self, key: &[u8]) -> KeyNote {
        let bit = |is: bool, at: u8| u8::from(is) << at;
        let is_structural = Context::of_key(key).class == FieldClass::Structural;
        KeyNote(
            bit(self.has(key) || is_chunk(key), 0)
                | bit(is_structural, 1)
                | bit(is_plain_key(key), 2)
                | bit(Report::is_own(key), 3),
        )
    }
}

/// What the key of an attribute says, in four bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct KeyNote(pub(super) u8);

impl KeyNote {
    /// The attribute holds content.
    pub(super) fn is_content(self) -> bool {
        self.0 & 1 != 0
    }

    /// The attribute holds an id, a count, a time.
    pub(super) fn is_structural(self) -> bool {
        self.0 & 2 != 0
    }

    /// The key can hold nothing private, and the attribute is neither content nor one of this processor's.
    pub(super) fn is_only_plain(self) -> bool {
        self.0 & 0b1101 == 0b100
    }

    /// The attribute is one that this processor writes.
    pub(super) fn is_own(self) -> bool {
        self.0 & 8 != 0
    }

    /// The class of the field, content apart.
    pub(super) fn class(self) -> FieldClass {
        if self.is_structural() { FieldClass::Structural } else { FieldClass::Any }
    }
}

/// Whether a member of a message, or an attribute that holds one, is structure.
pub(super) fn is_structure(key: &[u8]) -> bool {
    STRUCTURE.iter().any(|name| name.as_bytes() == key)
        || STRUCTURE_ENDS.iter().any(|end| key.ends_with(end.as_bytes()))
}

/// Whether a key is words and dots alone, with nothing in it that could be private by its letters.
pub(super) fn is_plain_key(key: &[u8]) -> bool {
    key.len() <= 64 && key.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'.' | b'_'))
}

/// Whether an event's name, or the key of one of its attributes, says that it is a piece of a stream.
pub(super) fn is_chunk(name: &[u8]) -> bool {
    [".chunk", "_chunk", ".delta", "_delta"].iter().any(|end| name.ends_with(end.as_bytes()))
}
