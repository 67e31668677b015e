//! Rates out of the price calculator, which tells only prices of whole calls.
//!
//! The calculator takes about ten microseconds, too long for every call. So it is asked for calls of a
//! thousand tokens of one kind, once for each model, and for calls of growing size to find where rates
//! change.

use std::time::SystemTime;

use genai_prices::{Calculator, PriceRequest, Usage, UsageKey};
use smallvec::SmallVec;

use super::{
    Tier,
    card::{Card, Rates},
};

/// Where rates may change lies between two of these.
const SIZES: [u64; 12] = [
    1 << 10,
    1 << 13,
    1 << 14,
    1 << 15,
    1 << 16,
    1 << 17,
    1 << 18,
    1 << 19,
    1 << 20,
    1 << 21,
    1 << 22,
    1 << 23,
];
/// How many changes of rates are told apart.
const STEPS_MAX: usize = 8;

/// The rates of a model; none if the table has none, or only such of 0, which stand for subscriptions
/// and unknown prices.
pub(super) fn card(
    calculator: &Calculator,
    provider: &str,
    model: &str,
    tier: Tier,
    at: SystemTime,
) -> Option<Card> {
    let probe = Probe { calculator, provider, model, tier, at };
    let [smallest, ..] = SIZES;
    let first = probe.rates(smallest)?;
    let mut steps: SmallVec<[(u64, Rates); 1]> = SmallVec::from_slice(&[(0, first)]);
    for window in SIZES.windows(2) {
        if let [low, high] = window {
            probe.find_steps((*low, probe.mixed(*low)?), (*high, probe.mixed(*high)?), &mut steps);
        }
    }
    let is_priced =
        steps.iter().any(|(_, rates)| rates.input.max(rates.output).max(rates.request) > 0.0);
    is_priced.then_some(Card(steps))
}

struct Probe<'p> {
    calculator: &'p Calculator,
    provider: &'p str,
    model: &'p str,
    tier: Tier,
    at: SystemTime,
}

impl Probe<'_> {
    fn price(&self, usage: &[(UsageKey, u64)]) -> Option<f64> {
        let usage: Usage = usage.iter().fold(Usage::new(), |mut all, (key, count)| {
            all.insert(key.clone(), *count as f64);
            all
        });
        let request = PriceRequest::new(self.model, &usage)
            .with_provider_id(self.provider)
            .with_timestamp(self.at);
        let request = match self.tier {
            Tier::Standard => request,
            Tier::Flex => request.with_price_context("service_tier", "flex"),
            Tier::Priority => request.with_price_context("service_tier", "priority"),
            Tier::Fast => request.with_price_context("service_tier", "fast"),
            Tier::Batch => request.with_price_context("processing", "batch"),
        };
        let price = self.calculator.calculate(&request).ok()?.total_price;
        price.is_finite().then_some(price.max(0.0))
    }

    /// The price of a token when the input and the output are that large.
    fn mixed(&self, size: u64) -> Option<f64> {
        let price =
            self.price(&[(UsageKey::INPUT_TOKENS, size), (UsageKey::OUTPUT_TOKENS, size)])?;
        Some(price / size as f64)
    }

    /// Finds the sizes between two at which rates change.
    fn find_steps(
        &self,
        low: (u64, f64),
        high: (u64, f64),
        steps: &mut SmallVec<[(u64, Rates); 1]>,
    ) {
        if is_same(low.1, high.1) || steps.len() > STEPS_MAX {
            return;
        }
        if high.0 - low.0 == 1 {
            if let Some(rates) = self.rates(high.0) {
                steps.push((high.0, rates));
            }
            return;
        }
        let size = low.0.midpoint(high.0);
        if let Some(mixed) = self.mixed(size) {
            self.find_steps(low, (size, mixed), steps);
            self.find_steps((size, mixed), high, steps);
        }
    }

    /// The rates for an input of that size.
    fn rates(&self, size: u64) -> Option<Rates> {
        let input = UsageKey::INPUT_TOKENS;
        let output = UsageKey::OUTPUT_TOKENS;
        let request = self.price(&[(input.clone(), 0)]).unwrap_or(0.0);
        let base = self.price(&[(input.clone(), size)])?;
        let count = size as f64;
        let part = |keys: &[UsageKey], otherwise: f64| {
            let mut usage = vec![(input.clone(), size)];
            usage.extend(keys.iter().map(|key| (key.clone(), size)));
            self.price(&usage).map_or(otherwise, |price| (price - request) / count)
        };
        let more = |keys: &[UsageKey], otherwise: f64| {
            let mut usage = vec![(input.clone(), size), (output.clone(), size)];
            usage.extend(keys.iter().map(|key| (key.clone(), size)));
            self.price(&usage).map_or(otherwise, |price| (price - base) / count)
        };
        let plain = (base - request) / count;
        let answer = more(&[], 0.0);
        let write = part(&[UsageKey::CACHE_WRITE_TOKENS], plain);
        let search = self.price(&[(input.clone(), size), (UsageKey::WEB_SEARCHES, 1000)]);
        Some(Rates {
            input: plain,
            output: answer,
            cache_read: part(&[UsageKey::CACHE_READ_TOKENS], plain),
            cache_write: write,
            cache_write_1h: part(
                &[UsageKey::CACHE_WRITE_TOKENS, UsageKey::CACHE_WRITE_1H_TOKENS],
                write,
            ),
            reasoning: more(&[UsageKey::OUTPUT_REASONING_TOKENS], answer),
            audio_input: part(&[UsageKey::INPUT_AUDIO_TOKENS], plain),
            audio_output: more(&[UsageKey::OUTPUT_AUDIO_TOKENS], answer),
            image_input: part(&[UsageKey::INPUT_IMAGE_TOKENS], plain),
            image_output: more(&[UsageKey::OUTPUT_IMAGE_TOKENS], answer),
            web_search: search.map_or(0.0, |price| (price - base) / 1000.0),
            request,
        })
    }
}

/// Whether two rates are one, but for rounding.
fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= a.abs().max(b.abs()) * 1e-9
}
