//! Endpoints as metric labels.

/// Host and port of `host:port`, `scheme://host:port/path` or `dns:///host:port`; what is not
/// there is left out.
pub(crate) fn host_and_port(endpoint: &str) -> (String, Option<u16>) {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host.to_owned(), port.parse().ok()),
        _ => (authority.to_owned(), None),
    }
}

/// What backends are told of who sends: `Tollgate/0.1.0 (linux/x86_64)`.
pub(crate) fn user_agent(info: &sdk::BuildInfo) -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{}/{} ({os}/{arch})", info.description.replace(' ', "-"), info.version)
}
