use std::time::Duration;

use testkit::check_refused;
use tonic::Code;

use super::{BasicAuth, Config, matching::Hash};
use crate::shared::trial::{From, TestFile, Trial, client_of, server_of, started};

testkit::extension_contract!(BasicAuth, include_str!("README.md"), "htpasswd: {inline: 'a:b'}");

/// Hashes of `hunter2`, made by libxcrypt and by `openssl passwd`.
const HASHES: [(&str, &str); 6] = [
    ("bcrypt", "$2b$04$abcdefghijklmnopqrstuuV3duMsC0HpUex6N9qapiuOHHWkwRXVm"),
    ("apr1", "$apr1$abcdefgh$ckT15POyCRlen.h6XtGAZ1"),
    ("md5", "$1$abcdefgh$vhxKZ/s1ygZHyCEDPyqtQ/"),
    ("sha256", "$5$saltstring$9JBjAeLRHX/Lm/1Njo98nbLiUsNRFEuARumLKkxJMm7"),
    (
        "sha512",
        "$6$saltstring$q2.778Y7vt0Ij2OIl01VlxEE6SEh8ZCtgFbyJX8fYkl5S7gx32QO24FVg.rs4DkoAs9t6R19x4z8g69teXFxA0",
    ),
    ("sha1", "{SHA}87u9ZqY9S/F0eUBXjsPQEDUw4h0="),
];

async fn between(trial: &Trial, user: &str, password: &str) -> Result<(), (Code, String)> {
    let yaml = format!("client_auth: {{username: {user}, password: {password}}}");
    let (_client, offered) = started::<BasicAuth>(&yaml).await.unwrap();
    assert!(server_of(&offered).is_none());
    match trial.send(client_of(&offered), &[], &From::default()).await {
        Ok(arrived) => {
            assert_eq!(arrived.identity["username"], user);
            let sent = arrived.headers["authorization"].to_str().unwrap();
            assert_eq!(sent, format!("Basic {}", arrived.identity["raw"]));
            Ok(())
        }
        Err((status, headers)) => {
            let challenge = headers["www-authenticate"].to_str().unwrap();
            assert!(challenge.starts_with("Basic realm="), "{challenge}");
            Err((status.code(), status.message().to_owned()))
        }
    }
}

fn wrong() -> Result<(), (Code, String)> {
    Err((Code::Unauthenticated, "invalid credentials".to_owned()))
}

#[test]
fn every_kind_of_hash_that_others_wrote_is_known() {
    for (kind, hash) in HASHES {
        let hash = Hash::parse(hash).unwrap();
        assert!(hash.matches("hunter2"), "{kind}");
        assert!(
            !hash.matches("hunter3") && !hash.matches("") && !hash.matches("hunter22"),
            "{kind}"
        );
    }
    // RFC 2307 with a salt: SHA-1 of `hunter2` and `salt`.
    let salted = Hash::parse("{SSHA}gK+fFFujqnweTpwCQ7Sp02gQxCJzYWx0").unwrap();
    assert!(salted.matches("hunter2") && !salted.matches("hunter2salt"));
    assert!(Hash::parse("$argon2id$v=19$x").unwrap_err().contains("use `htpasswd -B`"));
    for bad in ["{SHA}!", "{SHA}AAAA", "$apr1$nosum"] {
        assert!(Hash::parse(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn who_is_on_the_list_comes_in_with_the_right_password() {
    let file = TestFile::new(&format!("# people\n\nfrodo:{}\nsam:from-file\n", HASHES[0].1));
    let yaml = format!("htpasswd: {{file: '{}', inline: 'sam:potatoes'}}", file.path());
    let (_server, offered) = started::<BasicAuth>(&yaml).await.unwrap();
    assert!(client_of(&offered).is_none());
    let trial = Trial::start(server_of(&offered)).await;
    for _ in 0..2 {
        assert_eq!(between(&trial, "frodo", "hunter2").await, Ok(()));
        assert_eq!(between(&trial, "frodo", "hunter3").await, wrong());
    }
    assert_eq!(between(&trial, "sam", "potatoes").await, Ok(()));
    assert_eq!(between(&trial, "sam", "from-file").await, wrong());
    assert_eq!(between(&trial, "gollum", "hunter2").await, wrong());
}

#[tokio::test]
async fn what_is_no_basic_auth_is_said_so() {
    let (_server, offered) = started::<BasicAuth>("htpasswd: {inline: 'a:b'}").await.unwrap();
    let trial = Trial::start(server_of(&offered)).await;
    let rows = [
        ("", "no basic auth provided"),
        ("Bearer x", "invalid authorization scheme prefix"),
        ("Basic", "invalid authorization format"),
        ("Basic !!!", "invalid authorization format"),
        ("Basic YQ==", "invalid authorization format"),
        ("basic YTpi", ""),
    ];
    for (header, text) in rows {
        let sent = trial.send(None, &[("authorization", header)], &From::default()).await;
        let said = sent.err().map(|(status, _)| status.message().to_owned()).unwrap_or_default();
        assert_eq!(said, text, "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_taken_off_the_list_is_out_at_once_and_a_torn_list_lets_nobody_in_or_out() {
    let file = TestFile::new("frodo:ring\nsam:potatoes\n");
    let yaml = format!("htpasswd: {{file: '{}'}}", file.path());
    let (_server, offered) = started::<BasicAuth>(&yaml).await.unwrap();
    let trial = Trial::start(server_of(&offered)).await;
    assert_eq!(between(&trial, "frodo", "ring").await, Ok(()));
    file.write("gollum:fish\nfrodo");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(between(&trial, "frodo", "ring").await, Ok(()));
    assert_eq!(between(&trial, "gollum", "fish").await, wrong());
    file.write("sam:potatoes\n");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(between(&trial, "frodo", "ring").await, wrong());
    assert_eq!(between(&trial, "sam", "potatoes").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_client_takes_its_credentials_from_files_that_change() {
    let (user, password) = (TestFile::new("frodo"), TestFile::new("old\n"));
    let yaml = format!(
        "client_auth: {{username_file: '{}', password_file: '{}'}}",
        user.path(),
        password.path()
    );
    let (_client, offered) = started::<BasicAuth>(&yaml).await.unwrap();
    let trial = Trial::start(None).await;
    let sent = async || {
        let arrived = trial.send(client_of(&offered), &[], &From::default()).await.unwrap();
        arrived.headers["authorization"].to_str().unwrap().to_owned()
    };
    assert_eq!(sent().await, "Basic ZnJvZG86b2xk");
    password.write("new");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(sent().await, "Basic ZnJvZG86bmV3");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let both = "{htpasswd: {inline: 'a:b'}, client_auth: {username: a}}";
    check_refused::<Config>("{}", "no credential source provided");
    check_refused::<Config>("htpasswd: {}", "no credential source provided");
    check_refused::<Config>("client_auth: {password: a}", "no credential source provided");
    check_refused::<Config>("client_auth: {username: 'a:b'}", "must not contain a colon");
    check_refused::<Config>(both, "only one of `htpasswd` and `client_auth` can be specified");
}

#[tokio::test]
async fn a_list_that_cannot_be_read_stops_the_start_without_showing_what_it_holds() {
    let rows = [
        ("htpasswd: {file: /nowhere/x}", "/nowhere/x: No such file"),
        ("htpasswd: {inline: hunter2}", "htpasswd::inline: line 1: is not `user:password`"),
        ("htpasswd: {inline: 'a:$9$hunter2'}", "line 1: the hash is of a kind that is not known"),
    ];
    for (yaml, text) in rows {
        let error = started::<BasicAuth>(yaml).await.err().unwrap();
        assert!(error.contains(text) && !error.contains("hunter2"), "{error}");
    }
}
