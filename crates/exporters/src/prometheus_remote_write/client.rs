//! Posting requests, and what the answers mean.

use std::{sync::OnceLock, time};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header::RETRY_AFTER};
use net::{
    client::{HttpClient, HttpError, HttpReply},
    compression::Encoding,
    settings::HttpClientConfig,
    status::{code_of_http, parse_retry_after},
};
use sdk::{BuildError, Clock, Code, Context, Error, GrpcStatus, Host, StartError};

use crate::shared;

const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");
const VERSION: HeaderName = HeaderName::from_static("x-prometheus-remote-write-version");
/// Remote write 1.0, which was named before it was finished.
const VERSION_1: HeaderValue = HeaderValue::from_static("0.1.0");
/// How much of a backend's words is kept.
const MESSAGE_CHARS_MAX: usize = 256;

/// The backend.
#[derive(Debug)]
pub(super) struct Backend {
    config: HttpClientConfig,
    agent: String,
    host: Host,
    url: Uri,
    timeout: Option<time::Duration>,
    clock: Clock,
    /// From the start on.
    client: OnceLock<HttpClient>,
}

impl Backend {
    pub(super) fn new(
        config: HttpClientConfig,
        timeout: Option<time::Duration>,
        context: &sdk::BuildContext,
    ) -> Result<Self, BuildError> {
        let url = config.endpoint.parse().map_err(|_| {
            BuildError(format!("endpoint must be a valid URL: {}", config.endpoint))
        })?;
        let agent = shared::user_agent(&context.info);
        let (host, clock) = (context.host.clone(), context.clock.clone());
        Ok(Self { config, agent, host, url, timeout, clock, client: OnceLock::new() })
    }

    pub(super) fn start(&self) -> Result<(), StartError> {
        let failed = |error: net::client::ClientError| StartError(error.to_string());
        let mut options = self.config.client_options(&self.agent).map_err(failed)?;
        options.compression = Encoding::Snappy;
        options.compression_level = None;
        options.auth = shared::client_auth(&self.host, self.config.auth.as_ref())?;
        if self.url.scheme_str() == Some("https") {
            options.tls = Some(self.config.load_tls().map_err(failed)?);
        }
        options.headers.entry(VERSION).or_insert(VERSION_1);
        self.client.get_or_init(|| HttpClient::with_options(options));
        Ok(())
    }

    /// Sends one request; the error says whether to send it again.
    pub(super) async fn post(&self, body: Bytes, origin: &Context) -> Result<(), Error> {
        let client = self.client.get().ok_or_else(|| Error::refused("not started yet"))?;
        let origin = shared::ContextOrigin(origin);
        let sent = client.post_for(&origin, &self.url, PROTOBUF, body.into(), self.timeout);
        let reply = sent.await.map_err(|error| match error {
            HttpError::Transport(_) | HttpError::Timeout(_) => Error::refused(error.to_string()),
            HttpError::Compress(_) | HttpError::Request(_) => Error::permanent(error.to_string()),
        })?;
        if reply.status.is_success() { Ok(()) } else { Err(self.refusal(&reply)) }
    }

    /// 429 and 5xx may pass; what is wrong with any other request stays wrong.
    fn refusal(&self, reply: &HttpReply) -> Error {
        let http = reply.status.as_u16();
        let words = String::from_utf8_lossy(&reply.body);
        let words: String = words.trim().chars().take(MESSAGE_CHARS_MAX).collect();
        let text = format!("remote write returned HTTP status {}; err = {words}", reply.status);
        let is_retryable = http == 429 || reply.status.is_server_error();
        let error = if is_retryable { Error::refused(&text) } else { Error::permanent(&text) };
        let error = error.with_status(GrpcStatus {
            code: Code::from_number(code_of_http(http) as i32),
            message: text,
            details: Bytes::new(),
        });
        match wait(&reply.headers, self.clock.now()).filter(|_| is_retryable) {
            Some(wait) => error.retry_after(wait),
            None => error,
        }
    }
}

fn wait(headers: &HeaderMap, now: time::SystemTime) -> Option<time::Duration> {
    parse_retry_after(headers.get(RETRY_AFTER)?, now)
}
