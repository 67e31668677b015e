//! Who may come in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use tonic::Status;

use crate::status::{refusal, status_with_retry_info};

/// A client that could not be checked may ask again after this.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What is known of a client that may come in, by attribute name (`subject`, `username`).
pub type Identity = BTreeMap<String, String>;

/// Says who a request comes from.
#[async_trait]
pub trait ServerAuthenticator: Send + Sync + 'static {
    /// Checks the request's credentials. Asked before any of its body is read.
    ///
    /// # Errors
    ///
    /// [`AuthError`], whose text goes to the client and must hold no secret.
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Identity, AuthError>;
}

/// What an authenticator is shown of a request.
#[derive(Debug)]
pub struct AuthRequest<'a> {
    headers: &'a HeaderMap,
    /// Query parameters that the settings name; they go before headers.
    params: Vec<(&'a str, String)>,
}

impl<'a> AuthRequest<'a> {
    /// A request with these headers and no parameters.
    #[must_use]
    pub fn new(headers: &'a HeaderMap) -> Self {
        Self { headers, params: Vec::new() }
    }

    /// The first value of a parameter or header, whose case does not matter. A value that is not
    /// ASCII is none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let param = self.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        match param {
            Some((_, value)) => Some(value),
            None => self.headers.get(name)?.to_str().ok(),
        }
    }
}

/// Why a request may not come in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// No credentials, or wrong ones: 401, UNAUTHENTICATED.
    #[error("{text}")]
    Denied {
        /// For the client.
        text: String,
        /// `WWW-Authenticate`.
        challenge: HeaderValue,
    },
    /// They could not be checked; trying again may help: 503, UNAVAILABLE.
    #[error("{0}")]
    Unavailable(String),
}

impl AuthError {
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Denied { text, .. } => Status::unauthenticated(text),
            Self::Unavailable(text) => {
                status_with_retry_info(&Status::unavailable(text), RETRY_AFTER)
            }
        }
    }

    /// The answer over HTTP: `google.rpc.Status` in the encoding of the request.
    pub(crate) fn response(&self, request: &HeaderMap) -> Response<bytes::Bytes> {
        let code = match self {
            Self::Denied { .. } => StatusCode::UNAUTHORIZED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = refusal(code, &self.status(), request);
        if let Self::Denied { challenge, .. } = self {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge.clone());
        }
        response
    }
}

/// The authenticator of a server. Cloning shares it.
#[derive(Clone)]
pub struct ServerAuth {
    inner: Arc<dyn ServerAuthenticator>,
    params: Arc<[String]>,
}

impl ServerAuth {
    /// Asks `inner`, which is shown the query parameters named.
    #[must_use]
    pub fn new(inner: Arc<dyn ServerAuthenticator>, params: &[String]) -> Self {
        Self { inner, params: params.into() }
    }

    pub(crate) async fn authenticate(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
    ) -> Result<Identity, AuthError> {
        let mut request = AuthRequest::new(headers);
        let query = uri.query().filter(|_| !self.params.is_empty()).unwrap_or_default();
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            if let Some(param) = self.params.iter().find(|param| *param == key) {
                let value = value.replace('+', " ");
                let value = percent_encoding::percent_decode_str(&value).decode_utf8_lossy();
                request.params.push((param, value.into_owned()));
            }
        }
        self.inner.authenticate(&request).await
    }
}

impl std::fmt::Debug for ServerAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerAuth")
    }
}
