//! What was searched before: agents send the same attributes with every span, and the whole history with
//! every call.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use pii::{Context, Finding};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

/// Shorter texts are known together with their attribute, not by themselves.
pub(super) const CACHED_MIN: usize = 256;
/// A text with more findings is not kept.
const FINDINGS_MAX: usize = 32;
/// How many locks there are.
const SHARDS: usize = 16;

/// What texts hold, by a hash of 128 bits with a seed of this process. The texts themselves are not kept.
#[derive(Debug)]
pub(super) struct Cache {
    seed: u64,
    /// What holds nothing, and what holds something.
    known: Known,
    /// What the latter holds.
    shards: Vec<Mutex<Shard>>,
    /// How many texts one half of a shard may hold.
    most: usize,
}

/// Two generations: when the young one is full the old one goes.
#[derive(Debug, Default)]
struct Shard {
    young: HashMap<u128, Box<[Finding]>>,
    old: HashMap<u128, Box<[Finding]>>,
}

impl Cache {
    /// A cache for so many texts with findings, and about as many without.
    pub(super) fn new(entries: u32) -> Self {
        Self {
            seed: RandomState::new().hash_one(0u8),
            known: Known::new(entries),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            most: entries as usize / SHARDS / 2,
        }
    }

    /// What is found does not depend on the text alone, so neither does its hash.
    pub(super) fn hash(&self, text: &[u8], context: &Context<'_>) -> u128 {
        let place = xxh3_64_with_seed(context.key, self.seed ^ context.class as u64);
        xxh3_128_with_seed(text, self.seed.rotate_left(17) ^ place)
    }

    /// The hash of something whole that stands at a place which a number tells from all others.
    #[inline]
    pub(super) fn hash_at(&self, place: u64, bytes: &[u8]) -> u128 {
        let seed = self.seed.rotate_left(31) ^ place.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        xxh3_128_with_seed(bytes, seed)
    }

    /// Whether it is known that something holds nothing.
    #[inline]
    pub(super) fn is_clean(&self, hash: u128) -> bool {
        self.known.get(hash) == Some(0)
    }

    /// Notes that something holds nothing.
    pub(super) fn note_clean(&self, hash: u128) {
        self.known.put(hash, 0);
    }

    /// Appends what is known of a text; tells whether it is known.
    pub(super) fn get(&self, hash: u128, found: &mut Vec<Finding>) -> bool {
        let holds_some = match self.known.get(hash) {
            None => return false,
            Some(note) => note != 0,
        };
        if !holds_some {
            return true;
        }
        let Some(shard) = self.shard(hash) else { return false };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shard.young.get(&hash) {
            found.extend_from_slice(known);
            return true;
        }
        let Some(known) = shard.old.remove(&hash) else { return false };
        found.extend_from_slice(&known);
        shard.put(hash, known, self.most);
        true
    }

    /// Keeps what was found in a text.
    pub(super) fn put(&self, hash: u128, found: &[Finding]) {
        if found.len() > FINDINGS_MAX || self.most == 0 {
            return;
        }
        self.known.put(hash, u8::from(!found.is_empty()));
        if let (Some(shard), false) = (self.shard(hash), found.is_empty()) {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.put(hash, found.into(), self.most);
        }
    }

    fn shard(&self, hash: u128) -> Option<&Mutex<Shard>> {
        self.shards.get((hash >> 64) as usize % SHARDS)
    }
}

impl Shard {
    fn put(&mut self, hash: u128, found: Box<[Finding]>, most: usize) {
        if self.young.len() >= most {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, found);
    }
}

/// What keys of attributes say, by their hash: most come with every span.
#[derive(Debug)]
pub(super) struct Keys {
    seed: u64,
    known: Known,
}

/// How many keys are known at once.
const KEYS: u32 = 4096;

impl Keys {
    pub(super) fn new() -> Self {
        Self { seed: RandomState::new().hash_one(0u8), known: Known::new(KEYS) }
    }

    /// What is known of a key, or else what `read` makes of it: four bits.
    #[inline]
    pub(super) fn get(&self, key: &[u8], read: impl FnOnce() -> u8) -> u8 {
        let hash = xxh3_128_with_seed(key, self.seed);
        self.known.get(hash).unwrap_or_else(|| {
            let note = read();
            self.known.put(hash, note);
            note
        })
    }
}

/// Hashes, each with a number of four bits that stands in place of its last four: no lock, no memory but
/// the table, and what is new takes the place of something old.
///
/// A hash and a number are written in two halves. Two threads that write at once may leave halves of
/// different hashes; that such a pair is another's hash is as unlikely as any two hashes being the same.
#[derive(Debug)]
struct Known(Box<[Set]>);

/// One line of the processor's cache.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Set([[AtomicU64; 2]; 4]);

impl Known {
    fn new(entries: u32) -> Self {
        let sets = (entries / 4).max(1).next_power_of_two();
        Self((0..sets).map(|_| Set::default()).collect())
    }

    #[inline]
    fn get(&self, hash: u128) -> Option<u8> {
        let [low, high] = halves(hash);
        let set = self.set(low)?;
        let of = |[l, h]: &[AtomicU64; 2]| {
            let note = h.load(Ordering::Relaxed) ^ high;
            (l.load(Ordering::Relaxed) == low && note < 16).then_some(note as u8)
        };
        set.0.iter().find_map(of)
    }

    fn put(&self, hash: u128, note: u8) {
        let [low, high] = halves(hash);
        let Some(set) = self.set(low) else { return };
        let is_free = |[l, h]: &&[AtomicU64; 2]| {
            let l = l.load(Ordering::Relaxed);
            l == 0 || (l == low && h.load(Ordering::Relaxed) ^ high < 16)
        };
        let any = || set.0.get((high >> 4) as usize % set.0.len());
        if let Some([l, h]) = set.0.iter().find(is_free).or_else(any) {
            l.store(low, Ordering::Relaxed);
            h.store(high | u64::from(note & 15), Ordering::Relaxed);
        }
    }

    #[inline]
    fn set(&self, low: u64) -> Option<&Set> {
        self.0.get(low as usize & (self.0.len() - 1))
    }
}

/// The halves of a hash, with room for a number.
#[inline]
fn halves(hash: u128) -> [u64; 2] {
    [hash as u64, (hash >> 64) as u64 & !15]
}
