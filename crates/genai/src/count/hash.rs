//! Hashes that are the same in every process, so that instances agree.

/// Hashes bytes; never 0, which stands for nothing.
#[must_use]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut mix = Mix::new(bytes.len() as u64);
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        mix.add(u64::from_le_bytes(*chunk));
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    mix.add(u64::from_le_bytes(last));
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
