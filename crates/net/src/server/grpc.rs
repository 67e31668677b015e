//! One gRPC call.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::time::Instant;
use tonic::{Code, Status};

use super::activity::Reading;
use super::admission::unpack;
use super::connection::Client;
use super::reply::ReplyBody;
use super::service::GrpcCall;
use crate::compression::Encoding;
use crate::grpc::{
    APPLICATION_GRPC, GRPC_ACCEPT_ENCODING, GRPC_ENCODING, GRPC_TIMEOUT, MessageBody, MessageError,
    ReadLimits, parse_timeout, read_message,
};
use crate::status::status_to_headers;

pub(super) async fn answer(client: &Client, request: Request<Incoming>) -> Response<ReplyBody> {
    if request.method() != Method::POST {
        let mut response = Response::new(ReplyBody::Whole(Bytes::new()));
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        return response;
    }
    match call(client, request).await {
        Ok(message) => success(message),
        Err(status) => failure(&status),
    }
}

async fn call(client: &Client, request: Request<Incoming>) -> Result<Bytes, Status> {
    let Some(service) = &client.shared.services.grpc else {
        return Err(Status::unimplemented("gRPC is not served here"));
    };
    let (head, mut body) = request.into_parts();
    let busy = |error| MessageError::Budget(error).into_status();
    let _head = client.admit(&head.headers, &head.uri).map_err(busy)?;
    let identity = client.identify(&head.headers, &head.uri).await;
    let identity = identity.map_err(|error| error.status())?;
    let Some(path) = head.uri.into_parts().path_and_query else {
        return Err(Status::unimplemented("the request has no path"));
    };
    if !service.has_method(path.path()) {
        return Err(unknown_method(path.path()));
    }
    client.pass()?;
    let encoding = encoding_of(&head.headers)?;
    let deadline = deadline_of(&head.headers)?;
    let options = &client.shared.options;
    let limits = ReadLimits {
        max_size: options.grpc.message_bytes_max,
        stall: options.stall_timeout,
        rate_min: options.body_rate_min,
    };
    let mut permit = client.permit(&identity);
    let reading = Reading::new(&client.activity);
    let raw =
        read_message(&mut body, limits, &mut permit).await.map_err(MessageError::into_status)?;
    drop(reading);
    let wire_len = raw.bytes.len();
    let unpacked = match (raw.compressed, encoding) {
        (false, _) => Ok((raw.bytes, None)),
        (true, Encoding::Identity) => Err(MessageError::NoEncoding),
        (true, encoding) => unpack(&raw.bytes, encoding, limits.max_size, &mut permit),
    };
    let (message, packed) = unpacked.map_err(MessageError::into_status)?;
    let metadata = head.headers;
    let peer = client.peer;
    let call =
        GrpcCall { path, metadata, identity, peer, message, packed, wire_len, deadline, permit };
    service.unary(call).await
}

fn unknown_method(path: &str) -> Status {
    match path.strip_prefix('/').and_then(|path| path.rsplit_once('/')) {
        Some((service, method)) => {
            Status::unimplemented(format!("unknown method {method} for service {service}"))
        }
        None => Status::unimplemented(format!("malformed method name: \"{path}\"")),
    }
}

fn encoding_of(headers: &HeaderMap) -> Result<Encoding, Status> {
    let Some(value) = headers.get(GRPC_ENCODING) else { return Ok(Encoding::Identity) };
    let name = value.to_str().unwrap_or("?");
    Encoding::from_grpc_name(name).ok_or_else(|| {
        Status::unimplemented(format!(
            "grpc: Decompressor is not installed for grpc-encoding \"{name}\""
        ))
    })
}

fn deadline_of(headers: &HeaderMap) -> Result<Option<Instant>, Status> {
    let Some(value) = headers.get(GRPC_TIMEOUT) else { return Ok(None) };
    let timeout = parse_timeout(value).ok_or_else(|| Status::internal("malformed grpc-timeout"))?;
    // A deadline too far away to be told is none.
    Ok(Instant::now().checked_add(timeout))
}

fn success(message: Bytes) -> Response<ReplyBody> {
    let mut trailers = HeaderMap::with_capacity(1);
    trailers.insert(crate::status::GRPC_STATUS, HeaderValue::from_static("0"));
    let body = MessageBody::new(message, false).with_trailers(trailers);
    let mut response = Response::new(ReplyBody::Grpc(body));
    response.headers_mut().insert(CONTENT_TYPE, APPLICATION_GRPC);
    response
}

/// A reply of headers only.
fn failure(status: &Status) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::Whole(Bytes::new()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, APPLICATION_GRPC);
    if status.code() == Code::Unimplemented {
        headers.insert(GRPC_ACCEPT_ENCODING, HeaderValue::from_static(Encoding::GRPC_ACCEPTED));
    }
    if status.code() == Code::Ok {
        // A service that fails with OK is broken; the caller must not take it for success.
        let status = Status::unknown("the service failed without saying why");
        status_to_headers(&status, headers);
    } else {
        status_to_headers(status, headers);
    }
    response
}
