//! Hashes of keys, which are random numbers already unless someone chooses them.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Builds hashers with a seed that differs from tracker to tracker, so that nobody can choose trace ids
/// that collide.
#[derive(Clone, Debug)]
pub(super) struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Fold;

    #[inline]
    fn build_hasher(&self) -> Fold {
        Fold(self.0)
    }
}

/// Multiplies each number in, and folds the halves of the product onto each other.
#[derive(Debug)]
pub(super) struct Fold(u64);

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    #[inline]
    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number) * 0xa076_1d64_78bd_642f;
        self.0 = (product as u64) ^ ((product >> 64) as u64) ^ number.rotate_left(32);
    }

    #[inline]
    fn finish(&self) -> u64 {
        let product = u128::from(self.0 ^ 0xe703_7ed1_a0b4_28db) * 0xa076_1d64_78bd_642f;
        (product as u64) ^ ((product >> 64) as u64)
    }
}
