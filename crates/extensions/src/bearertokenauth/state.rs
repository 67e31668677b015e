//! Tokens, checked and sent.

use std::sync::Arc;

use ::config::Opaque;
use async_trait::async_trait;
use http::{HeaderMap, HeaderName};
use net::auth::{
    AuthError, AuthRequest, ClientAuthenticator, Identity, Origin, ServerAuthenticator, SignError,
};
use subtle::ConstantTimeEq as _;

use super::config::Config;
use crate::shared::{Rereading, denied, secret_value};

/// What servers and clients ask.
#[derive(Debug)]
pub(super) struct Bearer {
    header: HeaderName,
    scheme: String,
    tokens: Tokens,
}

#[derive(Debug)]
enum Tokens {
    Given(Arc<Vec<Opaque>>),
    File(Arc<Rereading<Vec<Opaque>>>),
}

impl Bearer {
    pub(super) fn open(config: &Config) -> Result<Self, String> {
        let header = HeaderName::try_from(config.header.as_str())
            .map_err(|_| format!("invalid header name {:?}", config.header))?;
        let tokens = if config.filename.is_empty() {
            let all = Some(&config.token).filter(|token| !token.is_empty()).into_iter();
            Tokens::Given(Arc::new(all.chain(&config.tokens).cloned().collect()))
        } else {
            Tokens::File(Rereading::open(&config.filename, lines)?)
        };
        Ok(Self { header, scheme: config.scheme.clone(), tokens })
    }

    async fn tokens(&self) -> Arc<Vec<Opaque>> {
        match &self.tokens {
            Tokens::Given(tokens) => Arc::clone(tokens),
            Tokens::File(file) => file.get().await,
        }
    }

    /// What stands behind the scheme.
    fn token_in<'v>(&self, value: &'v str) -> Option<&'v str> {
        if self.scheme.is_empty() {
            return Some(value);
        }
        let (scheme, token) = (value.get(..self.scheme.len())?, value.get(self.scheme.len()..)?);
        token.strip_prefix(' ').filter(|_| scheme.eq_ignore_ascii_case(&self.scheme))
    }

    fn denied(&self, text: &str) -> AuthError {
        denied(text, if self.scheme.is_empty() { "Bearer" } else { &self.scheme })
    }
}

fn lines(text: &str) -> Result<Vec<Opaque>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let tokens: Vec<Opaque> = lines.map(Opaque::new).collect();
    if tokens.is_empty() { Err("holds no token".to_owned()) } else { Ok(tokens) }
}

#[async_trait]
impl ServerAuthenticator for Bearer {
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Identity, AuthError> {
        let Some(value) = request.get(self.header.as_str()).filter(|value| !value.is_empty())
        else {
            return Err(
                self.denied(&format!("missing or empty authorization header: {}", self.header))
            );
        };
        let shown = self.token_in(value).unwrap_or_default().as_bytes();
        let tokens = self.tokens().await;
        // All are compared, each in constant time: how long it takes tells nothing of any.
        let same = tokens
            .iter()
            .fold(0, |same, token| same | token.reveal().as_bytes().ct_eq(shown).unwrap_u8());
        if same == 0 {
            return Err(
                self.denied("provided authorization does not match expected scheme or token")
            );
        }
        Ok(Identity::new())
    }
}

#[async_trait]
impl ClientAuthenticator for Bearer {
    async fn sign(&self, headers: &mut HeaderMap, _: &dyn Origin) -> Result<(), SignError> {
        let tokens = self.tokens().await;
        let token = tokens.first().map(Opaque::reveal).unwrap_or_default();
        let space = if self.scheme.is_empty() { "" } else { " " };
        let value = secret_value(&format!("{}{space}{token}", self.scheme))
            .ok_or_else(|| SignError("the token has bytes that cannot be sent".to_owned()))?;
        headers.insert(self.header.clone(), value);
        Ok(())
    }
}
