//! What can be wrong, in words that say what to do.

use std::error::Error;
use std::io;

use rustls::CertificateError as C;

/// TLS settings that cannot be used: which file or key, what is wrong with it, what to do. Never what
/// a key holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to load TLS config: {0}")]
pub struct TlsError(String);

impl TlsError {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text alone.
    pub(super) fn reason(&self) -> &str {
        &self.0
    }
}

/// A failed handshake, with what the user can do about it.
pub(crate) fn explain(error: &io::Error) -> String {
    let inner = error.get_ref().map(|inner| inner as &(dyn Error + 'static));
    match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) => explain_tls(error),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            "tls: the connection closed during the handshake; does the other side speak TLS?"
                .to_owned()
        }
        None => format!("tls: {error}"),
    }
}

fn explain_tls(error: &rustls::Error) -> String {
    use rustls::{AlertDescription as A, Error as E};
    let advice = match error {
        E::InvalidCertificate(C::UnknownIssuer) => {
            "it is signed by an authority that is not trusted here; add it to `ca_file`"
        }
        E::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => {
            "it must be renewed, or this machine's clock is wrong"
        }
        E::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => {
            "its time has not come, or this machine's clock is wrong"
        }
        E::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
            "connect by a name that it holds, or set `server_name_override`"
        }
        E::InvalidMessage(_) => "the other side does not speak TLS",
        E::AlertReceived(A::CertificateRequired | A::HandshakeFailure) => {
            "the other side may want a certificate (`cert_file`, `key_file`), or shares no version, \
             cipher suite or curve with us"
        }
        E::AlertReceived(A::UnknownCA | A::BadCertificate | A::CertificateUnknown) => {
            "the other side does not trust our certificate"
        }
        E::AlertReceived(A::ProtocolVersion) | E::PeerIncompatible(_) => {
            "compare `min_version`, `max_version`, `cipher_suites` and `curve_preferences` of both sides"
        }
        _ => return format!("tls: {error}"),
    };
    format!("tls: {error}: {advice}")
}
