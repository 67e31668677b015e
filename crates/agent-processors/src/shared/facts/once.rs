//! Attributes looked up once, however many objectives ask for them.

use std::cell::RefCell;

use slo::{Fact, Facts, Field};
use smallvec::{SmallVec, smallvec};

/// So many keys take no room on the heap.
const KEYS: usize = 16;

/// Facts whose attributes are remembered from the first look on: a set of objectives asks for the same
/// few keys again and again, and finding one means a walk over all attributes.
pub(crate) struct Once<'f> {
    facts: &'f dyn Facts,
    /// The keys that are asked for, without repetitions.
    keys: &'f [String],
    /// What each of them said.
    known: RefCell<SmallVec<[Option<Fact<'f>>; KEYS]>>,
}

impl<'f> Once<'f> {
    /// Of `keys` each is looked up at most once; others each time.
    pub(crate) fn new(facts: &'f dyn Facts, keys: &'f [String]) -> Self {
        Self { facts, keys, known: RefCell::new(smallvec![None; keys.len()]) }
    }
}

impl Facts for Once<'_> {
    fn field(&self, field: Field) -> Fact<'_> {
        self.facts.field(field)
    }

    fn attribute(&self, key: &str) -> Fact<'_> {
        let Some(at) = self.keys.iter().position(|known| known == key) else {
            return self.facts.attribute(key);
        };
        if let Some(Some(fact)) = self.known.borrow().get(at) {
            return *fact;
        }
        let fact = self.facts.attribute(key);
        if let Some(slot) = self.known.borrow_mut().get_mut(at) {
            *slot = Some(fact);
        }
        fact
    }

    fn any(&self, field: Field, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        self.facts.any(field, test)
    }

    fn any_of_attribute(&self, key: &str, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        self.facts.any_of_attribute(key, test)
    }
}
