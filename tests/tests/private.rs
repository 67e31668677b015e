//! Private data that comes in does not go out: `pii_redaction` in the running program.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails the test"
)]

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
};

use acceptance::{
    Backend, Collector, binary,
    client::{HttpAnswer, get, post},
    records::{each, text},
};
use serde_json::{Value, json};

const SPANS: [&str; 3] = ["resourceSpans", "scopeSpans", "spans"];
const SECRETS: [&str; 4] = [
    "jane.doe@example.org",
    "4111 1111 1111 1111",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "1111\"},",
];

/// A model call as an agent sends it, with private data in its prompt, split over parts of a message too.
fn call() -> Value {
    let part = |text: &str| json!({"type": "text", "content": text});
    let prompt = json!([
        {"role": "system", "parts": [part("You are a careful assistant.")]},
        {"role": "user", "parts": [part("I am jane.doe@example.org and paid with 4111 1111 1111 1111.")]},
        {"role": "user", "parts": [part("again: 4111 1111 1111"), part(" 1111"), part(", thanks")]},
    ]);
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    json!({"resourceSpans": [{
        "resource": {"attributes": [text("service.name", "support")]},
        "scopeSpans": [{"scope": {"name": "openai"}, "spans": [{
            "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708", "name": "chat gpt-4o",
            "kind": 3, "startTimeUnixNano": "1767225600000000000", "endTimeUnixNano": "1767225601000000000",
            "attributes": [
                text("gen_ai.operation.name", "chat"), text("gen_ai.request.model", "gpt-4o"),
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "123456789"}},
                text("gen_ai.input.messages", &prompt.to_string()),
                text("gen_ai.tool.call.arguments", "{\"token\":\"ghp_16C7e42F292c6912E7710c838347Ae178B4a\"}"),
            ],
        }]}],
    }]})
}

/// A port that nobody had a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn send(collector: &Collector, request: &Value) -> HttpAnswer {
    let kind = [("content-type", "application/json")];
    let body = request.to_string().into_bytes();
    let answer = post(collector.http().await, "/v1/traces", &kind, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

fn config(backend: &Backend, processor: &str) -> String {
    format!(
        "receivers:\n  otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:0'}}}}}}\nprocessors:\n  pii_redaction: \
         {processor}\nexporters:\n  otlp_http: {{endpoint: 'http://{}', encoding: json, compression: none}}\nservice:\n  \
         telemetry: {{metrics: {{level: none}}}}\n  pipelines:\n    traces: {{receivers: [otlp], processors: \
         [pii_redaction], exporters: [otlp_http]}}\n",
        backend.address,
    )
}

/// What the backend gets of a request.
async fn received(processor: &str, request: &Value) -> String {
    let backend = Backend::start().await;
    let collector = Collector::start(&config(&backend, processor)).await;
    send(&collector, request).await;
    let body = backend.answered(1).await[0].body.clone();
    let log = collector.stop().await;
    for secret in SECRETS {
        assert!(!log.contains(secret), "the log tells {secret}");
    }
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn the_backend_gets_the_prompt_without_what_is_private_and_all_else_as_it_was() {
    let body = received("", &call()).await;
    for secret in SECRETS {
        assert!(!body.contains(secret), "{secret} in {body}");
    }
    let left: Value = serde_json::from_str(&body).unwrap();
    let span = &each(&left, &SPANS)[0];
    let prompt: Value = serde_json::from_str(&text(span, "gen_ai.input.messages")).unwrap();
    assert_eq!(prompt[0]["parts"][0]["content"], "You are a careful assistant.");
    assert_eq!(
        prompt[1]["parts"][0]["content"],
        "I am [EMAIL_ADDRESS] and paid with [CREDIT_CARD]."
    );
    let parts = prompt[2]["parts"].as_array().unwrap();
    let parts: Vec<_> = parts.iter().map(|part| part["content"].as_str().unwrap()).collect();
    assert_eq!(parts, ["again: [CREDIT_CARD]", "", ", thanks"]);
    assert_eq!(text(span, "gen_ai.usage.input_tokens"), "123456789");
    assert_eq!(text(span, "redaction.types"), "CREDIT_CARD=2,EMAIL_ADDRESS=1,GITHUB_TOKEN=1");
    assert_eq!(text(span, "redaction.masked.count"), "2");
    let sent = call();
    for field in ["traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano"] {
        assert_eq!(span[field], each(&sent, &SPANS)[0][field], "{field}");
    }
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_counts() {
    let backend = Backend::start().await;
    let port = free_port();
    let page = format!(
        "readers: [{{pull: {{exporter: {{prometheus: {{host: 127.0.0.1, port: {port}}}}}}}}}]"
    );
    let config = config(&backend, "{dry_run: true}").replace("level: none", &page);
    let collector = Collector::start(&config).await;
    send(&collector, &call()).await;
    let body = backend.answered(1).await[0].body.clone();
    let left: Value = serde_json::from_slice(&body).unwrap();
    let sent = call();
    let attributes = |request: &Value| each(request, &SPANS)[0]["attributes"].clone();
    assert_eq!(attributes(&left), attributes(&sent));
    let page = get(SocketAddr::from(([127, 0, 0, 1], port)), "/metrics").await.text();
    let found = page.lines().find(|line| {
        line.starts_with("otelcol_processor_pii_redaction_findings")
            && line.contains("EMAIL_ADDRESS")
    });
    let found = found.unwrap_or_else(|| panic!("{page}"));
    assert!(found.contains("action=\"detect\"") && found.ends_with(" 1"), "{found}");
    collector.stop().await;
}

#[tokio::test]
async fn the_quickstart_writes_prompts_without_what_is_private() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("private");
    fs::create_dir_all(&folder).unwrap();
    let out = folder.join("quickstart.jsonl");
    drop(fs::remove_file(&out));
    let file = binary::folder().join("../configs/quickstart.yaml");
    let mut config = fs::read_to_string(file).unwrap();
    for port in [
        "GRPC_PORT:-4317",
        "HTTP_PORT:-4318",
        "PAGE_PORT:-9464",
        "HEALTH_PORT:-13133",
        "METRICS_PORT:-8888",
    ] {
        let (reference, free) = (format!("${{env:TOLLGATE_{port}}}"), free_port().to_string());
        // One of them stands in quotes, which a reference needs and a number must not have.
        config = config.replace(&format!("\"{reference}\""), &free).replace(&reference, &free);
    }
    let config =
        config.replace("${env:TOLLGATE_OUT:-tollgate-out.jsonl}", &out.display().to_string());
    let collector = Collector::start(&config).await;
    send(&collector, &call()).await;
    let log = collector.stop().await;
    let written = fs::read_to_string(&out).unwrap();
    for secret in SECRETS {
        assert!(!written.contains(secret), "{secret} in {written}");
        assert!(!log.contains(secret), "the log tells {secret}");
    }
    assert!(written.contains("CREDIT_CARD=2,EMAIL_ADDRESS=1,GITHUB_TOKEN=1"), "{written}");
}

#[test]
fn validate_names_patterns_that_are_slow_and_no_others() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("private");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("slow.yaml");
    let config = "receivers:\n  otlp: {protocols: {http: }}\nprocessors:\n  pii_redaction:\n    custom:\n      - {name: SLOW_ONE, \
        pattern: '[a-z]+-[0-9]+'}\n      - {name: QUICK_ONE, pattern: 'ticket-[0-9]+'}\nexporters:\n  debug:\nservice:\n  \
        pipelines:\n    traces: {receivers: [otlp], processors: [pii_redaction], exporters: [debug]}\n";
    fs::write(&file, config).unwrap();
    let outcome = binary::run(&["validate", "--config", file.to_str().unwrap()]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("SLOW_ONE"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("QUICK_ONE"), "{}", outcome.stderr);
}
