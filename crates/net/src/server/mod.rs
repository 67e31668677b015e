//! One listening socket for HTTP/1.1, HTTP/2 cleartext and gRPC.
//!
//! Read in this order: [`Server`] (this file), `service` (what a receiver implements), `listener`
//! (the socket), `connection` (one connection from its first byte to its end), `activity`, `clocks` and
//! `registry` (when it has to end), `admission` (what a request costs), `grpc` and `http` (one
//! request), `cors`.

mod activity;
mod admission;
mod clocks;
mod connection;
mod cors;
mod grpc;
mod http;
mod io;
mod listener;
mod options;
mod registry;
mod reply;
mod service;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

pub use self::http::{BodyError, HttpBody, HttpCall};
pub use self::listener::{BindError, BoundAddr};
pub use self::options::{
    BODY_BYTES_MAX, CONNECTIONS_MAX, CorsOptions, GrpcOptions, HttpOptions, ServerOptions,
    Transport,
};
pub use self::service::{GrpcCall, GrpcService, HttpService};

use self::connection::Shared;
use self::listener::Listener;
use crate::budget::ByteBudget;

/// A running server. Dropping it stops it without waiting for requests in flight;
/// [`Server::shutdown`] waits for them.
#[derive(Debug)]
pub struct Server {
    address: BoundAddr,
    phase: watch::Sender<Phase>,
    connections: Arc<Semaphore>,
    connections_max: u32,
    accepting: JoinHandle<()>,
}

/// How a server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    /// No new connections; requests in flight are answered.
    Draining,
    /// Nothing any more.
    Gone,
}

/// What a server serves: at least one of the two.
#[derive(Clone, Default)]
pub struct Services {
    /// Requests with `content-type: application/grpc`.
    pub grpc: Option<Arc<dyn GrpcService>>,
    /// Every other request.
    pub http: Option<Arc<dyn HttpService>>,
}

impl Server {
    /// Opens the socket and starts to serve. Must run inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`BindError`] when the endpoint is not an address or cannot be listened on.
    pub async fn bind(
        options: ServerOptions,
        services: Services,
        budget: ByteBudget,
    ) -> Result<Self, BindError> {
        let listener = Listener::bind(options.transport, &options.endpoint).await?;
        let address = listener.address().clone();
        let (phase, phases) = watch::channel(Phase::Serving);
        let connections_max = options.connections_max.max(1);
        let connections = Arc::new(Semaphore::new(connections_max as usize));
        let shared = Arc::new(Shared::new(options, services, budget));
        let accepting =
            tokio::spawn(listener.accept_loop(shared, Arc::clone(&connections), phases));
        Ok(Self { address, phase, connections, connections_max, accepting })
    }

    /// The address really bound, with the port that the system chose for port 0.
    #[must_use]
    pub fn address(&self) -> &BoundAddr {
        &self.address
    }

    /// Stops accepting, tells every client to go elsewhere (GOAWAY, `Connection: close`), and waits
    /// until the requests in flight are answered. There is no deadline: bound it with
    /// `tokio::time::timeout`; dropping the future aborts the connections that are left.
    pub async fn shutdown(self) {
        self.phase.send_replace(Phase::Draining);
        // Each connection holds one permit; all of them back means that none is left. The accept
        // loop ends by itself and gives back the one it holds.
        let _all = self.connections.acquire_many(self.connections_max).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.phase.send_replace(Phase::Gone);
        self.accepting.abort();
    }
}
