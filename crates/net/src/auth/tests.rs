use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Response, Uri};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::{Code, Status};

use super::*;
use crate::budget::ByteBudget;
use crate::client::{GrpcClient, GrpcClientOptions, GrpcTarget, HttpClient, HttpClientOptions};
use crate::server::{
    GrpcCall, GrpcService, HttpCall, HttpService, Server, ServerOptions, Services,
};
use crate::status::retry_info;

const TIMEOUT: Option<Duration> = Some(Duration::from_secs(20));

/// Lets in whoever says `friend`; cannot tell about those who say `later`.
struct Doorman;

#[async_trait]
impl ServerAuthenticator for Doorman {
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Identity, AuthError> {
        match request.get("Authorization") {
            Some("friend") => Ok(Identity::from([("subject".to_owned(), "Frodo".to_owned())])),
            Some("later") => Err(AuthError::Unavailable("the provider sleeps".to_owned())),
            _ => Err(AuthError::Denied {
                text: "say friend".to_owned(),
                challenge: HeaderValue::from_static("Elvish"),
            }),
        }
    }
}

/// Answers with whom it was told of, and counts what it reads.
#[derive(Default)]
struct Greets {
    bodies: AtomicUsize,
}

#[async_trait]
impl GrpcService for Greets {
    fn has_method(&self, path: &str) -> bool {
        path == "/test/Greet"
    }

    async fn unary(&self, call: GrpcCall) -> Result<Bytes, Status> {
        Ok(call.identity["subject"].clone().into())
    }
}

#[async_trait]
impl HttpService for Greets {
    async fn call(&self, mut call: HttpCall) -> Response<Bytes> {
        self.bodies.fetch_add(1, Ordering::Relaxed);
        call.body().await.unwrap();
        Response::new(call.identity["subject"].clone().into())
    }
}

/// Signs with a word, and remembers whether that was taken amiss.
struct Says {
    word: &'static str,
    rejected: AtomicUsize,
}

#[async_trait]
impl ClientAuthenticator for Says {
    async fn sign(&self, headers: &mut HeaderMap, origin: &dyn Origin) -> Result<(), SignError> {
        if self.word.is_empty() {
            return Err(SignError("nothing to say".to_owned()));
        }
        let tenant = origin.metadata("tenant").first().map_or(self.word, String::as_str);
        headers.insert("authorization", HeaderValue::from_str(tenant).unwrap());
        Ok(())
    }

    fn rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }
}

async fn start(params: &[String]) -> (Server, Arc<Greets>) {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.auth = Some(ServerAuth::new(Arc::new(Doorman), params));
    let service = Arc::new(Greets::default());
    let services = Services { grpc: Some(service.clone()), http: Some(service.clone()) };
    (Server::bind(options, services, ByteBudget::unlimited()).await.unwrap(), service)
}

fn says(word: &'static str) -> Arc<Says> {
    Arc::new(Says { word, rejected: AtomicUsize::new(0) })
}

async fn greet(server: &Server, says: Arc<Says>) -> Result<Bytes, Status> {
    let port = server.address().as_tcp().unwrap().port();
    let target = GrpcTarget::Dns { host: "127.0.0.1".to_owned(), port };
    let mut options = GrpcClientOptions::new(target, "test");
    options.auth = Some(ClientAuth::new(says));
    let path = PathAndQuery::from_static("/test/Greet");
    let client = GrpcClient::with_options(options).unwrap();
    let reply = client.unary(&path, Bytes::new(), &HeaderMap::new(), TIMEOUT).await;
    reply.map(|reply| reply.message)
}

#[tokio::test]
async fn over_grpc_only_friends_come_in_and_the_service_knows_them() {
    let (server, _) = start(&[]).await;
    assert_eq!(greet(&server, says("friend")).await.unwrap(), "Frodo");
    let foe = says("foe");
    let status = greet(&server, foe.clone()).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "say friend"));
    assert_eq!(foe.rejected.load(Ordering::Relaxed), 1);
    let status = greet(&server, says("later")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(retry_info(&status), Some(Duration::from_secs(1)));
    let status = greet(&server, says("")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().contains("nothing to say"), "{}", status.message());
}

#[tokio::test]
async fn over_http_the_answer_says_what_is_missing_before_the_body_is_read() {
    let (server, service) = start(&[]).await;
    let ask = async |headers: &str| {
        let mut stream =
            tokio::net::TcpStream::connect(server.address().to_string()).await.unwrap();
        let request = format!(
            "POST /any HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 2\r\n{headers}\r\n{{}}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = ask("content-type: application/json\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("www-authenticate: Elvish\r\n"), "{answer}");
    assert!(answer.contains("content-type: application/json\r\n"), "{answer}");
    assert!(answer.contains(r#""code":16"#) && answer.contains("say friend"), "{answer}");
    let answer = ask("content-type: application/x-protobuf\r\nauthorization: foe\r\n").await;
    assert!(answer.contains("content-type: application/x-protobuf\r\n"), "{answer}");
    assert!(answer.ends_with("\x08\x10\x12\x0asay friend"), "{answer:?}");
    let answer = ask("authorization: later\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 1"), "{answer}");
    assert_eq!(service.bodies.load(Ordering::Relaxed), 0);
    let answer = ask("authorization: friend\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("Frodo"), "{answer}");
}

#[tokio::test]
async fn an_http_client_signs_with_what_it_knows_of_the_data() {
    struct Tenant([String; 1]);
    impl Origin for Tenant {
        fn metadata(&self, name: &str) -> &[String] {
            if name == "tenant" { &self.0 } else { &[] }
        }
        fn attribute(&self, _: &str) -> Option<&str> {
            None
        }
    }
    let (server, _) = start(&[]).await;
    let says = says("foe");
    let auth = Some(ClientAuth::new(says.clone()));
    let client = HttpClient::with_options(HttpClientOptions { auth, ..Default::default() });
    let url: Uri = format!("http://{}/", server.address()).parse().unwrap();
    let json = HeaderValue::from_static("application/json");
    let none = HeaderMap::new();
    let reply = client.post(&url, json.clone(), Bytes::new(), &none, TIMEOUT).await.unwrap();
    assert_eq!((reply.status.as_u16(), says.rejected.load(Ordering::Relaxed)), (401, 1));
    let origin = Tenant(["friend".to_owned()]);
    let posted = client.post_for(&origin, &url, json, Bytes::new().into(), TIMEOUT).await;
    assert_eq!(posted.unwrap().status, 200);
}

#[tokio::test]
async fn query_parameters_count_only_where_they_are_named() {
    let ask = async |params: &[String], query: &str| {
        let uri: Uri = format!("/x?{query}").parse().unwrap();
        let auth = ServerAuth::new(Arc::new(Doorman), params);
        auth.authenticate(&HeaderMap::new(), &uri).await.is_ok()
    };
    let named = ["authorization".to_owned()];
    assert!(ask(&named, "a=b&authorization=friend").await);
    assert!(ask(&named, "authorization=%66riend").await);
    assert!(!ask(&named, "authorization=foe").await);
    assert!(!ask(&[], "authorization=friend").await);
}

#[test]
fn what_cannot_be_resolved_is_named() {
    let missing = ServerAuth::resolve("oidc", &[], None).unwrap_err().to_string();
    assert!(
        missing.starts_with("failed to resolve authenticator \"oidc\": authenticator not found")
    );
    let other = ClientAuth::resolve("health_check", Some(None)).unwrap_err().to_string();
    assert_eq!(other, "requested authenticator is not a client authenticator: \"health_check\"");
    assert!(ServerAuth::resolve("x", &[], Some(Some(Arc::new(Doorman)))).is_ok());
}
