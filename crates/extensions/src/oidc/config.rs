//! Settings of the `oidc` extension.

use std::collections::BTreeSet;

use config::Squash;
use http::{HeaderName, Uri};
use sdk::Problems;
use serde::{Deserialize, Serialize};

/// Whose tokens let in. A single provider may stand beside `attribute`, without a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Squash<ProviderConfig, OwnConfig>", into = "Squash<ProviderConfig, OwnConfig>")]
pub struct Config {
    /// The old place for a single one.
    pub single: ProviderConfig,
    /// Header and providers.
    pub own: OwnConfig,
}

/// The header and the providers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnConfig {
    /// The header.
    pub attribute: String,
    /// The providers; which of them is asked, the token's issuer says.
    pub providers: Vec<ProviderConfig>,
}

/// One provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderConfig {
    /// Its URL, and the `iss` of its tokens.
    pub issuer_url: String,
    /// For whom tokens must be.
    pub audience: String,
    /// Whether that does not matter.
    pub ignore_audience: bool,
    /// Whether `iss` does not matter; with a single provider only.
    pub ignore_issuer: bool,
    /// A file with the authorities to trust at `issuer_url`.
    pub issuer_ca_path: String,
    /// The claim with the user's name, instead of `sub`.
    pub username_claim: String,
    /// The claim with the user's groups.
    pub groups_claim: String,
    /// A file with the provider's keys; nothing is fetched then.
    pub public_keys_file: String,
}

impl Default for OwnConfig {
    fn default() -> Self {
        Self { attribute: "authorization".to_owned(), providers: Vec::new() }
    }
}

impl From<Squash<ProviderConfig, OwnConfig>> for Config {
    fn from(Squash(single, own): Squash<ProviderConfig, OwnConfig>) -> Self {
        Self { single, own }
    }
}

impl From<Config> for Squash<ProviderConfig, OwnConfig> {
    fn from(config: Config) -> Self {
        Self(config.single, config.own)
    }
}

impl Config {
    /// All providers.
    pub(super) fn providers(&self) -> impl Iterator<Item = &ProviderConfig> {
        let single = Some(&self.single).filter(|single| **single != ProviderConfig::default());
        single.into_iter().chain(&self.own.providers)
    }
}

impl ProviderConfig {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(
            !self.audience.is_empty() || self.ignore_audience,
            "no Audience provided for the OIDC configuration",
        );
        if self.issuer_url.is_empty() {
            problems.add("no IssuerURL provided for the OIDC configuration");
        } else if self.public_keys_file.is_empty() {
            let url = self.issuer_url.parse::<Uri>().ok();
            let is_http = url.as_ref().is_some_and(|url| {
                matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some()
            });
            if !is_http {
                problems.at("issuer_url", "must start with http:// or https://");
            }
        }
        problems
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let mut seen = BTreeSet::new();
        problems.check(
            HeaderName::try_from(self.own.attribute.as_str()).is_ok(),
            format!("invalid header name {:?}", self.own.attribute),
        );
        problems.check(
            self.providers().next().is_some(),
            "no IssuerURL provided for the OIDC configuration",
        );
        for provider in self.providers() {
            problems.merge(provider.problems());
            if !seen.insert(&provider.issuer_url) {
                problems.add(format!("duplicate issuer URL found: {}", provider.issuer_url));
            }
        }
        problems.check(
            seen.len() <= 1 || !self.providers().any(|provider| provider.ignore_issuer),
            "ignore_issuer cannot be true when multiple providers are configured",
        );
        problems
    }
}
