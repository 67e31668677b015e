//! The page over HTTP.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header::ACCEPT};
use net::compression::{DecompressLimits, Encoding, decompress};
use sdk::Exporter as _;

use super::{Running, gauge, number, sent, settings, text};
use crate::prometheus::{Prometheus, server::Formats};

#[test]
fn the_reader_gets_the_format_it_likes_best_of_what_there_is() {
    // Prometheus 2.42 and 3.0, and a browser.
    let old = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;\
               version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    let new = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
               application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;\
               escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (open_metrics, utf8_names, accept, expected) in [
        (true, false, old, (true, true)),
        (true, false, new, (true, true)),
        (true, false, browser, (false, true)),
        (false, false, old, (false, true)),
        (true, true, old, (true, false)),
        (true, true, new, (true, true)),
        (false, true, new, (false, true)),
        (false, true, browser, (false, false)),
        (true, false, "text/plain, application/openmetrics-text", (false, true)),
        (true, false, "application/openmetrics-text; version=9", (false, true)),
        (true, false, "application/openmetrics-text; q=0", (false, true)),
        (true, true, "", (false, false)),
        (true, false, ";;q=,=;, /;q=x", (false, true)),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let format = Formats { open_metrics, utf8_names }.choose(&headers);
        assert_eq!((format.is_open_metrics, format.knows_utf8), expected, "{accept}");
    }
}

#[tokio::test]
async fn only_the_page_is_there_and_only_to_read() {
    let running = Running::start("").await;
    assert_eq!(running.get("/", &[]).await.status, 404);
    assert_eq!(running.get("/metrics?x=y", &[]).await.status, 200);
    let address = running.exporter.address().unwrap();
    let posted = testkit::exchange(&address, "POST /metrics", &[], b"x").await;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET, HEAD"));
    running.take(sent(&[], &[gauge("g", &[number(&[], 0, 1, 1)])])).await;
    let head = testkit::exchange(&address, "HEAD /metrics", &[], b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
}

#[tokio::test]
async fn a_long_page_is_compressed_for_those_who_take_it() {
    let running = Running::start("enable_open_metrics: true").await;
    let points: Vec<_> =
        (0..100).map(|at| number(&[("k", &format!("value {at}"))], 0, 1, at)).collect();
    running.take(sent(&[], &[gauge("g", &points)])).await;
    let plain = running.get("/metrics", &["accept-encoding: gzip;q=0, zstd"]).await;
    assert_eq!(plain.header("content-encoding"), "");
    let packed = running.get("/metrics", &["accept-encoding: zstd, gzip"]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let limits = DecompressLimits::with_max_size(1 << 20);
    let unpacked = decompress(&packed.body, Encoding::Gzip, limits).unwrap();
    assert_eq!(unpacked, text(&plain).as_bytes());
}

#[tokio::test]
async fn a_reader_too_many_is_told_to_come_back() {
    let running = Running::start("").await;
    let pages = Arc::clone(&running.exporter.scrapes.pages);
    let all = pages.acquire_many(u32::try_from(pages.available_permits()).unwrap()).await.unwrap();
    let answer = running.get("/metrics", &[]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
    drop(all);
    // A page that was sent makes room for the next.
    for _ in 0..40 {
        assert_eq!(running.get("/metrics", &[]).await.status, 200);
    }
    let refused = testkit::series(&running.context, "tollgate_exporter_prometheus_refused_scrapes");
    assert_eq!(refused.iter().filter(|line| line.ends_with("} 1")).count(), 1, "{refused:?}");
}

#[tokio::test]
async fn what_would_leave_the_page_open_is_refused_at_start() {
    let rows = [
        ("auth: {authenticator: oidc}", "failed to resolve authenticator \"oidc\""),
        (
            "tls: {cert_file: /nowhere/a, key_file: /nowhere/b}",
            "cert_file /nowhere/a: No such file",
        ),
    ];
    for (yaml, text) in rows {
        let context = testkit::context(sdk::ComponentKind::Exporter, "prometheus");
        let config = settings(&format!("endpoint: 127.0.0.1:0\n{yaml}"));
        let exporter = Prometheus::new(config, &[sdk::Signal::Metrics], context).unwrap();
        let error = exporter.start().await.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}
