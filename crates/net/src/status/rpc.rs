//! A status as `google.rpc.Status`, the body of every OTLP error (OTLP spec, "Failures").

use bytes::Bytes;
use prost::Message;
use tonic::{Code, Status};

/// A longer message is not a status; error bodies are 64 KiB at most.
const STATUS_BYTES_MAX: usize = 64 << 10;
/// More details than this are not read.
const DETAILS_MAX: usize = 64;

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub(super) code: i32,
    #[prost(string, tag = "2")]
    pub(super) message: String,
    #[prost(message, repeated, tag = "3")]
    pub(super) details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Any {
    #[prost(string, tag = "1")]
    pub(super) type_url: String,
    #[prost(bytes = "bytes", tag = "2")]
    pub(super) value: Bytes,
}

impl Any {
    /// The full message name: what follows the last slash of the type's address.
    pub(super) fn type_name(&self) -> &str {
        self.type_url.rsplit_once('/').map_or(self.type_url.as_str(), |(_, name)| name)
    }
}

/// Bytes that are not a `google.rpc.Status`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatusDecodeError {
    /// Longer than any status.
    #[error("google.rpc.Status of {0} bytes is over the limit of 65536")]
    TooLong(usize),
    /// Not protobuf, or not this message.
    #[error("not a google.rpc.Status: {0}")]
    Malformed(String),
}

/// `status` as `google.rpc.Status` in protobuf, details included. What the status carries as
/// `grpc-status-details-bin` is that same message, so its details are taken from there.
#[must_use]
pub fn rpc_status_proto(status: &Status) -> Bytes {
    Bytes::from(rpc_status(status).encode_to_vec())
}

/// Reads a `google.rpc.Status`. The status keeps the bytes as its details if there are any.
///
/// # Errors
///
/// [`StatusDecodeError`] for more than 64 KiB or for other bytes.
pub fn rpc_status_from_proto(bytes: &[u8]) -> Result<Status, StatusDecodeError> {
    let decoded = decode(bytes)?;
    let code = Code::from_i32(decoded.code);
    let details = if decoded.details.is_empty() {
        Bytes::new()
    } else {
        Bytes::from(decoded.encode_to_vec())
    };
    Ok(Status::with_details(code, decoded.message, details))
}

pub(super) fn decode(bytes: &[u8]) -> Result<RpcStatus, StatusDecodeError> {
    if bytes.len() > STATUS_BYTES_MAX {
        return Err(StatusDecodeError::TooLong(bytes.len()));
    }
    let mut decoded = RpcStatus::decode(bytes)
        .map_err(|error| StatusDecodeError::Malformed(error.to_string()))?;
    decoded.details.truncate(DETAILS_MAX);
    Ok(decoded)
}

/// Code and message of `status` with the details it carries, if those can be read.
pub(super) fn rpc_status(status: &Status) -> RpcStatus {
    RpcStatus {
        code: status.code() as i32,
        message: status.message().to_owned(),
        details: decode(status.details()).map(|carried| carried.details).unwrap_or_default(),
    }
}
