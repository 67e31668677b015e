//! The token of now.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use config::Opaque;
use http::{HeaderMap, header::AUTHORIZATION};
use net::auth::{ClientAuthenticator, Origin, SignError};
use tokio::{sync::Mutex, time::Instant};

use super::client::TokenClient;
use crate::shared::secret_value;

/// After a failure the endpoint is left alone for so long.
const PAUSE: Duration = Duration::from_secs(1);
/// A token that a backend refused is replaced if it is at least so old: a backend that refuses every
/// token must not make us ask for a new one with each request.
const REFUSED_AFTER: Duration = Duration::from_secs(10);

/// One token for all who ask, fetched by the first who needs it.
#[derive(Debug)]
pub(super) struct Tokens {
    client: TokenClient,
    buffer: Duration,
    was_refused: AtomicBool,
    /// Held while fetching, so that one request serves all who wait.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    token: Option<KeptToken>,
    failed: Option<(Instant, String)>,
}

#[derive(Debug)]
struct KeptToken {
    header: Opaque,
    fetched: Instant,
    /// From when on it should be replaced, and from when on it is no good; `None` is never.
    replaced_from: Option<Instant>,
    good_until: Option<Instant>,
}

impl Tokens {
    pub(super) fn new(client: TokenClient, buffer: Duration) -> Self {
        Self { client, buffer, was_refused: AtomicBool::new(false), kept: Mutex::default() }
    }

    /// The header of now.
    async fn header(&self) -> Result<Opaque, SignError> {
        let mut kept = self.kept.lock().await;
        let now = Instant::now();
        let is_past = |limit: Option<Instant>| limit.is_some_and(|limit| limit <= now);
        if let Some(token) = &kept.token {
            let is_refused = self.was_refused.load(Ordering::Relaxed)
                && now.duration_since(token.fetched) >= REFUSED_AFTER;
            if !is_refused && !is_past(token.replaced_from) {
                return Ok(token.header.clone());
            }
        }
        let usable = kept.token.as_ref().filter(|token| !is_past(token.good_until));
        let usable = usable.map(|token| token.header.clone());
        if let Some((at, fault)) = &kept.failed
            && at.elapsed() < PAUSE
        {
            return usable.ok_or_else(|| SignError(fault.clone()));
        }
        match self.client.fetch().await {
            Ok(token) => {
                let now = Instant::now();
                let early = token.life.map(|life| life - self.buffer.min(life / 2));
                let at = |life: Option<Duration>| life.and_then(|life| now.checked_add(life));
                let header = token.header.clone();
                let (replaced_from, good_until) = (at(early), at(token.life));
                let token =
                    KeptToken { header: token.header, fetched: now, replaced_from, good_until };
                *kept = Kept { token: Some(token), failed: None };
                self.was_refused.store(false, Ordering::Relaxed);
                Ok(header)
            }
            Err(fault) => {
                if kept.failed.as_ref().is_none_or(|(_, known)| *known != fault) {
                    tracing::warn!(error = fault, "No new token was to be had");
                }
                kept.failed = Some((Instant::now(), fault.clone()));
                usable.ok_or(SignError(fault))
            }
        }
    }
}

#[async_trait]
impl ClientAuthenticator for Tokens {
    async fn sign(&self, headers: &mut HeaderMap, _: &dyn Origin) -> Result<(), SignError> {
        let header = self.header().await?;
        let value = secret_value(header.reveal())
            .ok_or_else(|| SignError("the token has bytes that cannot be sent".to_owned()))?;
        headers.insert(AUTHORIZATION, value);
        Ok(())
    }

    fn rejected(&self) {
        self.was_refused.store(true, Ordering::Relaxed);
    }
}
