//! A status as the answer to an HTTP request.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use tonic::Status;

use super::{retry_after_value, rpc_status_json, rpc_status_proto};

/// `google.rpc.Status` in the encoding of the request with these headers, JSON if it has none, and
/// `Retry-After` if the status says when to come back.
#[must_use]
pub fn refusal(code: StatusCode, status: &Status, request: &HeaderMap) -> Response<Bytes> {
    let is_proto = request
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/x-protobuf"));
    let (content_type, body) = if is_proto {
        ("application/x-protobuf", rpc_status_proto(status))
    } else {
        ("application/json", rpc_status_json(status))
    };
    let mut response = Response::new(body);
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(wait) = retry_after_value(status) {
        headers.insert(RETRY_AFTER, wait);
    }
    response
}
