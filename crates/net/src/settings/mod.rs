//! The settings of servers and clients, as users write them.

/// The honest answer to a client that asks for TLS.
pub(crate) fn client_tls_unsupported(what: &str) -> String {
    format!("TLS for the {what} is not supported yet; use a plaintext http:// endpoint")
}
