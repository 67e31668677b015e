//! What cannot be used is said with its place and what to do, and without what a key holds.

use super::*;

fn fault(tls: &TlsServerConfig) -> String {
    ServerTls::load(tls).unwrap_err().to_string()
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let ca = Authority::new("ca");
    let (folder, pair) = (Folder::new(), ca.server());
    let cert_file = folder.write("cert.pem", &pair.cert);
    let key_file = folder.write("key.pem", &pair.key);
    let other_key = folder.write("other.pem", &ca.server().key);
    let secret = folder.write("secret.pem", "hunter2");
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    let locked = folder.write("locked.pem", locked);
    let torn = folder.write("torn.pem", "-----BEGIN PRIVATE KEY-----\nhunter2!!\n");
    let rows = [
        (&cert_file, "/nowhere/key.pem", "key_file /nowhere/key.pem: No such file"),
        (&cert_file, &secret, "holds no private key that can be read; it must be PEM"),
        (&cert_file, &torn, "torn.pem: holds no private key that can be read"),
        (&cert_file, &locked, "the key is encrypted; decrypt it with `openssl pkey`"),
        (
            &cert_file,
            &other_key,
            "other.pem: the key does not belong to the certificate in cert_file",
        ),
        (&secret, &key_file, "secret.pem: holds no certificate; it must be PEM"),
    ];
    for (cert, key, text) in rows {
        let common =
            TlsConfig { cert_file: cert.clone(), key_file: key.to_owned(), ..TlsConfig::default() };
        let error = fault(&TlsServerConfig { common, ..TlsServerConfig::default() });
        assert!(error.contains(text) && !error.contains("hunter2"), "{error}");
    }
    let clients = TlsServerConfig { client_ca_file: secret, ..pair.server() };
    assert!(fault(&clients).contains("client_ca_file"), "{}", fault(&clients));
}

#[test]
fn a_file_larger_than_any_bundle_is_not_read() {
    let folder = Folder::new();
    let huge = folder.write("huge.pem", &"x".repeat((4 << 20) + 1));
    let mut tls = Authority::new("ca").server().server();
    tls.client_ca_file = huge;
    assert!(fault(&tls).contains("larger than 4194304 bytes"));
}

#[test]
fn names_that_mean_nothing_or_leave_nothing_are_refused() {
    type Change = fn(&mut TlsConfig);
    let rows: [(Change, &str); 7] = [
        (
            |c| c.cipher_suites = ["TLS_X"].into_iter().collect(),
            "invalid TLS cipher suite: \"TLS_X\"",
        ),
        (
            |c| c.cipher_suites = ["TLS_RSA_WITH_RC4_128_SHA"].into_iter().collect(),
            "invalid TLS cipher suite: \"TLS_RSA_WITH_RC4_128_SHA\"",
        ),
        (
            |c| {
                c.cipher_suites = ["TLS_RSA_WITH_RC4_128_SHA"].into_iter().collect();
                c.include_insecure_cipher_suites = true;
                c.max_version = "1.2".to_owned();
            },
            "no TLS version is left",
        ),
        (|c| c.curve_preferences = ["X448"].into_iter().collect(), "invalid curve type: X448"),
        (|c| c.curve_preferences = ["P521"].into_iter().collect(), "none of these can be used"),
        (
            |c| {
                c.min_version = "1.0".to_owned();
                c.max_version = "1.1".to_owned();
            },
            "no TLS version is left: 1.2 and 1.3 are spoken, so raise max_version",
        ),
        (
            |c| c.tpm = config::Optional::Some(crate::settings::TpmConfig::default()),
            "tpm: keys in a TPM are not supported: remove `tpm` and name a key in `key_file`",
        ),
    ];
    for (change, text) in rows {
        let mut tls = Authority::new("ca").server().server();
        change(&mut tls.common);
        let problems = tls.problems().to_string();
        assert!(problems.contains(text), "{problems}");
    }
}
