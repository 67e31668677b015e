//! What stands between a collector and its backend and breaks off answers: a proxy that dies, a backend
//! that says 200 and closes.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf},
    task::JoinHandle,
};

/// Passes bytes on until it is told to break off. Dropping it closes its port.
#[derive(Debug)]
pub struct Relay {
    /// Where it listens.
    pub address: SocketAddr,
    /// How many bytes of answers a connection lets through from now on.
    patience: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Relay {
    /// Listens on a free port and connects to `to` for every connection that comes.
    pub async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let patience = Arc::new(AtomicUsize::new(usize::MAX));
        let shared = patience.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(backend) = TcpStream::connect(to).await else { continue };
                tokio::spawn(carry(client, backend, shared.clone()));
            }
        });
        Self { address, patience, accepting }
    }

    /// Each connection is broken off when so many more bytes of answers have passed, in the middle of
    /// whatever they are.
    pub fn break_off_after(&self, bytes: usize) {
        self.patience.store(bytes, Ordering::Relaxed);
    }

    /// Lets everything through from now on.
    pub fn behave(&self) {
        self.break_off_after(usize::MAX);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(client: TcpStream, backend: TcpStream, patience: Arc<AtomicUsize>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (from_backend, mut to_backend) = backend.into_split();
    let requests = tokio::spawn(async move {
        drop(tokio::io::copy(&mut from_client, &mut to_backend).await);
        from_client
    });
    answers(from_backend, &mut to_client, &patience).await;
    // Both halves have to go, or the connection stays open.
    requests.abort();
}

/// Ends with the connection, or when patience does.
async fn answers(
    mut from: OwnedReadHalf,
    to: &mut tokio::net::tcp::OwnedWriteHalf,
    patience: &AtomicUsize,
) {
    let mut buffer = [0; 4096];
    let mut passed = 0_usize;
    let mut asked = usize::MAX;
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let now = patience.load(Ordering::Relaxed);
        if now != asked {
            (asked, passed) = (now, 0);
        }
        let left = now.saturating_sub(passed);
        let shown = buffer.get(..read.min(left)).unwrap_or_default();
        if to.write_all(shown).await.is_err() || read > left {
            return;
        }
        passed += read;
    }
}
