//! Clients: gRPC unary calls and HTTP posts.

mod grpc;
mod http;

pub use self::grpc::{
    GrpcClient, GrpcClientOptions, GrpcKeepalive, GrpcReply, GrpcTarget, TargetError,
};
pub use self::http::{HttpClient, HttpClientOptions, HttpError, HttpReply};
