//! TLS settings (C§5.2). [`crate::tls`] makes use of them.

use std::time::Duration as StdDuration;

use config::{Duration, Opaque, Optional, Problems, Squash, StringList};
use serde::{Deserialize, Serialize};

use super::shared::{check_duration, unless_zero};
use crate::tls::{Role, Source, provider_problems};

/// What servers and clients have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsConfig {
    /// Certificates to trust, as a file.
    pub ca_file: String,
    /// Certificates to trust, in place.
    pub ca_pem: Opaque,
    /// Whether the system's certificates are trusted as well.
    pub include_system_ca_certs_pool: bool,
    /// Our certificate, as a file.
    pub cert_file: String,
    /// Our certificate, in place.
    pub cert_pem: Opaque,
    /// Our key, as a file.
    pub key_file: String,
    /// Our key, in place.
    pub key_pem: Opaque,
    /// The oldest version: `1.0` to `1.3`, empty for `1.2`.
    pub min_version: String,
    /// The newest version, empty for the newest there is.
    pub max_version: String,
    /// Cipher suites by their Go names.
    pub cipher_suites: StringList,
    /// Whether insecure suites may be named.
    pub include_insecure_cipher_suites: bool,
    /// How often files are read again; 0 never.
    pub reload_interval: Duration,
    /// Key exchange curves.
    pub curve_preferences: StringList,
    /// A key kept in a TPM.
    pub tpm: Optional<TpmConfig>,
}

/// A key kept in a TPM.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TpmConfig {
    /// Path of the device.
    pub path: String,
    /// Secret of the owner hierarchy.
    pub owner_auth: Opaque,
    /// Secret of the key.
    pub auth: Opaque,
}

/// TLS of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Squash<TlsConfig, ServerKeys>", into = "Squash<TlsConfig, ServerKeys>")]
pub struct TlsServerConfig {
    /// What clients have too.
    pub common: TlsConfig,
    /// Certificates of clients; if given, clients must show one.
    pub client_ca_file: String,
    /// Whether that file is read again when it changes.
    pub client_ca_file_reload: bool,
}

/// TLS of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Squash<TlsConfig, ClientKeys>", into = "Squash<TlsConfig, ClientKeys>")]
pub struct TlsClientConfig {
    /// What servers have too.
    pub common: TlsConfig,
    /// Plaintext, unless a CA is given.
    pub insecure: bool,
    /// Whether any certificate is accepted.
    pub insecure_skip_verify: bool,
    /// The name to expect in the certificate.
    pub server_name_override: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct ServerKeys {
    client_ca_file: String,
    client_ca_file_reload: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct ClientKeys {
    insecure: bool,
    insecure_skip_verify: bool,
    server_name_override: String,
}

impl From<Squash<TlsConfig, ServerKeys>> for TlsServerConfig {
    fn from(Squash(common, keys): Squash<TlsConfig, ServerKeys>) -> Self {
        let ServerKeys { client_ca_file, client_ca_file_reload } = keys;
        Self { common, client_ca_file, client_ca_file_reload }
    }
}

impl From<TlsServerConfig> for Squash<TlsConfig, ServerKeys> {
    fn from(tls: TlsServerConfig) -> Self {
        let TlsServerConfig { common, client_ca_file, client_ca_file_reload } = tls;
        Self(common, ServerKeys { client_ca_file, client_ca_file_reload })
    }
}

impl From<Squash<TlsConfig, ClientKeys>> for TlsClientConfig {
    fn from(Squash(common, keys): Squash<TlsConfig, ClientKeys>) -> Self {
        let ClientKeys { insecure, insecure_skip_verify, server_name_override } = keys;
        Self { common, insecure, insecure_skip_verify, server_name_override }
    }
}

impl From<TlsClientConfig> for Squash<TlsConfig, ClientKeys> {
    fn from(tls: TlsClientConfig) -> Self {
        let TlsClientConfig { common, insecure, insecure_skip_verify, server_name_override } = tls;
        Self(common, ClientKeys { insecure, insecure_skip_verify, server_name_override })
    }
}

impl TlsConfig {
    fn has_ca(&self) -> bool {
        !self.ca_file.is_empty() || !self.ca_pem.is_empty()
    }

    fn has_cert(&self) -> bool {
        !self.cert_file.is_empty() || !self.cert_pem.is_empty()
    }

    fn has_key(&self) -> bool {
        !self.key_file.is_empty() || !self.key_pem.is_empty()
    }

    /// Every fault, in the Go collector's words.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let both = |file: &str, pem: &Opaque| !file.is_empty() && !pem.is_empty();
        problems.check(
            !both(&self.ca_file, &self.ca_pem),
            "provide either a CA file or the PEM-encoded string, but not both",
        );
        problems.check(
            !both(&self.cert_file, &self.cert_pem),
            "provide either certificate file or PEM, but not both",
        );
        problems.check(
            !both(&self.key_file, &self.key_pem),
            "provide either key file or PEM, but not both",
        );
        let (min, max) = (version(&self.min_version), version(&self.max_version));
        if min.is_none() {
            problems.add(format!(
                "invalid TLS min_version: unsupported TLS version: \"{}\"",
                self.min_version
            ));
        }
        if max.is_none() {
            problems.add(format!(
                "invalid TLS max_version: unsupported TLS version: \"{}\"",
                self.max_version
            ));
        }
        let is_backward = !self.max_version.is_empty() && min > max && max.is_some();
        problems.check(
            !is_backward,
            "invalid TLS configuration: min_version cannot be greater than max_version",
        );
        check_duration(&mut problems, "reload_interval", self.reload_interval);
        if self.tpm.is_some() {
            let text = "keys in a TPM are not supported: remove `tpm` and name a key in `key_file`";
            problems.at("tpm", text);
        }
        if problems.is_empty() {
            problems.merge(provider_problems(self));
        }
        problems
    }

    /// How often files are read again.
    pub(crate) fn reload_every(&self) -> Option<StdDuration> {
        unless_zero(self.reload_interval)
    }

    /// Where our certificate and key come from.
    pub(crate) fn identity(&self) -> Vec<(Role, Source, Option<StdDuration>)> {
        let every = self.reload_every();
        let certificate = Source::of(&self.cert_file, &self.cert_pem);
        let key = Source::of(&self.key_file, &self.key_pem);
        let certificate = certificate.map(|source| (Role::Certificate, source, every));
        certificate.into_iter().chain(key.map(|source| (Role::Key, source, every))).collect()
    }
}

/// A version as a number that compares; empty is `1.2`, the default.
fn version(name: &str) -> Option<u8> {
    match name {
        "1.0" => Some(0),
        "1.1" => Some(1),
        "" | "1.2" => Some(2),
        "1.3" => Some(3),
        _ => None,
    }
}

impl TlsServerConfig {
    /// Every fault, in the Go collector's words.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = self.common.problems();
        problems.check(
            self.common.has_cert() && self.common.has_key() || self.common.tpm.is_some(),
            "TLS configuration must include both certificate and key for server connections",
        );
        problems
    }
}

impl TlsClientConfig {
    /// Every fault, in the Go collector's words.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = self.common.problems();
        problems.check(
            self.common.has_cert() == self.common.has_key() || self.common.tpm.is_some(),
            "TLS configuration must include both certificate and key (CertFile/CertPem and \
             KeyFile/KeyPem)",
        );
        problems
    }

    /// Whether these settings mean no TLS: `insecure: true` and no CA.
    #[must_use]
    pub fn is_plaintext(&self) -> bool {
        self.insecure && !self.common.has_ca()
    }
}
