//! Who talks to whom.

use super::*;

/// The same settings with other versions.
fn versions(min: &str, max: &str) -> impl Fn(&mut TlsConfig) {
    let (min, max) = (min.to_owned(), max.to_owned());
    move |common| {
        common.min_version.clone_from(&min);
        common.max_version.clone_from(&max);
    }
}

#[tokio::test]
async fn grpc_and_http_go_through_one_encrypted_port() {
    let ca = Authority::new("ca");
    let server = serve(&ca.server().server()).await;
    send(&server, &trusting(&ca.pem)).await.unwrap();
    // By address, too: the certificate holds it.
    let by_ip = grpc_client(&format!("127.0.0.1:{}", port(&server)), &trusting(&ca.pem));
    call(&by_ip).await.unwrap();
}

#[tokio::test]
async fn versions_meet_where_both_sides_have_one_in_common() {
    let ca = Authority::new("ca");
    let rows = [
        (("1.2", ""), ("1.2", ""), true),
        (("1.2", "1.2"), ("", ""), true),
        (("", ""), ("1.3", ""), true),
        (("1.0", ""), ("1.2", "1.2"), true),
        (("1.3", ""), ("1.2", "1.2"), false),
        (("1.2", "1.2"), ("1.3", "1.3"), false),
    ];
    for (ours, theirs, meets) in rows {
        let mut server = ca.server().server();
        versions(ours.0, ours.1)(&mut server.common);
        let mut client = trusting(&ca.pem);
        versions(theirs.0, theirs.1)(&mut client.common);
        let sent = send(&serve(&server).await, &client).await;
        assert_eq!(sent.is_ok(), meets, "{ours:?} {theirs:?} {sent:?}");
        if let Err(error) = sent {
            assert!(error.contains("`min_version`"), "{error}");
        }
    }
}

#[tokio::test]
async fn suites_and_curves_meet_where_both_sides_have_one_in_common() {
    const ECDSA_128: &str = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    const ECDSA_256: &str = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    const CBC: &str = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA";
    let ca = Authority::new("ca");
    type Names = &'static [&'static str];
    let rows: [(Names, Names, Names, Names, bool); 5] = [
        (&[ECDSA_128], &[], &[ECDSA_128, CBC], &[], true),
        (&[ECDSA_128], &[], &[ECDSA_256], &[], false),
        (&[], &["P384"], &[], &["X25519", "P384", "P521"], true),
        (&[], &["P256"], &[], &["X25519"], false),
        (&[], &["X25519MLKEM768"], &[], &["X25519MLKEM768"], true),
    ];
    for (server_suites, server_curves, client_suites, client_curves, meets) in rows {
        let mut server = ca.server().server();
        let mut client = trusting(&ca.pem);
        // The hybrid curve is of 1.3 only; suites matter in 1.2 only.
        if !server_suites.is_empty() {
            versions("1.2", "1.2")(&mut server.common);
        }
        let list = |names: &[&str]| names.iter().copied().collect();
        server.common.cipher_suites = list(server_suites);
        server.common.curve_preferences = list(server_curves);
        client.common.cipher_suites = list(client_suites);
        client.common.curve_preferences = list(client_curves);
        let sent = send(&serve(&server).await, &client).await;
        assert_eq!(sent.is_ok(), meets, "{client_suites:?} {client_curves:?} {sent:?}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_believed_gets_nothing() {
    let (ca, other) = (Authority::new("ca"), Authority::new("other"));
    let localhost = &["localhost"];
    let rows = [
        (other.sign(localhost, Valid::Now), "add it to `ca_file`"),
        (ca.sign(localhost, Valid::Past), "it must be renewed, or this machine's clock is wrong"),
        (ca.sign(localhost, Valid::Future), "its time has not come"),
        (ca.sign(&["example.com"], Valid::Now), "set `server_name_override`"),
    ];
    for (pair, text) in rows {
        let server = serve(&pair.server()).await;
        let error = send(&server, &trusting(&ca.pem)).await.unwrap_err();
        assert!(error.starts_with("Unavailable") && error.contains(text), "{error}");
        // Whoever asks for it gets a connection all the same.
        let blind = TlsClientConfig { insecure_skip_verify: true, ..TlsClientConfig::default() };
        send(&server, &blind).await.unwrap();
    }
}

#[tokio::test]
async fn the_name_to_expect_can_be_set() {
    let ca = Authority::new("ca");
    let server = serve(&ca.sign(&["backend.example"], Valid::Now).server()).await;
    let name = "backend.example".to_owned();
    let client = TlsClientConfig { server_name_override: name, ..trusting(&ca.pem) };
    send(&server, &client).await.unwrap();
    // As in grpc-go, the authority is the name where there is no other.
    let config = GrpcClientConfig {
        endpoint: format!("localhost:{}", port(&server)),
        authority: "backend.example".to_owned(),
        tls: trusting(&ca.pem),
        ..GrpcClientConfig::default()
    };
    call(&GrpcClient::new(&config, "test", None).unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_stands_in_the_list_itself_is_believed_for_its_name() {
    let pair = self_signed_authority();
    let server = serve(&pair.server()).await;
    send(&server, &trusting(&pair.cert)).await.unwrap();
    let by_ip = grpc_client(&format!("127.0.0.1:{}", port(&server)), &trusting(&pair.cert));
    let error = call(&by_ip).await.unwrap_err();
    assert!(error.contains("set `server_name_override`"), "{error}");
    // Another one of the same name is not it.
    let error = send(&server, &trusting(&self_signed_authority().cert)).await.unwrap_err();
    assert!(error.contains("tls: "), "{error}");
}

#[tokio::test]
async fn clients_must_show_a_certificate_of_the_right_authority_where_one_is_named() {
    let (ca, clients) = (Authority::new("ca"), Authority::new("clients"));
    let folder = Folder::new();
    let own = self_signed_authority();
    let bundle = format!("{}{}", clients.pem, own.cert);
    let server = serve(&TlsServerConfig {
        client_ca_file: folder.write("clients.pem", &bundle),
        ..ca.server().server()
    })
    .await;
    let shows = |pair: Pair| {
        let mut client = trusting(&ca.pem);
        client.common.cert_pem = Opaque::new(pair.cert);
        client.common.key_pem = Opaque::new(pair.key);
        client
    };
    let agent = &["agent"];
    for right in [clients.sign(agent, Valid::Now), own] {
        send(&server, &shows(right)).await.unwrap();
    }
    for wrong in [
        ca.sign(agent, Valid::Now),
        clients.sign(agent, Valid::Past),
        clients.sign(agent, Valid::Future),
        self_signed_authority(),
    ] {
        let error = send(&server, &shows(wrong)).await.unwrap_err();
        assert!(error.starts_with("Unavailable"), "{error}");
    }
    assert!(send(&server, &trusting(&ca.pem)).await.is_err());
}

#[tokio::test]
async fn plaintext_and_tls_do_not_mix() {
    let ca = Authority::new("ca");
    let encrypted = serve(&ca.server().server()).await;
    let insecure = TlsClientConfig { insecure: true, ..TlsClientConfig::default() };
    let endpoint = format!("localhost:{}", port(&encrypted));
    assert!(call(&grpc_client(&endpoint, &insecure)).await.is_err());
    // `https://` is TLS even so; without a CA, that of the system, which does not know ours.
    if let Ok(blind) = ClientTls::load(&insecure, Alpn::H2) {
        drop(blind);
        let error = call(&grpc_client(&format!("https://{endpoint}"), &insecure)).await;
        assert!(error.unwrap_err().contains("tls: "), "plaintext was sent");
    }
    let plain = serve_with(ServerOptions::new("127.0.0.1:0")).await;
    let error = send(&plain, &trusting(&ca.pem)).await.unwrap_err();
    assert!(error.contains("tls: "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_dawdles_over_its_handshake_is_let_go_and_holds_up_nobody() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let ca = Authority::new("ca");
    let server = serve(&ca.server().server()).await;
    let mut silent = Vec::new();
    for start in [&b""[..], &b"\x16\x03\x01"[..], &b"\x16\x03\x01\x01\x00\x01\x00"[..]].repeat(20) {
        let mut stream =
            tokio::net::TcpStream::connect(("127.0.0.1", port(&server))).await.unwrap();
        stream.write_all(start).await.unwrap();
        silent.push(stream);
    }
    send(&server, &trusting(&ca.pem)).await.unwrap();
    let begun = tokio::time::Instant::now();
    for mut stream in silent {
        // Reset or closed: either is the end.
        let _ = stream.read(&mut [0; 64]).await;
    }
    assert!(begun.elapsed() <= Duration::from_secs(11), "{:?}", begun.elapsed());
    send(&server, &trusting(&ca.pem)).await.unwrap();
}
