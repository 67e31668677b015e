//! gRPC with messages left as bytes: a codec, a client and a server.

use std::convert::Infallible;
use std::future::Future;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes};
use http::uri::PathAndQuery;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::body::Body;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::{BoxFuture, Service};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};

use crate::error::Error;
use crate::options::Compression;

/// The path of the OTLP trace export method.
pub(crate) const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// Messages up to this size are taken, in bytes. The batch processor joins 8,192 spans of 10 KB.
const MESSAGE_BYTES_MAX: usize = 1 << 30;

/// Hands messages over as they are on the wire.
#[derive(Clone, Copy, Debug, Default)]
struct RawCodec;

impl Codec for RawCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.reserve(item.len());
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// A client that sends and gets raw messages over one connection. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    grpc: tonic::client::Grpc<Channel>,
}

impl Client {
    /// Connects to `endpoint`, a URL such as `http://127.0.0.1:4317`.
    pub(crate) async fn connect(endpoint: &str, compression: Compression) -> Result<Self, Error> {
        let channel = Endpoint::from_shared(endpoint.to_owned())?.connect().await?;
        let grpc = tonic::client::Grpc::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
        let grpc = match compression {
            Compression::None => grpc,
            Compression::Gzip => compressed(grpc, CompressionEncoding::Gzip),
            Compression::Zstd => compressed(grpc, CompressionEncoding::Zstd),
        };
        Ok(Self { grpc })
    }

    /// Calls the unary method at `path`.
    pub(crate) async fn call(
        &mut self,
        path: &'static str,
        message: Bytes,
    ) -> Result<Bytes, Status> {
        self.grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = PathAndQuery::from_static(path);
        self.grpc.unary(Request::new(message), path, RawCodec).await.map(Response::into_inner)
    }
}

/// Compressed both ways: the Go collector answers in the encoding of the request.
fn compressed(
    grpc: tonic::client::Grpc<Channel>,
    encoding: CompressionEncoding,
) -> tonic::client::Grpc<Channel> {
    grpc.send_compressed(encoding).accept_compressed(encoding)
}

/// What a server does with a message.
pub(crate) trait Handle: Clone + Send + Sync + 'static {
    /// Answers the message that came for the method at `path`.
    fn handle(
        &self,
        path: &str,
        message: Bytes,
    ) -> impl Future<Output = Result<Bytes, Status>> + Send;
}

/// Serves `handler` on a free port of 127.0.0.1, prints the port as the first line of standard
/// output, and ends when standard input does, so that no server outlives its parent.
pub(crate) async fn serve(handler: impl Handle) -> Result<(), Error> {
    let address = ([127, 0, 0, 1], 0).into();
    let incoming = TcpIncoming::bind(address)
        .map_err(Error::io("listen on 127.0.0.1"))?
        .with_nodelay(Some(true));
    let port = incoming.local_addr().map_err(Error::io("read the port"))?.port();
    let mut output = tokio::io::stdout();
    output.write_all(format!("{port}\n").as_bytes()).await.map_err(Error::io("print the port"))?;
    output.flush().await.map_err(Error::io("print the port"))?;
    let parent_gone = async {
        let mut rest = [0; 64];
        while matches!(tokio::io::stdin().read(&mut rest).await, Ok(count) if count > 0) {}
    };
    let service = RawService { handler };
    Server::builder().serve_with_incoming_shutdown(service, incoming, parent_gone).await?;
    Ok(())
}

/// A [`Handle`] as the service tonic serves.
#[derive(Clone, Debug)]
struct RawService<H> {
    handler: H,
}

impl<H: Handle> Service<http::Request<Body>> for RawService<H> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let path = request.uri().path().to_owned();
        let unary = Unary { handler: self.handler.clone(), path };
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(RawCodec)
                .apply_max_message_size_config(Some(MESSAGE_BYTES_MAX), None)
                .accept_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Zstd);
            Ok(grpc.unary(unary, request).await)
        })
    }
}

/// One call of a [`RawService`].
#[derive(Debug)]
struct Unary<H> {
    handler: H,
    path: String,
}

impl<H: Handle> Service<Request<Bytes>> for Unary<H> {
    type Response = Response<Bytes>;
    type Error = Status;
    type Future = BoxFuture<Self::Response, Status>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let handler = self.handler.clone();
        let path = std::mem::take(&mut self.path);
        Box::pin(
            async move { handler.handle(&path, request.into_inner()).await.map(Response::new) },
        )
    }
}
