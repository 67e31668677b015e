//! Tokens in little room.

use super::Mix;
use crate::Usage;

/// A [`Usage`] in 44 bytes. Counts above 4,294,967,294 are kept as that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed([u32; COUNTS]);

const COUNTS: usize = 11;
const UNKNOWN: u32 = u32::MAX;

impl Default for Packed {
    fn default() -> Self {
        Self([UNKNOWN; COUNTS])
    }
}

impl Packed {
    /// Packs; the reported total is left out.
    #[must_use]
    pub fn new(usage: &Usage) -> Self {
        let pack = |count: Option<u64>| {
            count.map_or(UNKNOWN, |count| u32::try_from(count).unwrap_or(UNKNOWN).min(UNKNOWN - 1))
        };
        Self([
            pack(usage.input),
            pack(usage.output),
            pack(usage.cache_read),
            pack(usage.cache_write),
            pack(usage.cache_write_1h),
            pack(usage.reasoning),
            pack(usage.audio_input),
            pack(usage.audio_output),
            pack(usage.image_input),
            pack(usage.image_output),
            pack(usage.web_searches),
        ])
    }

    /// Unpacks.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let [input, output, cache_read, cache_write, cache_write_1h, reasoning, rest @ ..] = self.0;
        let [audio_input, audio_output, image_input, image_output, web_searches] = rest;
        let unpack = |count: u32| (count != UNKNOWN).then_some(u64::from(count));
        Usage {
            input: unpack(input),
            output: unpack(output),
            cache_read: unpack(cache_read),
            cache_write: unpack(cache_write),
            cache_write_1h: unpack(cache_write_1h),
            reasoning: unpack(reasoning),
            audio_input: unpack(audio_input),
            audio_output: unpack(audio_output),
            image_input: unpack(image_input),
            image_output: unpack(image_output),
            total: None,
            web_searches: unpack(web_searches),
        }
    }

    /// Input, output, what was read from and written to a cache, reasoning; `None` where nobody said.
    #[must_use]
    #[inline]
    pub fn principal(&self) -> [Option<u32>; 5] {
        let [input, output, cache_read, cache_write, _, reasoning, ..] = self.0;
        let counts = [input, output, cache_read, cache_write, reasoning];
        counts.map(|count| (count != UNKNOWN).then_some(count))
    }

    /// Whether input or output is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        let [input, output, ..] = self.0;
        input != UNKNOWN || output != UNKNOWN
    }

    /// Input and output as they are packed, for keys.
    pub(super) fn main(&self) -> [u64; 2] {
        let [input, output, ..] = self.0;
        [u64::from(input), u64::from(output)]
    }

    /// How many of the counts are known.
    pub(super) fn known(&self) -> usize {
        self.0.iter().filter(|count| **count != UNKNOWN).count()
    }

    pub(super) fn mix(&self, into: &mut Mix) {
        self.0.iter().for_each(|count| into.add(u64::from(*count)));
    }
}
