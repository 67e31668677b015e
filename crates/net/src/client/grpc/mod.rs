//! Unary gRPC calls over HTTP/2.
//!
//! Read in this order: [`GrpcClient`], `target` (what an endpoint means), `balancer` (which connection),
//! `channel` (one connection and its reconnecting), `reply` (what comes back).

mod balancer;
mod channel;
mod reply;
mod target;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, TE, USER_AGENT};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use hyper::body::Incoming;
use tokio::time::Instant;
use tonic::{Code, Status};

use self::balancer::Balancer;
pub(super) use self::channel::describe;
pub use self::reply::GrpcReply;
pub use self::target::{GrpcTarget, TargetError};
use super::ClientError;
use crate::auth::{ClientAuth, NoOrigin, Origin};
use crate::compression::{Encoding, Payload};
use crate::grpc::{
    APPLICATION_GRPC, GRPC_ACCEPT_ENCODING, GRPC_ENCODING, GRPC_TIMEOUT, MessageBody,
    format_timeout,
};
use crate::tls::ClientTls;

/// A request that a dying connection gave back unsent is offered to so many connections.
const SEND_ATTEMPTS: usize = 3;

/// Pings on a silent connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrpcKeepalive {
    /// How long a connection may be silent.
    pub time: Duration,
    /// How long the server has to answer a ping.
    pub timeout: Duration,
    /// Whether to ping without calls in flight, too.
    pub without_calls: bool,
}

/// Everything about a gRPC client.
#[derive(Debug, Clone)]
pub struct GrpcClientOptions {
    /// Whom to call.
    pub target: GrpcTarget,
    /// Sent as `:authority` instead of the target's own; empty for the target's own.
    pub authority: String,
    /// TLS; `None` is plaintext.
    pub tls: Option<ClientTls>,
    /// Who signs calls; `None` sends them as they are.
    pub auth: Option<ClientAuth>,
    /// Added to every call that does not have them already.
    pub headers: HeaderMap,
    /// Sent as `user-agent`.
    pub user_agent: String,
    /// How messages are compressed; one that gRPC has no name for is sent as it is.
    pub compression: Encoding,
    /// Whether a call waits for a connection until its timeout instead of failing.
    pub wait_for_ready: bool,
    /// Whether all calls go to the first address that answers instead of to all in turn.
    pub pick_first: bool,
    /// Pings; `None` sends none.
    pub keepalive: Option<GrpcKeepalive>,
    /// Longest reply, in bytes.
    pub reply_bytes_max: usize,
    /// HTTP/2 flow-control window of one stream, in bytes.
    pub stream_window: u32,
    /// HTTP/2 flow-control window of one connection, in bytes.
    pub connection_window: u32,
}

impl GrpcClientOptions {
    /// The defaults for `target`.
    #[must_use]
    pub fn new(target: GrpcTarget, user_agent: impl Into<String>) -> Self {
        Self {
            target,
            authority: String::new(),
            tls: None,
            auth: None,
            headers: HeaderMap::new(),
            user_agent: user_agent.into(),
            compression: Encoding::Identity,
            wait_for_ready: false,
            pick_first: false,
            keepalive: None,
            reply_bytes_max: 4 << 20,
            stream_window: 1 << 20,
            connection_window: 2 << 20,
        }
    }
}

/// Calls one target over as many connections as it has addresses. Cloning shares them.
#[derive(Clone)]
pub struct GrpcClient {
    inner: Arc<Inner>,
}

struct Inner {
    options: GrpcClientOptions,
    authority: Authority,
    headers: HeaderMap,
    balancer: Arc<Balancer>,
}

impl GrpcClient {
    /// A client that connects when it is first used, or when told to [`GrpcClient::connect`].
    ///
    /// # Errors
    ///
    /// [`ClientError`] when the authority cannot be sent.
    pub fn with_options(options: GrpcClientOptions) -> Result<Self, ClientError> {
        let authority = if options.authority.is_empty() {
            options.target.authority()
        } else {
            options.authority.clone()
        };
        let authority = Authority::try_from(authority.as_str())
            .map_err(|_| TargetError::Authority(authority))?;
        let mut headers = options.headers.clone();
        headers.insert(CONTENT_TYPE, APPLICATION_GRPC);
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(GRPC_ACCEPT_ENCODING, HeaderValue::from_static(Encoding::GRPC_ACCEPTED));
        if let Ok(agent) = HeaderValue::try_from(options.user_agent.as_str()) {
            headers.entry(USER_AGENT).or_insert(agent);
        }
        if options.compression != Encoding::Identity
            && let Some(name) = options.compression.grpc_name()
        {
            headers.insert(GRPC_ENCODING, HeaderValue::from_static(name));
        }
        let balancer = Arc::new(Balancer::new(&options, authority.host()));
        Ok(Self { inner: Arc::new(Inner { options, authority, headers, balancer }) })
    }

    /// Starts to connect in the background. Whether it succeeds is seen by the first call.
    pub fn connect(&self) {
        let balancer = Arc::clone(&self.inner.balancer);
        tokio::spawn(async move {
            // A failure is remembered by the balancer, which tries again when called.
            let _ = balancer.pick().await;
        });
    }

    /// Calls the method at `path` with one message and waits for the reply. `metadata` wins over
    /// the client's own headers. `timeout` bounds everything, connecting included, and is told to the
    /// server; `None` waits as long as it takes.
    ///
    /// # Errors
    ///
    /// The server's status, or our own: UNAVAILABLE when there is no connection or it broke,
    /// DEADLINE_EXCEEDED after `timeout`.
    pub async fn unary(
        &self,
        path: &PathAndQuery,
        message: Bytes,
        metadata: &HeaderMap,
        timeout: Option<Duration>,
    ) -> Result<GrpcReply, Status> {
        self.unary_for(&NoOrigin, path, message.into(), metadata, timeout).await
    }

    /// As [`GrpcClient::unary`], and tells whoever signs calls where the data came from.
    ///
    /// # Errors
    ///
    /// As [`GrpcClient::unary`]; UNAVAILABLE when the call could not be signed.
    pub async fn unary_for(
        &self,
        origin: &dyn Origin,
        path: &PathAndQuery,
        message: Payload,
        metadata: &HeaderMap,
        timeout: Option<Duration>,
    ) -> Result<GrpcReply, Status> {
        let request = self.request(path, &message, metadata)?;
        let Some(timeout) = timeout else {
            return self.call(request, origin, None).await;
        };
        tokio::time::timeout(timeout, self.call(request, origin, Some(timeout)))
            .await
            .unwrap_or_else(|_| {
                Err(unanswered(Status::deadline_exceeded("context deadline exceeded")))
            })
    }

    async fn call(
        &self,
        mut request: Request<MessageBody>,
        origin: &dyn Origin,
        timeout: Option<Duration>,
    ) -> Result<GrpcReply, Status> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let auth = self.inner.options.auth.as_ref();
        if let Some(auth) = auth {
            let signed = auth.sign(request.headers_mut(), origin).await;
            signed.map_err(|error| Status::unavailable(error.to_string()))?;
        }
        for _ in 0..SEND_ATTEMPTS {
            let mut sender = self.inner.balancer.pick().await.map_err(unanswered)?;
            if let Some(deadline) = deadline {
                let left = deadline.saturating_duration_since(Instant::now());
                request.headers_mut().insert(GRPC_TIMEOUT, format_timeout(left));
            }
            match sender.try_send_request(request).await {
                Ok(response) => {
                    let reply = self.read(response).await;
                    if let (Err(status), Some(auth)) = (&reply, auth)
                        && status.code() == Code::Unauthenticated
                    {
                        auth.rejected();
                    }
                    return reply;
                }
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(unanswered(channel::unavailable(&error.into_error()))),
                },
            }
        }
        let closed = "every connection closed before the request was sent";
        Err(unanswered(Status::unavailable(closed)))
    }

    fn request(
        &self,
        path: &PathAndQuery,
        message: &Payload,
        metadata: &HeaderMap,
    ) -> Result<Request<MessageBody>, Status> {
        let configured = self.inner.options.compression;
        let encoding =
            if configured.grpc_name().is_some() { configured } else { Encoding::Identity };
        let is_compressed = encoding != Encoding::Identity;
        let message = message
            .encode(encoding, None)
            .map_err(|error| Status::internal(format!("grpc: {error}")))?;
        if u32::try_from(message.len()).is_err() {
            return Err(Status::resource_exhausted("grpc: message too large, over 4 GiB"));
        }
        let mut uri = http::uri::Parts::default();
        let is_plain = self.inner.options.tls.is_none();
        uri.scheme = Some(if is_plain { Scheme::HTTP } else { Scheme::HTTPS });
        uri.authority = Some(self.inner.authority.clone());
        uri.path_and_query = Some(path.clone());
        let uri = Uri::from_parts(uri)
            .map_err(|error| Status::internal(format!("malformed method name: {error}")))?;
        let mut request = Request::new(MessageBody::new(message, is_compressed));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.inner.headers.clone();
        for name in metadata.keys() {
            request.headers_mut().remove(name);
        }
        for (name, value) in metadata {
            request.headers_mut().append(name.clone(), value.clone());
        }
        Ok(request)
    }

    async fn read(&self, response: http::Response<Incoming>) -> Result<GrpcReply, Status> {
        reply::read(response, self.inner.options.reply_bytes_max).await
    }
}

/// The source of a status that no server gave.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct NoAnswer;

fn unanswered(mut status: Status) -> Status {
    status.set_source(Arc::new(NoAnswer));
    status
}

/// Whether a call of [`GrpcClient`] ended without an answer of the server: there was no connection,
/// it broke, or nothing came in time. A server that refuses with the same code has answered.
#[must_use]
pub fn is_unanswered(status: &Status) -> bool {
    std::error::Error::source(status).is_some_and(|source| source.is::<NoAnswer>())
}

impl std::fmt::Debug for GrpcClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Header values may be secrets.
        f.debug_struct("GrpcClient").field("target", &self.inner.options.target).finish()
    }
}
