//! Clients that are not ours, where they are installed.

use std::process::{Command, Stdio};

use super::*;

/// Runs a program on a thread of its own; `None` and a line where it is not installed.
async fn run(program: &'static str, arguments: Vec<String>) -> Option<(bool, String)> {
    let running = tokio::task::spawn_blocking(move || {
        Command::new(program).args(arguments).stdin(Stdio::null()).output()
    });
    match running.await.unwrap() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
        }
        Err(error) => {
            println!("skipped: {program}: {error}");
            None
        }
    }
}

/// A server that wants certificates of clients, and the files that curl and openssl take.
async fn setting() -> (Server, Folder, [String; 4]) {
    let ca = Authority::new("ca");
    let (folder, pair) = (Folder::new(), ca.sign(&["agent"], Valid::Now));
    let files = [
        folder.write("ca.pem", &ca.pem),
        folder.write("cert.pem", &pair.cert),
        folder.write("key.pem", &pair.key),
        folder.write("wrong.pem", &Authority::new("wrong").pem),
    ];
    let tls = TlsServerConfig { client_ca_file: files[0].clone(), ..ca.server().server() };
    (serve(&tls).await, folder, files)
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_posts_over_both_versions_of_http_and_sees_a_wrong_authority() {
    let (server, _folder, [ca, cert, key, wrong]) = setting().await;
    let url = format!("https://localhost:{}/v1/traces", port(&server));
    let curl = |authority: &str, more: &[&str]| {
        let usual = ["-sS", "--max-time", "20", "-d", "hello", "--cacert", authority, &url];
        run("curl", usual.iter().chain(more).map(|word| (*word).to_owned()).collect())
    };
    let with_cert = ["--cert", &cert, "--key", &key];
    for version in [&["--http1.1"][..], &["--http2"], &["--tlsv1.3"], &["--tls-max", "1.2"]] {
        let Some((is_ok, text)) = curl(&ca, &[&with_cert[..], version].concat()).await else {
            return;
        };
        assert!(is_ok && text.contains("hello"), "{version:?}: {text}");
    }
    let (is_ok, text) = curl(&wrong, &with_cert).await.unwrap();
    assert!(!is_ok && text.contains("certificate"), "{text}");
    let (is_ok, text) = curl(&ca, &[]).await.unwrap();
    assert!(!is_ok, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_agrees_on_version_and_protocol() {
    let (server, _folder, [ca, cert, key, _]) = setting().await;
    let address = format!("localhost:{}", port(&server));
    for (version, name) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let words = [
            "s_client",
            "-connect",
            &address,
            "-CAfile",
            &ca,
            "-cert",
            &cert,
            "-key",
            &key,
            "-verify_return_error",
            "-alpn",
            "h2",
            version,
        ];
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let Some((_, text)) = run("openssl", words).await else { return };
        assert!(text.contains("Verification: OK") && !text.contains("(NONE)"), "{text}");
        assert!(text.contains(name) && text.contains("ALPN protocol: h2"), "{text}");
    }
    let words = ["s_client", "-connect", &address, "-CAfile", &ca, "-tls1_1"];
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let (is_ok, text) = run("openssl", words).await.unwrap();
    assert!(!is_ok && text.contains("Cipher is (NONE)"), "{text}");
}
