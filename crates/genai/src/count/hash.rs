//! Hashes of names, and maps by them.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, Hasher, RandomState},
};

/// Hashes bytes; never 0, which stands for nothing.
#[must_use]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut mix = Mix::new(bytes.len() as u64);
    let Some(last) = bytes.last_chunk::<8>() else {
        mix.add(bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)));
        return mix.finish();
    };
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        mix.add(u64::from_le_bytes(*chunk));
    }
    if !rest.is_empty() {
        // The length is in it already, so what overlaps tells nothing new and hides nothing.
        mix.add(u64::from_le_bytes(*last));
    }
    mix.finish()
}

/// Mixes numbers into one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mix(u64);

impl Mix {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn add(&mut self, number: u64) {
        // Folded multiplication, as in wyhash.
        let product = u128::from(self.0 ^ number) * 0xa076_1d64_78bd_642f;
        self.0 = (product as u64) ^ ((product >> 64) as u64) ^ number.rotate_left(32);
    }

    pub(crate) fn finish(self) -> u64 {
        let mut last = self;
        last.add(0xe703_7ed1_a0b4_28db);
        last.0.max(1)
    }
}

/// Builds hashers of keys that are hashes or ids already. The seed differs from process to process, so
/// that nobody can choose keys that collide.
#[derive(Clone, Debug)]
pub(super) struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Fold;

    fn build_hasher(&self) -> Fold {
        Fold(Mix(self.0))
    }
}

/// A hasher of numbers.
#[derive(Debug)]
pub(super) struct Fold(Mix);

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        self.0.add(hash(bytes));
    }

    fn write_u32(&mut self, number: u32) {
        self.0.add(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0.add(number);
    }

    fn write_u128(&mut self, number: u128) {
        self.0.add(number as u64);
        self.0.add((number >> 64) as u64);
    }

    fn write_usize(&mut self, number: usize) {
        self.0.add(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0.finish()
    }
}

/// A map by such keys.
pub(super) type Map<K, V> = HashMap<K, V, Seeded>;
/// A set of such keys.
pub(super) type Set<K> = HashSet<K, Seeded>;
