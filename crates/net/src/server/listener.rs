//! The listening socket.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::connection::{Shared, serve};
use super::io::Stream;
use super::registry::Registry;
use super::{Phase, Transport};
use crate::tls::TlsError;

/// Connections that the system keeps for us until we accept them.
const BACKLOG: i32 = 1024;
/// Pause after a failed accept (out of file descriptors), so that it does not become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// At the limit, when nobody could make room, it is tried again this often.
const ROOM_PAUSE: Duration = Duration::from_millis(100);
/// A peer that is gone without a word is noticed by the system: after this without a byte it is
/// asked, again and again, this often (the values of Go's listeners).
const KEEPALIVE: TcpKeepalive = TcpKeepalive::new()
    .with_time(Duration::from_secs(15))
    .with_interval(Duration::from_secs(15))
    .with_retries(9);

/// Where a server really listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoundAddr {
    /// An IP address and port.
    Tcp(SocketAddr),
    /// A path.
    Unix(PathBuf),
}

impl BoundAddr {
    /// The IP address and port, if it is one.
    #[must_use]
    pub fn as_tcp(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(address) => Some(*address),
            Self::Unix(_) => None,
        }
    }
}

impl fmt::Display for BoundAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// A server that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The endpoint is not `host:port`.
    #[error("listen {endpoint}: {reason}")]
    Endpoint {
        /// As configured.
        endpoint: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The system refused.
    #[error("listen {endpoint}: {source}")]
    Io {
        /// As configured.
        endpoint: String,
        /// What the system said.
        source: io::Error,
    },
    /// A setting that cannot be used.
    #[error("{0}")]
    Unsupported(String),
    /// Certificates or keys that cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

pub(super) struct Listener {
    socket: Listening,
    address: BoundAddr,
}

enum Listening {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    pub(super) async fn bind(transport: Transport, endpoint: &str) -> Result<Self, BindError> {
        let io = |source| BindError::Io { endpoint: endpoint.to_owned(), source };
        if transport == Transport::Unix {
            let path = PathBuf::from(endpoint);
            let socket = UnixListener::bind(&path).map_err(io)?;
            return Ok(Self { socket: Listening::Unix(socket), address: BoundAddr::Unix(path) });
        }
        let address = resolve(transport, endpoint).await?;
        let socket = listen(transport, address).map_err(io)?;
        let address = BoundAddr::Tcp(socket.local_addr().map_err(io)?);
        Ok(Self { socket: Listening::Tcp(socket), address })
    }

    pub(super) fn address(&self) -> &BoundAddr {
        &self.address
    }

    /// Accepts until told to stop. A connection over the limit waits until others made room; behind it
    /// the system's backlog fills.
    pub(super) async fn accept_loop(
        self,
        shared: Arc<Shared>,
        connections: Arc<Semaphore>,
        mut phases: watch::Receiver<Phase>,
    ) {
        loop {
            let accepted = tokio::select! {
                biased;
                // An error means that the server is gone, which stops it too.
                _ = phases.wait_for(|phase| *phase != Phase::Serving) => return,
                accepted = self.accept(&shared.registry, &connections) => accepted,
            };
            match accepted {
                Ok((stream, peer, permit)) => {
                    let registered = shared.registry.register(peer);
                    let (shared, phases) = (Arc::clone(&shared), phases.clone());
                    tokio::spawn(async move {
                        let activity = Arc::clone(&registered.activity);
                        tokio::select! {
                            () = serve(shared, stream, peer, activity, phases) => {}
                            () = registered.close.notified() => {}
                        }
                        drop(registered);
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "accepting a connection failed");
                    // Out of file descriptors, most likely.
                    shared.registry.make_room();
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn accept(
        &self,
        registry: &Registry,
        connections: &Arc<Semaphore>,
    ) -> io::Result<(Stream, Option<SocketAddr>, OwnedSemaphorePermit)> {
        let (stream, peer) = match &self.socket {
            Listening::Tcp(socket) => {
                let (stream, peer) = socket.accept().await?;
                stream.set_nodelay(true)?;
                (Stream::Tcp(stream), Some(peer))
            }
            Listening::Unix(socket) => (Stream::Unix(socket.accept().await?.0), None),
        };
        loop {
            let permit = match Arc::clone(connections).try_acquire_owned() {
                Ok(permit) => Some(permit),
                Err(_) => {
                    registry.make_room();
                    let acquired = Arc::clone(connections).acquire_owned();
                    tokio::time::timeout(ROOM_PAUSE, acquired).await.ok().and_then(Result::ok)
                }
            };
            if let Some(permit) = permit {
                return Ok((stream, peer, permit));
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let BoundAddr::Unix(path) = &self.address {
            // As Go does on close. A file that is already gone is fine.
            let _ = std::fs::remove_file(path);
        }
    }
}

async fn resolve(transport: Transport, endpoint: &str) -> Result<SocketAddr, BindError> {
    let invalid = |reason| BindError::Endpoint { endpoint: endpoint.to_owned(), reason };
    let (host, port) = endpoint.rsplit_once(':').ok_or(invalid("missing port in address"))?;
    let port: u16 = port.parse().map_err(|_| invalid("invalid port"))?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() {
        let every: IpAddr = match transport {
            Transport::Tcp4 => Ipv4Addr::UNSPECIFIED.into(),
            _ if !has_ipv6() => Ipv4Addr::UNSPECIFIED.into(),
            _ => Ipv6Addr::UNSPECIFIED.into(),
        };
        return Ok(SocketAddr::new(every, port));
    }
    let found = tokio::net::lookup_host((host, port))
        .await
        .map_err(|source| BindError::Io { endpoint: endpoint.to_owned(), source })?;
    let fitting: Vec<SocketAddr> = found
        .filter(|address| match transport {
            Transport::Tcp4 => address.is_ipv4(),
            Transport::Tcp6 => address.is_ipv6(),
            Transport::Tcp | Transport::Unix => true,
        })
        .collect();
    // Like Go: of several addresses the first IPv4 one.
    let address = fitting.iter().find(|address| address.is_ipv4()).or_else(|| fitting.first());
    address.copied().ok_or(invalid("no suitable address"))
}

fn has_ipv6() -> bool {
    Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP)).is_ok()
}

fn listen(transport: Transport, address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    // Accepted sockets inherit it.
    socket.set_tcp_keepalive(&KEEPALIVE)?;
    if address.is_ipv6() {
        socket.set_only_v6(transport == Transport::Tcp6 || !address.ip().is_unspecified())?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}
