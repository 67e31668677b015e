//! One HTTP request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body::Body as _;
use hyper::body::Incoming;
use tonic::Status;

use super::activity::Reading;
use super::admission::unpack;
use super::connection::Client;
use super::reply::ReplyBody;
use super::service::HttpService;
use crate::auth::Identity;
use crate::budget::{BudgetError, BytePermit};
use crate::compression::{DecompressError, Encoding, Packed};
use crate::grpc::{BUSY_DELAY, MessageError, Pace, Pieces, next_frame};
use crate::status::{http_status_of, refusal, status_with_retry_info};

/// So much of a body that nobody wanted is read and forgotten, to keep the connection usable.
const DRAINED_BYTES_MAX: u64 = 256 << 10;
/// The budget of a body of unknown length grows in such steps.
const PERMIT_STEP: usize = 64 << 10;
/// Empty chunks before the sender is taken for an attacker.
const EMPTY_FRAMES_MAX: usize = 64;

/// An HTTP request whose body has not been read yet.
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// Path and query (and what else the request line has).
    pub uri: Uri,
    /// The headers. [`HttpCall::body`] removes `Content-Encoding` when it decodes.
    pub headers: HeaderMap,
    /// What the server's authenticator knows of the caller; nothing without one.
    pub identity: Identity,
    /// Who calls; `None` on a unix socket.
    pub peer: Option<SocketAddr>,
    body: Option<Incoming>,
    client: Client,
    /// Where a body that was not read goes, so that the connection can get rid of it.
    left_over: Arc<Mutex<Option<Incoming>>>,
}

/// A body that has been read and decoded.
#[derive(Debug)]
pub struct HttpBody {
    /// The bytes, decompressed.
    pub bytes: Bytes,
    /// The body as it came, if it came compressed and may go on like that.
    pub packed: Option<Packed>,
    /// Length of the body as it came, in bytes.
    pub wire_len: usize,
    /// The body's bytes in the process-wide budget. Keep it as long as the body.
    pub permit: BytePermit,
}

/// Why a body could not be had. [`BodyError::http_status`] and [`BodyError::status`] are the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// A `Content-Encoding` that is unknown or not allowed.
    #[error("unsupported Content-Encoding: {0}")]
    UnsupportedEncoding(String),
    /// Not what the `Content-Encoding` promises.
    #[error(transparent)]
    Corrupt(DecompressError),
    /// Over the limit, as it came or decompressed.
    #[error("http: request body too large: more than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Out of proportion to its compressed size.
    #[error(transparent)]
    Bomb(DecompressError),
    /// The process, or this client, holds as many bytes as it may.
    #[error(transparent)]
    OverBudget(BudgetError),
    /// No bytes came for too long.
    #[error("http: no bytes of the request body came for {0:?}")]
    Stalled(Duration),
    /// Bytes came, but too few for too long.
    #[error("http: the request body comes slower than {0} bytes a second")]
    TooSlow(u32),
    /// The connection broke.
    #[error("http: the request body could not be read: {0}")]
    Broken(String),
    /// [`HttpCall::body`] was called twice.
    #[error("http: invalid Read on closed Body")]
    AlreadyRead,
}

impl BodyError {
    /// The HTTP status to answer with (C§5.3; 413 as DESIGN §5 decides).
    #[must_use]
    pub fn http_status(&self) -> StatusCode {
        match self {
            Self::UnsupportedEncoding(_) | Self::Corrupt(_) | Self::Broken(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::TooLarge { .. } | Self::Bomb(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::OverBudget(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Stalled(_) | Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::AlreadyRead => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The status for the answer's body; over budget it asks to wait a second, which
    /// [`crate::status::retry_after_value`] turns into `Retry-After`.
    #[must_use]
    pub fn status(&self) -> Status {
        let text = self.to_string();
        match self {
            Self::UnsupportedEncoding(_) | Self::Corrupt(_) | Self::Broken(_) => {
                Status::invalid_argument(text)
            }
            Self::TooLarge { .. } | Self::Bomb(_) => Status::resource_exhausted(text),
            Self::OverBudget(_) => status_with_retry_info(&Status::unavailable(text), BUSY_DELAY),
            Self::Stalled(_) | Self::TooSlow(_) => Status::deadline_exceeded(text),
            Self::AlreadyRead => Status::internal(text),
        }
    }
}

impl From<DecompressError> for BodyError {
    fn from(error: DecompressError) -> Self {
        match error {
            DecompressError::TooLarge { limit } => Self::TooLarge { limit },
            DecompressError::RatioTooHigh { .. } => Self::Bomb(error),
            DecompressError::OverBudget => Self::OverBudget(BudgetError::Exhausted),
            DecompressError::Corrupt(_) | DecompressError::WindowTooLarge { .. } => {
                Self::Corrupt(error)
            }
        }
    }
}

impl From<BudgetError> for BodyError {
    fn from(error: BudgetError) -> Self {
        match error {
            BudgetError::Exhausted | BudgetError::OverShare => Self::OverBudget(error),
            BudgetError::NeverFits { capacity } => Self::TooLarge { limit: capacity },
        }
    }
}

impl From<MessageError> for BodyError {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Stalled(after) => Self::Stalled(after),
            MessageError::TooSlow(rate) => Self::TooSlow(rate),
            MessageError::Broken(reason) => Self::Broken(reason),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl HttpCall {
    /// Reads and decodes the body, within the limits of the server and of the process's budget.
    ///
    /// # Errors
    ///
    /// [`BodyError`]; answer with what it says.
    pub async fn body(&mut self) -> Result<HttpBody, BodyError> {
        let encoding = self.encoding()?;
        let Some(mut incoming) = self.body.take() else { return Err(BodyError::AlreadyRead) };
        let options = &self.client.shared.options;
        let result = match options.http.read_timeout {
            None => self.read(&mut incoming).await,
            Some(limit) => tokio::time::timeout(limit, self.read(&mut incoming))
                .await
                .unwrap_or(Err(BodyError::Stalled(limit))),
        };
        let (bytes, mut permit) = match result {
            Ok(read) => read,
            Err(error) => {
                self.body = Some(incoming);
                return Err(error);
            }
        };
        let wire_len = bytes.len();
        if encoding == Encoding::Identity {
            return Ok(HttpBody { bytes, packed: None, wire_len, permit });
        }
        let limit = options.http.body_bytes_max;
        let (bytes, packed) = unpack::<BodyError>(&bytes, encoding, limit, &mut permit)?;
        self.headers.remove(CONTENT_ENCODING);
        self.headers.remove(CONTENT_LENGTH);
        Ok(HttpBody { bytes, packed, wire_len, permit })
    }

    /// The encoding to undo: none at all when decoding is switched off.
    fn encoding(&self) -> Result<Encoding, BodyError> {
        let Some(allowed) = &self.client.shared.options.http.encodings else {
            return Ok(Encoding::Identity);
        };
        let value = self.headers.get(CONTENT_ENCODING).map_or(&b""[..], HeaderValue::as_bytes);
        let name = String::from_utf8_lossy(value);
        Encoding::from_http_name(name.trim())
            .filter(|encoding| allowed.contains(encoding))
            .ok_or_else(|| BodyError::UnsupportedEncoding(name.into_owned()))
    }

    async fn read(&self, incoming: &mut Incoming) -> Result<(Bytes, BytePermit), BodyError> {
        let options = &self.client.shared.options;
        let limit = options.http.body_bytes_max;
        let declared =
            incoming.size_hint().exact().map(|len| usize::try_from(len).unwrap_or(usize::MAX));
        if declared.is_some_and(|len| len > limit) {
            return Err(BodyError::TooLarge { limit });
        }
        let mut permit = self.client.permit(&self.identity);
        permit.try_resize(declared.unwrap_or(0))?;
        let mut pieces = Pieces::default();
        let mut empty_frames = 0;
        let pace = Pace::new(options.stall_timeout, options.body_rate_min);
        let _reading = Reading::new(&self.client.activity);
        while let Some(frame) = next_frame(incoming, &pace, pieces.len()).await? {
            let Ok(data) = frame.into_data() else { continue };
            empty_frames = if data.is_empty() { empty_frames + 1 } else { 0 };
            let len = pieces.len().saturating_add(data.len());
            if len > limit {
                return Err(BodyError::TooLarge { limit });
            }
            if empty_frames > EMPTY_FRAMES_MAX {
                return Err(BodyError::Broken("too many empty chunks".to_owned()));
            }
            if len > permit.held() {
                permit.try_resize(len.next_multiple_of(PERMIT_STEP))?;
            }
            pieces.add(data, declared);
        }
        permit.try_resize(pieces.len())?;
        Ok((pieces.take(), permit))
    }
}

impl Drop for HttpCall {
    fn drop(&mut self) {
        *self.left_over.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}

pub(super) async fn answer(client: &Client, request: Request<Incoming>) -> Response<ReplyBody> {
    let options = &client.shared.options.http;
    let Some(service) = &client.shared.services.http else {
        return not_served(client.is_http2).map(ReplyBody::Whole);
    };
    let (head, body) = request.into_parts();
    let cross_origin = options.cors.as_ref().map(|cors| cors.judge(&head.method, &head.headers));
    let mut response = match &cross_origin {
        Some(judged) if judged.is_preflight => preflight_answer(),
        _ => {
            let expects = head.headers.contains_key(EXPECT);
            match admit(client, &head, &body).await {
                Ok((_head, identity)) => {
                    admitted(client, service.as_ref(), head, body, identity).await
                }
                Err(refused) => {
                    get_rid_of(client, body, expects).await;
                    refused
                }
            }
        }
    };
    let headers = response.headers_mut();
    for (name, value) in &options.response_headers {
        headers.insert(name.clone(), value.clone());
    }
    if let Some(judged) = cross_origin {
        judged.write_to(headers);
    }
    response.map(ReplyBody::Whole)
}

/// Whether a request may come in: what it costs as such, and who sends it. One without a body costs
/// nothing, so that a full process still says that it is alive.
async fn admit(
    client: &Client,
    head: &Parts,
    body: &Incoming,
) -> Result<(BytePermit, Identity), Response<Bytes>> {
    let cost = if body.is_end_stream() {
        BytePermit::default()
    } else {
        client.admit(&head.headers, &head.uri).map_err(|error| {
            let error = BodyError::from(error);
            refusal(error.http_status(), &error.status(), &head.headers)
        })?
    };
    let identity = client.identify(&head.headers, &head.uri).await;
    let identity = identity.map_err(|error| error.response(&head.headers))?;
    if !body.is_end_stream() {
        client
            .pass()
            .map_err(|status| refusal(http_status_of(status.code()), &status, &head.headers))?;
    }
    Ok((cost, identity))
}

/// Lets the service answer, and gets rid of what it did not read.
async fn admitted(
    client: &Client,
    service: &dyn HttpService,
    head: Parts,
    body: Incoming,
    identity: Identity,
) -> Response<Bytes> {
    let expects = head.headers.contains_key(EXPECT);
    let left_over = Arc::new(Mutex::new(None));
    let call = HttpCall {
        method: head.method,
        uri: head.uri,
        headers: head.headers,
        identity,
        peer: client.peer,
        body: Some(body),
        client: client.clone(),
        left_over: Arc::clone(&left_over),
    };
    let response = service.call(call).await;
    let unread = left_over.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(unread) = unread {
        get_rid_of(client, unread, expects).await;
    }
    response
}

async fn get_rid_of(client: &Client, unread: Incoming, expects: bool) {
    if !client.is_http2 && !drain(unread, expects).await {
        client.activity.leave_body_unread();
    }
}

fn preflight_answer() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn not_served(is_http2: bool) -> Response<Bytes> {
    let text = if is_http2 {
        "415 unsupported media type, supported: [application/grpc]"
    } else {
        "this port serves gRPC, which needs HTTP/2"
    };
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Gets rid of a body that nobody wanted, if little is left of it. `false` when it stays unread and
/// the connection must close. A client that waits for `100 Continue` is not told to go on.
async fn drain(mut body: Incoming, expects: bool) -> bool {
    if body.is_end_stream() {
        return true;
    }
    let hint = body.size_hint();
    if expects || hint.lower() > DRAINED_BYTES_MAX {
        return false;
    }
    let mut left = DRAINED_BYTES_MAX;
    let pace = Pace::new(Duration::from_secs(1), 0);
    while let Ok(frame) = next_frame(&mut body, &pace, 0).await {
        let Some(frame) = frame else { return true };
        let len = frame.data_ref().map_or(1, |data| data.len().max(1) as u64);
        let Some(rest) = left.checked_sub(len) else { return false };
        left = rest;
    }
    false
}
