//! Authenticators between real clients and real servers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, uri::PathAndQuery};
use net::{
    auth::{ClientAuth, ClientAuthenticator, Origin, ServerAuth, ServerAuthenticator},
    budget::ByteBudget,
    client::{GrpcClient, GrpcClientOptions, GrpcTarget, HttpClient, HttpClientOptions},
    server::{GrpcCall, GrpcService, HttpCall, HttpService, Server, ServerOptions, Services},
};
use sdk::{Capabilities, ComponentKind, Extension};
use tonic::Status;

const TIMEOUT: Option<Duration> = Some(Duration::from_secs(20));

/// What arrived: over gRPC or HTTP, from whom, with which headers.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) identity: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
}

/// Where data came from, for tests.
#[derive(Default)]
pub(crate) struct From {
    pub(crate) metadata: BTreeMap<String, Vec<String>>,
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Origin for From {
    fn metadata(&self, name: &str) -> &[String] {
        self.metadata.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// A server, with an authenticator or without.
pub(crate) struct Trial {
    server: Server,
    sink: Arc<Sink>,
}

#[derive(Default)]
struct Sink(Mutex<Vec<Arrived>>);

impl Sink {
    fn keep(&self, identity: BTreeMap<String, String>, headers: HeaderMap) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Arrived { identity, headers });
    }
}

#[async_trait]
impl GrpcService for Sink {
    fn has_method(&self, _: &str) -> bool {
        true
    }

    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status> {
        self.keep(call.identity, call.metadata);
        Ok(Bytes::new())
    }
}

#[async_trait]
impl HttpService for Sink {
    async fn call(&self, call: HttpCall) -> Response<Bytes> {
        self.keep(call.identity.clone(), call.headers.clone());
        Response::new(Bytes::new())
    }
}

impl Trial {
    pub(crate) async fn start(auth: Option<Arc<dyn ServerAuthenticator>>) -> Self {
        let mut options = ServerOptions::new("127.0.0.1:0");
        options.auth = auth.map(|auth| ServerAuth::new(auth, &[]));
        let sink = Arc::new(Sink::default());
        let services = Services { grpc: Some(sink.clone()), http: Some(sink.clone()) };
        let server = Server::bind(options, services, ByteBudget::unlimited()).await.unwrap();
        Self { server, sink }
    }

    /// Sends over gRPC and over HTTP with these headers, signed by `auth`: what arrived, or the two
    /// refusals and the challenge, which agree.
    pub(crate) async fn send(
        &self,
        auth: Option<Arc<dyn ClientAuthenticator>>,
        headers: &[(&'static str, &str)],
        origin: &From,
    ) -> Result<Arrived, (Status, HeaderMap)> {
        let auth = auth.map(ClientAuth::new);
        let pairs = headers.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        let headers: HeaderMap = pairs.collect();
        let port = self.server.address().as_tcp().unwrap().port();
        let target = GrpcTarget::Dns { host: "127.0.0.1".to_owned(), port };
        let mut options = GrpcClientOptions::new(target, "test");
        (options.auth, options.headers) = (auth.clone(), headers.clone());
        let client = GrpcClient::with_options(options).unwrap();
        let (path, none) = (PathAndQuery::from_static("/test/Send"), HeaderMap::new());
        let over_grpc = client.unary_for(origin, &path, Bytes::new().into(), &none, TIMEOUT).await;

        let client =
            HttpClient::with_options(HttpClientOptions { auth, headers, ..Default::default() });
        let url = format!("http://{}/", self.server.address()).parse().unwrap();
        let json = HeaderValue::from_static("application/json");
        let over_http = client.post_for(origin, &url, json, Bytes::new().into(), TIMEOUT).await;

        match (over_grpc, over_http) {
            (Ok(_), Ok(reply)) if reply.status == 200 => {
                let mut all = self.sink.0.lock().unwrap();
                let (http, grpc) = (all.pop().unwrap(), all.pop().unwrap());
                assert_eq!(http.identity, grpc.identity);
                assert_eq!(http.headers.get("authorization"), grpc.headers.get("authorization"));
                Ok(http)
            }
            (Err(status), Ok(reply)) => {
                let expected = net::status::http_status_of(status.code());
                assert_eq!(reply.status, expected, "{status:?}");
                Err((status, reply.headers))
            }
            (Err(status), Err(_)) => Err((status, HeaderMap::new())),
            (grpc, http) => panic!("{grpc:?} {http:?}"),
        }
    }
}

/// An extension, started, and what it offers.
pub(crate) async fn started<E: Extension>(yaml: &str) -> Result<(E, Capabilities), String> {
    let context = testkit::context(ComponentKind::Extension, E::KIND);
    let mut extension = E::new(testkit::settings(yaml), context.clone()).unwrap();
    extension.start(context.host).await.map_err(|error| error.to_string())?;
    let mut capabilities = Capabilities::default();
    extension.provide(&mut capabilities);
    Ok((extension, capabilities))
}

pub(crate) fn server_of(capabilities: &Capabilities) -> Option<Arc<dyn ServerAuthenticator>> {
    capabilities.get()
}

pub(crate) fn client_of(capabilities: &Capabilities) -> Option<Arc<dyn ClientAuthenticator>> {
    capabilities.get()
}

/// A file of its own, gone with the test.
pub(crate) struct TestFile(std::path::PathBuf);

impl TestFile {
    pub(crate) fn new(text: &str) -> Self {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tollgate-extension-{}-{count}", std::process::id());
        let file = Self(std::env::temp_dir().join(name));
        file.write(text);
        file
    }

    pub(crate) fn write(&self, text: &str) {
        std::fs::write(&self.0, text).unwrap();
    }

    pub(crate) fn path(&self) -> String {
        self.0.to_str().unwrap().to_owned()
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
