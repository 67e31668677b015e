//! What was counted already.

use std::{
    collections::HashSet,
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

type Fingerprints = HashSet<u64, BuildHasherDefault<Identity>>;

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

    /// Whether this is seen for the first time; from now on it is known. `scope` keeps the things
    /// of one objective apart from those of another.
    pub fn is_new(&mut self, scope: u64, trace_id: &[u8], span_id: &[u8], now: Duration) -> bool {
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
        let fingerprint = fingerprint(scope, trace_id, span_id);
        !self.old.contains(&fingerprint) && self.young.insert(fingerprint)
    }

    /// Whether this is known, without making it known.
    #[must_use]
    pub fn knows(&self, scope: u64, trace_id: &[u8], span_id: &[u8]) -> bool {
        let fingerprint = fingerprint(scope, trace_id, span_id);
        self.old.contains(&fingerprint) || self.young.contains(&fingerprint)
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
fn fingerprint(scope: u64, trace_id: &[u8], span_id: &[u8]) -> u64 {
    let mut hash = mix(scope ^ 0x9E37_79B9_7F4A_7C15);
    for part in [trace_id, span_id] {
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
