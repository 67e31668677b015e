use std::time::Duration;

use sdk::{ComponentKind, Extension as _};
use testkit::{HttpAnswer, check_refused, contract::block_on, exchange, settings};

use super::{Config, HealthCheck};

testkit::extension_contract!(HealthCheck, include_str!("README.md"), "endpoint: localhost:0");

async fn started(yaml: &str) -> (HealthCheck, String) {
    let context = testkit::context(ComponentKind::Extension, "health_check");
    let yaml = format!("endpoint: 127.0.0.1:0\n{yaml}");
    let mut extension = HealthCheck::new(settings(&yaml), context.clone()).unwrap();
    extension.start(context.host).await.unwrap();
    let address = extension.address().unwrap();
    (extension, address)
}

async fn get(address: &str, path: &str) -> HttpAnswer {
    exchange(address, &format!("GET {path}"), &[], b"").await
}

#[test]
fn it_is_available_from_ready_to_not_ready() {
    block_on(async {
        let (extension, address) = started("").await;
        let unavailable =
            r#"{"status":"Server not available","upSince":"0001-01-01T00:00:00Z","uptime":""}"#;
        let before = get(&address, "/").await;
        assert_eq!((before.status, before.body.as_ref()), (503, unavailable.as_bytes()));
        assert_eq!(before.header("content-type"), "application/json");
        extension.ready().await;
        let ready = get(&address, "/").await;
        let body = String::from_utf8(ready.body.to_vec()).unwrap();
        let start = r#"{"status":"Server available","upSince":"2026-01-02T03:04:05Z","uptime":""#;
        assert_eq!(ready.status, 200);
        assert!(body.starts_with(start) && body.ends_with("s\"}"), "{body}");
        extension.not_ready().await;
        let after = get(&address, "/").await;
        assert_eq!((after.status, after.body.as_ref()), (503, unavailable.as_bytes()));
    });
}

#[tokio::test(start_paused = true)]
async fn uptime_is_the_time_since_ready() {
    let (extension, _) = started("").await;
    extension.ready().await;
    tokio::time::advance(Duration::from_secs(90)).await;
    let body = extension.health.answer("/").into_body();
    assert!(body.ends_with(br#""uptime":"1m30s"}"#), "{body:?}");
}

#[test]
fn configured_bodies_are_sent_as_they_are() {
    block_on(async {
        let (extension, address) = started("response_body: {healthy: up, unhealthy: down}").await;
        let answer = get(&address, "/").await;
        assert_eq!((answer.status, answer.body.as_ref()), (503, b"down".as_ref()));
        extension.ready().await;
        let answer = get(&address, "/").await;
        assert_eq!((answer.status, answer.body.as_ref()), (200, b"up".as_ref()));
    });
}

#[test]
fn only_the_path_is_answered() {
    block_on(async {
        let (extension, address) = started("path: /health").await;
        extension.ready().await;
        for (path, status) in
            [("/health", 200), ("/health?x=1", 200), ("/", 404), ("/health/x", 404)]
        {
            assert_eq!(get(&address, path).await.status, status, "{path}");
        }
        let (extension, address) = started("path: /").await;
        extension.ready().await;
        assert_eq!(get(&address, "/any/path").await.status, 200);
    });
}

#[test]
fn a_port_that_is_taken_is_named() {
    block_on(async {
        let (_first, address) = started("").await;
        let context = testkit::context(ComponentKind::Extension, "health_check");
        let yaml = format!("endpoint: {address}");
        let mut second = HealthCheck::new(settings(&yaml), context.clone()).unwrap();
        let error = second.start(context.host).await.unwrap_err().to_string();
        assert!(error.contains(&address), "{error}");
    });
}

#[test]
fn old_settings_load_and_wrong_ones_are_refused() {
    let old =
        "check_collector_pipeline: {enabled: true, interval: 5m, exporter_failure_threshold: 5}";
    assert!(testkit::problems::<Config>(old).is_empty());
    check_refused::<Config>("path: health", "path must start with /");
    check_refused::<Config>("endpoint: ''", "endpoint must be specified");
}
