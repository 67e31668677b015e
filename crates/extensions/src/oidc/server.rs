//! Who comes in with a token.

use std::{collections::BTreeMap, time::SystemTime};

use async_trait::async_trait;
use net::auth::{AuthError, AuthRequest, Identity, ServerAuthenticator};
use sdk::Clock;
use serde_json::Value;

use super::{
    config::{Config, ProviderConfig},
    decode::{Claims, Fault, TOKEN_BYTES_MAX, check_audience, check_times, claimed_issuer},
    state::KeySource,
};
use crate::shared::denied;

/// So many claims go along with the data, in their order.
const CLAIMS_MAX: usize = 64;

/// What servers ask.
#[derive(Debug)]
pub(super) struct Server {
    header: String,
    /// By issuer.
    providers: BTreeMap<String, Provider>,
    clock: Clock,
}

#[derive(Debug)]
struct Provider {
    config: ProviderConfig,
    keys: KeySource,
}

impl Server {
    pub(super) fn open(config: &Config, clock: Clock) -> Result<Self, String> {
        let mut providers = BTreeMap::new();
        for provider in config.providers() {
            let keys = KeySource::open(provider)?;
            let issuer = provider.issuer_url.clone();
            providers.insert(issuer, Provider { config: provider.clone(), keys });
        }
        Ok(Self { header: config.own.attribute.clone(), providers, clock })
    }

    /// Fetches the keys of all providers; what fails is logged.
    pub(super) async fn fetch(&self) {
        for provider in self.providers.values() {
            let _ = provider.keys.get().await;
        }
    }

    fn provider(&self, token: &str) -> Result<&Provider, Fault> {
        let mut all = self.providers.values();
        if let (Some(only), None) = (all.next(), all.next()) {
            return Ok(only);
        }
        let issuer = claimed_issuer(token).ok_or(Fault::Bad("malformed token"))?;
        let provider = self.providers.get(&issuer);
        provider.ok_or(Fault::Bad("no OIDC provider configured for the issuer"))
    }
}

impl Provider {
    /// The claims of a token, if they are good.
    async fn claims(&self, token: &str, now: SystemTime) -> Result<Claims, AuthError> {
        let unavailable = |fault: String| {
            // What the fault says is for our log; the client learns only that it may try again.
            tracing::debug!(error = fault, "a token could not be checked");
            AuthError::Unavailable("the OIDC provider cannot be reached".to_owned())
        };
        let keys = self.keys.get().await.map_err(unavailable)?;
        let claims = match keys.check(token) {
            Err(Fault::UnknownKey) => {
                let newer = self.keys.newer(&keys).await.map_err(unavailable)?;
                newer.check(token)
            }
            checked => checked,
        };
        let claims = claims.map_err(refused)?;
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        check_times(&claims, now).map_err(refused)?;
        if !self.config.ignore_audience {
            check_audience(&claims, &self.config.audience).map_err(refused)?;
        }
        let issuer = claims.get("iss").and_then(Value::as_str);
        if !self.config.ignore_issuer && issuer != Some(&self.config.issuer_url) {
            return Err(refused(Fault::Bad("the token is from another issuer")));
        }
        Ok(claims)
    }

    fn identity(&self, token: &str, claims: &Claims) -> Result<Identity, Fault> {
        let claim = self.config.username_claim.as_str();
        let subject = match claims.get(if claim.is_empty() { "sub" } else { claim }) {
            Some(Value::String(subject)) => subject.clone(),
            Some(_) => {
                return Err(Fault::Bad(
                    "the username returned by the OIDC provider isn't a regular string",
                ));
            }
            None if claim.is_empty() => String::new(),
            None => {
                return Err(Fault::Bad(
                    "username claim from the OIDC configuration not found on the token returned by \
                     the OIDC provider",
                ));
            }
        };
        let mut identity = Identity::new();
        let scalars = claims.iter().filter_map(|(name, value)| Some((name, text(value)?)));
        for (name, value) in scalars.take(CLAIMS_MAX) {
            identity.insert(format!("claims.{name}"), value);
        }
        identity.insert("subject".to_owned(), subject);
        identity.insert("raw".to_owned(), token.to_owned());
        if !self.config.groups_claim.is_empty() {
            identity.insert("membership".to_owned(), self.groups(claims)?);
        }
        Ok(identity)
    }

    /// The groups, with commas between.
    fn groups(&self, claims: &Claims) -> Result<String, Fault> {
        let missing = Fault::Bad(
            "groups claim from the OIDC configuration not found on the token returned by the OIDC \
             provider",
        );
        match claims.get(&self.config.groups_claim).ok_or(missing)? {
            Value::Array(all) => Ok(all.iter().filter_map(text).collect::<Vec<_>>().join(",")),
            one => Ok(text(one).unwrap_or_default()),
        }
    }
}

/// A claim as text; objects and lists have none.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn refused(fault: Fault) -> AuthError {
    let text = match fault {
        Fault::UnknownKey => "the key that signed the token is not known",
        Fault::Bad(text) => text,
    };
    denied(&format!("failed to verify token: {text}"), "Bearer error=\"invalid_token\"")
}

#[async_trait]
impl ServerAuthenticator for Server {
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Identity, AuthError> {
        let header = request.get(&self.header).filter(|header| !header.is_empty());
        let header = header.ok_or_else(|| denied("authentication didn't succeed", "Bearer"))?;
        let token = header.split_once(' ').map(|(_, token)| token.trim());
        let token = token.filter(|token| !token.is_empty() && !token.contains(' '));
        let token = token.ok_or_else(|| denied("invalid authorization header format", "Bearer"))?;
        if token.len() > TOKEN_BYTES_MAX {
            return Err(refused(Fault::Bad("the token is too long")));
        }
        let provider = self.provider(token).map_err(refused)?;
        let claims = provider.claims(token, self.clock.now()).await?;
        provider.identity(token, &claims).map_err(refused)
    }
}
