use config::{Mode, Problems, decode, parse, to_value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;
use crate::client::{ClientError, GrpcClient, HttpClient};
use crate::compression::Encoding;
use crate::server::{BindError, Transport};

fn read<T: Default + Serialize + DeserializeOwned>(yaml: &str) -> Result<T, String> {
    let value = parse(yaml, "test").unwrap();
    decode(&value, "").map_err(|errors| errors.to_string())
}

fn faults(problems: &Problems) -> String {
    problems.to_string()
}

#[test]
fn an_empty_section_is_the_defaults_and_they_have_no_faults() {
    let grpc: GrpcServerConfig = read("{}").unwrap();
    assert_eq!(grpc, GrpcServerConfig::default());
    assert_eq!(faults(&grpc.problems()), "");
    let http: HttpServerConfig = read("{}").unwrap();
    assert_eq!(http, HttpServerConfig::default());
    assert_eq!(faults(&http.problems()), "");
    let client: HttpClientConfig = read("{}").unwrap();
    assert_eq!(client, HttpClientConfig::default());
    assert_eq!(faults(&client.problems()), "");
    let options = grpc.server_options().unwrap();
    assert_eq!(
        (options.endpoint.as_str(), options.grpc.message_bytes_max),
        ("localhost:4317", 64 << 20)
    );
    let options = http.server_options().unwrap();
    assert_eq!(
        (options.endpoint.as_str(), options.http.body_bytes_max),
        ("localhost:4318", 64 << 20)
    );
    assert_eq!(options.http.encodings.unwrap().len(), 8);
}

#[test]
fn every_key_of_a_grpc_server_is_read() {
    let config: GrpcServerConfig = read(
        "{endpoint: '/run/x.sock', transport: unix, dialer: {timeout: 1s}, max_recv_msg_size_mib: 8,
          max_concurrent_streams: 7, read_buffer_size: 1, write_buffer_size: 2, include_metadata: true,
          auth: {authenticator: oidc}, middlewares: [{id: limiter}],
          keepalive: {server_parameters: {max_connection_idle: 1s, max_connection_age: 2s,
          max_connection_age_grace: 3s, time: 4s, timeout: 5s},
          enforcement_policy: {min_time: 6s, permit_without_stream: true}}}",
    )
    .unwrap();
    assert_eq!(config.auth.as_ref().unwrap().authenticator, "oidc");
    assert_eq!(config.middlewares[0].id, "limiter");
    let options = config.server_options().unwrap();
    assert_eq!(options.transport, Transport::Unix);
    let grpc = options.grpc;
    let seconds = |limit: Option<std::time::Duration>| limit.unwrap().as_secs();
    assert_eq!((grpc.message_bytes_max, grpc.streams_max), (8 << 20, 7));
    assert_eq!(seconds(grpc.connection_idle_max), 1);
    assert_eq!(seconds(grpc.connection_age_max), 2);
    assert_eq!(seconds(grpc.connection_age_grace), 3);
    assert_eq!((seconds(grpc.ping_interval), grpc.ping_timeout.as_secs()), (4, 5));
}

#[test]
fn every_key_of_an_http_server_is_read() {
    let config: HttpServerConfig = read(
        "{endpoint: ':80', transport: tcp4, dialer: {timeout: 1s}, max_request_body_size: 9,
          auth: {authenticator: oidc, request_params: [token]}, middlewares: [{id: limiter}],
          cors: {allowed_origins: ['*'], allowed_headers: [a], exposed_headers: [b], max_age: 5},
          include_metadata: true, response_headers: {x-a: b}, compression_algorithms: [gzip],
          read_timeout: 1s, read_header_timeout: 2s, write_timeout: 3s, idle_timeout: 4s,
          keep_alives_enabled: false, connection_limits: {max_connections: 5, max_header_bytes: 9000,
          stall_timeout: 7s, min_body_rate: 6}}",
    )
    .unwrap();
    assert_eq!(config.problems().to_string(), "");
    assert_eq!(config.middlewares[0].id, "limiter");
    let options = config.server_options().unwrap();
    assert_eq!(options.header_timeout.as_secs(), 2);
    assert_eq!((options.connections_max, options.header_bytes_max), (5, 9000));
    assert_eq!((options.stall_timeout.as_secs(), options.body_rate_min), (7, 6));
    assert_eq!(options.http.body_bytes_max, 9);
    assert_eq!(options.http.encodings, Some(vec![Encoding::Gzip]));
    assert_eq!(options.http.response_headers["x-a"], "b");
    assert_eq!(options.http.cors.unwrap().max_age, 5);
    assert!(!options.http.keep_alive);
    let all: HttpServerConfig = read("compression_algorithms: []").unwrap();
    assert_eq!(all.server_options().unwrap().http.encodings, None);
}

#[test]
fn unknown_keys_and_values_are_refused() {
    let error = read::<GrpcServerConfig>("max_size: 1").unwrap_err();
    assert!(error.contains("has invalid keys: max_size"), "{error}");
    let error = read::<TlsClientConfig>("insecure_: true").unwrap_err();
    assert!(error.contains("has invalid keys: insecure_"), "{error}");
    let error = read::<HttpServerConfig>("transport: carrier-pigeon").unwrap_err();
    assert!(error.contains("unsupported transport type \"carrier-pigeon\""), "{error}");
    let error = read::<HttpClientConfig>("compression: brotli").unwrap_err();
    assert!(error.contains("unsupported compression type \"brotli\""), "{error}");
}

#[test]
fn faults_of_servers_are_in_the_collectors_words() {
    let config: GrpcServerConfig =
        read("{transport: '', max_recv_msg_size_mib: -1, read_buffer_size: -7, tls: {}}").unwrap();
    assert_eq!(
        faults(&config.problems()),
        "invalid transport type \"\"\n\
         invalid max_recv_msg_size_mib value, must be between 1 and 4095: -1\n\
         invalid read_buffer_size value: -7\n\
         tls: TLS configuration must include both certificate and key for server connections"
    );
    let twice: HttpServerConfig =
        read("response_headers: [{name: a, value: x}, {name: a, value: y}]").unwrap();
    assert!(faults(&twice.problems()).contains("duplicate keys in map-style list: [a]"));
    let secret: HttpServerConfig = read("response_headers: {x-a: \"tip\\ntop\"}").unwrap();
    let text = faults(&secret.problems());
    assert!(text.contains("x-a") && !text.contains("tip"), "{text}");
}

#[test]
fn faults_of_tls_are_in_the_collectors_words() {
    let cases = [
        (
            "{cert_file: a}",
            "TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)",
        ),
        (
            "{cert_file: a, cert_pem: b, key_file: c}",
            "provide either certificate file or PEM, but not both",
        ),
        ("{min_version: asd}", "invalid TLS min_version: unsupported TLS version: \"asd\""),
        (
            "{min_version: '1.3', max_version: '1.2'}",
            "invalid TLS configuration: min_version cannot be greater than max_version",
        ),
        ("{min_version: '1.2', max_version: '1.3', server_name_override: x}", ""),
    ];
    for (yaml, text) in cases {
        assert_eq!(faults(&read::<TlsClientConfig>(yaml).unwrap().problems()), text, "{yaml}");
    }
}

#[test]
fn tls_is_used_where_the_settings_ask_for_it() {
    let server: GrpcServerConfig =
        read("tls: {cert_file: /nowhere/a, key_file: /nowhere/b}").unwrap();
    assert_eq!(faults(&server.problems()), "");
    let error = server.server_options().unwrap_err();
    assert!(matches!(&error, BindError::Tls(_)));
    assert!(error.to_string().contains("cert_file /nowhere/a: "), "{error}");
    for (yaml, uses_tls) in [
        ("endpoint: h:1", true),
        ("{endpoint: 'https://h:1', tls: {insecure: true}}", true),
        ("{endpoint: h:1, tls: {insecure: true, ca_file: x}}", true),
        ("{endpoint: 'http://h:1'}", true),
        ("{endpoint: h:1, tls: {insecure: true}}", false),
    ] {
        let client: GrpcClientConfig = read(yaml).unwrap();
        assert_eq!(client.uses_tls(), uses_tls, "{yaml}");
    }
    let bad: HttpClientConfig = read("tls: {ca_file: /nowhere/ca}").unwrap();
    let error = HttpClient::new(&bad, "t", true, None).unwrap_err();
    assert!(matches!(&error, ClientError::Tls(_)));
    assert!(error.to_string().contains("ca_file /nowhere/ca: "), "{error}");
    assert!(HttpClient::new(&bad, "t", false, None).is_ok());
}

#[test]
fn faults_of_a_grpc_client_are_in_the_collectors_words() {
    let cases = [
        ("{}", "requires a non-empty \"endpoint\""),
        ("endpoint: backend", "address backend: missing port in address"),
        ("endpoint: backend:port", "invalid port \"port\""),
        ("endpoint: 'unix://'", "unix socket path cannot be empty"),
        ("{endpoint: h:1, balancer_name: x}", "invalid balancer_name: x"),
        ("endpoint: dns:///h:1", ""),
        ("endpoint: dns://1.1.1.1/h", ""),
        ("endpoint: passthrough:///h:1", ""),
        ("endpoint: http://h:1", ""),
        ("endpoint: '[::1]:4317'", ""),
        ("endpoint: unix:///run/x.sock", ""),
    ];
    for (yaml, text) in cases {
        assert_eq!(faults(&read::<GrpcClientConfig>(yaml).unwrap().problems()), text, "{yaml}");
    }
}

#[test]
fn compressions_that_grpc_lacks_fail_when_built() {
    for (name, works) in [
        ("gzip", true),
        ("snappy", true),
        ("zstd", true),
        ("none", true),
        ("''", true),
        ("zlib", false),
        ("lz4", false),
    ] {
        let yaml = format!("{{endpoint: h:1, tls: {{insecure: true}}, compression: {name}}}");
        let built = GrpcClient::new(&read(&yaml).unwrap(), "t", None);
        assert_eq!(built.is_ok(), works, "{name}");
        if let Err(error) = built {
            assert_eq!(error.to_string(), format!("unsupported compression type \"{name}\""));
        }
    }
}

#[test]
fn compression_levels_of_an_http_client_are_checked() {
    let cases = [
        ("gzip", 9, true),
        ("gzip", -2, true),
        ("zlib", 10, false),
        ("deflate", -3, false),
        ("zstd", 99, true),
        ("snappy", 0, true),
        ("snappy", 1, false),
        ("lz4", 1, false),
    ];
    for (name, level, is_valid) in cases {
        let yaml = format!("{{compression: {name}, compression_params: {{level: {level}}}}}");
        let text = faults(&read::<HttpClientConfig>(&yaml).unwrap().problems());
        let expected = if is_valid {
            String::new()
        } else {
            format!("unsupported parameters {{Level:{level}}} for compression type \"{name}\"")
        };
        assert_eq!(text, expected, "{yaml}");
    }
}

#[test]
fn every_key_of_an_http_client_is_read() {
    let config: HttpClientConfig = read(
        "{endpoint: 'http://h', proxy_url: 'http://p:1', tls: {insecure: true}, read_buffer_size: 1,
          write_buffer_size: 2, headers: {a: b}, auth: {authenticator: x}, compression: zstd,
          compression_params: {level: 3}, max_idle_conns: 1, max_idle_conns_per_host: 2,
          max_conns_per_host: 3, idle_conn_timeout: 4s, disable_keep_alives: false,
          http2_read_idle_timeout: 5s, http2_ping_timeout: 6s, force_attempt_http2: true,
          middlewares: [{id: m}]}",
    )
    .unwrap();
    let options = config.client_options("agent").unwrap();
    assert_eq!(options.compression, Encoding::Zstd);
    assert_eq!(options.compression_level, Some(3));
    assert_eq!((options.idle_per_host_max, options.connections_per_host_max), (2, Some(3)));
    assert_eq!(options.proxy.unwrap().to_string(), "http://p:1/");
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_without_its_password() {
    for url in ["https://p:1", "socks5://p:1", "http://user:hunter2@p:1"] {
        let config: HttpClientConfig = read(&format!("proxy_url: '{url}'")).unwrap();
        let error = HttpClient::new(&config, "t", false, None).unwrap_err().to_string();
        assert!(error.contains("proxy_url") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn secrets_are_not_printed() {
    let yaml = "{endpoint: h:1, headers: {authorization: hunter2}, tls: {insecure: true, key_pem: hunter2}}";
    let config: GrpcClientConfig = read(yaml).unwrap();
    let client = GrpcClient::new(&config, "t", None).unwrap();
    let printed = format!("{config:?} {client:?} {:?}", to_value(&config, Mode::Redacted));
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[test]
fn limits_of_connections_are_checked() {
    let rows = [
        ("max_connections: 0", "connection_limits: `max_connections` must be greater than zero"),
        (
            "max_header_bytes: 5",
            "connection_limits: `max_header_bytes` must be between 4096 and 1048576",
        ),
        ("stall_timeout: 0s", "connection_limits: `stall_timeout` must be greater than zero"),
        ("min_body_rate: 0", ""),
    ];
    for (yaml, text) in rows {
        let yaml = format!("{{endpoint: ':80', connection_limits: {{{yaml}}}}}");
        let grpc: GrpcServerConfig = read(&yaml).unwrap();
        assert_eq!(grpc.problems().to_string(), text, "{yaml}");
        let http: HttpServerConfig = read(&yaml).unwrap();
        assert_eq!(http.problems().to_string(), text, "{yaml}");
    }
}
