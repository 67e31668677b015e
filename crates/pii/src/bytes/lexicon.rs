//! Sets of words that are known when the program is made.

/// Words by their first byte; nearly every other word is told by its first two bytes, its last and its length.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// One bit for each hash of these.
    bits: Vec<u64>,
    words: Vec<Vec<&'static [u8]>>,
}

impl Lexicon {
    /// The words of `list`, which white space separates.
    pub(crate) fn new(list: &'static str) -> Self {
        let mut all = Self { bits: vec![0; BITS / 64], words: vec![Vec::new(); 256] };
        for word in list.split_ascii_whitespace().map(str::as_bytes) {
            let first = word.first().map_or(0, |first| usize::from(*first));
            let bit = hash(word);
            if let (Some(bits), Some(words)) =
                (all.bits.get_mut(bit / 64), all.words.get_mut(first))
            {
                *bits |= 1 << (bit % 64);
                words.push(word);
            }
        }
        all
    }

    /// Whether it has `word`, in this letter case.
    #[inline]
    pub(crate) fn has(&self, word: &[u8]) -> bool {
        let bit = hash(word);
        let may = self.bits.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1);
        may && self.holds(word)
    }

    fn holds(&self, word: &[u8]) -> bool {
        let first = word.first().and_then(|first| self.words.get(usize::from(*first)));
        first.is_some_and(|words| words.contains(&word))
    }
}

/// Bits of the map.
const BITS: usize = 1 << 13;

#[inline]
fn hash(word: &[u8]) -> usize {
    let byte = |at: usize| word.get(at).map_or(0, |byte| u32::from(*byte));
    let last = word.last().map_or(0, |byte| u32::from(*byte));
    let all = byte(0) | byte(1) << 8 | last << 16 | (word.len() as u32) << 24;
    (all.wrapping_mul(0x9E37_79B9) >> 19) as usize % BITS
}
