//! TLS for servers and clients, on rustls.
//!
//! Read in this order: [`ServerTls`] and [`ClientTls`] (one side each), `live` (files that change while
//! we run), `material` (certificates and keys as users give them), `provider` (versions, suites,
//! curves), `trust` (whom we believe).

mod client;
mod error;
mod live;
mod material;
mod provider;
mod server;
#[cfg(test)]
mod tests;
mod trust;

pub use self::client::{Alpn, ClientTls};
pub(crate) use self::client::{Connected, speaks_h2};
pub use self::error::TlsError;
pub(crate) use self::error::explain;
pub(crate) use self::material::{Role, Source};
pub(crate) use self::provider::problems as provider_problems;
pub(crate) use self::server::Accepted;
pub use self::server::ServerTls;

/// HTTP/2, as ALPN calls it.
const H2: &[u8] = b"h2";
/// HTTP/1.1, as ALPN calls it.
const HTTP_1_1: &[u8] = b"http/1.1";
