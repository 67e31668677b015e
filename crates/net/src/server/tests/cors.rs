use super::*;

async fn ask(cors: CorsOptions, request: &str) -> String {
    let mut options = ServerOptions::new("127.0.0.1:0");
    options.http.cors = Some(cors);
    let server = start_with(options, &Echo::new()).await;
    let request = format!("{request}host: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    exchange(&server, request.as_bytes()).await.to_ascii_lowercase()
}

fn cors(origins: &[&str]) -> CorsOptions {
    CorsOptions {
        allowed_origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
        allowed_headers: vec!["X-Api-Key".to_owned()],
        exposed_headers: vec!["X-Trace".to_owned()],
        max_age: 7200,
    }
}

#[tokio::test]
async fn an_allowed_preflight_is_answered_without_the_service() {
    let request = "OPTIONS /unread HTTP/1.1\r\norigin: https://app.example.com\r\n\
        access-control-request-method: POST\r\naccess-control-request-headers: content-type, x-api-key\r\n";
    let answer = ask(cors(&["https://*.example.com"]), request).await;
    assert!(answer.starts_with("http/1.1 204"), "{answer}");
    for line in [
        "access-control-allow-origin: https://app.example.com",
        "access-control-allow-methods: post",
        "access-control-allow-headers: content-type, x-api-key",
        "access-control-allow-credentials: true",
        "access-control-max-age: 7200",
    ] {
        assert!(answer.contains(line), "{line} is not in {answer}");
    }
}

#[tokio::test]
async fn a_preflight_that_asks_too_much_is_told_nothing() {
    let cases = [
        ("https://evil.example", "POST", "content-type"),
        ("https://app.example.com", "DELETE", "content-type"),
        ("https://app.example.com", "POST", "x-other"),
    ];
    for (origin, method, headers) in cases {
        let request = format!(
            "OPTIONS /x HTTP/1.1\r\norigin: {origin}\r\naccess-control-request-method: {method}\r\n\
            access-control-request-headers: {headers}\r\n"
        );
        let answer = ask(cors(&["https://*.example.com"]), &request).await;
        assert!(answer.starts_with("http/1.1 204"), "{answer}");
        assert!(!answer.contains("access-control-allow"), "{answer}");
    }
}

#[tokio::test]
async fn a_plain_request_is_served_and_told_whether_scripts_may_read() {
    let from = |origin: &str| format!("POST /echo HTTP/1.1\r\norigin: {origin}\r\n");
    let answer = ask(cors(&["https://a.example"]), &from("https://a.example")).await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("access-control-allow-origin: https://a.example"), "{answer}");
    assert!(answer.contains("access-control-expose-headers: x-trace"), "{answer}");
    assert!(answer.contains("vary: origin"), "{answer}");
    let answer = ask(cors(&["https://a.example"]), &from("https://b.example")).await;
    assert!(answer.starts_with("http/1.1 200") && !answer.contains("allow-origin"), "{answer}");
    let answer = ask(cors(&["*"]), &from("https://b.example")).await;
    assert!(answer.contains("access-control-allow-origin: *"), "{answer}");
}
