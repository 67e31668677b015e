//! The two faces of the receiver: gRPC services and HTTP paths.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE, HOST, RETRY_AFTER},
};
use net::{
    server::{BodyError, GrpcCall, GrpcService, HttpCall, HttpService},
    status::{http_status_of, retry_after_value, rpc_status_json, rpc_status_proto},
};
use pdata::{Context, Hold, Packed, json};
use sdk::{Batch, Outputs, Signal};
use tonic::Status;

use super::{config::Paths, error::status_of};

/// Protobuf, the encoding of gRPC and the usual one of HTTP.
const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");
/// JSON.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Where profiles are posted; upstream has no setting for it.
const PROFILES_PATH: &str = "/v1development/profiles";

/// What both faces share.
#[derive(Debug)]
pub(super) struct Otlp {
    pub(super) outputs: Outputs,
    pub(super) paths: Paths,
    /// Whether headers of gRPC calls, and of HTTP requests, go along with the data.
    pub(super) grpc_metadata: bool,
    pub(super) http_metadata: bool,
}

/// How an HTTP request is encoded, and with it its answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Protobuf,
    Json,
}

#[async_trait]
impl GrpcService for Otlp {
    fn has_method(&self, path: &str) -> bool {
        grpc_signal(path).is_some_and(|signal| self.outputs.get(signal).is_some())
    }

    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status> {
        let signal = grpc_signal(call.path.path())
            .ok_or_else(|| Status::unimplemented(format!("unknown method {}", call.path)))?;
        let context = Context {
            transport: "grpc",
            peer: call.peer,
            holds: vec![Hold::new(Arc::new(call.permit))],
            metadata: metadata(&call.metadata, self.grpc_metadata),
            auth: call.identity,
        };
        // What does not parse fails in the codec of other servers, which answers INTERNAL; the spec
        // says that the client must not send it again, so INVALID_ARGUMENT is the clearer answer.
        let packed = call.packed.map(packed);
        let batch = Batch::checked_packed(signal, call.message, packed, Arc::new(context))
            .map_err(|malformed| Status::invalid_argument(malformed.to_string()))?;
        self.take(batch).await?;
        // A full success leaves `partial_success` unset, which is no bytes at all.
        Ok(Bytes::new())
    }
}

#[async_trait]
impl HttpService for Otlp {
    async fn call(&self, mut call: HttpCall) -> Response<Bytes> {
        let encoding = encoding_of(&call.headers);
        let answered_in = encoding.unwrap_or(Encoding::Json);
        let path = call.uri.path();
        let is_health = matches!(path, "/" | "/health") && call.method == Method::GET;
        if is_health {
            return reply(StatusCode::OK, &JSON, Bytes::from_static(b"{\"status\":\"ok\"}"));
        }
        let Some(signal) = self.http_signal(path) else {
            let status = Status::not_found(format!(
                "404 page not found: {path} is not a path of OTLP; traces go to {}, metrics to {}, \
                 logs to {}",
                self.paths.traces_url_path, self.paths.metrics_url_path, self.paths.logs_url_path,
            ));
            return refuse(StatusCode::NOT_FOUND, &status, answered_in);
        };
        if call.method != Method::POST {
            let status =
                Status::unimplemented("405 method not allowed, supported: [POST]".to_owned());
            let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, &status, answered_in);
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return response;
        }
        let Some(encoding) = encoding else {
            let status = Status::invalid_argument(
                "415 unsupported media type, supported: [application/json, application/x-protobuf]",
            );
            return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, &status, Encoding::Json);
        };
        match self.post(signal, encoding, &mut call).await {
            Ok(()) if encoding == Encoding::Json => {
                reply(StatusCode::OK, &JSON, Bytes::from_static(b"{}"))
            }
            Ok(()) => reply(StatusCode::OK, &PROTOBUF, Bytes::new()),
            Err((code, status)) => refuse(code, &status, encoding),
        }
    }
}

impl Otlp {
    /// Reads, decodes and hands on one posted request.
    async fn post(
        &self,
        signal: Signal,
        encoding: Encoding,
        call: &mut HttpCall,
    ) -> Result<(), (StatusCode, Status)> {
        let refused = |error: BodyError| (error.http_status(), error.status());
        let mut body = call.body().await.map_err(refused)?;
        let bad = |text: String| (StatusCode::BAD_REQUEST, Status::invalid_argument(text));
        let (bytes, packed) = match encoding {
            Encoding::Protobuf => (body.bytes, body.packed.map(packed)),
            Encoding::Json => {
                // While it is decoded, both are there; afterwards only what it became.
                let mut account = |bytes: usize| {
                    body.permit.try_resize(bytes).map_err(|error| refused(error.into()))
                };
                account(body.bytes.len().saturating_mul(2))?;
                let bytes = json::decode(signal, &body.bytes);
                let bytes: Bytes = bytes.map_err(|error| bad(error.to_string()))?.into();
                account(bytes.len())?;
                (bytes, None)
            }
        };
        let context = Context {
            transport: "http",
            peer: call.peer,
            holds: vec![Hold::new(Arc::new(body.permit))],
            metadata: http_metadata(call, self.http_metadata),
            auth: std::mem::take(&mut call.identity),
        };
        let batch = Batch::checked_packed(signal, bytes, packed, Arc::new(context))
            .map_err(|malformed| bad(malformed.to_string()))?;
        self.take(batch).await.map_err(|status| (http_status_of(status.code()), status))
    }

    /// Hands a batch to the pipelines. One without items is a success that nobody hears of.
    async fn take(&self, batch: Batch) -> Result<(), Status> {
        if batch.is_empty() {
            return Ok(());
        }
        match self.outputs.get(batch.signal()) {
            Some(next) => next.send(batch).await.map_err(|error| status_of(&error)),
            None => Err(Status::unimplemented(format!("no pipeline takes {}", batch.signal()))),
        }
    }

    fn http_signal(&self, path: &str) -> Option<Signal> {
        let is =
            |configured: &str| path == configured || path.strip_prefix('/') == Some(configured);
        let signal = if is(&self.paths.traces_url_path) {
            Signal::Traces
        } else if is(&self.paths.metrics_url_path) {
            Signal::Metrics
        } else if is(&self.paths.logs_url_path) {
            Signal::Logs
        } else if path == PROFILES_PATH {
            Signal::Profiles
        } else {
            return None;
        };
        self.outputs.get(signal).map(|_| signal)
    }
}

/// The signal of a gRPC method.
fn grpc_signal(path: &str) -> Option<Signal> {
    let service = path.strip_prefix("/opentelemetry.proto.collector.")?.strip_suffix("/Export")?;
    match service {
        "trace.v1.TraceService" => Some(Signal::Traces),
        "metrics.v1.MetricsService" => Some(Signal::Metrics),
        "logs.v1.LogsService" => Some(Signal::Logs),
        "profiles.v1development.ProfilesService" => Some(Signal::Profiles),
        _ => None,
    }
}

/// The media type, whose parameters and case do not matter.
fn encoding_of(headers: &HeaderMap) -> Option<Encoding> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = value.split(';').next()?.trim();
    if media_type.eq_ignore_ascii_case("application/x-protobuf") {
        Some(Encoding::Protobuf)
    } else if media_type.eq_ignore_ascii_case("application/json") {
        Some(Encoding::Json)
    } else {
        None
    }
}

/// What came, for those who know nothing of encodings.
fn packed(came: net::compression::Packed) -> Packed {
    Packed { encoding: came.encoding.http_name(), bytes: came.bytes }
}

fn metadata(headers: &HeaderMap, wanted: bool) -> pdata::Metadata {
    let mut metadata = pdata::Metadata::default();
    if wanted {
        for (name, value) in headers {
            metadata.add(name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
    }
    metadata
}

/// As [`metadata`]; over HTTP/2 the host stands in the URI instead of a header.
fn http_metadata(call: &HttpCall, wanted: bool) -> pdata::Metadata {
    let mut metadata = metadata(&call.headers, wanted);
    if wanted
        && metadata.get(HOST.as_str()).is_empty()
        && let Some(host) = call.uri.authority()
    {
        metadata.add(HOST.as_str(), host.to_string());
    }
    metadata
}

fn reply(code: StatusCode, content_type: &HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
    response
}

/// An error answer: `google.rpc.Status` in the encoding of the request.
fn refuse(code: StatusCode, status: &Status, encoding: Encoding) -> Response<Bytes> {
    let mut response = match encoding {
        Encoding::Protobuf => reply(code, &PROTOBUF, rpc_status_proto(status)),
        Encoding::Json => reply(code, &JSON, rpc_status_json(status)),
    };
    let may_wait = matches!(code, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    if let Some(wait) = retry_after_value(status).filter(|_| may_wait) {
        response.headers_mut().insert(RETRY_AFTER, wait);
    }
    response
}
