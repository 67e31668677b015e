//! Hashes that every instance and every release agrees on.

use pdata::views::Attributes;

/// FNV-1a, then mixed. It is spelled out here, and a test holds three of its values.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let each = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    mix(bytes.iter().fold(0xcbf2_9ce4_8422_2325, each))
}

/// One hash of two, whose order matters.
pub(crate) fn combine(one: u64, other: u64) -> u64 {
    mix(one.rotate_left(23) ^ other)
}

/// Attributes in whatever order.
pub(crate) fn hash_attributes(attributes: Attributes<'_>) -> u64 {
    let pairs = attributes.iter();
    pairs.fold(0, |sum, pair| sum.wrapping_add(combine(hash(pair.key), hash(pair.value_message))))
}

/// The finish of SplitMix64 (Steele et al. 2014).
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
