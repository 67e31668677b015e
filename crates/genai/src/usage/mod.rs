//! Token usage in one meaning, whatever the sender's.

mod inclusion;
#[cfg(test)]
mod tests;

pub(crate) use self::inclusion::Reported;
pub use self::inclusion::{Accounting, Inclusion};

/// The tokens of one model call. `None` means that nobody said, which is not zero.
///
/// `input` and `output` are everything billed; the other counts are parts of them. The parts may
/// overlap each other (cached audio), so they are never summed. Unit: tokens, but for `web_searches`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All input tokens, those read from and written to a cache included.
    pub input: Option<u64>,
    /// All output tokens, reasoning included.
    pub output: Option<u64>,
    /// Of the input, what was read from a cache.
    pub cache_read: Option<u64>,
    /// Of the input, what was written to a cache, whatever its time to live.
    pub cache_write: Option<u64>,
    /// Of what was written to a cache, the part that lives an hour.
    pub cache_write_1h: Option<u64>,
    /// Of the output, reasoning.
    pub reasoning: Option<u64>,
    /// Of the input, audio.
    pub audio_input: Option<u64>,
    /// Of the output, audio.
    pub audio_output: Option<u64>,
    /// Of the input, images.
    pub image_input: Option<u64>,
    /// Of the output, images.
    pub image_output: Option<u64>,
    /// The total as the sender reported it; not used in sums.
    pub total: Option<u64>,
    /// Web searches billed per request.
    pub web_searches: Option<u64>,
}

impl Usage {
    /// Whether there are tokens to count at all.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.input.is_some() || self.output.is_some()
    }

    /// Takes from `other` what is not known here.
    pub fn fill(&mut self, other: &Self) {
        // A part that exceeds its whole belongs to other wholes.
        let fits = |part: Option<u64>, whole: Option<u64>| {
            part.filter(|part| whole.is_none_or(|whole| *part <= whole))
        };
        self.input = self.input.or(other.input);
        self.output = self.output.or(other.output);
        self.cache_read = self.cache_read.or(fits(other.cache_read, self.input));
        self.cache_write = self.cache_write.or(fits(other.cache_write, self.input));
        self.cache_write_1h = self.cache_write_1h.or(fits(other.cache_write_1h, self.cache_write));
        self.reasoning = self.reasoning.or(fits(other.reasoning, self.output));
        self.audio_input = self.audio_input.or(fits(other.audio_input, self.input));
        self.audio_output = self.audio_output.or(fits(other.audio_output, self.output));
        self.image_input = self.image_input.or(fits(other.image_input, self.input));
        self.image_output = self.image_output.or(fits(other.image_output, self.output));
        self.total = self.total.or(other.total);
        self.web_searches = self.web_searches.or(other.web_searches);
    }
}
