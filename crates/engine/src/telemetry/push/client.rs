//! One backend for own telemetry.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri, uri::PathAndQuery};
use net::client::{ClientError, GrpcClient, HttpClient};

use crate::settings::OtlpPush;

const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");
/// How much of a backend's words goes into the log.
const MESSAGE_CHARS_MAX: usize = 256;

/// Own telemetry cannot be sent with these settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PushError(String);

/// Sends requests over either protocol.
pub(super) struct Client {
    way: Way,
    timeout: Option<Duration>,
}

enum Way {
    Grpc(GrpcClient, PathAndQuery),
    Http(HttpClient, Uri),
}

impl Client {
    /// `signal` is `metrics` or `logs`.
    pub(super) fn new(
        otlp: &OtlpPush,
        signal: &'static str,
        timeout: Option<Duration>,
    ) -> Result<Self, PushError> {
        let failed = |error: ClientError| PushError(error.to_string());
        let agent = concat!("tollgate/", env!("CARGO_PKG_VERSION"));
        let way = if otlp.is_grpc() {
            let client = GrpcClient::new(&otlp.grpc(), agent, None).map_err(failed)?;
            let service = if signal == "metrics" { "Metrics" } else { "Logs" };
            let path =
                format!("/opentelemetry.proto.collector.{signal}.v1.{service}Service/Export");
            let path = path.parse().map_err(|_| PushError(format!("{path} is no path")))?;
            Way::Grpc(client, path)
        } else {
            let config = otlp.http();
            let url = with_path(&config.endpoint, signal)?;
            let is_https = url.scheme_str() == Some("https");
            Way::Http(HttpClient::new(&config, agent, is_https, None).map_err(failed)?, url)
        };
        Ok(Self { way, timeout })
    }

    /// Sends a request once; the error is for the log.
    pub(super) async fn send(&self, request: Bytes) -> Result<(), String> {
        let headers = HeaderMap::new();
        match &self.way {
            Way::Grpc(client, path) => {
                let sent = client.unary(path, request, &headers, self.timeout).await;
                sent.map(drop)
                    .map_err(|status| short(&format!("{:?}: {}", status.code(), status.message())))
            }
            Way::Http(client, url) => {
                let sent = client.post(url, PROTOBUF, request, &headers, self.timeout).await;
                let reply = sent.map_err(|error| error.to_string())?;
                if reply.status.is_success() {
                    Ok(())
                } else {
                    Err(format!("HTTP {}", reply.status))
                }
            }
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(MESSAGE_CHARS_MAX).collect()
}

/// The endpoint, with the path of OTLP where it has none.
pub(super) fn with_path(endpoint: &str, signal: &str) -> Result<Uri, PushError> {
    let wrong = |_| PushError(format!("endpoint must be a valid URL: {endpoint}"));
    let url: Uri = endpoint.parse().map_err(wrong)?;
    if url.path() != "/" {
        return Ok(url);
    }
    format!("{}/v1/{signal}", endpoint.trim_end_matches('/')).parse().map_err(wrong)
}

/// Says in the log when sending begins to fail, and when it works again; not every time between, since the
/// log may be what is sent.
pub(super) struct Told {
    message: &'static str,
    fails: bool,
}

impl Told {
    pub(super) fn new(message: &'static str) -> Self {
        Self { message, fails: false }
    }

    pub(super) fn tell(&mut self, outcome: Result<(), String>) {
        match outcome {
            Err(error) if !self.fails => {
                self.fails = true;
                tracing::warn!(error, "{}", self.message);
            }
            Ok(()) if self.fails => {
                self.fails = false;
                tracing::info!("the backend of own telemetry takes it again");
            }
            _ => {}
        }
    }
}
