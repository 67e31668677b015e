//! Short texts shared by those who have the same.

use std::sync::Arc;

/// Longer ones are cut.
const TEXT_MAX: usize = 128;
/// How many are remembered; others are kept by whoever has them.
const TEXTS: usize = 64;

/// The texts met last: names of services and agents, which are few, are kept once.
#[derive(Debug)]
pub(super) struct Texts {
    known: Vec<Arc<[u8]>>,
    empty: Arc<[u8]>,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self { known: Vec::new(), empty: Arc::from([]) }
    }

    pub(super) fn empty(&self) -> Arc<[u8]> {
        self.empty.clone()
    }

    /// A text that others may have too.
    pub(super) fn shared(&mut self, text: &[u8]) -> Arc<[u8]> {
        if text.is_empty() {
            return self.empty();
        }
        let text = cut(text);
        if self.known.is_empty() {
            self.known.resize(TEXTS, self.empty());
        }
        let hash = text
            .iter()
            .fold(text.len(), |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        match self.known.get_mut(hash % TEXTS) {
            Some(known) if **known == *text => known.clone(),
            Some(known) => {
                *known = Arc::from(text);
                known.clone()
            }
            None => self.empty(),
        }
    }

    /// A text of one run alone.
    pub(super) fn own(&self, text: &[u8]) -> Arc<[u8]> {
        if text.is_empty() { self.empty() } else { Arc::from(cut(text)) }
    }
}

/// Its first bytes, at most, without half a character at the end.
pub(super) fn cut(text: &[u8]) -> &[u8] {
    let mut end = text.len().min(TEXT_MAX);
    while end < text.len() && text.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) && end > 0 {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
