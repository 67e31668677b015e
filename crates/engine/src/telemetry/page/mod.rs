//! The page of own metrics, `/metrics` (C§4.2).

#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY},
};
use net::{
    budget::ByteBudget,
    compression::{Encoding, compress},
    server::{BoundAddr, HttpCall, HttpService, Server, ServerOptions, Services},
};
use sdk::{async_trait, telemetry::Telemetry};

use crate::settings::PrometheusReader;

const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
/// Scrapers at one time; there is seldom more than one.
const CONNECTIONS_MAX: u32 = 100;

/// A listening page. Dropping it closes it.
#[derive(Debug)]
pub struct MetricsPage(Server);

/// The page cannot be served; the text names the address and the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PageError(String);

impl MetricsPage {
    /// Listens where `reader` says. `resource` becomes the labels of `target_info`.
    ///
    /// # Errors
    ///
    /// The address is not one, or is taken: the collector must not start then (C§1.4).
    pub async fn bind(
        reader: &PrometheusReader,
        telemetry: Telemetry,
        resource: &[(String, String)],
    ) -> Result<Self, PageError> {
        // An address of version 6 stands in brackets before a port.
        let host = if reader.host.contains(':') && !reader.host.starts_with('[') {
            format!("[{}]", reader.host)
        } else {
            reader.host.clone()
        };
        let mut options = ServerOptions::new(format!("{host}:{}", reader.port));
        options.connections_max = CONNECTIONS_MAX;
        let page = Page {
            telemetry,
            about: text::about(resource),
            with_type_suffix: !reader.without_type_suffix,
        };
        let services = Services { grpc: None, http: Some(Arc::new(page)) };
        // The page reads no body, so there is nothing to bound.
        Server::bind(options, services, ByteBudget::unlimited())
            .await
            .map(Self)
            .map_err(|error| PageError(error.to_string()))
    }

    /// The address really bound.
    pub fn address(&self) -> &BoundAddr {
        self.0.address()
    }

    /// Stops to listen once scrapes under way are answered.
    pub async fn shutdown(self) {
        self.0.shutdown().await;
    }
}

struct Page {
    telemetry: Telemetry,
    /// Series that never change.
    about: String,
    with_type_suffix: bool,
}

#[async_trait]
impl HttpService for Page {
    async fn call(&self, call: HttpCall) -> Response<Bytes> {
        if call.uri.path() == "/metrics" { self.show(&call.headers) } else { not_found() }
    }
}

impl Page {
    fn show(&self, headers: &HeaderMap) -> Response<Bytes> {
        let mut page = self.telemetry.render();
        if self.with_type_suffix {
            page = text::with_type_suffix(&page);
        }
        page.extend_from_slice(self.about.as_bytes());
        let page = Bytes::from(page);
        let compressed =
            if accepts_gzip(headers) { compress(&page, Encoding::Gzip, None).ok() } else { None };
        let is_compressed = compressed.is_some();
        let mut response = answer(StatusCode::OK, TEXT_FORMAT, compressed.unwrap_or(page));
        let headers = response.headers_mut();
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        if is_compressed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

fn not_found() -> Response<Bytes> {
    let text = Bytes::from_static(b"404 page not found\n");
    answer(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", text)
}

fn answer(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Whether `gzip` is among the encodings and not ruled out by `q=0`.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && weight.is_none_or(|weight| weight.parse().is_ok_and(|q: f64| q > 0.0))
    })
}
