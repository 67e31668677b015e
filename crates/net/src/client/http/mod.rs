//! HTTP posts with kept-alive connections: HTTP/1.1, and HTTP/2 where a server with TLS offers it.

mod connect;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;

pub(super) use self::connect::Connector;
use crate::auth::{ClientAuth, NoOrigin, Origin};
use crate::compression::{CompressError, Encoding, Payload};
use crate::tls::ClientTls;

/// So much of a reply's body is read (C§6.2).
const REPLY_BYTES_MAX: usize = 64 << 10;
/// So many hosts are counted for `max_conns_per_host`; an exporter has a handful at most.
const HOSTS_MAX: usize = 64;

/// Everything about an HTTP client.
#[derive(Debug, Clone)]
pub struct HttpClientOptions {
    /// Sent as `User-Agent`.
    pub user_agent: String,
    /// Set on every request, over whatever was there; `Host` is honoured.
    pub headers: HeaderMap,
    /// How bodies are compressed.
    pub compression: Encoding,
    /// The collector's level (C§6.2); `None` is the format's default.
    pub compression_level: Option<i32>,
    /// Idle connections kept for one host.
    pub idle_per_host_max: usize,
    /// Requests at one time to one host; `None` is no limit.
    pub connections_per_host_max: Option<usize>,
    /// How long an idle connection is kept; `None` for ever.
    pub idle_timeout: Option<Duration>,
    /// An HTTP proxy; `https://` requests go through a tunnel in it.
    pub proxy: Option<Uri>,
    /// Who signs requests; `None` sends them as they are.
    pub auth: Option<ClientAuth>,
    /// TLS for `https://` requests; without it they are refused.
    pub tls: Option<ClientTls>,
}

impl Default for HttpClientOptions {
    fn default() -> Self {
        Self {
            user_agent: String::new(),
            headers: HeaderMap::new(),
            compression: Encoding::Identity,
            compression_level: None,
            idle_per_host_max: 2,
            connections_per_host_max: None,
            idle_timeout: Some(Duration::from_secs(90)),
            proxy: None,
            tls: None,
            auth: None,
        }
    }
}

/// Posts bodies. Cloning shares the connections.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

struct Inner {
    options: HttpClientOptions,
    client: Client<Connector, Full<Bytes>>,
    hosts: Mutex<HashMap<Authority, Arc<Semaphore>>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct HttpReply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body's first 64 KiB.
    pub body: Bytes,
    /// Whether there was more.
    pub is_cut: bool,
}

/// A post that got no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection, or it broke; trying again may help.
    #[error("failed to make an HTTP request: {0}")]
    Transport(String),
    /// No complete answer in time; trying again may help.
    #[error("failed to make an HTTP request: no answer within {0:?}")]
    Timeout(Duration),
    /// The body could not be compressed; trying again does not help.
    #[error("failed to make an HTTP request: {0}")]
    Compress(#[from] CompressError),
    /// The request itself is impossible; trying again does not help.
    #[error("failed to make an HTTP request: {0}")]
    Request(String),
}

impl HttpClient {
    /// A client that connects when it is used.
    #[must_use]
    pub fn with_options(options: HttpClientOptions) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(options.idle_timeout)
            .pool_max_idle_per_host(options.idle_per_host_max)
            .build(Connector::new(options.proxy.clone(), options.tls.clone()));
        let hosts = Mutex::new(HashMap::new());
        Self { inner: Arc::new(Inner { options, client, hosts }) }
    }

    /// Posts `body`, compressed as configured. `extra` headers go over ours, configured headers over
    /// both. `timeout` bounds everything, from connecting to the last byte of the reply.
    /// Redirects are not followed.
    ///
    /// # Errors
    ///
    /// [`HttpError`] when there is no answer; any status is an answer.
    pub async fn post(
        &self,
        url: &Uri,
        content_type: HeaderValue,
        body: Bytes,
        extra: &HeaderMap,
        timeout: Option<Duration>,
    ) -> Result<HttpReply, HttpError> {
        let request = self.request(url, content_type, &body.into(), extra)?;
        self.send(request, &NoOrigin, timeout).await
    }

    /// As [`HttpClient::post`], and tells whoever signs requests where the data came from.
    ///
    /// # Errors
    ///
    /// As [`HttpClient::post`]; a request that could not be signed is [`HttpError::Transport`].
    pub async fn post_for(
        &self,
        origin: &dyn Origin,
        url: &Uri,
        content_type: HeaderValue,
        body: Payload,
        timeout: Option<Duration>,
    ) -> Result<HttpReply, HttpError> {
        let request = self.request(url, content_type, &body, &HeaderMap::new())?;
        self.send(request, origin, timeout).await
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
        origin: &dyn Origin,
        timeout: Option<Duration>,
    ) -> Result<HttpReply, HttpError> {
        let exchange = self.exchange(request, origin);
        match timeout {
            None => exchange.await,
            Some(timeout) => tokio::time::timeout(timeout, exchange)
                .await
                .unwrap_or(Err(HttpError::Timeout(timeout))),
        }
    }

    fn request(
        &self,
        url: &Uri,
        content_type: HeaderValue,
        body: &Payload,
        extra: &HeaderMap,
    ) -> Result<Request<Full<Bytes>>, HttpError> {
        let options = &self.inner.options;
        check_url(url, options.tls.is_some())?;
        let body = body.encode(options.compression, options.compression_level)?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.clone();
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, content_type);
        if let Ok(agent) = HeaderValue::try_from(options.user_agent.as_str()) {
            headers.insert(USER_AGENT, agent);
        }
        if options.compression != Encoding::Identity {
            let name = HeaderValue::from_static(options.compression.http_name());
            headers.insert(CONTENT_ENCODING, name);
        }
        for (name, value) in extra.iter().chain(&options.headers) {
            headers.insert(name.clone(), value.clone());
        }
        Ok(request)
    }

    async fn exchange(
        &self,
        mut request: Request<Full<Bytes>>,
        origin: &dyn Origin,
    ) -> Result<HttpReply, HttpError> {
        let auth = self.inner.options.auth.as_ref();
        if let Some(auth) = auth {
            let signed = auth.sign(request.headers_mut(), origin).await;
            signed.map_err(|error| HttpError::Transport(error.to_string()))?;
        }
        let host = self.host(request.uri());
        let _turn = match &host {
            Some(host) => host.acquire().await.ok(),
            None => None,
        };
        let response = self
            .inner
            .client
            .request(request)
            .await
            .map_err(|error| HttpError::Transport(describe(&error)))?;
        let (head, mut body) = response.into_parts();
        if let Some(auth) = auth.filter(|_| head.status == StatusCode::UNAUTHORIZED) {
            auth.rejected();
        }
        let (body, is_cut) = read_some(&mut body).await?;
        Ok(HttpReply { status: head.status, headers: head.headers, body, is_cut })
    }

    /// The turns of the request's host, if they are limited.
    fn host(&self, url: &Uri) -> Option<Arc<Semaphore>> {
        let limit = self.inner.options.connections_per_host_max?;
        let authority = url.authority()?;
        let mut hosts = self.inner.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_MAX && !hosts.contains_key(authority) {
            hosts.clear();
        }
        let host = hosts
            .entry(authority.clone())
            .or_insert_with(|| Arc::new(Semaphore::new(limit.clamp(1, Semaphore::MAX_PERMITS))));
        Some(Arc::clone(host))
    }
}

fn check_url(url: &Uri, has_tls: bool) -> Result<(), HttpError> {
    match (url.scheme(), url.authority()) {
        (Some(scheme), Some(_)) if *scheme == Scheme::HTTP => Ok(()),
        (Some(scheme), Some(_)) if *scheme == Scheme::HTTPS => {
            if has_tls {
                return Ok(());
            }
            Err(HttpError::Request("an https:// URL needs a client with TLS".to_owned()))
        }
        _ => Err(HttpError::Request("the URL needs a scheme and a host: http://host/".to_owned())),
    }
}

/// The first 64 KiB of a body, and whether there is more.
async fn read_some(body: &mut Incoming) -> Result<(Bytes, bool), HttpError> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| HttpError::Transport(describe(&error)))?;
        let Ok(data) = frame.into_data() else { continue };
        let room = REPLY_BYTES_MAX - read.len();
        if data.len() > room {
            read.extend_from_slice(data.get(..room).unwrap_or_default());
            return Ok((read.freeze(), true));
        }
        read.extend_from_slice(&data);
    }
    Ok((read.freeze(), false))
}

fn describe(error: &dyn Error) -> String {
    super::grpc::describe(error)
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Header values and proxy passwords are secrets.
        f.debug_struct("HttpClient").field("compression", &self.inner.options.compression).finish()
    }
}
