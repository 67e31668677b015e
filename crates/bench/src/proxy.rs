//! The bare byte proxy: a tonic server and a tonic client, with nothing between them.
//!
//! It is the floor: what gRPC in and gRPC out cost when nobody looks at the telemetry.

use std::future::Future;

use bytes::Bytes;
use tonic::Status;

use crate::error::Error;
use crate::options::{Compression, ProxyOptions};
use crate::raw::{self, Client, EXPORT, Handle};

/// Forwards every message over one connection and hands back the answer.
#[derive(Clone, Debug)]
struct Proxy {
    client: Client,
}

impl Handle for Proxy {
    fn handle(
        &self,
        _path: &str,
        message: Bytes,
    ) -> impl Future<Output = Result<Bytes, Status>> + Send {
        let mut client = self.client.clone();
        async move { client.call(EXPORT, message).await }
    }
}

/// Serves until standard input ends.
pub(crate) async fn run(options: ProxyOptions) -> Result<(), Error> {
    let client = Client::connect(&options.sink, Compression::None).await?;
    raw::serve(Proxy { client }).await
}
