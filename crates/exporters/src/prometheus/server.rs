//! The page over HTTP: who may have it, and in which format.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, RETRY_AFTER,
        VARY,
    },
};
use net::{
    compression::{Encoding, compress},
    server::{HttpCall, HttpService},
};
use sdk::telemetry::{Counter, Gauge};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::{
    encode::{Format, PageSettings, TooLong, page},
    state::Store,
};

/// Where the page is.
pub(super) const PATH: &str = "/metrics";
/// How many pages are being made or sent at one time.
pub(super) const PAGES_MAX: usize = 16;
/// Shorter pages are not worth compressing, in bytes.
const COMPRESSED_FROM: usize = 1024;

const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const TEXT_UTF8: HeaderValue =
    HeaderValue::from_static("text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
const OPEN_METRICS_UTF8: HeaderValue = HeaderValue::from_static(
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
);

/// Answers scrapes.
#[derive(Debug)]
pub(super) struct Scrapes {
    pub(super) store: Arc<Mutex<Store>>,
    pub(super) settings: PageSettings,
    pub(super) formats: Formats,
    /// One permit for each page that is being made or sent.
    pub(super) pages: Arc<Semaphore>,
    pub(super) series: Gauge,
    /// Pages that were too long.
    pub(super) too_long: Counter,
    /// Scrapes that came while too many others ran.
    pub(super) too_many: Counter,
    pub(super) is_told: AtomicBool,
}

/// What there is to choose from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Formats {
    pub(super) open_metrics: bool,
    /// Whether names may need quotes.
    pub(super) utf8_names: bool,
}

/// A page on its way out, which makes room for another when it is sent.
struct Sent {
    page: Bytes,
    _permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.page
    }
}

#[async_trait]
impl HttpService for Scrapes {
    async fn call(&self, call: HttpCall) -> Response<Bytes> {
        if call.uri.path() != PATH {
            let text = format!("404 page not found: the metrics are at {PATH}\n");
            return refuse(StatusCode::NOT_FOUND, None, text);
        }
        if !matches!(call.method, Method::GET | Method::HEAD) {
            let allowed = (ALLOW, HeaderValue::from_static("GET, HEAD"));
            let text = "405 method not allowed\n".to_owned();
            return refuse(StatusCode::METHOD_NOT_ALLOWED, Some(allowed), text);
        }
        let Ok(permit) = Arc::clone(&self.pages).try_acquire_owned() else {
            self.too_many.add(1);
            let later = (RETRY_AFTER, HeaderValue::from_static("1"));
            let text = format!("{PAGES_MAX} others are being served, try again later\n");
            return refuse(StatusCode::SERVICE_UNAVAILABLE, Some(later), text);
        };
        let format = self.formats.choose(&call.headers);
        let is_gzip = accepts_gzip(&call.headers);
        let (store, settings) = (Arc::clone(&self.store), self.settings.clone());
        let (series, now) = (self.series.clone(), Instant::now());
        // A long page takes long enough to hold up others on this thread.
        let made = tokio::task::spawn_blocking(move || {
            let text = {
                let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
                store.purge(now);
                series.set(i64::try_from(store.len()).unwrap_or(i64::MAX));
                page(&store, &settings, format)?
            };
            Ok(packed(text.into(), is_gzip))
        });
        match made.await {
            Ok(Ok((page, encoding))) => {
                let content_type = self.formats.content_type(format);
                answer(Sent { page, _permit: permit }, content_type, encoding)
            }
            Ok(Err(TooLong)) => self.too_long(),
            Err(gone) => {
                let text = format!("the page was not made: {gone}\n");
                refuse(StatusCode::INTERNAL_SERVER_ERROR, None, text)
            }
        }
    }
}

impl Scrapes {
    /// Half a page would look like series that ended, so there is none.
    fn too_long(&self) -> Response<Bytes> {
        let limit = self.settings.bytes_max;
        self.too_long.add(1);
        if !self.is_told.swap(true, Ordering::Relaxed) {
            tracing::error!(limit, "The metrics page is over limits::page_bytes and not served");
        }
        let text = format!("the page is longer than limits::page_bytes, which is {limit} bytes\n");
        refuse(StatusCode::INTERNAL_SERVER_ERROR, None, text)
    }
}

impl Formats {
    /// What the reader likes best of what there is; without a word, text.
    pub(super) fn choose(self, headers: &HeaderMap) -> Format {
        let mut best = (0.0, Format { is_open_metrics: false, knows_utf8: !self.utf8_names });
        for offer in values(headers, &ACCEPT) {
            let mut parts = offer.split(';').map(str::trim);
            let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
            let parts: Vec<_> = parts.filter_map(|part| part.split_once('=')).collect();
            let get = |key: &str| {
                let found = parts.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(key));
                found.map(|(_, value)| value.trim().trim_matches('"'))
            };
            let is_open_metrics = match (media_type.as_str(), get("version")) {
                ("application/openmetrics-text", None | Some("0.0.1" | "1.0.0")) => true,
                ("text/plain" | "text/*" | "*/*", None | Some("0.0.4" | "1.0.0")) => false,
                _ => continue,
            };
            let quality = get("q").map_or(Some(1.0), |q| q.parse::<f64>().ok()).unwrap_or(0.0);
            if quality > best.0 && (self.open_metrics || !is_open_metrics) {
                let knows_utf8 = !self.utf8_names || get("escaping") == Some("allow-utf-8");
                best = (quality, Format { is_open_metrics, knows_utf8 });
            }
        }
        best.1
    }

    fn content_type(self, format: Format) -> HeaderValue {
        match (format.is_open_metrics, self.utf8_names && format.knows_utf8) {
            (false, false) => TEXT,
            (false, true) => TEXT_UTF8,
            (true, false) => OPEN_METRICS,
            (true, true) => OPEN_METRICS_UTF8,
        }
    }
}

/// The elements of a header that is a list.
fn values<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    values(headers, &ACCEPT_ENCODING).any(|offer| {
        let (name, quality) = offer.split_once(';').unwrap_or((offer, ""));
        let quality = quality.trim().strip_prefix("q=").unwrap_or("1");
        name.trim().eq_ignore_ascii_case("gzip")
            && quality.parse::<f64>().is_ok_and(|quality| quality > 0.0)
    })
}

/// The page, compressed where that is wanted and works.
fn packed(page: Bytes, is_gzip: bool) -> (Bytes, Encoding) {
    if is_gzip && page.len() >= COMPRESSED_FROM {
        // The fastest level: a page is read once.
        if let Ok(small) = compress(&page, Encoding::Gzip, Some(1)) {
            return (small, Encoding::Gzip);
        }
    }
    (page, Encoding::Identity)
}

fn answer(sent: Sent, content_type: HeaderValue, encoding: Encoding) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_owner(sent));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    if encoding != Encoding::Identity {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.http_name()));
    }
    response
}

fn refuse(
    code: StatusCode,
    header: Option<(HeaderName, HeaderValue)>,
    text: String,
) -> Response<Bytes> {
    let mut response = Response::new(text.into());
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, PLAIN);
    response.headers_mut().extend(header);
    response
}
