//! TLS and authentication through the binary: who comes in, what goes on, and that no secret shows.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails the test")]

use std::{fs, path::PathBuf, process};

use acceptance::{Backend, Collector, client, telemetry};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{CertificateParams, KeyPair};
use tonic::Code;

const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// A certificate for `localhost` and its key, as files that go with the test.
struct Files(PathBuf);

impl Files {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("tollgate-secured-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        fs::write(folder.join("cert.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

/// Users with passwords in front; user and tenant go on to the backend.
fn tenants(backend: &Backend) -> String {
    format!(
        "\
receivers:
  otlp:
    protocols:
      grpc: {{endpoint: '127.0.0.1:0', include_metadata: true, auth: {{authenticator: basicauth}}}}
      http: {{endpoint: '127.0.0.1:0', include_metadata: true, auth: {{authenticator: basicauth}}}}
exporters:
  otlp_grpc:
    endpoint: '{}'
    tls: {{insecure: true}}
    auth: {{authenticator: headers_setter}}
    sending_queue: {{enabled: false}}
    retry_on_failure: {{enabled: false}}
extensions:
  basicauth: {{htpasswd: {{inline: 'frodo:m3llon'}}}}
  headers_setter:
    headers:
      - {{key: x-scope-orgid, from_context: x-tenant, default_value: shared}}
      - {{key: x-user, from_attribute: username}}
service:
  extensions: [headers_setter, basicauth]
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp], exporters: [otlp_grpc]}}
",
        backend.address
    )
}

#[tokio::test]
async fn users_come_in_with_their_password_and_their_tenant_goes_on() {
    let backend = Backend::start().await;
    let collector = Collector::start(&tenants(&backend)).await;
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let span = telemetry::traces(&["a"]);
    let (right, wrong) = (basic("frodo:m3llon"), basic("frodo:m3lloff"));
    let protobuf = ("content-type", "application/x-protobuf");

    // Neither protocol comes in by the other one's port.
    for port in [grpc, http] {
        let connection = client::Connection::open(port).await;
        let body = || client::whole(client::framed(&span, false));
        let refused = connection.call(TRACES, &[("authorization", &wrong)], body()).await;
        assert_eq!(refused.code(), Code::Unauthenticated);
        let refused = connection.call(TRACES, &[], body()).await;
        assert_eq!(refused.code(), Code::Unauthenticated);
        let refused = client::post(port, "/v1/traces", &[protobuf], span.clone()).await;
        assert_eq!((refused.status, refused.rpc_status().code), (401, 16));
        assert!(refused.header("www-authenticate").starts_with("Basic realm="));

        let headers = [("authorization", right.as_str()), ("x-tenant", "blue")];
        assert_eq!(connection.call(TRACES, &headers, body()).await.code(), Code::Ok);
        let headers = [protobuf, ("authorization", right.as_str())];
        assert_eq!(client::post(port, "/v1/traces", &headers, span.clone()).await.status, 200);
    }
    let received = backend.answered(4).await;
    let header = |at: usize, name: &str| received[at].headers[name].to_str().unwrap().to_owned();
    let tenants: Vec<_> = (0..4).map(|at| header(at, "x-scope-orgid")).collect();
    assert_eq!(tenants, ["blue", "shared", "blue", "shared"]);
    assert_eq!((header(0, "x-user"), header(1, "x-user")), ("frodo".into(), "frodo".into()));
    assert!(!received[0].headers.contains_key("authorization"));
    let log = collector.stop().await;
    for secret in ["m3llon", "m3lloff", &right, &wrong] {
        assert!(!log.contains(secret.trim_start_matches("Basic ")), "{log}");
    }
}

/// A collector that speaks TLS 1.3 only and asks for a token.
fn guarded(files: &Files, backend: &Backend) -> String {
    format!(
        "\
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: '127.0.0.1:0'
        tls: {{cert_file: '{}', key_file: '{}', min_version: '1.3'}}
        auth: {{authenticator: bearertokenauth}}
exporters:
  otlp_grpc: {{endpoint: '{}', tls: {{insecure: true}}, sending_queue: {{enabled: false}}}}
extensions:
  bearertokenauth: {{token: s3cr3t}}
service:
  extensions: [bearertokenauth]
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp], exporters: [otlp_grpc]}}
",
        files.path("cert.pem"),
        files.path("key.pem"),
        backend.address
    )
}

#[tokio::test]
async fn one_collector_hands_on_to_the_next_with_tls_and_a_token() {
    let files = Files::new();
    let backend = Backend::start().await;
    let second = Collector::start(&guarded(&files, &backend)).await;
    let port = second.grpc().await.port();
    let first = |kind: &str, scheme: &str, ca: &str, token: &str| {
        format!(
            "\
receivers:
  otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}}}}}
exporters:
  {kind}:
    endpoint: '{scheme}localhost:{port}'
    tls: {{{ca}}}
    auth: {{authenticator: bearertokenauth}}
    sending_queue: {{enabled: false}}
    retry_on_failure: {{enabled: false}}
extensions:
  bearertokenauth: {{token: {token}}}
service:
  extensions: [bearertokenauth]
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp], exporters: [{kind}]}}
"
        )
    };
    let trusted = format!("ca_file: '{}'", files.path("cert.pem"));
    let rows = [
        ("otlp_grpc", "", trusted.as_str(), "s3cr3t", Code::Ok),
        ("otlp_http", "https://", &trusted, "s3cr3t", Code::Ok),
        ("otlp_grpc", "", &trusted, "wr0ng", Code::Unauthenticated),
        ("otlp_http", "https://", &trusted, "wr0ng", Code::Unauthenticated),
        (
            "otlp_grpc",
            "",
            "server_name_override: example.com, insecure_skip_verify: true",
            "s3cr3t",
            Code::Ok,
        ),
        ("otlp_grpc", "", &format!("{trusted}, max_version: '1.2'"), "s3cr3t", Code::Unavailable),
    ];
    let mut taken = 0;
    for (kind, scheme, ca, token, expected) in rows {
        let collector = Collector::start(&first(kind, scheme, ca, token)).await;
        let connection = client::Connection::open(collector.grpc().await).await;
        let answer = connection.export("trace.v1.TraceService", &telemetry::traces(&["a"])).await;
        assert_eq!(answer.code(), expected, "{kind} {ca} {token}: {:?}", answer.rpc_status());
        taken += usize::from(expected == Code::Ok);
        let log = collector.stop().await;
        assert!(!log.contains("s3cr3t") && !log.contains("wr0ng"), "{log}");
    }
    assert_eq!(backend.received().len(), taken);
    assert!(!second.stop().await.contains("s3cr3t"));
}

#[test]
fn what_cannot_be_secured_as_asked_for_does_not_start_and_says_why() {
    let start = |receiver: &str, exporter: &str| {
        let config = format!(
            "yaml:{{receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0', {receiver}}}}}}}}}, \
             exporters: {{otlp_grpc: {{endpoint: 'localhost:1', {exporter}}}}}, extensions: \
             {{bearertokenauth: {{token: s3cr3t}}}}, service: {{extensions: [bearertokenauth], telemetry: \
             {{metrics: {{level: none}}}}, pipelines: {{traces: {{receivers: [otlp], exporters: \
             [otlp_grpc]}}}}}}}}"
        );
        acceptance::run(&["--config", &config])
    };
    let insecure = "tls: {insecure: true}";
    let rows = [
        (
            "tls: {cert_file: /nowhere/c, key_file: /nowhere/k}",
            insecure,
            "cert_file /nowhere/c: No such file",
        ),
        ("auth: {authenticator: oidc}", insecure, "failed to resolve authenticator \"oidc\""),
        ("", "tls: {ca_file: /nowhere/ca}", "ca_file /nowhere/ca: No such file"),
        (
            "",
            "tls: {insecure: true}, auth: {authenticator: bearertokenauth}",
            "the credentials require transport level security",
        ),
    ];
    for (receiver, exporter, text) in rows {
        let outcome = start(receiver, exporter);
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(text), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("s3cr3t"), "{}", outcome.stderr);
    }
}

#[test]
fn what_a_token_is_asked_with_is_not_printed() {
    let config = "yaml:{receivers: {nop: {}}, exporters: {nop: {}}, extensions: {oauth2client: {client_id: a, \
                  client_secret: s3cr3t, token_url: 'https://login.example.com/token', endpoint_params: {assertion: \
                  wr0ng}}}, service: {extensions: [oauth2client], pipelines: {traces: {receivers: [nop], exporters: \
                  [nop]}}}}";
    let outcome = acceptance::run(&["print-config", "--config", config]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("assertion"), "{}", outcome.stdout);
    for secret in ["s3cr3t", "wr0ng"] {
        assert!(!outcome.stdout.contains(secret), "{}", outcome.stdout);
    }
    let shown = acceptance::run(&["print-config", "--mode", "unredacted", "--config", config]);
    assert!(shown.stdout.contains("wr0ng"), "{}", shown.stdout);
}
