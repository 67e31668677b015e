use std::{sync::Arc, time::Duration};

use net::auth::ClientAuthenticator;
use testkit::{Backend, Reply, check_refused};
use tonic::Code;

use super::{Config, OAuth2Client, decode::token};
use crate::shared::trial::{From, TestFile, Trial, client_of, started};

testkit::extension_contract!(
    OAuth2Client,
    include_str!("README.md"),
    "{client_id: a, client_secret: b, token_url: 'http://127.0.0.1:1/'}"
);

fn grant(token: &str, expires_in: &str) -> Reply {
    let life =
        if expires_in.is_empty() { String::new() } else { format!(",\"expires_in\":{expires_in}") };
    let body = format!("{{\"access_token\":\"{token}\",\"token_type\":\"bearer\"{life}}}");
    Reply::http(200, "application/json", body)
}

fn refusal(status: u16) -> Reply {
    let body = r#"{"error":"invalid_client","error_description":"hunter2"}"#;
    Reply::http(status, "application/json", body)
}

async fn client(backend: &Backend, more: &str) -> (OAuth2Client, Arc<dyn ClientAuthenticator>) {
    let yaml = format!(
        "{{client_id: 'my id', client_secret: s3cret, token_url: 'http://{}/token', {more}}}",
        backend.address()
    );
    let (extension, offered) = started::<OAuth2Client>(&yaml).await.unwrap();
    (extension, client_of(&offered).unwrap())
}

/// The header that arrives at a backend.
async fn sends(trial: &Trial, auth: &Arc<dyn ClientAuthenticator>) -> Result<String, String> {
    match trial.send(Some(auth.clone()), &[], &From::default()).await {
        Ok(arrived) => Ok(arrived.headers["authorization"].to_str().unwrap().to_owned()),
        Err((status, _)) => {
            assert_eq!(status.code(), Code::Unavailable);
            Err(status.message().to_owned())
        }
    }
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_sent_with_everything() {
    let backend = Backend::start([grant("t1", "3600")]).await;
    let more = "scopes: [a, b], endpoint_params: {audience: x y, r: ['1', '2']}";
    let (_client, auth) = client(&backend, more).await;
    let trial = Trial::start(None).await;
    for _ in 0..3 {
        assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    }
    let requests = backend.take();
    assert_eq!((requests.len(), requests[0].path.as_str()), (1, "/token"));
    let form = "grant_type=client_credentials&scope=a%20b&audience=x%20y&r=1&r=2";
    assert_eq!(requests[0].body, form);
    assert_eq!(requests[0].headers["content-type"], "application/x-www-form-urlencoded");
    // `my%20id:s3cret`
    assert_eq!(requests[0].headers["authorization"], "Basic bXklMjBpZDpzM2NyZXQ=");
}

#[tokio::test]
async fn credentials_go_into_the_body_where_the_header_is_refused() {
    let backend = Backend::start([refusal(401), grant("t1", "0"), grant("t2", "")]).await;
    let (_client, auth) = client(&backend, "").await;
    let trial = Trial::start(None).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    let requests = backend.take();
    assert!(!requests[1].headers.contains_key("authorization"));
    let body = "grant_type=client_credentials&client_id=my%20id&client_secret=s3cret";
    assert_eq!(requests[1].body, body);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_before_its_end() {
    let backend = Backend::start([grant("t1", "3600"), grant("t2", "60"), grant("t3", "60")]).await;
    let (_client, auth) = client(&backend, "").await;
    let trial = Trial::start(None).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    tokio::time::advance(Duration::from_secs(3600 - 301)).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t2");
    // A life shorter than the buffer: replaced at half of it, not with every request.
    tokio::time::advance(Duration::from_secs(29)).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t2");
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t3");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_leaves_the_old_token_to_its_end_and_is_not_pressed() {
    let down = || Reply::http(503, "text/plain", "hunter2");
    let backend =
        Backend::start([grant("t1", "600"), down(), down(), down(), grant("t2", "600")]).await;
    let (_client, auth) = client(&backend, "").await;
    let trial = Trial::start(None).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    tokio::time::advance(Duration::from_secs(301)).await;
    for _ in 0..5 {
        assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    }
    assert_eq!(backend.take().len(), 2);
    tokio::time::advance(Duration::from_secs(300)).await;
    let error = sends(&trial, &auth).await.unwrap_err();
    assert!(error.contains("failed to get security token from token endpoint: 503"), "{error}");
    assert!(!error.contains("hunter2") && !error.contains("s3cret"), "{error}");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(sends(&trial, &auth).await.is_err());
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t2");
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_are_named_by_their_code_and_nothing_is_sent() {
    let backend = Backend::start([refusal(400), refusal(401)]).await;
    let secret = TestFile::new("wrong");
    let more = format!("client_secret_file: '{}'", secret.path());
    let (_client, auth) = client(&backend, &more).await;
    let trial = Trial::start(None).await;
    let error = sends(&trial, &auth).await.unwrap_err();
    assert!(error.ends_with("400 Bad Request, invalid_client"), "{error}");
    assert_eq!(backend.take().len(), 2);
    backend.reply([grant("t1", "")]);
    secret.write("right");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    // `my%20id:right`
    assert_eq!(backend.take()[0].headers["authorization"], "Basic bXklMjBpZDpyaWdodA==");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_a_backend_refuses_is_replaced_but_not_with_every_request() {
    let backend = Backend::start([grant("t1", ""), grant("t2", "")]).await;
    let (_client, auth) = client(&backend, "").await;
    let trial = Trial::start(None).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    auth.rejected();
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t1");
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t2");
    tokio::time::advance(Duration::from_secs(100)).await;
    assert_eq!(sends(&trial, &auth).await.unwrap(), "Bearer t2");
}

#[test]
fn answers_are_read_as_endpoints_write_them() {
    let read = |body: &str| {
        token(body.as_bytes())
            .map(|token| (token.header.reveal().to_owned(), token.life.map(|life| life.as_secs())))
    };
    let bearer = |life| Ok(("Bearer t".to_owned(), life));
    assert_eq!(read(r#"{"access_token":"t"}"#), bearer(None));
    assert_eq!(read(r#"{"access_token":"t","expires_in":"60"}"#), bearer(Some(60)));
    assert_eq!(read(r#"{"access_token":"t","expires_in":1e300}"#), bearer(Some(u64::MAX)));
    assert_eq!(read(r#"{"access_token":"t","expires_in":-1}"#), bearer(None));
    let mac = read(r#"{"access_token":"t","token_type":"MAC"}"#).unwrap();
    assert_eq!(mac.0, "MAC t");
    for bad in ["", "[]", "{}", r#"{"access_token":1}"#, "<html>"] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let rows = [
        ("{client_secret: b, token_url: 'http://a'}", "no ClientID provided"),
        ("{client_id: a, token_url: 'http://a'}", "no ClientSecret provided"),
        ("{client_id: a, client_secret: b}", "no TokenURL provided"),
        ("{client_id: a, client_secret: b, token_url: 'a:1'}", "must start with http://"),
        (
            "{client_id: a, client_secret: b, token_url: 'http://a', timeout: -1s}",
            "timeout: must be non-negative",
        ),
        (
            "{client_id: a, client_secret: b, token_url: 'https://a', tls: {cert_file: x}}",
            "tls: TLS configuration must include both certificate and key",
        ),
    ];
    for (yaml, text) in rows {
        check_refused::<Config>(yaml, text);
    }
}
