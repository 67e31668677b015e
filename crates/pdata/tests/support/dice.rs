//! Where the generators get their choices from.

use proptest::prelude::*;

/// A finite row of throws. When it is used up every throw is zero, and zero always means the
/// smallest choice, so what is generated is finite and shrinks with the row.
#[derive(Clone)]
pub(crate) struct Dice {
    throws: Vec<u8>,
    at: usize,
}

/// Dice for proptest.
pub(crate) fn dice() -> impl Strategy<Value = Dice> {
    proptest::collection::vec(any::<u8>(), 0..3000).prop_map(Dice::new)
}

impl std::fmt::Debug for Dice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dice({:?})", self.throws)
    }
}

impl Dice {
    pub(crate) fn new(throws: Vec<u8>) -> Self {
        Self { throws, at: 0 }
    }

    fn byte(&mut self) -> u8 {
        let byte = self.throws.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    /// Less than `limit`, which is at most 256.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.once_in(2)
    }

    /// Small, large, and at the edges of varints.
    pub(crate) fn number(&mut self) -> u64 {
        match self.below(6) {
            0 => 0,
            1 | 2 => u64::from(self.byte()),
            3 => 1 << self.below(64),
            4 => u64::MAX - u64::from(self.byte()),
            _ => (0..8).fold(0, |number, _| number << 8 | u64::from(self.byte())),
        }
    }

    pub(crate) fn signed(&mut self) -> i64 {
        self.number().cast_signed()
    }

    pub(crate) fn uint32(&mut self) -> u32 {
        self.number() as u32
    }

    pub(crate) fn int32(&mut self) -> i32 {
        self.number() as i32
    }

    /// Never NaN, which equals nothing.
    pub(crate) fn double(&mut self) -> f64 {
        self.signed() as f64 / 8.0
    }

    pub(crate) fn text(&mut self) -> String {
        let length = match self.below(8) {
            7 => 120 + self.below(140),
            short => short,
        };
        (0..length).map(|_| *["a", "b", ".", "é"].get(self.below(4)).unwrap()).collect()
    }

    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.byte()).collect()
    }

    /// Empty or of this length.
    pub(crate) fn id(&mut self, length: usize) -> Vec<u8> {
        if self.flag() { vec![self.byte(); length] } else { Vec::new() }
    }

    /// At most so many.
    pub(crate) fn many<T>(&mut self, most: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| one(self)).collect()
    }

    pub(crate) fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.flag() { Some(one(self)) } else { None }
    }
}
