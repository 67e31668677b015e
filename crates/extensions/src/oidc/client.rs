//! Fetching a provider's keys: discovery (OpenID Connect Discovery 1.0 §4), then the key set.

use std::time::Duration;

use net::{
    client::fetch_with,
    settings::{TlsClientConfig, TlsConfig},
    tls::{Alpn, ClientTls},
};
use serde::Deserialize;

use super::{config::ProviderConfig, decode::Keys};

/// The longest wait for both documents.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The longest document.
const DOCUMENT_BYTES_MAX: usize = 1 << 20;

/// Asks one provider.
#[derive(Debug)]
pub(super) struct ProviderClient {
    issuer: String,
    ignore_issuer: bool,
    tls: Option<ClientTls>,
}

/// What discovery tells.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl ProviderClient {
    pub(super) fn open(config: &ProviderConfig) -> Result<Self, String> {
        let uses_tls =
            config.issuer_url.starts_with("https://") || !config.issuer_ca_path.is_empty();
        let common = TlsConfig { ca_file: config.issuer_ca_path.clone(), ..TlsConfig::default() };
        let tls = TlsClientConfig { common, ..TlsClientConfig::default() };
        let tls = uses_tls.then(|| ClientTls::load(&tls, Alpn::Any)).transpose();
        Ok(Self {
            issuer: config.issuer_url.clone(),
            ignore_issuer: config.ignore_issuer,
            tls: tls.map_err(|error| format!("issuer_ca_path: {error}"))?,
        })
    }

    /// The provider's keys of now.
    pub(super) async fn fetch(&self) -> Result<Keys, String> {
        tokio::time::timeout(TIMEOUT, self.keys())
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {TIMEOUT:?}")))
            .map_err(|fault| format!("failed to get the keys of {:?}: {fault}", self.issuer))
    }

    async fn keys(&self) -> Result<Keys, String> {
        let base = self.issuer.trim_end_matches('/');
        let found = self.get(&format!("{base}/.well-known/openid-configuration")).await?;
        let found: Discovery = serde_json::from_slice(&found)
            .map_err(|_| "the discovery document has no issuer and jwks_uri".to_owned())?;
        if found.issuer != self.issuer && !self.ignore_issuer {
            return Err(format!("the provider calls itself {:?}", found.issuer));
        }
        Keys::parse(&self.get(&found.jwks_uri).await?)
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let (status, body) =
            fetch_with(url, self.tls.clone()).await.map_err(|error| error.to_string())?;
        if status != 200 {
            return Err(format!("{url} answered {status}"));
        }
        if body.len() > DOCUMENT_BYTES_MAX {
            return Err(format!("{url} is longer than {DOCUMENT_BYTES_MAX} bytes"));
        }
        Ok(body)
    }
}
