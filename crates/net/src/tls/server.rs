//! TLS of a server.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::server::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::live::Live;
use super::material::{Piece, Role, Source, find};
use super::provider::{Choice, choose, left_out};
use super::trust::client_verifier;
use super::{H2, HTTP_1_1, TlsError};
use crate::settings::TlsServerConfig;

/// `client_ca_file_reload` looks at the file so often, as in the Go collector.
const CLIENT_CA_EVERY: Duration = Duration::from_secs(1);

/// An accepted connection after its handshake.
pub(crate) type Accepted<S> = TlsStream<S>;

/// What a server needs to speak TLS. Cloning shares it.
#[derive(Clone)]
pub struct ServerTls(Arc<Live<ServerConfig>>);

impl ServerTls {
    /// Reads certificates and key.
    ///
    /// # Errors
    ///
    /// [`TlsError`] that names the file, what is wrong with it and what to do.
    pub fn load(config: &TlsServerConfig) -> Result<Self, TlsError> {
        let choice = choose(&config.common)?;
        for name in left_out(&config.common) {
            tracing::warn!(name, "TLS setting names what is not spoken here; it is left out");
        }
        let mut sources = config.common.identity();
        let client_ca = Source::of(&config.client_ca_file, &config::Opaque::default());
        let every = config.client_ca_file_reload.then_some(CLIENT_CA_EVERY);
        sources.extend(client_ca.map(|source| (Role::ClientCa, source, every)));
        let with_system = config.common.include_system_ca_certs_pool;
        Live::load(sources, move |pieces| make(pieces, &choice, with_system)).map(Self)
    }

    /// Shakes hands. The caller bounds how long that may take.
    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<Accepted<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        TlsAcceptor::from(self.0.get().await).accept(stream).await
    }
}

fn make(pieces: &[Piece], choice: &Choice, with_system: bool) -> Result<ServerConfig, TlsError> {
    let failed = |error: rustls::Error| TlsError::new(error.to_string());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&choice.provider))
        .with_protocol_versions(&choice.versions)
        .map_err(failed)?;
    let builder = match find(pieces, Role::ClientCa) {
        Some(piece) => builder.with_client_cert_verifier(client_verifier(
            piece,
            with_system,
            &choice.provider,
        )?),
        None => builder.with_no_client_auth(),
    };
    let (Some(certificate), Some(key)) = (find(pieces, Role::Certificate), find(pieces, Role::Key))
    else {
        return Err(TlsError::new(
            "a server needs a certificate (`cert_file`) and a key (`key_file`)",
        ));
    };
    let mut made = builder
        .with_single_cert(certificate.certificates()?, key.key()?)
        .map_err(|error| mismatch(certificate, key, &error))?;
    made.alpn_protocols = vec![H2.to_vec(), HTTP_1_1.to_vec()];
    Ok(made)
}

/// A certificate and a key that do not go together.
pub(super) fn mismatch(certificate: &Piece, key: &Piece, error: &rustls::Error) -> TlsError {
    let (certificate, key) = (certificate.source.name(certificate.role), key.source.name(key.role));
    TlsError::new(match error {
        rustls::Error::InconsistentKeys(_) => {
            format!("{key}: the key does not belong to the certificate in {certificate}")
        }
        other => format!("{certificate} and {key}: {other}"),
    })
}

impl std::fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerTls")
    }
}
