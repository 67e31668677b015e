//! What was counted already.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    mem,
    time::Duration,
};

/// Remembers what was counted for at least a while, in two generations: the older one is forgotten
/// as a whole. A thing is known by 64 bits of hash.
#[derive(Debug)]
pub struct Seen {
    young: Fingerprints,
    old: Fingerprints,
    born: Duration,
    horizon: Duration,
    limit: usize,
    forgotten_early: u64,
}

/// A thing, by 64 bits of its ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thing(u64);

/// What is noted of a thing: one bit each.
pub type Marks = u8;

type Fingerprints = HashMap<u64, Marks, BuildHasherDefault<Identity>>;

impl Thing {
    /// A span of a trace, or what else has two ids.
    #[must_use]
    pub fn new(trace_id: &[u8], span_id: &[u8]) -> Self {
        Self(fingerprint([trace_id, span_id]))
    }
}

impl Seen {
    /// Remembers for `horizon`, and at most `limit` things in each of the two generations. Past the
    /// limit things are forgotten early, which [`Self::forgotten_early`] counts.
    #[must_use]
    pub fn new(horizon: Duration, limit: usize) -> Self {
        Self {
            young: Fingerprints::default(),
            old: Fingerprints::default(),
            born: Duration::ZERO,
            horizon,
            limit: limit.max(1),
            forgotten_early: 0,
        }
    }

    /// Whether the first of `marks` is new to the thing; from now on all of them are known.
    pub fn is_new(&mut self, thing: Thing, mark: Marks, now: Duration) -> bool {
        self.mark(thing, mark, now) & mark == 0
    }

    /// Notes these marks of a thing; tells those noted before.
    pub fn mark(&mut self, thing: Thing, marks: Marks, now: Duration) -> Marks {
        let age = now.saturating_sub(self.born);
        let is_full = self.young.len() >= self.limit;
        if age >= self.horizon || is_full {
            if age < self.horizon {
                self.forgotten_early += self.old.len() as u64;
            }
            self.old = mem::take(&mut self.young);
            if age >= self.horizon.saturating_mul(2) {
                self.old.clear();
            }
            self.born = now;
        }
        let old = self.old.get(&thing.0).copied().unwrap_or_default();
        if marks & !old == 0 {
            let young = self.young.get(&thing.0).copied().unwrap_or_default();
            return old | young;
        }
        let young = self.young.entry(thing.0).or_default();
        let known = old | *young;
        // What the older generation knows is forgotten with it.
        *young |= marks & !old;
        known
    }

    /// How many things are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many things were forgotten before their time.
    #[must_use]
    pub const fn forgotten_early(&self) -> u64 {
        self.forgotten_early
    }
}

/// 64 bits of everything.
fn fingerprint(ids: [&[u8]; 2]) -> u64 {
    let mut hash = 0x9E37_79B9_7F4A_7C15;
    for part in ids {
        hash = mix(hash ^ part.len() as u64);
        let (words, rest) = part.as_chunks::<8>();
        for word in words {
            hash = mix(hash ^ u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0_u8; 8];
            word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            hash = mix(hash ^ u64::from_le_bytes(word));
        }
    }
    hash
}

/// The finaliser of SplitMix64: every bit of the input moves every bit of the output.
pub(crate) const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Fingerprints are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mix(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
