//! Settings that exporters to Prometheus have in common.

use serde::{Deserialize, Serialize};

use super::ResourceLabels;

/// `resource_to_telemetry_conversion`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceConversionConfig {
    /// Whether resource attributes become labels.
    pub enabled: bool,
    /// Leaves out those that `job` and `instance` are made of.
    pub exclude_service_attributes: bool,
}

/// `translation_strategy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TranslationStrategy {
    /// Not given: `add_metric_suffixes` decides.
    #[default]
    Unset,
    /// Letters, digits and `_` only; unit and type at the end of the name.
    UnderscoreEscapingWithSuffixes,
    /// Letters, digits and `_` only.
    UnderscoreEscapingWithoutSuffixes,
    /// Any characters; unit and type at the end of the name.
    NoUtf8EscapingWithSuffixes,
    /// Names as they are.
    NoTranslation,
}

impl TranslationStrategy {
    const NAMES: [(&'static str, Self); 5] = [
        ("", Self::Unset),
        ("UnderscoreEscapingWithSuffixes", Self::UnderscoreEscapingWithSuffixes),
        ("UnderscoreEscapingWithoutSuffixes", Self::UnderscoreEscapingWithoutSuffixes),
        ("NoUTF8EscapingWithSuffixes", Self::NoUtf8EscapingWithSuffixes),
        ("NoTranslation", Self::NoTranslation),
    ];
}

impl TryFrom<String> for TranslationStrategy {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let found = Self::NAMES.into_iter().find(|(name, _)| *name == word);
        found.map(|(_, strategy)| strategy).ok_or_else(|| {
            format!(
                "invalid translation_strategy: {word}; use UnderscoreEscapingWithSuffixes, \
                 UnderscoreEscapingWithoutSuffixes, NoUTF8EscapingWithSuffixes or NoTranslation"
            )
        })
    }
}

impl From<TranslationStrategy> for String {
    fn from(strategy: TranslationStrategy) -> Self {
        let names = TranslationStrategy::NAMES.into_iter();
        names.filter(|(_, named)| *named == strategy).map(|(name, _)| name).collect()
    }
}

impl TranslationStrategy {
    /// Whether unit and type stand at the end of names; none where it does not say.
    pub(crate) fn has_suffixes(self) -> Option<bool> {
        match self {
            Self::Unset => None,
            Self::UnderscoreEscapingWithSuffixes | Self::NoUtf8EscapingWithSuffixes => Some(true),
            Self::UnderscoreEscapingWithoutSuffixes | Self::NoTranslation => Some(false),
        }
    }

    /// Whether names keep characters that Prometheus did not know before version 3.
    pub(crate) fn keeps_utf8(self) -> bool {
        matches!(self, Self::NoUtf8EscapingWithSuffixes | Self::NoTranslation)
    }
}

impl ResourceConversionConfig {
    /// Which resource attributes become labels.
    pub(crate) fn labels(&self) -> ResourceLabels {
        match (self.enabled, self.exclude_service_attributes) {
            (false, _) => ResourceLabels::None,
            (true, false) => ResourceLabels::All,
            (true, true) => ResourceLabels::AllButService,
        }
    }
}
