//! Real clients against real servers over loopback, with certificates made here.

mod matrix;
mod others;
mod reload;
mod settings;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use config::Opaque;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Response};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SerialNumber, date_time_ymd,
};
use tonic::Status;

use super::*;
use crate::budget::ByteBudget;
use crate::client::{GrpcClient, HttpClient};
use crate::server::{
    GrpcCall, GrpcService, HttpCall, HttpService, Server, ServerOptions, Services,
};
use crate::settings::{
    GrpcClientConfig, HttpClientConfig, TlsClientConfig, TlsConfig, TlsServerConfig,
};

const TIMEOUT: Option<Duration> = Some(Duration::from_secs(20));

/// An authority that signs certificates.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, as PEM.
#[derive(Clone)]
struct Pair {
    cert: String,
    key: String,
}

/// When a certificate is valid.
#[derive(Clone, Copy)]
enum Valid {
    Now,
    Past,
    Future,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, names: &[&str], valid: Valid) -> Pair {
        static SERIAL: AtomicUsize = AtomicUsize::new(1);
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.serial_number =
            Some(SerialNumber::from(SERIAL.fetch_add(1, Ordering::Relaxed) as u64));
        match valid {
            Valid::Now => {}
            Valid::Past => {
                params.not_before = date_time_ymd(2001, 1, 1);
                params.not_after = date_time_ymd(2002, 1, 1);
            }
            Valid::Future => {
                params.not_before = date_time_ymd(3001, 1, 1);
                params.not_after = date_time_ymd(3002, 1, 1);
            }
        }
        let cert = params.signed_by(&key, &self.issuer).unwrap().pem();
        Pair { cert, key: key.serialize_pem() }
    }

    fn server(&self) -> Pair {
        self.sign(&["localhost", "127.0.0.1"], Valid::Now)
    }
}

/// What `openssl req -x509` makes: signed by itself, and an authority.
fn self_signed_authority() -> Pair {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Pair { cert: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

impl Pair {
    fn settings(&self) -> TlsConfig {
        TlsConfig {
            cert_pem: Opaque::new(&self.cert),
            key_pem: Opaque::new(&self.key),
            ..TlsConfig::default()
        }
    }

    fn server(&self) -> TlsServerConfig {
        TlsServerConfig { common: self.settings(), ..TlsServerConfig::default() }
    }
}

/// A client that trusts one authority.
fn trusting(ca: &str) -> TlsClientConfig {
    let common = TlsConfig { ca_pem: Opaque::new(ca), ..TlsConfig::default() };
    TlsClientConfig { common, ..TlsClientConfig::default() }
}

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("net-tls-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file as rotating tools do: whole, by renaming.
    fn write(&self, name: &str, text: &str) -> String {
        let (path, new) = (self.0.join(name), self.0.join(format!("{name}.new")));
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, &path).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Echoes.
struct Echo;

#[async_trait]
impl GrpcService for Echo {
    fn has_method(&self, _: &str) -> bool {
        true
    }

    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status> {
        Ok(call.message)
    }
}

#[async_trait]
impl HttpService for Echo {
    async fn call(&self, mut call: HttpCall) -> Response<Bytes> {
        match call.body().await {
            Ok(body) => Response::new(body.bytes),
            Err(error) => panic!("{error}"),
        }
    }
}

async fn serve_with(options: ServerOptions) -> Server {
    let services = Services { grpc: Some(Arc::new(Echo)), http: Some(Arc::new(Echo)) };
    Server::bind(options, services, ByteBudget::unlimited()).await.unwrap()
}

async fn serve(tls: &TlsServerConfig) -> Server {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.tls = Some(ServerTls::load(tls).unwrap());
    serve_with(options).await
}

fn port(server: &Server) -> u16 {
    server.address().as_tcp().unwrap().port()
}

fn grpc_client(endpoint: &str, tls: &TlsClientConfig) -> GrpcClient {
    let config = GrpcClientConfig {
        endpoint: endpoint.to_owned(),
        tls: tls.clone(),
        ..GrpcClientConfig::default()
    };
    GrpcClient::new(&config, "test", None).unwrap()
}

fn http_client(tls: &TlsClientConfig) -> HttpClient {
    let config = HttpClientConfig { tls: tls.clone(), ..HttpClientConfig::default() };
    HttpClient::new(&config, "test", true, None).unwrap()
}

async fn call(client: &GrpcClient) -> Result<(), String> {
    let path = PathAndQuery::from_static("/test/Echo");
    let message = Bytes::from("hello".repeat(100_000));
    let reply = client.unary(&path, message.clone(), &HeaderMap::new(), TIMEOUT).await;
    let reply = reply.map_err(|status| format!("{:?}: {}", status.code(), status.message()))?;
    assert_eq!(reply.message, message);
    Ok(())
}

async fn post(client: &HttpClient, url: &str) -> Result<(), String> {
    let content_type = HeaderValue::from_static("application/x-protobuf");
    let body = Bytes::from_static(b"hello");
    let url = url.parse().unwrap();
    let reply = client.post(&url, content_type, body.clone(), &HeaderMap::new(), TIMEOUT).await;
    let reply = reply.map_err(|error| error.to_string())?;
    assert_eq!((reply.status.as_u16(), reply.body), (200, body));
    Ok(())
}

/// One call of each kind, by name; both come out alike.
async fn send(server: &Server, tls: &TlsClientConfig) -> Result<(), String> {
    let port = port(server);
    let over_grpc = call(&grpc_client(&format!("localhost:{port}"), tls)).await;
    let over_http = post(&http_client(tls), &format!("https://localhost:{port}/x")).await;
    assert_eq!(over_grpc.is_ok(), over_http.is_ok(), "{over_grpc:?} {over_http:?}");
    over_grpc
}
