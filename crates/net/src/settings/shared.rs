//! Pieces that servers and clients have in common.

use std::time::Duration as StdDuration;

use config::{Duration, MapList, Problems};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::compression::Encoding;
use crate::server::Transport;

/// Which component decides who may come in, or signs what goes out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthConfig {
    /// The id of an extension.
    pub authenticator: String,
}

/// An extension through which requests pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MiddlewareConfig {
    /// The id of an extension.
    pub id: String,
}

/// Extensions that are not named.
pub(crate) fn server_extension_problems(
    auth: Option<&str>,
    middlewares: &[MiddlewareConfig],
) -> Problems {
    let mut problems = extension_problems(auth, &[]);
    if middlewares.iter().any(|middleware| middleware.id.is_empty()) {
        problems.at("middlewares", "`id` must name an extension");
    }
    problems
}

/// Extensions that are not named, and middlewares, which a client does not have yet: to start
/// without them would let through what they are meant to keep out.
pub(crate) fn extension_problems(auth: Option<&str>, middlewares: &[MiddlewareConfig]) -> Problems {
    let mut problems = Problems::new();
    if auth.is_some_and(str::is_empty) {
        problems.at("auth", "`authenticator` must name an extension");
    }
    if let Some(first) = middlewares.first() {
        let text = format!("the middleware {:?} is not supported yet: remove it", first.id);
        problems.at("middlewares", text);
    }
    problems
}

/// How connections are opened. A server has the key too, and no use for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DialerConfig {
    /// The longest wait for a connection.
    pub timeout: Duration,
}

/// `transport`: which sockets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TransportType(String);

/// `unsupported transport type "x"`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unsupported transport type \"{0}\"")]
pub struct UnsupportedTransport(String);

impl TransportType {
    /// Every name that the Go collector knows.
    const NAMES: [&str; 11] = [
        "",
        "tcp",
        "tcp4",
        "tcp6",
        "udp",
        "udp4",
        "udp6",
        "unix",
        "unixgram",
        "unixpacket",
        "npipe",
    ];

    /// What a server can listen on, or why not.
    pub(crate) fn to_transport(&self) -> Result<Transport, String> {
        match self.0.as_str() {
            "tcp" => Ok(Transport::Tcp),
            "tcp4" => Ok(Transport::Tcp4),
            "tcp6" => Ok(Transport::Tcp6),
            "unix" => Ok(Transport::Unix),
            other => Err(format!("invalid transport type \"{other}\"")),
        }
    }
}

impl Default for TransportType {
    fn default() -> Self {
        Self("tcp".to_owned())
    }
}

impl TryFrom<String> for TransportType {
    type Error = UnsupportedTransport;

    fn try_from(name: String) -> Result<Self, UnsupportedTransport> {
        if Self::NAMES.contains(&name.as_str()) || name.starts_with("ip") {
            Ok(Self(name))
        } else {
            Err(UnsupportedTransport(name))
        }
    }
}

impl From<TransportType> for String {
    fn from(transport: TransportType) -> Self {
        transport.0
    }
}

/// `compression`: how bodies go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CompressionType(String);

/// `unsupported compression type "x"`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unsupported compression type \"{0}\"")]
pub struct UnsupportedCompression(pub(crate) String);

impl CompressionType {
    /// No compression.
    #[must_use]
    pub fn none() -> Self {
        Self("none".to_owned())
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The encoding it stands for in HTTP.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        match self.0.as_str() {
            "none" => Encoding::Identity,
            name => Encoding::from_http_name(name).unwrap_or(Encoding::Identity),
        }
    }
}

impl Default for CompressionType {
    fn default() -> Self {
        Self("gzip".to_owned())
    }
}

impl TryFrom<String> for CompressionType {
    type Error = UnsupportedCompression;

    fn try_from(name: String) -> Result<Self, UnsupportedCompression> {
        let is_known = matches!(
            name.as_str(),
            "" | "none"
                | "gzip"
                | "zlib"
                | "deflate"
                | "snappy"
                | "x-snappy-framed"
                | "zstd"
                | "lz4"
        );
        if is_known { Ok(Self(name)) } else { Err(UnsupportedCompression(name)) }
    }
}

impl From<CompressionType> for String {
    fn from(compression: CompressionType) -> Self {
        compression.0
    }
}

/// A duration of which zero means none.
pub(super) fn unless_zero(duration: Duration) -> Option<StdDuration> {
    Some(duration.to_std()).filter(|duration| !duration.is_zero())
}

/// Says that `key` must not be negative.
pub(super) fn check_duration(problems: &mut Problems, key: &str, duration: Duration) {
    if duration.is_negative() {
        problems.at(key, format!("`{key}` must be non-negative"));
    }
}

/// Names and values as headers; what cannot be sent is left out and named by [`header_problems`].
pub(super) fn headers(list: &MapList) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(list.len());
    for (name, value) in list.iter() {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name), HeaderValue::try_from(value.reveal()))
        {
            headers.insert(name, value);
        }
    }
    headers
}

/// Headers that cannot be sent, by name: values may be secrets.
pub(super) fn header_problems(list: &MapList) -> Problems {
    let mut problems = list.problems();
    for (name, value) in list.iter() {
        if HeaderName::try_from(name).is_err() {
            problems.add(format!("invalid header name \"{name}\""));
        } else if HeaderValue::try_from(value.reveal()).is_err() {
            problems.add(format!("value of header \"{name}\" has bytes that cannot be sent"));
        }
    }
    problems
}
