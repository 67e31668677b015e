//! Settings of the `oauth2client` extension.

use std::collections::BTreeMap;

use config::{Opaque, StringList};
use http::Uri;
use net::settings::TlsClientConfig;
use sdk::{Duration, Problems};
use serde::{Deserialize, Serialize};

/// Whom to ask for tokens, and as whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// As whom.
    pub client_id: String,
    /// A file with it; goes before `client_id`.
    pub client_id_file: String,
    /// The secret.
    pub client_secret: Opaque,
    /// A file with it; goes before `client_secret`.
    pub client_secret_file: String,
    /// More parameters of the request. Assertions and passwords of other grants stand here, so none prints.
    pub endpoint_params: BTreeMap<String, Values>,
    /// Where tokens are to be had.
    pub token_url: String,
    /// What the token should allow.
    pub scopes: StringList,
    /// TLS for `https://`.
    pub tls: TlsClientConfig,
    /// The longest wait for a token; 0 is 30 seconds.
    pub timeout: Duration,
    /// How long before its end a token is replaced; at most half of its life.
    pub expiry_buffer: Duration,
}

/// What a parameter is: one value or several, which do not print.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StringList", into = "Vec<Opaque>")]
pub struct Values(Vec<Opaque>);

impl Values {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Opaque> {
        self.0.iter()
    }
}

impl From<StringList> for Values {
    fn from(texts: StringList) -> Self {
        Self(texts.0.into_iter().map(Opaque::from).collect())
    }
}

impl From<Values> for Vec<Opaque> {
    fn from(values: Values) -> Self {
        values.0
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            client_id_file: String::new(),
            client_secret: Opaque::default(),
            client_secret_file: String::new(),
            endpoint_params: BTreeMap::new(),
            token_url: String::new(),
            scopes: StringList::default(),
            tls: TlsClientConfig::default(),
            timeout: Duration::ZERO,
            expiry_buffer: Duration::from_secs(5 * 60),
        }
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(
            !self.client_id.is_empty() || !self.client_id_file.is_empty(),
            "no ClientID provided in the OAuth2 exporter configuration",
        );
        problems.check(
            !self.client_secret.is_empty() || !self.client_secret_file.is_empty(),
            "no ClientSecret provided in OAuth Client Credentials configuration",
        );
        if self.token_url.is_empty() {
            problems.add("no TokenURL provided in OAuth Client Credentials configuration");
        } else {
            let url = self.token_url.parse::<Uri>().ok();
            let is_http = url.as_ref().is_some_and(|url| {
                matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some()
            });
            if !is_http {
                problems.at("token_url", "must start with http:// or https://");
            }
        }
        for (key, duration) in [("timeout", self.timeout), ("expiry_buffer", self.expiry_buffer)] {
            if duration.is_negative() {
                problems.at(key, "must be non-negative");
            }
        }
        problems.nest("tls", self.tls.problems());
        problems
    }
}
