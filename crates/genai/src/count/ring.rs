//! Calls that share a key, each knowing the next: whoever is alone is known to be so without a look-up.

use std::collections::hash_map::Entry;

use super::{
    hash::Map,
    slab::{At, NOWHERE, Slab},
    store::Kept,
};

/// How many calls one key leads to, at most. Beyond, joins by that key are no longer found.
pub(super) const PER_KEY: usize = 256;

/// The neighbours of a call among those of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    next: At,
    before: At,
}

impl Link {
    /// In no ring: there is no key, or too many have it.
    pub(super) const OUTSIDE: Self = Self { next: NOWHERE, before: NOWHERE };

    pub(super) fn is_outside(self) -> bool {
        self.next == NOWHERE
    }

    /// Whether the call at this place is the only one of its key.
    pub(super) fn is_alone(self, at: At) -> bool {
        self.next == at
    }
}

/// What the calls of a ring have in common.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    Response,
    Twin,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    first: At,
    len: u32,
}

/// The rings of one kind.
#[derive(Debug)]
pub(super) struct Rings {
    by: By,
    heads: Map<u64, Head>,
}

impl Rings {
    pub(super) fn new(by: By) -> Self {
        Self { by, heads: Map::default() }
    }

    /// Where the ring of a call begins for it.
    pub(super) fn from(&self, link: Link, key: u64, at: At) -> Option<At> {
        if link.is_outside() { self.heads.get(&key).map(|head| head.first) } else { Some(at) }
    }

    /// Puts a call into the ring of its key; tells a call that was there before.
    pub(super) fn put(&mut self, kept: &mut Slab<Kept>, key: u64, at: At) -> Option<At> {
        let head = match self.heads.entry(key) {
            // The usual case, in which nothing that was written need be read again.
            Entry::Vacant(place) => {
                place.insert(Head { first: at, len: 1 });
                *kept.get_mut(at)?.link_mut(self.by) = Link { next: at, before: at };
                return None;
            }
            Entry::Occupied(head) => head.into_mut(),
        };
        if head.len as usize >= PER_KEY {
            return None;
        }
        head.len += 1;
        let first = head.first;
        let last = kept.get(first)?.link(self.by).before;
        *kept.get_mut(at)?.link_mut(self.by) = Link { next: first, before: last };
        kept.get_mut(first)?.link_mut(self.by).before = at;
        kept.get_mut(last)?.link_mut(self.by).next = at;
        Some(first)
    }

    /// Takes a call that is kept no more out of the ring of its key.
    pub(super) fn take(&mut self, kept: &mut Slab<Kept>, key: u64, at: At, link: Link) {
        if link.is_outside() {
            return;
        }
        if link.is_alone(at) {
            self.heads.remove(&key);
            return;
        }
        if let Some(next) = kept.get_mut(link.next) {
            next.link_mut(self.by).before = link.before;
        }
        if let Some(before) = kept.get_mut(link.before) {
            before.link_mut(self.by).next = link.next;
        }
        if let Some(head) = self.heads.get_mut(&key) {
            head.len -= 1;
            if head.first == at {
                head.first = link.next;
            }
        }
    }

    /// Visits all calls of a ring, from one of them on.
    pub(super) fn walk(&self, kept: &Slab<Kept>, from: At, visit: &mut dyn FnMut(At, &Kept)) {
        let mut at = from;
        for _ in 0..PER_KEY {
            let Some(here) = kept.get(at) else { return };
            visit(at, here);
            at = here.link(self.by).next;
            if at == from {
                return;
            }
        }
    }
}
