//! Clients: gRPC unary calls and HTTP posts.

mod fetch;
mod grpc;
mod http;

pub use self::fetch::fetch;
pub use self::grpc::{
    GrpcClient, GrpcClientOptions, GrpcKeepalive, GrpcReply, GrpcTarget, TargetError,
};
pub use self::http::{HttpClient, HttpClientOptions, HttpError, HttpReply};

/// A client that cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The endpoint is none.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A setting asks for something that is not built yet.
    #[error("{0}")]
    Unsupported(String),
}
