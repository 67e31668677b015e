//! Names known by a list, found without context.

use std::collections::HashSet;

use super::name;
use crate::{
    bytes::part,
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// Lists of given names and surnames. Two words are a person if the first is a given name and the second
/// a surname or at least no common word; a single word never is.
#[derive(Clone, Default)]
pub struct Gazetteer {
    given: HashSet<Box<[u8]>>,
    surnames: HashSet<Box<[u8]>>,
}

impl Gazetteer {
    /// A gazetteer of these names; letter case does not count.
    pub fn new<'a>(
        given: impl IntoIterator<Item = &'a str>,
        surnames: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let lower = |name: &str| name.to_lowercase().into_bytes().into_boxed_slice();
        Self {
            given: given.into_iter().map(lower).collect(),
            surnames: surnames.into_iter().map(lower).collect(),
        }
    }

    fn has(names: &HashSet<Box<[u8]>>, word: &[u8]) -> bool {
        let lower = std::str::from_utf8(word).map(str::to_lowercase).unwrap_or_default();
        names.contains(lower.as_bytes())
    }
}

impl std::fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = (self.given.len(), self.surnames.len());
        write!(f, "Gazetteer({} given names, {} surnames)", counts.0, counts.1)
    }
}

/// Looks at the capitalised words that begin at `start`.
pub(super) fn at(scan: &mut Scan<'_>, start: usize) {
    let Some(gazetteer) = scan.engine.policy.gazetteer.as_deref() else { return };
    let (length, words) = name(&mut scan.names, scan.text, start);
    if words < 2 {
        return;
    }
    let text = part(scan.text, start..start + length);
    let mut parts = text.split(|byte| *byte == b' ');
    let (first, last) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    let is_known = Gazetteer::has(&gazetteer.given, first)
        && (gazetteer.surnames.is_empty() || Gazetteer::has(&gazetteer.surnames, last));
    if is_known {
        scan.note(Entity::Person, (start, start + length), Tier::B, Proof::List, None);
    }
}
