//! Certificates and keys as users give them: PEM, in a file or in place.

use std::fs::File;
use std::io::Read as _;

use config::Opaque;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::TlsError;

/// The largest file that is read: several times the bundle of all public authorities.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// What a piece of PEM is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Ca,
    Certificate,
    Key,
    ClientCa,
}

impl Role {
    fn file_key(self) -> &'static str {
        match self {
            Self::Ca => "ca_file",
            Self::Certificate => "cert_file",
            Self::Key => "key_file",
            Self::ClientCa => "client_ca_file",
        }
    }

    fn pem_key(self) -> &'static str {
        match self {
            Self::Ca => "ca_pem",
            Self::Certificate => "cert_pem",
            Self::Key => "key_pem",
            Self::ClientCa => "client_ca_pem",
        }
    }
}

/// Where a piece of PEM comes from.
#[derive(Clone)]
pub(crate) enum Source {
    File(String),
    Inline(Opaque),
}

impl Source {
    /// The file if one is named, else the text if there is any.
    pub(crate) fn of(file: &str, pem: &Opaque) -> Option<Self> {
        if !file.is_empty() {
            return Some(Self::File(file.to_owned()));
        }
        (!pem.is_empty()).then(|| Self::Inline(pem.clone()))
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// The setting and the file, for errors.
    pub(super) fn name(&self, role: Role) -> String {
        match self {
            Self::File(path) => format!("{} {path}", role.file_key()),
            Self::Inline(_) => role.pem_key().to_owned(),
        }
    }

    pub(super) fn read(&self, role: Role) -> Result<Vec<u8>, TlsError> {
        let path = match self {
            Self::Inline(pem) => return Ok(pem.reveal().as_bytes().to_vec()),
            Self::File(path) => path,
        };
        let mut bytes = Vec::new();
        let read =
            File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
        let name = self.name(role);
        match read {
            Err(error) => Err(TlsError::new(format!("{name}: {error}"))),
            Ok(len) if len as u64 > FILE_BYTES_MAX => {
                Err(TlsError::new(format!("{name}: larger than {FILE_BYTES_MAX} bytes")))
            }
            Ok(_) => Ok(bytes),
        }
    }
}

/// One piece of PEM that has been read.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) role: Role,
    pub(super) source: Source,
    pub(super) pem: Vec<u8>,
}

impl Piece {
    /// All certificates in it, at least one.
    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.pem).collect();
        let name = self.source.name(self.role);
        match found {
            Ok(found) if found.is_empty() => Err(TlsError::new(format!(
                "{name}: holds no certificate; it must be PEM, with a line BEGIN CERTIFICATE"
            ))),
            Ok(found) => Ok(found),
            Err(_) => Err(TlsError::new(format!("{name}: is not well-formed PEM"))),
        }
    }

    /// The first key in it.
    pub(super) fn key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        let name = self.source.name(self.role);
        // What the library says is not passed on: it may quote what it could not read.
        PrivateKeyDer::from_pem_slice(&self.pem).map_err(|_| {
            let is_encrypted = self.pem.windows(9).any(|window| window == b"ENCRYPTED");
            TlsError::new(if is_encrypted {
                format!("{name}: the key is encrypted; decrypt it with `openssl pkey`")
            } else {
                format!(
                    "{name}: holds no private key that can be read; it must be PEM, with a line BEGIN \
                     PRIVATE KEY"
                )
            })
        })
    }
}

/// The piece for a role, if there is one.
pub(super) fn find(pieces: &[Piece], role: Role) -> Option<&Piece> {
    pieces.iter().find(|piece| piece.role == role)
}
