//! Getting one small document over HTTP, for configs behind a URL.

use bytes::Bytes;
use http::{Request, StatusCode, Uri, header::LOCATION};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use super::HttpError;
use super::grpc::describe;
use super::http::Connector;
use crate::settings::TlsClientConfig;
use crate::tls::{Alpn, ClientTls};

/// Redirects that are followed, as in Go.
const REDIRECTS_MAX: usize = 10;
/// The longest document.
const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// GETs a document: its status and its body. Redirects are followed, but never from `https://` to
/// `http://`. Certificates are held against the system's list.
///
/// # Errors
///
/// [`HttpError`] when there is no answer, or more than 16 MiB of it.
pub async fn fetch(url: &str) -> Result<(u16, Vec<u8>), HttpError> {
    let tls = if url.starts_with("https://") {
        let loaded = ClientTls::load(&TlsClientConfig::default(), Alpn::Any);
        Some(loaded.map_err(|error| HttpError::Request(error.to_string()))?)
    } else {
        None
    };
    fetch_with(url, tls).await
}

/// As [`fetch`], with TLS of one's own; without any, `https://` is refused.
///
/// # Errors
///
/// As [`fetch`].
pub async fn fetch_with(url: &str, tls: Option<ClientTls>) -> Result<(u16, Vec<u8>), HttpError> {
    let request = |reason: String| HttpError::Request(reason);
    let mut uri: Uri = url.parse().map_err(|_| request(format!("{url} is not a URL")))?;
    let is_secret = uri.scheme_str() == Some("https");
    let connector = Connector::new(None, tls);
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    for _ in 0..=REDIRECTS_MAX {
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if !is_secret => {}
            Some("http") => return Err(request("redirected from https:// to http://".to_owned())),
            _ => return Err(request("the URL must start with http:// or https://".to_owned())),
        }
        let get =
            Request::get(&uri).body(Empty::new()).map_err(|error| request(error.to_string()))?;
        let response =
            client.request(get).await.map_err(|error| HttpError::Transport(describe(&error)))?;
        let (head, body) = response.into_parts();
        let target = head.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        match (is_redirect(head.status), target) {
            (true, Some(target)) => uri = resolve(&uri, target)?,
            _ => {
                let whole = Limited::new(body, DOCUMENT_BYTES_MAX)
                    .collect()
                    .await
                    .map_err(|error| HttpError::Transport(error.to_string()))?;
                return Ok((head.status.as_u16(), whole.to_bytes().to_vec()));
            }
        }
    }
    Err(request(format!("stopped after {REDIRECTS_MAX} redirects")))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The target of a redirect: a whole URL, or a path on the same host.
fn resolve(base: &Uri, target: &str) -> Result<Uri, HttpError> {
    let authority = base.authority().map_or("", |authority| authority.as_str());
    let scheme = base.scheme_str().unwrap_or("http");
    let whole = if target.starts_with('/') {
        format!("{scheme}://{authority}{target}")
    } else {
        target.into()
    };
    whole.parse().map_err(|_| HttpError::Request("redirected to what is not a URL".to_owned()))
}
