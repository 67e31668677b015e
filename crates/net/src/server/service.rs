//! What a receiver implements.

use std::net::SocketAddr;

use async_trait::async_trait;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, Response};
use tokio::time::Instant;
use tonic::Status;

use super::http::HttpCall;
use crate::auth::Identity;
use crate::budget::BytePermit;
use crate::compression::Packed;

/// A unary gRPC call whose message has been read and decompressed.
#[derive(Debug)]
pub struct GrpcCall {
    /// `/package.Service/Method`.
    pub path: PathAndQuery,
    /// The request's headers.
    pub metadata: HeaderMap,
    /// What the server's authenticator knows of the caller; nothing without one.
    pub identity: Identity,
    /// Who calls; `None` on a unix socket.
    pub peer: Option<SocketAddr>,
    /// The message, decompressed.
    pub message: Bytes,
    /// The message as it came, if it came compressed and may go on like that.
    pub packed: Option<Packed>,
    /// Length of the message as it came, in bytes.
    pub wire_len: usize,
    /// When the caller stops waiting (`grpc-timeout`), if it said so.
    pub deadline: Option<Instant>,
    /// The message's bytes in the process-wide budget. Keep it as long as the message.
    pub permit: BytePermit,
}

/// Answers gRPC calls.
///
/// The future is dropped when the client goes away: work that must not be cut short belongs into a
/// task of its own.
#[async_trait]
pub trait GrpcService: Send + Sync + 'static {
    /// Whether there is a method at `path`. Asked before the message is read; `false` is answered
    /// with UNIMPLEMENTED.
    fn has_method(&self, path: &str) -> bool;

    /// Answers one call with the reply's message, uncompressed.
    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status>;
}

/// Answers HTTP requests. See [`GrpcService`] on dropped futures.
#[async_trait]
pub trait HttpService: Send + Sync + 'static {
    /// Answers one request. The body is only read when [`HttpCall::body`] is called, so a request can
    /// be refused without reading it.
    async fn call(&self, call: HttpCall) -> Response<Bytes>;
}
