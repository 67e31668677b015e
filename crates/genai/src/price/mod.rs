//! What a call costs.

use std::time::SystemTime;

use crate::{Provider, Usage};

/// Who says what a call cost, from the least to the most trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CostSource {
    /// Nobody.
    #[default]
    Unknown,
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
    /// `unknown`, `computed`, `sdk`, `gateway` or `provider`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Computed => "computed",
            Self::Sdk => "sdk",
            Self::Gateway => "gateway",
            Self::Provider => "provider",
        }
    }
}

/// A cost in US dollars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// US dollars.
    pub usd: f64,
    /// Who says so.
    pub source: CostSource,
}

/// Names the price of one model of one provider at one tier, within one [`Prices`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateId(u32);

impl RateId {
    /// No price is known.
    pub const UNKNOWN: Self = Self(u32::MAX);
}

/// What to price by.
#[derive(Clone, Copy, Debug)]
pub struct Pricing<'a> {
    /// Who served the call, if known.
    pub provider: Option<Provider<'a>>,
    /// The model that answered, else the one asked for.
    pub response_model: Option<&'a [u8]>,
    /// The model asked for.
    pub request_model: Option<&'a [u8]>,
    /// The service tier.
    pub service_tier: Option<&'a [u8]>,
    /// When the call was made; prices change.
    pub at: SystemTime,
}

/// Why a table of prices was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(String);

/// A table of prices. Cheap to ask twice for the same model; share it behind an `Arc` and swap it to
/// reload.
#[derive(Debug, Default)]
pub struct Prices {}

impl Prices {
    /// The table built in.
    #[must_use]
    pub fn bundled() -> Self {
        Self {}
    }

    /// A table in the format of genai-prices or of LiteLLM, laid over the one built in.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with it.
    pub fn with_table(self, _table: &[u8]) -> Result<Self, LoadError> {
        Ok(self)
    }

    /// With other names for models: a deployment or alias, and the name its price is under.
    #[must_use]
    pub fn with_aliases(self, _aliases: impl IntoIterator<Item = (String, String)>) -> Self {
        self
    }

    /// The date of the table, `YYYY-MM-DD`.
    #[must_use]
    pub fn date(&self) -> &str {
        ""
    }

    /// The price for a model; [`RateId::UNKNOWN`] if there is none.
    #[must_use]
    pub fn rate(&self, _pricing: &Pricing<'_>) -> RateId {
        RateId::UNKNOWN
    }

    /// What these tokens cost at a price. `None` if the price or the tokens are unknown, never 0 for that.
    #[must_use]
    pub fn cost(&self, _rate: RateId, _usage: &Usage) -> Option<f64> {
        None
    }
}
