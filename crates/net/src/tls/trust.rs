//! Whom we believe.
//!
//! The library's rules, with one exception that Go makes too: a certificate that stands itself in the
//! list of trusted ones is believed even if it calls itself an authority, which is what
//! `openssl req -x509` writes into every self-signed certificate.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
};

use super::TlsError;
use super::material::{Piece, Role, find};

/// Certificates to trust.
struct Anchors {
    roots: Arc<RootCertStore>,
    listed: Vec<CertificateDer<'static>>,
}

impl Anchors {
    fn of(piece: Option<&Piece>, with_system: bool) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        let mut listed = Vec::new();
        if let Some(piece) = piece {
            listed = piece.certificates()?;
            let (added, _) = roots.add_parsable_certificates(listed.iter().cloned());
            if added == 0 {
                let name = piece.source.name(piece.role);
                return Err(TlsError::new(format!(
                    "{name}: holds no certificate that can be used"
                )));
            }
        }
        if with_system || piece.is_none() {
            let found = rustls_native_certs::load_native_certs();
            let (added, _) = roots.add_parsable_certificates(found.certs);
            if added == 0 && piece.is_none() {
                return Err(TlsError::new(
                    "this system has no trusted certificates: install the package ca-certificates, or \
                     name a file in `ca_file`",
                ));
            }
        }
        Ok(Self { roots: Arc::new(roots), listed })
    }
}

/// Whether `error` only says that a certificate of the list calls itself an authority. The library
/// checks the time before that.
fn is_listed(error: &Error, listed: &[CertificateDer<'_>], shown: &CertificateDer<'_>) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    other.0.to_string() == "CaUsedAsEndEntity" && listed.contains(shown)
}

/// Who a server may be.
pub(super) fn server_verifier(
    pieces: &[Piece],
    with_system: bool,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    let anchors = Anchors::of(find(pieces, Role::Ca), with_system)?;
    let inner = WebPkiServerVerifier::builder_with_provider(anchors.roots, Arc::clone(provider))
        .build()
        .map_err(|error| TlsError::new(error.to_string()))?;
    Ok(Arc::new(Server { inner, listed: anchors.listed }))
}

/// Who a client may be.
pub(super) fn client_verifier(
    piece: &Piece,
    with_system: bool,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let anchors = Anchors::of(Some(piece), with_system)?;
    let inner = WebPkiClientVerifier::builder_with_provider(anchors.roots, Arc::clone(provider))
        .build()
        .map_err(|error| TlsError::new(error.to_string()))?;
    Ok(Arc::new(Client { inner, listed: anchors.listed }))
}

/// Any server at all: `insecure_skip_verify`.
pub(super) fn no_verifier(provider: &Arc<CryptoProvider>) -> Arc<dyn ServerCertVerifier> {
    Arc::new(Anyone(Arc::clone(provider)))
}

#[derive(Debug)]
struct Server {
    inner: Arc<WebPkiServerVerifier>,
    listed: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Server {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.inner.verify_server_cert(shown, intermediates, name, ocsp, now) {
            Err(error) if is_listed(&error, &self.listed, shown) => {
                verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, shown, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, shown, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[derive(Debug)]
struct Client {
    inner: Arc<dyn ClientCertVerifier>,
    listed: Vec<CertificateDer<'static>>,
}

impl ClientCertVerifier for Client {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match self.inner.verify_client_cert(shown, intermediates, now) {
            Err(error) if is_listed(&error, &self.listed, shown) => {
                Ok(ClientCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, shown, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, shown, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, shown, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, shown, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
