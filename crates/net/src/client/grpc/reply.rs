//! What comes back from a call.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};
use hyper::body::Incoming;
use tonic::{Code, Status};

use crate::budget::BytePermit;
use crate::compression::{DecompressError, DecompressLimits, Encoding, decompress};
use crate::grpc::{GRPC_ENCODING, MessageError, ReadLimits, is_grpc, read_message};
use crate::status::{code_of_grpc_http, status_from_headers};

/// The longest wait for the next bytes of a reply that has begun. The call's own timeout is
/// normally much shorter.
const STALL: Duration = Duration::from_secs(10 * 60);

/// A successful call.
#[derive(Debug, Clone)]
pub struct GrpcReply {
    /// The reply's message, decompressed.
    pub message: Bytes,
    /// The reply's headers.
    pub headers: HeaderMap,
    /// The reply's trailers.
    pub trailers: HeaderMap,
}

pub(super) async fn read(
    response: Response<Incoming>,
    bytes_max: usize,
) -> Result<GrpcReply, Status> {
    let (head, mut body) = response.into_parts();
    // A reply of headers only carries its status there.
    if let Some(status) = status_from_headers(&head.headers) {
        return match status.code() {
            Code::Ok => Err(Status::internal("the server answered OK without a message")),
            _ => Err(status),
        };
    }
    check_head(head.status, &head.headers)?;
    let limits = ReadLimits { max_size: bytes_max, stall: STALL, rate_min: 0 };
    // What a reply may be is bounded by its size alone.
    let mut permit = BytePermit::default();
    let raw = match read_message(&mut body, limits, &mut permit).await {
        Ok(raw) => raw,
        Err(error) => return Err(no_message(error)),
    };
    let trailers = raw.trailers.unwrap_or_default();
    match status_from_headers(&trailers) {
        Some(status) if status.code() == Code::Ok => {}
        Some(status) => return Err(status),
        None => return Err(without_trailers()),
    }
    let message =
        if raw.compressed { expand(&raw.bytes, &head.headers, bytes_max)? } else { raw.bytes };
    Ok(GrpcReply { message, headers: head.headers, trailers })
}

/// An answer that is not gRPC comes from something in between.
fn check_head(status: StatusCode, headers: &HeaderMap) -> Result<(), Status> {
    if status != StatusCode::OK {
        return Err(Status::new(
            code_of_grpc_http(status.as_u16()),
            format!("unexpected HTTP status code received from server: {status}"),
        ));
    }
    if !is_grpc(headers.get(CONTENT_TYPE)) {
        return Err(Status::unknown("the answer is not gRPC: unexpected content-type"));
    }
    Ok(())
}

fn no_message(error: MessageError) -> Status {
    match error {
        MessageError::Missing(Some(trailers)) => match status_from_headers(&trailers) {
            Some(status) if status.code() != Code::Ok => status,
            Some(_) => Status::internal("the server answered OK without a message"),
            None => without_trailers(),
        },
        MessageError::Missing(None) => without_trailers(),
        MessageError::Broken(_) | MessageError::Stalled(_) | MessageError::Truncated => {
            Status::unavailable(error.to_string())
        }
        // In other words than a server's, which would mean that it did not take the request.
        MessageError::TooLarge { len, limit } => {
            Status::resource_exhausted(format!("grpc: a reply of {len} bytes, over {limit}"))
        }
        other => other.into_status(),
    }
}

fn without_trailers() -> Status {
    Status::unavailable("server closed the stream without sending trailers")
}

fn expand(bytes: &Bytes, headers: &HeaderMap, bytes_max: usize) -> Result<Bytes, Status> {
    let encoding = headers
        .get(GRPC_ENCODING)
        .and_then(|value| value.to_str().ok())
        .and_then(Encoding::from_grpc_name)
        .filter(|encoding| *encoding != Encoding::Identity)
        .ok_or_else(|| Status::internal("grpc: the reply has an unknown grpc-encoding"))?;
    decompress(bytes, encoding, DecompressLimits::with_max_size(bytes_max)).map_err(|error| {
        match error {
            DecompressError::TooLarge { .. } | DecompressError::RatioTooHigh { .. } => {
                Status::resource_exhausted("grpc: the reply is too long when decompressed")
            }
            _ => Status::internal(format!("grpc: failed to decompress the reply: {error}")),
        }
    })
}
