//! Which attributes hold content.

use std::collections::HashSet;

use super::names::{CONTENT, CONTENT_STARTS, STRUCTURE, STRUCTURE_ENDS};

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
