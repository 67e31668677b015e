use sdk::{ComponentKind, Extension as _};
use testkit::{HttpAnswer, check_refused, contract::block_on, exchange, settings};

use super::{Config, Tap, Taps};

testkit::extension_contract!(Tap, include_str!("README.md"), "endpoint: 127.0.0.1:0");

/// A running extension, its address, and the edges it looks at.
async fn started(yaml: &str) -> (Tap, String, std::sync::Arc<Taps>) {
    let context = testkit::context(ComponentKind::Extension, "tap");
    let taps = context.shared.get_or_insert_global(Taps::default);
    let yaml = format!("endpoint: 127.0.0.1:0\n{yaml}");
    let mut extension = Tap::new(settings(&yaml), context.clone()).unwrap();
    extension.start(context.host).await.unwrap();
    let address = extension.address().unwrap();
    (extension, address, taps)
}

async fn get(address: &str, path: &str) -> HttpAnswer {
    exchange(address, &format!("GET {path}"), &["host: localhost"], b"").await
}

fn text(answer: &HttpAnswer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// What one look shows of these batches, which pass while it lasts.
async fn look(yaml: &str, query: &str, batches: Vec<sdk::Batch>) -> String {
    let (mut extension, address, taps) = started(yaml).await;
    let edge = taps.edge("traces:otlp/a b");
    let showing = tokio::spawn(async move {
        for batch in batches.iter().cycle() {
            edge.show(batch);
            tokio::task::yield_now().await;
        }
    });
    let answer = get(&address, &format!("/tap?edge=traces:otlp/a%20b&{query}")).await;
    showing.abort();
    extension.shutdown().await.unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    text(&answer)
}

#[test]
fn what_passes_is_shown_without_private_data() {
    block_on(async {
        let spans = testkit::spans("chat user.email=ada@example.org card=4111111111111111");
        let shown = look("", "seconds=9&batches=1", vec![spans.clone()]).await;
        let line = shown.lines().next().unwrap();
        assert!(line.starts_with(
            r#"{"edge":"traces:otlp/a b","items":1,"shown":1,"otlp":{"resourceSpans":"#
        ));
        assert!(!line.contains("ada@") && !line.contains("4111111"), "{line}");
        assert!(line.contains("[EMAIL_ADDRESS]") && line.contains("[CREDIT_CARD]"), "{line}");
        let open = look("redact: false", "seconds=9&batches=1", vec![spans]).await;
        assert!(open.contains("ada@example.org"));
    });
}

#[test]
fn a_long_batch_is_shown_in_part_and_what_was_not_seen_is_counted() {
    block_on(async {
        let spans = testkit::spans(&"chat\n".repeat(1000));
        let yaml = "items_per_batch: 3\nbuffer_bytes: 60000\nbatches_per_second: 1000";
        let shown = look(yaml, "seconds=9&batches=2", vec![spans]).await;
        let lines: Vec<serde_json::Value> =
            shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&lines[0]["items"], &lines[0]["shown"]), (&1000.into(), &3.into()));
        assert!(lines[2]["skipped"].as_u64().unwrap() > 0, "{lines:?}");
    });
}

#[test]
fn edges_are_listed_and_an_unknown_one_is_named() {
    block_on(async {
        let (_extension, address, taps) = started("viewers: 1").await;
        let _edges = [taps.edge("traces"), taps.edge("logs")];
        assert_eq!(text(&get(&address, "/edges").await), r#"["logs","traces"]"#);
        let unknown = get(&address, "/tap?edge=metrics").await;
        assert_eq!(unknown.status, 404);
        assert_eq!(text(&unknown), "there is no edge \"metrics\"; there are: logs, traces\n");
        assert_eq!(get(&address, "/").await.status, 404);
        let (one, other) =
            tokio::join!(get(&address, "/tap?edge=logs"), get(&address, "/tap?edge=logs"));
        assert_eq!(one.status + other.status, 200 + 503);
    });
}

#[test]
fn only_this_machine_may_look() {
    block_on(async {
        let (_extension, address, _) = started("").await;
        for (host, status) in [
            ("localhost:55690", 200),
            ("127.0.0.1", 200),
            ("[::1]:80", 200),
            ("evil.example", 403),
            ("user@localhost", 403),
            ("localhost.evil.example:80", 403),
        ] {
            let header = format!("host: {host}");
            let answer = exchange(&address, "GET /edges", &[&header], b"").await;
            assert_eq!(answer.status, status, "{host}");
        }
    });
    for endpoint in ["0.0.0.0:55690", "tollgate.example:55690", ":55690"] {
        check_refused::<Config>(
            &format!("endpoint: {endpoint}"),
            "must be an address of this machine",
        );
    }
    check_refused::<Config>("viewers: 0", "must be positive");
    let open = testkit::problems::<Config>("endpoint: 0.0.0.0:1\nauth: {authenticator: basicauth}");
    assert!(open.is_empty(), "{open:?}");
}
