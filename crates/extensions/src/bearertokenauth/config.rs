//! Settings of the `bearertokenauth` extension.

use config::Opaque;
use sdk::Problems;
use serde::{Deserialize, Serialize};

/// Tokens, and how they are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The header.
    pub header: String,
    /// What stands before the token; nothing if empty.
    pub scheme: String,
    /// The token.
    pub token: Opaque,
    /// Several; a client sends the first, a server takes any.
    pub tokens: Vec<Opaque>,
    /// A file with one token a line; goes before the others.
    pub filename: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            header: "Authorization".to_owned(),
            scheme: "Bearer".to_owned(),
            token: Opaque::default(),
            tokens: Vec::new(),
            filename: String::new(),
        }
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let tokens = self.token.is_empty() && self.tokens.is_empty();
        problems.check(!(tokens && self.filename.is_empty()), "no bearer token provided");
        problems.check(
            self.token.is_empty() || self.tokens.is_empty(),
            "either tokens or token should be set, not both",
        );
        problems.check(!self.tokens.iter().any(Opaque::is_empty), "`tokens` has an empty token");
        problems.check(
            http::HeaderName::try_from(self.header.as_str()).is_ok(),
            format!("invalid header name {:?}", self.header),
        );
        problems
    }
}
