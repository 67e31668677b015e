//! The settings of servers and clients, as users write them.
//!
//! Keys, defaults and error texts are the Go collector's (C§5.1, C§5.2, C§6.1, C§6.2); where we differ
//! the crate's README says so. Each struct has `problems()`, which names all faults without any I/O, and
//! a function that makes options or a client of it.

mod grpc_client;
mod grpc_server;
mod http_client;
mod http_server;
mod limits;
mod shared;
#[cfg(test)]
mod tests;
mod tls;

pub use self::grpc_client::{GrpcClientConfig, KeepaliveClientConfig};
pub use self::grpc_server::{
    GrpcServerConfig, KeepaliveEnforcementPolicy, KeepaliveServerConfig, KeepaliveServerParameters,
};
pub use self::http_client::{CompressionParams, CookiesConfig, HttpClientConfig};
pub use self::http_server::{CorsConfig, HttpAuthConfig, HttpServerConfig};
pub use self::limits::LimitsConfig;
pub use self::shared::{
    AuthConfig, CompressionType, DialerConfig, MiddlewareConfig, TransportType,
    UnsupportedCompression, UnsupportedTransport,
};
pub use self::tls::{TlsClientConfig, TlsConfig, TlsServerConfig, TpmConfig};
