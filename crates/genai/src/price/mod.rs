//! What a call costs.
//!
//! The table is that of the crate `genai-prices`, built in, or one loaded in its format or LiteLLM's. A
//! model's price is worked out once for each day and tier and kept as a card of rates; after that a
//! price is a look-up and a cost a few multiplications.

mod card;
mod litellm;
mod names;
mod probe;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::{SystemTime, UNIX_EPOCH},
};

use genai_prices::Calculator;

use self::{card::Card, litellm::LiteLlm};
use crate::{Provider, Usage, count::Mix};

/// When the table built in was last checked by its makers: the latest such note in genai-prices
/// [`BUNDLED_VERSION`].
const BUNDLED_DATE: &str = "2026-10-26";
/// The version of genai-prices that [`BUNDLED_DATE`] belongs to; a test holds it against the lock file.
#[cfg(test)]
const BUNDLED_VERSION: &str = "0.2.1";
/// How many answers are kept. When full they are worked out anew; the cards stay.
const ANSWERS_MAX: usize = 16 << 10;
/// How many different cards are kept: some for each model of the table. Beyond, prices are unknown.
const CARDS_MAX: usize = 64 << 10;
/// The longest name that is priced.
const NAME_MAX: usize = 256;
/// The largest table that is read: several times the largest known.
const TABLE_MAX: usize = 64 << 20;

/// Who says what a call cost, from the least to the most trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CostSource {
    /// Nobody.
    #[default]
    Unknown,
    /// Nobody charged for it: the model ran on one's own machines.
    Local,
    /// Computed here from the tokens and a table of prices.
    Computed,
    /// The SDK or framework.
    Sdk,
    /// The gateway.
    Gateway,
    /// The provider.
    Provider,
}

impl CostSource {
    /// `unknown`, `local`, `computed`, `sdk`, `gateway` or `provider`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Local => "local",
            Self::Computed => "computed",
            Self::Sdk => "sdk",
            Self::Gateway => "gateway",
            Self::Provider => "provider",
        }
    }
}

/// Names the price of one model of one provider at one tier, within one [`Prices`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateId(u32);

impl RateId {
    /// No price is known.
    pub const UNKNOWN: Self = Self(u32::MAX);
    /// Nobody charges: the model runs on one's own machines, and no table has a price for it.
    pub const LOCAL: Self = Self(u32::MAX - 1);

    /// Who says what a cost at this price is.
    #[must_use]
    pub const fn source(self) -> CostSource {
        match self {
            Self::UNKNOWN => CostSource::Unknown,
            Self::LOCAL => CostSource::Local,
            Self(_) => CostSource::Computed,
        }
    }
}

/// What to price by.
#[derive(Clone, Copy, Debug)]
pub struct Pricing<'a> {
    /// Who served the call, if known.
    pub provider: Option<Provider<'a>>,
    /// The model that answered.
    pub response_model: Option<&'a [u8]>,
    /// The model asked for.
    pub request_model: Option<&'a [u8]>,
    /// The service tier: `flex`, `priority`, `batch` … `default` and unknown ones cost the standard.
    pub service_tier: Option<&'a [u8]>,
    /// When the call was made; prices change.
    pub at: SystemTime,
}

impl<'a> Pricing<'a> {
    /// What a reading says, at nanoseconds since 1970.
    #[must_use]
    pub fn of(reading: &crate::Reading<'a>, unix_nanos: u64) -> Self {
        Self {
            provider: reading.provider,
            response_model: reading.response_model,
            request_model: reading.request_model,
            service_tier: reading.service_tier,
            at: UNIX_EPOCH + std::time::Duration::from_nanos(unix_nanos),
        }
    }
}

/// Why a table of prices was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(pub(crate) String);

/// A table of prices. Cheap to ask twice for the same model; share it behind an `Arc` and swap it to
/// reload.
#[derive(Debug)]
pub struct Prices {
    /// A table in genai-prices' format in place of the one built in.
    loaded: Option<Calculator>,
    /// Entries in LiteLLM's format, asked before everything else.
    litellm: Option<LiteLlm>,
    aliases: HashMap<String, String>,
    date: String,
    known: RwLock<Known>,
}

/// What was worked out.
#[derive(Debug, Default)]
struct Known {
    answers: HashMap<u128, RateId>,
    cards: Vec<Card>,
    /// The number of the first card that is kept.
    first: u32,
}

impl Prices {
    /// The table built in. The first time this takes about a tenth of a second.
    #[must_use]
    pub fn bundled() -> Self {
        let _ = Calculator::bundled();
        Self {
            loaded: None,
            litellm: None,
            aliases: HashMap::new(),
            date: BUNDLED_DATE.to_owned(),
            known: RwLock::default(),
        }
    }

    /// With a table of this `date` (`YYYY-MM-DD`, such as the file's): in genai-prices' format (a JSON
    /// list) in place of the one built in, in LiteLLM's (a JSON map) before it.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with it.
    pub fn with_table(mut self, table: &[u8], date: &str) -> Result<Self, LoadError> {
        if table.len() > TABLE_MAX {
            return Err(LoadError(format!("the table is larger than {TABLE_MAX} bytes")));
        }
        match table.trim_ascii_start().first() {
            Some(b'[') => {
                let loaded = Calculator::from_json(table);
                self.loaded = Some(loaded.map_err(|error| LoadError(error.to_string()))?);
            }
            Some(b'{') => self.litellm = Some(LiteLlm::parse(table)?),
            _ => {
                let expected = "expected a JSON list (genai-prices) or map (LiteLLM) of prices";
                return Err(LoadError(expected.to_owned()));
            }
        }
        date.clone_into(&mut self.date);
        self.known = RwLock::default();
        Ok(self)
    }

    /// With other names for models: a deployment or alias, and the model whose price it has.
    #[must_use]
    pub fn with_aliases(mut self, aliases: impl IntoIterator<Item = (String, String)>) -> Self {
        self.aliases.extend(aliases);
        self.known = RwLock::default();
        self
    }

    /// In place of another table, whose rates stay what they were: what was counted at them can be taken
    /// back at them. Only the oldest are forgotten, when there are many.
    #[must_use]
    pub fn in_place_of(mut self, before: Self) -> Self {
        let mut known = before.known.into_inner().unwrap_or_else(PoisonError::into_inner);
        known.answers.clear();
        let surplus = known.cards.len().saturating_sub(CARDS_MAX / 2);
        known.cards.drain(..surplus);
        known.first = known.first.saturating_add(u32::try_from(surplus).unwrap_or(u32::MAX));
        self.known = RwLock::new(known);
        self
    }

    /// The date of the table, `YYYY-MM-DD`.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// The price for a model; [`RateId::UNKNOWN`] if there is none.
    #[must_use]
    pub fn rate(&self, pricing: &Pricing<'_>) -> RateId {
        let key = key(pricing);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(rate) = known.answers.get(&key) {
            return *rate;
        }
        drop(known);
        let found = self.find(pricing);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let rate = match found {
            Found::Card(card) => known.place(card),
            Found::Local => RateId::LOCAL,
            Found::Nothing => RateId::UNKNOWN,
        };
        if known.answers.len() >= ANSWERS_MAX {
            known.answers.clear();
        }
        known.answers.insert(key, rate);
        rate
    }

    /// What these tokens cost at a price, in US dollars. `None` if the price or the tokens are unknown,
    /// never 0 for that.
    #[must_use]
    pub fn cost(&self, rate: RateId, usage: &Usage) -> Option<f64> {
        if rate == RateId::LOCAL {
            return usage.is_known().then_some(0.0);
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let at = rate.0.checked_sub(known.first)?;
        known.cards.get(at as usize)?.cost(usage)
    }

    /// Works a price out.
    fn find(&self, pricing: &Pricing<'_>) -> Found {
        let mut is_aliased = false;
        let mut name = |model: Option<&'_ [u8]>| -> Option<String> {
            let model = model.filter(|model| model.len() <= NAME_MAX)?;
            let model = str::from_utf8(model).ok()?.trim().to_ascii_lowercase();
            let alias = self.aliases.iter().find(|(from, _)| from.eq_ignore_ascii_case(&model));
            is_aliased |= alias.is_some();
            Some(alias.map_or(model, |(_, to)| to.to_ascii_lowercase()))
        };
        let models: Vec<String> = [name(pricing.response_model), name(pricing.request_model)]
            .into_iter()
            .flatten()
            .collect();
        let provider = pricing.provider.map(Provider::name);
        let is_local = names::is_local(provider.as_deref(), &models);
        let card = self.card(provider.as_deref(), &models, pricing);
        // An alias says at whose price one's own machines are to count.
        let card = card.or_else(|| match is_local && is_aliased {
            true => self.card(None, &models, pricing),
            false => None,
        });
        match card {
            Some(card) => Found::Card(card),
            None if is_local && !is_aliased => Found::Local,
            None => Found::Nothing,
        }
    }

    /// Works a card out.
    fn card(
        &self,
        provider: Option<&str>,
        models: &[String],
        pricing: &Pricing<'_>,
    ) -> Option<Card> {
        let tier = tier(pricing.service_tier);
        if let Some(table) = &self.litellm {
            let found = models.iter().find_map(|model| table.card(provider, model, tier));
            if found.is_some() {
                return found;
            }
        }
        let calculator = self.loaded.as_ref().unwrap_or_else(|| Calculator::bundled());
        names::candidates(provider, models).find_map(|(provider, model)| {
            probe::card(calculator, provider, model, tier, pricing.at)
        })
    }
}

/// What the tables say of a model.
enum Found {
    Card(Card),
    /// They say nothing, and it runs on one's own machines.
    Local,
    Nothing,
}

impl Known {
    fn place(&mut self, card: Card) -> RateId {
        let at = self.cards.iter().position(|known| *known == card);
        let at = at.or_else(|| {
            (self.cards.len() < CARDS_MAX).then(|| {
                self.cards.push(card);
                self.cards.len() - 1
            })
        });
        let number = at.and_then(|at| self.first.checked_add(u32::try_from(at).ok()?));
        number.filter(|number| *number < RateId::LOCAL.0).map_or(RateId::UNKNOWN, RateId)
    }
}

/// A price away from the standard one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    Standard,
    Flex,
    Priority,
    Fast,
    Batch,
}

fn tier(name: Option<&[u8]>) -> Tier {
    let is = |word: &str| name.is_some_and(|name| name.eq_ignore_ascii_case(word.as_bytes()));
    if is("flex") {
        Tier::Flex
    } else if is("priority") {
        Tier::Priority
    } else if is("fast") {
        Tier::Fast
    } else if is("batch") || is("batches") {
        Tier::Batch
    } else {
        Tier::Standard
    }
}

/// Prices change by the day, DeepSeek's by the half hour.
fn key(pricing: &Pricing<'_>) -> u128 {
    let seconds = pricing.at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let provider = pricing.provider.map_or(&b""[..], Provider::as_bytes);
    let model = pricing.response_model.or(pricing.request_model).unwrap_or_default();
    let by_hour = provider == b"deepseek" || model.starts_with(b"deepseek");
    let when = seconds / if by_hour { 1800 } else { 86_400 };
    let mut halves = [Mix::new(3), Mix::new(0x5bd1_e995)];
    for half in &mut halves {
        half.add(when << 8 | tier(pricing.service_tier) as u64);
        for text in [provider, pricing.response_model.unwrap_or_default()] {
            half.add(crate::count::hash(text));
        }
        half.add(crate::count::hash(pricing.request_model.unwrap_or_default()));
    }
    let [low, high] = halves.map(Mix::finish);
    u128::from(high) << 64 | u128::from(low)
}
