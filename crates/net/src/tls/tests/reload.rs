//! Files that change while connections come and go.

use super::*;

/// Files of a server whose certificate and clients' authority are looked at again.
struct Files {
    folder: Folder,
    tls: TlsServerConfig,
}

impl Files {
    fn new(pair: &Pair) -> Self {
        let folder = Folder::new();
        let common = TlsConfig {
            cert_file: folder.write("cert.pem", &pair.cert),
            key_file: folder.write("key.pem", &pair.key),
            reload_interval: config::Duration::from_secs(60),
            ..TlsConfig::default()
        };
        Self { folder, tls: TlsServerConfig { common, ..TlsServerConfig::default() } }
    }

    fn replace(&self, pair: &Pair) {
        self.folder.write("cert.pem", &pair.cert);
        self.folder.write("key.pem", &pair.key);
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_certificate_is_shown_after_the_interval_and_open_connections_stay() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let files = Files::new(&old.server());
    let server = serve(&files.tls).await;
    let open = grpc_client(&format!("localhost:{}", port(&server)), &trusting(&old.pem));
    call(&open).await.unwrap();
    files.replace(&new.server());
    // Not yet.
    send(&server, &trusting(&old.pem)).await.unwrap();
    tokio::time::advance(Duration::from_secs(61)).await;
    send(&server, &trusting(&new.pem)).await.unwrap();
    assert!(send(&server, &trusting(&old.pem)).await.is_err());
    call(&open).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn files_that_cannot_be_used_change_nothing_until_they_can() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let files = Files::new(&old.server());
    let server = serve(&files.tls).await;
    let (good, other) = (new.server(), new.server());
    let half_written = Pair { cert: good.cert.clone(), key: other.key };
    let no_pem = Pair { cert: "hello".to_owned(), key: "hello".to_owned() };
    for bad in [half_written, no_pem] {
        files.replace(&bad);
        tokio::time::advance(Duration::from_secs(61)).await;
        send(&server, &trusting(&old.pem)).await.unwrap();
    }
    std::fs::remove_file(files.folder.0.join("key.pem")).unwrap();
    tokio::time::advance(Duration::from_secs(61)).await;
    send(&server, &trusting(&old.pem)).await.unwrap();
    files.replace(&good);
    tokio::time::advance(Duration::from_secs(61)).await;
    send(&server, &trusting(&new.pem)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_authority_taken_off_the_list_lets_nobody_in_any_more() {
    let (ca, first, second) =
        (Authority::new("ca"), Authority::new("first"), Authority::new("second"));
    let mut files = Files::new(&ca.server());
    files.tls.client_ca_file = files.folder.write("clients.pem", &first.pem);
    files.tls.client_ca_file_reload = true;
    let server = serve(&files.tls).await;
    let client = |authority: &Authority| {
        let pair = authority.sign(&["agent"], Valid::Now);
        let mut client = trusting(&ca.pem);
        client.common.cert_pem = Opaque::new(pair.cert);
        client.common.key_pem = Opaque::new(pair.key);
        client
    };
    let (of_first, of_second) = (client(&first), client(&second));
    // This client remembers its session.
    let resuming = ClientTls::load(&of_first, Alpn::H2).unwrap();
    shake(&resuming, &server).await.unwrap();
    assert!(send(&server, &of_second).await.is_err());
    files.folder.write("clients.pem", &second.pem);
    tokio::time::advance(Duration::from_secs(2)).await;
    send(&server, &of_second).await.unwrap();
    assert!(send(&server, &of_first).await.is_err());
    assert!(shake(&resuming, &server).await.is_err(), "an old session let it in");
}

/// A handshake, and a byte back so that a refusal is seen.
async fn shake(tls: &ClientTls, server: &Server) -> std::io::Result<()> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port(server))).await?;
    let mut stream = tls.connect("localhost", stream).await?;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await?;
    stream.read_exact(&mut [0; 9]).await?;
    Ok(())
}

#[tokio::test]
async fn nothing_is_lost_while_certificates_change_under_load() {
    let ca = Authority::new("ca");
    let mut files = Files::new(&ca.server());
    // The shortest there is: files are looked at with every connection.
    files.tls.common.reload_interval = config::Duration::from_std(Duration::from_nanos(1));
    let server = serve(&files.tls).await;
    let endpoint = format!("localhost:{}", port(&server));
    let senders: Vec<_> = (0..4)
        .map(|_| {
            let (endpoint, tls) = (endpoint.clone(), trusting(&ca.pem));
            tokio::spawn(async move {
                for _ in 0..10 {
                    call(&grpc_client(&endpoint, &tls)).await.unwrap();
                }
            })
        })
        .collect();
    for at in 0..20 {
        if at % 2 == 0 {
            files.replace(&ca.server());
        } else {
            files.folder.write("cert.pem", "nonsense");
        }
        tokio::task::yield_now().await;
    }
    for sender in senders {
        sender.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_shows_its_new_certificate_and_trusts_its_new_authorities() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let folder = Folder::new();
    let server_of = |ca: &Authority| {
        let name = folder.write("clients.pem", &ca.pem);
        serve_owned(TlsServerConfig { client_ca_file: name, ..ca.server().server() })
    };
    let (first, second) = (server_of(&old).await, server_of(&new).await);
    let pair = old.sign(&["agent"], Valid::Now);
    let common = TlsConfig {
        ca_file: folder.write("ca.pem", &old.pem),
        cert_file: folder.write("cert.pem", &pair.cert),
        key_file: folder.write("key.pem", &pair.key),
        reload_interval: config::Duration::from_secs(60),
        ..TlsConfig::default()
    };
    let tls = ClientTls::load(&TlsClientConfig { common, ..TlsClientConfig::default() }, Alpn::H2)
        .unwrap();
    shake(&tls, &first).await.unwrap();
    assert!(shake(&tls, &second).await.is_err());
    let pair = new.sign(&["agent"], Valid::Now);
    folder.write("ca.pem", &new.pem);
    folder.write("cert.pem", &pair.cert);
    folder.write("key.pem", &pair.key);
    tokio::time::advance(Duration::from_secs(61)).await;
    shake(&tls, &second).await.unwrap();
}

async fn serve_owned(tls: TlsServerConfig) -> Server {
    serve(&tls).await
}
