//! Who the backends are.

use std::{io, net::Ipv6Addr, sync::Arc, time::Duration};

use tokio::{
    net::lookup_host,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{config::ResolverConfig, state::State};

/// So many backends are used; more are left out, and the log says so.
pub(super) const BACKENDS_MAX: usize = 1024;

/// The port of OTLP over gRPC.
const PORT: &str = "4317";

/// A way to find backends.
#[derive(Debug)]
pub(super) enum Resolver {
    /// These, for ever.
    Static(Vec<String>),
    /// Every address of a name.
    Dns { name: String, port: u16, interval: Duration, timeout: Duration },
}

impl Resolver {
    pub(super) fn new(config: &ResolverConfig) -> Self {
        match (config.r#static.as_ref(), config.dns.as_ref()) {
            (_, Some(dns)) => Self::Dns {
                name: dns.hostname.clone(),
                port: dns.port.parse().unwrap_or(4317),
                interval: dns.interval.to_std(),
                timeout: dns.timeout.to_std(),
            },
            (list, None) => {
                let names = list.map(|list| list.hostnames.iter()).into_iter().flatten();
                Self::Static(tidied(names.map(|name| with_port(name.trim())).collect()))
            }
        }
    }

    /// The label of metrics.
    pub(super) fn name(config: &ResolverConfig) -> &'static str {
        if config.dns.is_some() { "dns" } else { "static" }
    }

    /// Looks up the name again and again, until dropped. When that fails the backends stay who they
    /// were.
    pub(super) async fn keep(self, state: Arc<State>) {
        let Self::Dns { name, port, interval: pause, timeout: limit } = self else { return };
        let mut ticks = interval(pause);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            ticks.tick().await;
            let found = timeout(limit, lookup(&name, port)).await;
            let found = found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            let replaced = match found {
                Ok(found) if found.is_empty() => Err("the name has no address".to_owned()),
                Ok(found) => state.replace(found).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            state.metrics.resolution(replaced.is_ok());
            match replaced {
                Err(error) if !failing => {
                    tracing::warn!(%error, hostname = name, "The backends cannot be looked up. They stay who they were.");
                    failing = true;
                }
                Err(_) => {}
                Ok(()) => failing = false,
            }
        }
    }
}

async fn lookup(name: &str, port: u16) -> io::Result<Vec<String>> {
    let found = lookup_host((name, port)).await?;
    Ok(tidied(found.map(|address| address.to_string()).collect()))
}

/// Sorted, each once, not too many.
pub(super) fn tidied(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    if names.len() > BACKENDS_MAX {
        tracing::warn!(found = names.len(), used = BACKENDS_MAX, "There are too many backends.");
        names.truncate(BACKENDS_MAX);
    }
    names
}

/// `host:port`, with the usual port where there is none.
pub(super) fn with_port(name: &str) -> String {
    let name = name.strip_suffix(':').filter(|rest| !rest.contains(':')).unwrap_or(name);
    let is_bare_v6 = name.parse::<Ipv6Addr>().is_ok();
    let has_port = match name.rsplit_once(':') {
        // A colon inside brackets begins no port.
        Some((_, port)) => port.parse::<u16>().is_ok(),
        None => false,
    };
    match (is_bare_v6, has_port) {
        (true, _) => format!("[{name}]:{PORT}"),
        (false, false) if !name.is_empty() => format!("{name}:{PORT}"),
        (false, _) => name.to_owned(),
    }
}
