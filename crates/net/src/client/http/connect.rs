//! Connections of the HTTP client: straight to the host, to a proxy in its place, or through a tunnel
//! in a proxy; with TLS for `https://`.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::tls::{self, ClientTls};

/// A connection that takes longer to open has failed, as in Go.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// A TLS handshake that takes longer has failed, as in Go.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

type ConnectError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone)]
pub(in crate::client) struct Connector {
    tcp: HttpConnector,
    proxy: Option<Uri>,
    tls: Option<ClientTls>,
}

impl Connector {
    pub(in crate::client) fn new(proxy: Option<Uri>, tls: Option<ClientTls>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.enforce_http(false);
        Self { tcp, proxy, tls }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, ConnectError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        if url.scheme() != Some(&Scheme::HTTPS) {
            let is_proxied = self.proxy.is_some();
            let connecting = self.tcp.call(self.proxy.clone().unwrap_or(url));
            return Box::pin(
                async move { Ok(Stream::Plain { tcp: connecting.await?, is_proxied }) },
            );
        }
        let Some(tls) = self.tls.clone() else {
            return Box::pin(async { Err("an https:// URL needs a client with TLS".into()) });
        };
        let (proxy, mut tcp) = (self.proxy.clone(), self.tcp.clone());
        Box::pin(async move {
            let host = url.host().unwrap_or_default().to_owned();
            let tcp = match proxy {
                Some(proxy) => Tunnel::new(proxy, tcp).call(url).await?,
                None => tcp.call(url).await?,
            };
            let shaken = tls.connect(&host, tcp.into_inner());
            let stream = tokio::time::timeout(HANDSHAKE_TIMEOUT, shaken)
                .await
                .map_err(|_| "tls: handshake timeout")??;
            Ok(Stream::Tls(TokioIo::new(Box::new(stream))))
        })
    }
}

/// An open connection. Through a proxy, requests in plaintext name their whole URL.
pub(in crate::client) enum Stream {
    Plain { tcp: TokioIo<TcpStream>, is_proxied: bool },
    Tls(TokioIo<Box<tls::Connected<TcpStream>>>),
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        match self {
            Self::Plain { is_proxied, .. } => Connected::new().proxy(*is_proxied),
            Self::Tls(stream) if tls::speaks_h2(stream.inner()) => Connected::new().negotiated_h2(),
            Self::Tls(_) => Connected::new(),
        }
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_write_vectored(context, slices),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain { tcp, .. } => tcp.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain { tcp, .. } => Pin::new(tcp).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
