//! Texts that were searched before: agents send the whole history with every call.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

use pii::{Context, Finding};
use twox_hash::{XxHash3_64, XxHash3_128};

/// Shorter texts are searched faster than looked up.
pub(super) const CACHED_MIN: usize = 256;
/// A text with more findings is not kept.
const FINDINGS_MAX: usize = 32;
/// How many locks there are.
const SHARDS: usize = 16;

/// What texts hold, by a hash of 128 bits with a seed of this process. The texts themselves are not kept.
#[derive(Debug)]
pub(super) struct Cache {
    seed: u64,
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
    /// A cache for so many texts.
    pub(super) fn new(entries: u32) -> Self {
        Self {
            seed: RandomState::new().hash_one(0u8),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            most: entries as usize / SHARDS / 2,
        }
    }

    /// What is found does not depend on the text alone, so neither does its hash.
    pub(super) fn hash(&self, text: &[u8], context: &Context<'_>) -> u128 {
        let place = XxHash3_64::oneshot_with_seed(self.seed ^ context.class as u64, context.key);
        XxHash3_128::oneshot_with_seed(self.seed.rotate_left(17) ^ place, text)
    }

    /// Appends what is known of a text; tells whether it is known.
    pub(super) fn get(&self, hash: u128, found: &mut Vec<Finding>) -> bool {
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
        if let Some(shard) = self.shard(hash) {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.put(hash, found.into(), self.most);
        }
    }

    fn shard(&self, hash: u128) -> Option<&Mutex<Shard>> {
        self.shards.get(hash as usize % SHARDS)
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
