//! A backend that takes its time, and knows what it got.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use net::{
    budget::ByteBudget,
    server::{BoundAddr, GrpcCall, GrpcService, Server, ServerOptions, Services},
};
use tokio::{sync::Notify, time::Instant};
use tonic::Status;

use super::{DIGITS, place};

/// A backend over gRPC that answers each request after a while. Dropping it closes its port.
#[derive(Debug)]
pub struct Slow {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
    _server: Server,
}

#[derive(Debug)]
struct State {
    takes: Duration,
    is_calm: AtomicBool,
    /// How often each request came.
    seen: Mutex<HashMap<usize, usize>>,
    news: Notify,
}

impl Slow {
    /// Listens on a free port; each request takes so long.
    pub async fn start(takes: Duration) -> Self {
        let state = Arc::new(State {
            takes,
            is_calm: AtomicBool::new(false),
            seen: Mutex::default(),
            news: Notify::new(),
        });
        let services = Services { grpc: Some(state.clone()), http: None };
        let options = ServerOptions::new("127.0.0.1:0");
        let server = Server::bind(options, services, ByteBudget::unlimited()).await.unwrap();
        let BoundAddr::Tcp(address) = *server.address() else { panic!("not on a port") };
        Self { address, state, _server: server }
    }

    /// From now on requests are answered at once.
    pub fn calm_down(&self) {
        self.state.is_calm.store(true, Ordering::Relaxed);
    }

    /// Waits until all these requests came, or until `deadline`.
    pub async fn wait_for(&self, numbers: &[usize], deadline: Instant) {
        while self.judge(numbers).0 > 0 {
            let news = self.state.news.notified();
            let pause = Instant::now() + Duration::from_millis(100);
            let _ = tokio::time::timeout_at(deadline.min(pause), news).await;
            if Instant::now() >= deadline {
                return;
            }
        }
    }

    /// How many of these never came, and how many came more than once.
    pub fn judge(&self, numbers: &[usize]) -> (usize, usize) {
        let seen = self.state.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = numbers.iter().filter(|number| !seen.contains_key(number)).count();
        (missing, seen.values().filter(|times| **times > 1).count())
    }
}

#[async_trait]
impl GrpcService for State {
    fn has_method(&self, _: &str) -> bool {
        true
    }

    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status> {
        if !self.is_calm.load(Ordering::Relaxed) {
            tokio::time::sleep(self.takes).await;
        }
        let digits = place(&call.message).and_then(|at| call.message.get(at..at + DIGITS));
        let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        let number = number.ok_or_else(|| Status::invalid_argument("a request without number"))?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(number).or_default() += 1;
        self.news.notify_waiters();
        Ok(Bytes::new())
    }
}
