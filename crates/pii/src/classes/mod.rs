//! Which bytes are of which class, 64 at once.
//!
//! All that follows works on bit masks, so clean text costs no work for each byte. The masks are made
//! with AVX2 where the processor has it and with a table elsewhere; the results are the same.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod scalar;
#[cfg(test)]
mod tests;

/// Bytes looked at together; bit `n` of a mask stands for byte `n`.
pub(crate) const BLOCK: usize = 64;

/// The classes of the bytes of one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `0` to `9`.
    pub digit: u64,
    /// `A` to `Z`.
    pub upper: u64,
    /// `a` to `z`.
    pub lower: u64,
    /// `-` and `_`.
    pub dash: u64,
    /// `.`
    pub dot: u64,
    /// `:`, `=` and `>`, behind which the value of a key may stand.
    pub assign: u64,
    /// `@`
    pub at: u64,
    /// Space, tab, line feed, carriage return.
    pub space: u64,
    /// `%`, `\` and `&`, which begin escapes.
    pub escape: u64,
    /// First bytes of the UTF-8 sequences that may stand for an ASCII character.
    pub fold: u64,
    /// What is no ASCII.
    pub high: u64,
}

impl Masks {
    /// Bytes that make up tokens.
    #[inline]
    pub(crate) fn token(&self) -> u64 {
        self.digit | self.upper | self.lower | self.dash
    }

    /// Bytes of no class: brackets, quotes, most of UTF-8.
    #[inline]
    pub(crate) fn other(&self) -> u64 {
        !(self.token() | self.dot | self.assign | self.at | self.space | self.escape | self.fold)
    }

    /// Bytes that make up words: letters of any script and digits.
    #[inline]
    pub(crate) fn letter(&self) -> u64 {
        self.digit | self.upper | self.lower | self.high
    }
}

/// How blocks are classified on this processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// A table of 256 entries.
    Scalar,
    /// 32 bytes at once.
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Level {
    /// The fastest that this processor has.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if avx2::available() {
            return Self::Avx2;
        }
        Self::Scalar
    }

    /// The masks of a block.
    #[inline]
    pub(crate) fn classify(self, block: &[u8; BLOCK]) -> Masks {
        match self {
            Self::Scalar => scalar::classify(block),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => avx2::classify(block),
        }
    }

    /// The masks of the block of `text` that begins at `start`; what is missing reads as zero bytes.
    #[inline]
    pub(crate) fn block(self, text: &[u8], start: usize) -> Masks {
        block(text, start, |block| self.classify(block))
    }

    /// Runs a pass over all blocks of a text.
    #[inline]
    pub(crate) fn run(self, pass: &mut impl Pass) {
        match self {
            Self::Scalar => pass.run(scalar::classify),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => avx2::run(pass),
        }
    }
}

/// What is compiled anew for each [`Level`], with all instructions that the processor has.
pub(crate) trait Pass {
    /// Runs with this way to classify a block. To be inlined always.
    fn run(&mut self, classify: impl Fn(&[u8; BLOCK]) -> Masks);
}

/// The masks of the block of `text` that begins at `start`; what is missing reads as zero bytes.
#[inline(always)]
pub(crate) fn block(text: &[u8], start: usize, classify: impl Fn(&[u8; BLOCK]) -> Masks) -> Masks {
    let rest = text.get(start..).unwrap_or_default();
    let mut last = [0; BLOCK];
    let block = match rest.first_chunk::<BLOCK>() {
        Some(block) => block,
        None if rest.is_empty() => return Masks::default(),
        None => {
            if let Some(to) = last.get_mut(..rest.len()) {
                to.copy_from_slice(rest);
            }
            &last
        }
    };
    classify(block)
}
