//! Sets of words that are known when the program is made.

/// Words by their first byte; nearly every other word is told by that and its length.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// For each first byte one bit for each length, up to 31.
    lengths: [u32; 256],
    words: Vec<Vec<&'static [u8]>>,
}

impl Lexicon {
    /// The words of `list`, which white space separates; each is at most 31 bytes long.
    pub(crate) fn new(list: &'static str) -> Self {
        let mut all = Self { lengths: [0; 256], words: vec![Vec::new(); 256] };
        for word in list.split_ascii_whitespace().map(str::as_bytes) {
            let first = word.first().map_or(0, |first| usize::from(*first));
            if let (Some(lengths), Some(words)) =
                (all.lengths.get_mut(first), all.words.get_mut(first))
            {
                *lengths |= 1 << word.len().min(31);
                words.push(word);
            }
        }
        all
    }

    /// Whether it has `word`, in this letter case.
    #[inline]
    pub(crate) fn has(&self, word: &[u8]) -> bool {
        let Some(first) = word.first() else { return false };
        let first = usize::from(*first);
        let may = self.lengths.get(first).is_some_and(|bits| bits >> word.len().min(31) & 1 == 1);
        may && self.words.get(first).is_some_and(|words| words.contains(&word))
    }
}
