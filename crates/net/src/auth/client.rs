//! How what goes out is signed.

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;

/// Signs requests.
#[async_trait]
pub trait ClientAuthenticator: Send + Sync + 'static {
    /// Writes credentials into the headers of a request. `origin` tells of the request that brought the
    /// data.
    ///
    /// # Errors
    ///
    /// [`SignError`] when there are none to be had; the request is not sent and may be tried again.
    async fn sign(&self, headers: &mut HeaderMap, origin: &dyn Origin) -> Result<(), SignError>;

    /// Whether the credentials must not go over gRPC without TLS.
    fn needs_tls(&self) -> bool {
        true
    }

    /// The server did not take the credentials: those that are cached may be stale.
    fn rejected(&self) {}
}

/// Where data came from.
pub trait Origin: Sync {
    /// Values of a header of the request that brought it, where those were kept.
    fn metadata(&self, name: &str) -> &[String];
    /// What an authenticator found out about the client.
    fn attribute(&self, name: &str) -> Option<&str>;
}

/// Data of which nothing is known.
#[derive(Debug, Clone, Copy)]
pub struct NoOrigin;

impl Origin for NoOrigin {
    fn metadata(&self, _: &str) -> &[String] {
        &[]
    }

    fn attribute(&self, _: &str) -> Option<&str> {
        None
    }
}

/// Credentials that could not be had. The text holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to sign the request: {0}")]
pub struct SignError(pub String);

/// The authenticator of a client. Cloning shares it.
#[derive(Clone)]
pub struct ClientAuth(Arc<dyn ClientAuthenticator>);

impl ClientAuth {
    /// Asks `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn ClientAuthenticator>) -> Self {
        Self(inner)
    }

    /// See [`ClientAuthenticator::needs_tls`].
    #[must_use]
    pub fn needs_tls(&self) -> bool {
        self.0.needs_tls()
    }

    /// See [`ClientAuthenticator::sign`].
    ///
    /// # Errors
    ///
    /// [`SignError`], likewise.
    pub async fn sign(
        &self,
        headers: &mut HeaderMap,
        origin: &dyn Origin,
    ) -> Result<(), SignError> {
        self.0.sign(headers, origin).await
    }

    /// See [`ClientAuthenticator::rejected`].
    pub fn rejected(&self) {
        self.0.rejected();
    }
}

impl std::fmt::Debug for ClientAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientAuth")
    }
}
