#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::OnceLock, time, time::SystemTime};

use bytes::Bytes;
use http::{
    HeaderValue, Uri,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use net::{
    client::{HttpClient, HttpError, HttpReply},
    settings::HttpClientConfig,
    status::{code_of_http, parse_retry_after, rpc_status_from_proto},
};
use pdata::json;
use sdk::{
    Batch, BuildContext, BuildError, Clock, Code, Delivered, Delivery, Destination, Error,
    Exporter, GrpcStatus, Host, Signal, Stability, StartError, async_trait,
};

pub use self::config::{Config, EncodingType, OwnConfig};
use crate::shared;

const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The `otlp_http` exporter.
#[derive(Debug)]
pub struct OtlpHttp {
    config: HttpClientConfig,
    agent: String,
    host: Host,
    /// Made when it is made if that takes no files and no extension, else at start.
    client: OnceLock<HttpClient>,
    urls: BTreeMap<Signal, Uri>,
    encoding: EncodingType,
    timeout: Option<time::Duration>,
    clock: Clock,
}

#[async_trait]
impl Exporter for OtlpHttp {
    const KIND: &'static str = "otlp_http";
    const ALIASES: &'static [&'static str] = &["otlphttp"];
    const STABILITY: Stability = Stability::Stable;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn delivery(config: &Config, signal: Signal) -> Delivery {
        let url = config.url(signal).unwrap_or_default();
        let (address, port) = shared::host_and_port(&url);
        let path = url.parse::<Uri>().map(|uri| uri.path().to_owned()).unwrap_or_default();
        Delivery {
            timeout: Some(*config.own.timeout).filter(|timeout| !timeout.is_zero()),
            queue: config.own.sending_queue.as_ref().cloned(),
            retry: Some(config.own.retry_on_failure.clone()).filter(|retry| retry.enabled),
            destination: Destination { address, port, path },
        }
    }

    fn new(config: Config, signals: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        let mut urls = BTreeMap::new();
        for signal in signals {
            let url = config.url(*signal).ok_or_else(|| {
                BuildError(format!("either endpoint or {signal}_endpoint must be specified"))
            })?;
            let uri = url.parse::<Uri>().ok().filter(|uri| uri.authority().is_some());
            let uri = uri.ok_or_else(|| {
                BuildError(format!(
                    "{signal}: the endpoint must be a URL such as http://localhost:4318"
                ))
            })?;
            urls.insert(*signal, uri);
        }
        let OwnConfig { encoding, timeout, .. } = config.own;
        let (config, agent) = (config.client, shared::user_agent(&context.info));
        let options =
            config.client_options(&agent).map_err(|error| BuildError(error.to_string()))?;
        let client = if has_https(&urls) || config.auth.is_some() {
            OnceLock::new()
        } else {
            OnceLock::from(HttpClient::with_options(options))
        };
        let timeout = Some(*timeout).filter(|timeout| !timeout.is_zero());
        let (host, clock) = (context.host, context.clock);
        Ok(Self { config, agent, host, client, urls, encoding, timeout, clock })
    }

    async fn start(&self) -> Result<(), StartError> {
        if self.client.get().is_none() {
            let auth = shared::client_auth(&self.host, self.config.auth.as_ref())?;
            let made = HttpClient::new(&self.config, &self.agent, has_https(&self.urls), auth)
                .map_err(|error| StartError(error.to_string()))?;
            self.client.get_or_init(|| made);
        }
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let signal = batch.signal();
        let url = self
            .urls
            .get(&signal)
            .ok_or_else(|| Error::permanent(format!("no endpoint is configured for {signal}")))?;
        let (content_type, body) = match self.encoding {
            EncodingType::Proto => (PROTOBUF, shared::payload(&batch)),
            EncodingType::Json => {
                let mut text = Vec::with_capacity(batch.bytes().len() * 2);
                json::encode(signal, batch.bytes(), &mut text);
                (JSON, Bytes::from(text).into())
            }
        };
        let client = self.client.get().ok_or_else(|| Error::refused("not started yet"))?;
        let origin = shared::ContextOrigin(batch.context());
        let reply = client
            .post_for(&origin, url, content_type, body, self.timeout)
            .await
            .map_err(|error| transport_error(&error))?;
        if reply.status.is_success() {
            accepted(signal, &reply)
        } else {
            Err(refused(url, &reply, batch.items(), self.clock.now()))
        }
    }
}

/// Whether one of the URLs needs TLS.
fn has_https(urls: &BTreeMap<Signal, Uri>) -> bool {
    urls.values().any(|url| url.scheme_str() == Some("https"))
}

/// What a request that got no answer means.
fn transport_error(error: &HttpError) -> Error {
    match error {
        HttpError::Transport(_) | HttpError::Timeout(_) => Error::refused(error.to_string()),
        HttpError::Compress(_) | HttpError::Request(_) => Error::permanent(error.to_string()),
    }
}

/// Reads a success, which may still say that a part was not kept. Only a body whose type is exactly
/// one of OTLP's two is looked into, as in the Go collector.
fn accepted(signal: Signal, reply: &HttpReply) -> Result<Delivered, Error> {
    let content_type = reply.headers.get(CONTENT_TYPE);
    let is_json = content_type == Some(&JSON);
    if reply.is_cut || !(is_json || content_type == Some(&PROTOBUF)) {
        return Ok(Delivered::all());
    }
    shared::partial_success_of(signal, &reply.body, is_json).map_err(Error::permanent)
}

/// Reads a refusal of a request of so many items: the backend's own status where it sent one, else one
/// for the HTTP status.
fn refused(url: &Uri, reply: &HttpReply, items: usize, now: SystemTime) -> Error {
    let http = reply.status.as_u16();
    let status = rpc_status_from_proto(&reply.body)
        .ok()
        .filter(|_| reply.headers.get(CONTENT_TYPE) == Some(&PROTOBUF) && !reply.body.is_empty());
    let mut text = format!(
        "error exporting items, request to {} responded with HTTP Status Code {http}",
        without_secrets(url)
    );
    if let Some(status) = status.as_ref().filter(|status| !status.message().is_empty()) {
        text.push_str(", Message=");
        text.extend(status.message().chars().take(1024));
    }
    let is_retryable = matches!(http, 429 | 502 | 503 | 504);
    let error = if is_retryable { Error::refused(&text) } else { Error::permanent(&text) };
    let error = error.with_status(GrpcStatus {
        code: Code::from_number(code_of_http(http) as i32),
        message: text,
        details: Bytes::new(),
    });
    let wait = reply
        .headers
        .get(RETRY_AFTER)
        .filter(|_| matches!(http, 429 | 503))
        .and_then(|value| parse_retry_after(value, now));
    let error = match wait {
        Some(wait) => error.retry_after(wait),
        None => error,
    };
    shared::Refusal::over_http(http, code_of_http(http), &reply.body, items).explain(error)
}

/// A URL for logs: a user, a password and a query stay out of them.
fn without_secrets(url: &Uri) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let scheme = url.scheme_str().unwrap_or("http");
    format!("{scheme}://{}{port}{}", url.host().unwrap_or_default(), url.path())
}
