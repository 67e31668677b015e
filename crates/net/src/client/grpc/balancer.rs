//! Which connection a call takes: every address in turn, skipping those that are down.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tonic::Status;

use super::channel::{Channel, ChannelAddress, ChannelOptions, Sender};
use super::{GrpcClientOptions, GrpcTarget};

/// So many addresses of one name are used.
const ADDRESSES_MAX: usize = 64;
/// A name is not looked up more often.
const RESOLVE_PAUSE: Duration = Duration::from_secs(1);
/// A lookup that takes longer has failed.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(10);
/// A call that waits for a connection looks again after this.
const WAIT_PAUSE: Duration = Duration::from_millis(200);

/// The connections to one target.
pub(super) struct Balancer {
    target: GrpcTarget,
    options: Arc<ChannelOptions>,
    wait_for_ready: bool,
    pick_first: bool,
    next: AtomicUsize,
    channels: Mutex<Arc<[Arc<Channel>]>>,
    /// Held while the name is looked up; when that was last done, and how it failed.
    resolving: tokio::sync::Mutex<Resolved>,
}

#[derive(Default)]
struct Resolved {
    at: Option<Instant>,
    error: Option<String>,
}

impl Balancer {
    /// `host` is whom the certificates of servers must name.
    pub(super) fn new(options: &GrpcClientOptions, host: &str) -> Self {
        Self {
            target: options.target.clone(),
            options: Arc::new(ChannelOptions::new(options, host)),
            wait_for_ready: options.wait_for_ready,
            pick_first: options.pick_first,
            next: AtomicUsize::new(0),
            channels: Mutex::new(Arc::new([])),
            resolving: tokio::sync::Mutex::default(),
        }
    }

    /// A connection for one call.
    pub(super) async fn pick(&self) -> Result<Sender, Status> {
        loop {
            if let Some(sender) = self.ready() {
                return Ok(sender);
            }
            match self.connect().await {
                Ok(sender) => return Ok(sender),
                Err(status) if !self.wait_for_ready => return Err(status),
                // The caller's timeout ends this wait.
                Err(_) => tokio::time::sleep(WAIT_PAUSE).await,
            }
        }
    }

    fn channels(&self) -> Arc<[Arc<Channel>]> {
        Arc::clone(&self.channels.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next connection that is up. Those that were passed over are mended in the background.
    fn ready(&self) -> Option<Sender> {
        let channels = self.channels();
        let turn = if self.pick_first { 0 } else { self.next.fetch_add(1, Ordering::Relaxed) };
        let start = turn % channels.len().max(1);
        let in_turn = channels.iter().cycle().skip(start).take(channels.len());
        let mut down = Vec::new();
        for channel in in_turn {
            if let Some(sender) = channel.ready() {
                if !self.pick_first {
                    down.into_iter().for_each(Channel::mend);
                }
                return Some(sender);
            }
            down.push(channel);
        }
        None
    }

    /// No connection is up: looks up the name if that may help, then tries one address after the
    /// other.
    async fn connect(&self) -> Result<Sender, Status> {
        let mut channels = self.channels();
        if channels.is_empty() || channels.iter().all(|channel| channel.has_failed()) {
            let resolved = self.resolve().await;
            channels = self.channels();
            if channels.is_empty() {
                resolved?;
            }
        }
        let mut failure = Status::unavailable("no address to connect to");
        for channel in channels.iter() {
            match Channel::connect(channel).await {
                Ok(sender) => return Ok(sender),
                Err(status) => failure = status,
            }
        }
        Err(failure)
    }

    async fn resolve(&self) -> Result<(), Status> {
        let mut resolved = self.resolving.lock().await;
        if resolved.at.is_some_and(|at| at.elapsed() < RESOLVE_PAUSE) {
            return match &resolved.error {
                Some(error) => Err(Status::unavailable(error.clone())),
                None => Ok(()),
            };
        }
        let found = tokio::time::timeout(RESOLVE_TIMEOUT, lookup(&self.target))
            .await
            .unwrap_or_else(|_| Err("name resolver error: timed out".to_owned()));
        resolved.at = Some(Instant::now());
        match found {
            Ok(addresses) => {
                resolved.error = None;
                self.replace(addresses);
                Ok(())
            }
            Err(error) => {
                resolved.error = Some(error.clone());
                Err(Status::unavailable(error))
            }
        }
    }

    /// Keeps the connections to addresses that are still there.
    pub(super) fn replace(&self, addresses: Vec<ChannelAddress>) {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = |address: &ChannelAddress| {
            channels.iter().find(|channel| channel.address() == address).map(Arc::clone)
        };
        *channels = addresses
            .into_iter()
            .map(|address| {
                kept(&address)
                    .unwrap_or_else(|| Arc::new(Channel::new(address, Arc::clone(&self.options))))
            })
            .collect();
    }
}

async fn lookup(target: &GrpcTarget) -> Result<Vec<ChannelAddress>, String> {
    match target {
        GrpcTarget::Unix(path) => Ok(vec![ChannelAddress::Unix(path.clone())]),
        GrpcTarget::Passthrough { host, port } => {
            Ok(vec![ChannelAddress::Name(host.clone(), *port)])
        }
        GrpcTarget::Dns { host, port } => {
            let found = tokio::net::lookup_host((host.as_str(), *port)).await.map_err(|error| {
                format!("name resolver error: produced zero addresses: {error}")
            })?;
            let mut addresses: Vec<SocketAddr> = found.take(ADDRESSES_MAX).collect();
            addresses.sort_unstable();
            addresses.dedup();
            if addresses.is_empty() {
                return Err("name resolver error: produced zero addresses".to_owned());
            }
            Ok(addresses.into_iter().map(ChannelAddress::Ip).collect())
        }
    }
}
