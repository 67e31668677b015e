//! Rates and what they come to.

use smallvec::SmallVec;

use crate::Usage;

/// US dollars for each token, and for each web search.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rates {
    pub(super) input: f64,
    pub(super) output: f64,
    pub(super) cache_read: f64,
    pub(super) cache_write: f64,
    pub(super) cache_write_1h: f64,
    pub(super) reasoning: f64,
    pub(super) audio_input: f64,
    pub(super) audio_output: f64,
    pub(super) image_input: f64,
    pub(super) image_output: f64,
    pub(super) web_search: f64,
    /// For the request itself.
    pub(super) request: f64,
}

/// Rates by the size of the input: the last step that starts at or below it holds for the whole call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Card(pub(super) SmallVec<[(u64, Rates); 1]>);

impl Card {
    /// US dollars; `None` without tokens.
    ///
    /// What is cached, audio or an image is taken out of the input and priced by itself, and likewise
    /// for the output. Cache writes without a known time to live are of five minutes.
    pub(super) fn cost(&self, usage: &Usage) -> Option<f64> {
        if !usage.is_known() {
            return None;
        }
        let count = |count: Option<u64>| count.unwrap_or(0);
        let (input, output) = (count(usage.input), count(usage.output));
        let mut steps = self.0.iter().rev();
        let (_, rates) = steps.find(|(start, _)| *start <= input).or(self.0.first())?;
        let mut cost = rates.request + count(usage.web_searches) as f64 * rates.web_search;

        let hour = count(usage.cache_write_1h).min(count(usage.cache_write));
        let mut left = input;
        let parts = [
            (count(usage.cache_read), rates.cache_read),
            (count(usage.cache_write) - hour, rates.cache_write),
            (hour, rates.cache_write_1h),
            (count(usage.audio_input), rates.audio_input),
            (count(usage.image_input), rates.image_input),
        ];
        for (tokens, rate) in parts {
            cost += take(&mut left, tokens, rate);
        }
        cost += left as f64 * rates.input;

        let mut left = output;
        let parts = [
            (count(usage.reasoning), rates.reasoning),
            (count(usage.audio_output), rates.audio_output),
            (count(usage.image_output), rates.image_output),
        ];
        for (tokens, rate) in parts {
            cost += take(&mut left, tokens, rate);
        }
        Some(cost + left as f64 * rates.output).filter(|cost| cost.is_finite())
    }
}

/// The cost of a part, which is taken out of what is left of the whole.
fn take(left: &mut u64, tokens: u64, rate: f64) -> f64 {
    let tokens = tokens.min(*left);
    *left -= tokens;
    tokens as f64 * rate
}
