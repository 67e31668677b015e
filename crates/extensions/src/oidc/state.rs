//! The keys of one provider, and when they are fetched.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use super::{client::ProviderClient, config::ProviderConfig, decode::Keys};
use crate::shared::Rereading;

/// Keys are fetched again after this, so that one that was withdrawn is not believed for ever.
const AGE_MAX: Duration = Duration::from_secs(60 * 60);
/// They are fetched no more often, whatever tokens say of new ones.
const PAUSE: Duration = Duration::from_secs(10);

/// Where keys come from.
#[derive(Debug)]
pub(super) enum KeySource {
    File(Arc<Rereading<Keys>>),
    Provider { client: ProviderClient, kept: Mutex<Kept> },
}

#[derive(Debug, Default)]
pub(super) struct Kept {
    keys: Option<Arc<Keys>>,
    fetched: Option<Instant>,
    /// When that was last tried, and how it failed.
    tried: Option<Instant>,
    fault: Option<String>,
}

impl KeySource {
    pub(super) fn open(config: &ProviderConfig) -> Result<Self, String> {
        if config.public_keys_file.is_empty() {
            let client = ProviderClient::open(config)?;
            return Ok(Self::Provider { client, kept: Mutex::default() });
        }
        let parse = |text: &str| Keys::parse(text.as_bytes());
        Rereading::open(&config.public_keys_file, parse)
            .map(Self::File)
            .map_err(|fault| format!("public_keys_file: {fault}"))
    }

    /// The keys of now; the error says why there are none.
    pub(super) async fn get(&self) -> Result<Arc<Keys>, String> {
        match self {
            Self::File(file) => Ok(file.get().await),
            Self::Provider { client, kept } => kept.lock().await.get(client, None).await,
        }
    }

    /// Keys that may be newer than `known`.
    pub(super) async fn newer(&self, known: &Arc<Keys>) -> Result<Arc<Keys>, String> {
        match self {
            Self::File(file) => Ok(file.get().await),
            Self::Provider { client, kept } => kept.lock().await.get(client, Some(known)).await,
        }
    }
}

impl Kept {
    /// The keys, fetched if they are old or if they are those that did not do.
    async fn get(
        &mut self,
        client: &ProviderClient,
        outdated: Option<&Arc<Keys>>,
    ) -> Result<Arc<Keys>, String> {
        let is_old = self.fetched.is_none_or(|fetched| fetched.elapsed() >= AGE_MAX);
        let is_outdated = match (&self.keys, outdated) {
            (Some(keys), Some(outdated)) => Arc::ptr_eq(keys, outdated),
            _ => false,
        };
        let may_try = self.tried.is_none_or(|tried| tried.elapsed() >= PAUSE);
        if (is_old || is_outdated) && may_try {
            self.tried = Some(Instant::now());
            match client.fetch().await {
                Ok(keys) => {
                    self.keys = Some(Arc::new(keys));
                    (self.fetched, self.fault) = (Some(Instant::now()), None);
                }
                Err(fault) => {
                    if self.fault.as_ref() != Some(&fault) {
                        tracing::warn!(
                            error = fault,
                            "The keys of an OIDC provider were not to be had"
                        );
                    }
                    self.fault = Some(fault);
                }
            }
        }
        // Old keys are better than none while the provider is down.
        self.keys.clone().ok_or_else(|| self.fault.clone().unwrap_or_default())
    }
}
