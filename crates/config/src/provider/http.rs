//! `http:` and `https:`, over a fetch function given by the caller: this crate does no network I/O.

use super::{Provider, Retrieved};
use crate::error::Error;
use crate::limits::DOCUMENT_BYTES_MAX;

/// GETs a URL, following redirects: the status code and the body, or why there is none. Must not
/// read more of a body than [`DOCUMENT_BYTES_MAX`] and one byte.
pub type Fetch = Box<dyn Fn(&str) -> Result<(u16, Vec<u8>), String> + Send + Sync>;

/// Configs behind a URL; only status 200 counts.
pub struct HttpProvider {
    scheme: String,
    fetch: Fetch,
}

impl std::fmt::Debug for HttpProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpProvider").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl HttpProvider {
    /// A provider for `scheme` (`http` or `https`).
    pub fn new(scheme: impl Into<String>, fetch: Fetch) -> Self {
        Self { scheme: scheme.into(), fetch }
    }
}

impl Provider for HttpProvider {
    fn scheme(&self) -> &str {
        &self.scheme
    }

    fn retrieve(&self, opaque: &str) -> Result<Retrieved, Error> {
        let uri = format!("{}:{opaque}", self.scheme);
        let shown = without_secrets(&uri);
        let (status, body) = (self.fetch)(&uri).map_err(|why| {
            Error::new(format!("unable to download the file via HTTP GET for uri {shown:?}: {why}"))
        })?;
        if status != 200 {
            return Err(Error::new(format!(
                "failed to load resource from uri {shown:?}. status code: {status}"
            )));
        }
        let fail = |why: String| {
            Error::new(format!("fail to read the response body from uri {shown:?}: {why}"))
        };
        if body.len() > DOCUMENT_BYTES_MAX {
            return Err(fail(format!("larger than the limit of {DOCUMENT_BYTES_MAX} bytes")));
        }
        let text = String::from_utf8(body).map_err(|_| fail("invalid UTF-8".to_owned()))?;
        Ok(Retrieved::from_yaml(&text, &shown))
    }
}

/// The URL without user, password and query values, fit for errors and positions.
fn without_secrets(uri: &str) -> String {
    let (base, query) = match uri.split_once('?') {
        Some((base, _)) => (base, "?…"),
        None => (uri, ""),
    };
    let Some((scheme, rest)) = base.split_once("://") else { return format!("{base}{query}") };
    let (host, path) = match rest.split_at_checked(rest.find('/').unwrap_or(rest.len())) {
        Some(parts) => parts,
        None => (rest, ""),
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}{query}")
}
