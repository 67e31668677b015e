//! What the endpoint of a gRPC client means (C§6.1).

use std::path::PathBuf;

/// Whom a gRPC client calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrpcTarget {
    /// Every address that the system's resolver knows for a host.
    Dns {
        /// A name or an IP address, without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// The host as it stands, connected to as one.
    Passthrough {
        /// A name or an IP address, without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// A unix socket.
    Unix(PathBuf),
}

/// An endpoint that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing at all.
    #[error("requires a non-empty \"endpoint\"")]
    Empty,
    /// No `:port`.
    #[error("address {0}: missing port in address")]
    MissingPort(String),
    /// `:port` is not a number up to 65535.
    #[error("invalid port \"{0}\"")]
    InvalidPort(String),
    /// `unix://` without a path.
    #[error("unix socket path cannot be empty")]
    EmptyPath,
    /// Cannot be sent as `:authority`.
    #[error("invalid authority \"{0}\": give a host and port in \"authority\"")]
    Authority(String),
}

/// The port of `dns:///host`, as grpc has it.
const DNS_PORT: u16 = 443;

impl GrpcTarget {
    /// Reads an endpoint; the flag says that it starts with `https://` and so needs TLS.
    ///
    /// `dns://authority/host:port` is read too, but always asks the system's resolver.
    ///
    /// # Errors
    ///
    /// [`TargetError`] in the Go collector's words.
    pub fn parse(endpoint: &str) -> Result<(Self, bool), TargetError> {
        let endpoint = endpoint.trim();
        if endpoint.is_empty() {
            return Err(TargetError::Empty);
        }
        if let Some(path) = endpoint.strip_prefix("unix://").or(endpoint.strip_prefix("unix:")) {
            if path.is_empty() || path == "/" {
                return Err(TargetError::EmptyPath);
            }
            return Ok((Self::Unix(PathBuf::from(path)), false));
        }
        if let Some(rest) = endpoint.strip_prefix("dns:") {
            let name = after_authority(rest);
            let (host, port) = split(name, Some(DNS_PORT))?;
            return Ok((Self::Dns { host, port }, false));
        }
        if let Some(rest) = endpoint.strip_prefix("passthrough:") {
            let (host, port) = split(after_authority(rest), None)?;
            return Ok((Self::Passthrough { host, port }, false));
        }
        let (bare, is_https) = match endpoint.strip_prefix("https://") {
            Some(bare) => (bare, true),
            None => (endpoint.strip_prefix("http://").unwrap_or(endpoint), false),
        };
        let (host, port) = split(bare.trim_end_matches('/'), None)?;
        Ok((Self::Dns { host, port }, is_https))
    }

    /// What is sent as `:authority`.
    #[must_use]
    pub fn authority(&self) -> String {
        match self {
            Self::Dns { host, port } | Self::Passthrough { host, port } if host.contains(':') => {
                format!("[{host}]:{port}")
            }
            Self::Dns { host, port } | Self::Passthrough { host, port } => {
                format!("{host}:{port}")
            }
            Self::Unix(_) => "localhost".to_owned(),
        }
    }
}

/// The name in `//authority/name` or in `name`.
fn after_authority(rest: &str) -> &str {
    match rest.strip_prefix("//") {
        Some(rest) => rest.split_once('/').map_or(rest, |(_, name)| name),
        None => rest,
    }
}

fn split(address: &str, default_port: Option<u16>) -> Result<(String, u16), TargetError> {
    let missing = || TargetError::MissingPort(address.to_owned());
    let (host, port) = match address.rsplit_once(':') {
        // A colon inside brackets belongs to an IPv6 address.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (address, None),
    };
    let port = match (port, default_port) {
        (Some(port), _) => port.parse().map_err(|_| TargetError::InvalidPort(port.to_owned()))?,
        (None, Some(port)) => port,
        (None, None) => return Err(missing()),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    // An empty host is this machine, as in Go.
    let host = if host.is_empty() { "localhost" } else { host };
    Ok((host.to_owned(), port))
}
