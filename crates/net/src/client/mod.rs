//! Clients: gRPC unary calls and HTTP posts.

mod fetch;
mod grpc;
mod http;

pub use self::fetch::{fetch, fetch_with};
pub use self::grpc::{
    GrpcClient, GrpcClientOptions, GrpcKeepalive, GrpcReply, GrpcTarget, TargetError, is_unanswered,
};
pub use self::http::{HttpClient, HttpClientOptions, HttpError, HttpReply};

use crate::tls::TlsError;

/// A client that cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The endpoint is none.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A setting that cannot be used.
    #[error("{0}")]
    Unsupported(String),
    /// Certificates or keys that cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}
