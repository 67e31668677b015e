//! The one place where decompressed bytes are allocated.

use bytes::Bytes;

use super::DecompressError;

/// How far a body may grow when decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecompressLimits {
    /// The longest result, in bytes.
    pub max_size: usize,
    /// The highest ratio of result to input, applied once the result passes `ratio_floor`.
    pub max_ratio: usize,
    /// Results up to this many bytes are never judged by their ratio.
    pub ratio_floor: usize,
}

impl DecompressLimits {
    /// The highest ratio unless said otherwise. DEFLATE itself ends at 1032.
    pub const DEFAULT_MAX_RATIO: usize = 1000;
    /// Results up to 8 MiB are not judged by their ratio: repetitive telemetry packs very well.
    pub const DEFAULT_RATIO_FLOOR: usize = 8 << 20;

    /// The default ratio with this longest result, in bytes.
    #[must_use]
    pub const fn with_max_size(max_size: usize) -> Self {
        Self {
            max_size,
            max_ratio: Self::DEFAULT_MAX_RATIO,
            ratio_floor: Self::DEFAULT_RATIO_FLOOR,
        }
    }
}

/// First allocation when nothing is known of the size.
const FIRST_CHUNK: usize = 16 << 10;
/// A size claimed by the input is believed up to this many times the input's own length.
const TRUSTED_RATIO: usize = 64;

/// A growing result that stops at its limits and accounts for every byte before it allocates it.
pub(super) struct Output<'a> {
    bytes: Vec<u8>,
    input_len: usize,
    limits: DecompressLimits,
    ceiling: usize,
    taken: usize,
    take: &'a mut (dyn FnMut(usize) -> bool + Send),
}

impl<'a> Output<'a> {
    pub(super) fn new(
        input_len: usize,
        limits: DecompressLimits,
        take: &'a mut (dyn FnMut(usize) -> bool + Send),
    ) -> Self {
        let by_ratio = input_len.saturating_mul(limits.max_ratio).max(limits.ratio_floor);
        let ceiling = limits.max_size.min(by_ratio);
        Self { bytes: Vec::new(), input_len, limits, ceiling, taken: 0, take }
    }

    /// Prepares for a result of `claimed` bytes, as far as the claim is credible.
    pub(super) fn hint(&mut self, claimed: usize) -> Result<(), DecompressError> {
        let credible = self.input_len.saturating_mul(TRUSTED_RATIO).max(FIRST_CHUNK);
        self.grow_to(claimed.min(credible).min(self.ceiling.saturating_add(1)))
    }

    /// Prepares for exactly `len` more bytes, or says that they are too many.
    pub(super) fn reserve_exact(&mut self, len: usize) -> Result<(), DecompressError> {
        let target = self.bytes.len().saturating_add(len);
        if target > self.ceiling {
            return Err(self.too_large());
        }
        self.grow_to(target)
    }

    /// Makes room for at least one more byte. One byte over the ceiling is allowed, so that a
    /// decoder can show that it has more to give.
    pub(super) fn make_room(&mut self) -> Result<(), DecompressError> {
        self.check()?;
        if self.bytes.len() < self.bytes.capacity() {
            return Ok(());
        }
        let doubled = self.bytes.capacity().saturating_mul(2).max(FIRST_CHUNK);
        self.grow_to(doubled.min(self.ceiling.saturating_add(1)))
    }

    /// The error if the result is already over its ceiling.
    pub(super) fn check(&self) -> Result<(), DecompressError> {
        if self.bytes.len() > self.ceiling { Err(self.too_large()) } else { Ok(()) }
    }

    /// The result so far; decoders append to its spare capacity.
    pub(super) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The finished result.
    pub(super) fn finish(mut self) -> Result<Bytes, DecompressError> {
        self.check()?;
        if self.bytes.capacity() > self.bytes.len().saturating_mul(2) {
            self.bytes.shrink_to_fit();
        }
        Ok(Bytes::from(self.bytes))
    }

    fn grow_to(&mut self, capacity: usize) -> Result<(), DecompressError> {
        if capacity <= self.bytes.capacity() {
            return Ok(());
        }
        let additional = capacity.saturating_sub(self.taken);
        if additional > 0 && !(self.take)(additional) {
            return Err(DecompressError::OverBudget);
        }
        self.taken = self.taken.max(capacity);
        self.bytes.reserve_exact(capacity - self.bytes.len());
        Ok(())
    }

    fn too_large(&self) -> DecompressError {
        if self.ceiling >= self.limits.max_size {
            DecompressError::TooLarge { limit: self.limits.max_size }
        } else {
            DecompressError::RatioTooHigh {
                compressed: self.input_len,
                max_ratio: self.limits.max_ratio,
            }
        }
    }
}
