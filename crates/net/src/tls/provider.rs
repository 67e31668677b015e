//! Versions, cipher suites and curves, by the names that users write.

use std::sync::Arc;

use config::Problems;
use rustls::crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs};
use rustls::{NamedGroup, SupportedCipherSuite, SupportedProtocolVersion, version};

use super::TlsError;
use crate::settings::TlsConfig;

/// Suites that the Go collector knows and that are not spoken here: they lack forward secrecy or
/// authenticated encryption.
const OLD_SUITES: [&str; 4] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
];
/// Likewise, and only accepted by it with `include_insecure_cipher_suites`.
const INSECURE_SUITES: [&str; 13] = [
    "TLS_RSA_WITH_RC4_128_SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
    "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_FALLBACK_SCSV",
];
/// Suites of TLS 1.3: always on, as in Go, whatever the list says.
const TLS13_SUITES: [&str; 3] =
    ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

/// What is spoken.
#[derive(Clone)]
pub(super) struct Choice {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) versions: Vec<&'static SupportedProtocolVersion>,
}

/// Names that mean nothing, and lists of which nothing is left.
pub(crate) fn problems(config: &TlsConfig) -> Problems {
    let mut problems = Problems::new();
    for name in config.cipher_suites.iter() {
        let is_known = suite(name).is_some()
            || TLS13_SUITES.contains(&name.as_str())
            || OLD_SUITES.contains(&name.as_str())
            || config.include_insecure_cipher_suites && INSECURE_SUITES.contains(&name.as_str());
        if !is_known {
            problems.add(format!("invalid TLS cipher suite: \"{name}\""));
        }
    }
    for name in config.curve_preferences.iter() {
        if group(name).is_err() {
            problems.add(format!(
                "invalid curve type: {name}. Expected values are P256, P384, P521, X25519, X25519MLKEM768"
            ));
        }
    }
    if problems.is_empty()
        && let Err(error) = choose(config)
    {
        problems.add(error.reason());
    }
    problems
}

/// What the settings leave of all that can be spoken.
pub(super) fn choose(config: &TlsConfig) -> Result<Choice, TlsError> {
    let mut provider = aws_lc_rs::default_provider();
    let suites: Vec<_> = config.cipher_suites.iter().filter_map(|name| suite(name)).collect();
    if !config.cipher_suites.is_empty() {
        provider.cipher_suites.retain(|suite| is_tls13(suite) || suites.contains(suite));
    }
    if !config.curve_preferences.is_empty() {
        let known = config.curve_preferences.iter().filter_map(|name| group(name).ok());
        provider.kx_groups = known.filter_map(implementation).collect();
        if provider.kx_groups.is_empty() {
            return Err(TlsError::new(
                "curve_preferences: none of these can be used; name one of P256, P384, X25519, \
                 X25519MLKEM768",
            ));
        }
    }
    let has_tls12 = provider.cipher_suites.iter().any(|suite| !is_tls13(suite));
    let is_12_allowed = !matches!(config.min_version.as_str(), "1.3") && has_tls12;
    let versions: Vec<_> = match config.max_version.as_str() {
        "1.0" | "1.1" => Vec::new(),
        "1.2" => is_12_allowed.then_some(&version::TLS12).into_iter().collect(),
        _ => Some(&version::TLS13)
            .into_iter()
            .chain(is_12_allowed.then_some(&version::TLS12))
            .collect(),
    };
    if versions.is_empty() {
        return Err(TlsError::new(
            "no TLS version is left: 1.2 and 1.3 are spoken, so raise max_version; 1.2 needs a suite \
             with ECDHE and GCM or CHACHA20 in cipher_suites",
        ));
    }
    Ok(Choice { provider: Arc::new(provider), versions })
}

/// What a user named and does not get, for a warning at start.
pub(super) fn left_out(config: &TlsConfig) -> Vec<&str> {
    let old = |name: &&str| OLD_SUITES.contains(name) || INSECURE_SUITES.contains(name);
    let mut names: Vec<_> = config.cipher_suites.iter().map(String::as_str).filter(old).collect();
    let curves = config.curve_preferences.iter().map(String::as_str);
    names.extend(
        curves.filter(|name| group(name).is_ok_and(|group| implementation(group).is_none())),
    );
    let min = config.min_version.as_str();
    names.extend(Some(min).filter(|version| matches!(*version, "1.0" | "1.1")));
    names
}

fn is_tls13(suite: &SupportedCipherSuite) -> bool {
    suite.tls13().is_some()
}

fn suite(name: &str) -> Option<SupportedCipherSuite> {
    let all = aws_lc_rs::ALL_CIPHER_SUITES.iter();
    all.filter(|suite| !is_tls13(suite)).find(|suite| suite.suite().as_str() == Some(name)).copied()
}

fn group(name: &str) -> Result<NamedGroup, ()> {
    match name {
        "P256" => Ok(NamedGroup::secp256r1),
        "P384" => Ok(NamedGroup::secp384r1),
        "P521" => Ok(NamedGroup::secp521r1),
        "X25519" => Ok(NamedGroup::X25519),
        "X25519MLKEM768" => Ok(NamedGroup::X25519MLKEM768),
        _ => Err(()),
    }
}

fn implementation(group: NamedGroup) -> Option<&'static dyn SupportedKxGroup> {
    aws_lc_rs::ALL_KX_GROUPS.iter().copied().find(|known| known.name() == group)
}
