//! TLS of a client.

use std::io;
use std::sync::Arc;

use rustls::client::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::live::Live;
use super::material::{Piece, Role, Source, find};
use super::provider::{Choice, choose, left_out};
use super::server::mismatch;
use super::trust::{no_verifier, server_verifier};
use super::{H2, HTTP_1_1, TlsError, explain};
use crate::settings::TlsClientConfig;

/// A connection of ours after its handshake.
pub(crate) type Connected<S> = TlsStream<S>;

/// Whether HTTP/2 was agreed on.
pub(crate) fn speaks_h2<S>(stream: &Connected<S>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(H2)
}

/// Which protocols a client offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alpn {
    /// HTTP/2.
    H2,
    /// HTTP/2, else HTTP/1.1.
    Any,
    /// HTTP/1.1.
    Http1,
}

/// What a client needs to speak TLS. Cloning shares it.
#[derive(Clone)]
pub struct ClientTls {
    live: Arc<Live<ClientConfig>>,
    name: Option<ServerName<'static>>,
}

impl ClientTls {
    /// Reads certificates and key, and the system's trusted certificates where they are used.
    ///
    /// # Errors
    ///
    /// [`TlsError`] that names the file, what is wrong with it and what to do.
    pub fn load(config: &TlsClientConfig, alpn: Alpn) -> Result<Self, TlsError> {
        let choice = choose(&config.common)?;
        for name in left_out(&config.common) {
            tracing::warn!(name, "TLS setting names what is not spoken here; it is left out");
        }
        let name = Some(config.server_name_override.as_str()).filter(|name| !name.is_empty());
        let name = name.map(server_name).transpose()?;
        let mut sources = config.common.identity();
        let every = config.common.reload_every();
        let ca = Source::of(&config.common.ca_file, &config.common.ca_pem);
        sources.extend(ca.map(|source| (Role::Ca, source, every)));
        let with_system = config.common.include_system_ca_certs_pool;
        let skips = config.insecure_skip_verify;
        let make = move |pieces: &[Piece]| make(pieces, &choice, with_system, skips, alpn);
        Ok(Self { live: Live::load(sources, make)?, name })
    }

    /// Shakes hands with `host`. The caller bounds how long that may take.
    pub(crate) async fn connect<S>(&self, host: &str, stream: S) -> io::Result<Connected<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => {
                server_name(host).map_err(|error| io::Error::other(error.reason().to_owned()))?
            }
        };
        TlsConnector::from(self.live.get().await)
            .connect(name, stream)
            .await
            .map_err(|error| io::Error::new(error.kind(), explain(&error)))
    }
}

/// A host as certificates name it; the brackets of an IPv6 address do not belong to it.
fn server_name(host: &str) -> Result<ServerName<'static>, TlsError> {
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    ServerName::try_from(host.to_owned())
        .map_err(|_| TlsError::new(format!("{host:?} is not a name that a certificate can hold")))
}

fn make(
    pieces: &[Piece],
    choice: &Choice,
    with_system: bool,
    skips_verify: bool,
    alpn: Alpn,
) -> Result<ClientConfig, TlsError> {
    let verifier = if skips_verify {
        no_verifier(&choice.provider)
    } else {
        server_verifier(pieces, with_system, &choice.provider)?
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&choice.provider))
        .with_protocol_versions(&choice.versions)
        .map_err(|error| TlsError::new(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut made = match (find(pieces, Role::Certificate), find(pieces, Role::Key)) {
        (Some(certificate), Some(key)) => builder
            .with_client_auth_cert(certificate.certificates()?, key.key()?)
            .map_err(|error| mismatch(certificate, key, &error))?,
        _ => builder.with_no_client_auth(),
    };
    made.alpn_protocols = match alpn {
        Alpn::H2 => vec![H2.to_vec()],
        Alpn::Any => vec![H2.to_vec(), HTTP_1_1.to_vec()],
        Alpn::Http1 => vec![HTTP_1_1.to_vec()],
    };
    Ok(made)
}

impl std::fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientTls")
    }
}
