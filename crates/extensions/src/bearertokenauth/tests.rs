use std::time::Duration;

use testkit::check_refused;
use tonic::Code;

use super::{BearerTokenAuth, Config};
use crate::shared::trial::{From, TestFile, Trial, client_of, server_of, started};

testkit::extension_contract!(BearerTokenAuth, include_str!("README.md"), "token: t");

/// What a server with the first settings says to a client with the second.
async fn between(server: &str, client: &str) -> Result<(), (Code, String)> {
    let (_server, offered) = started::<BearerTokenAuth>(server).await.unwrap();
    let trial = Trial::start(server_of(&offered)).await;
    let (_client, offered) = started::<BearerTokenAuth>(client).await.unwrap();
    match trial.send(client_of(&offered), &[], &From::default()).await {
        Ok(_) => Ok(()),
        Err((status, headers)) => {
            assert_eq!(headers["www-authenticate"], "Bearer");
            Err((status.code(), status.message().to_owned()))
        }
    }
}

#[tokio::test]
async fn who_knows_a_token_comes_in_and_nobody_else() {
    assert_eq!(between("token: s3cret", "token: s3cret").await, Ok(()));
    assert_eq!(between("tokens: [old, new]", "tokens: [new]").await, Ok(()));
    assert_eq!(between("token: s3cret", "{token: s3cret, scheme: bEARER}").await, Ok(()));
    let wrong = "provided authorization does not match expected scheme or token";
    for client in ["token: s3cre", "token: s3cret2", "{token: s3cret, scheme: Token}"] {
        let answer = between("token: s3cret", client).await;
        assert_eq!(answer, Err((Code::Unauthenticated, wrong.to_owned())), "{client}");
    }
    let other = between("token: s3cret", "{token: s3cret, header: x-key}").await;
    let missing = "missing or empty authorization header: authorization";
    assert_eq!(other, Err((Code::Unauthenticated, missing.to_owned())));
}

#[tokio::test]
async fn header_and_scheme_can_be_others() {
    let settings = "{token: s3cret, header: x-api-key, scheme: ''}";
    assert_eq!(between(settings, settings).await, Ok(()));
    let (_client, offered) = started::<BearerTokenAuth>(settings).await.unwrap();
    let trial = Trial::start(None).await;
    let arrived = trial.send(client_of(&offered), &[], &From::default()).await.unwrap();
    assert_eq!(arrived.headers["x-api-key"], "s3cret");
}

#[tokio::test(start_paused = true)]
async fn tokens_of_a_file_change_without_a_restart() {
    let file = TestFile::new("first\n");
    let settings = format!("{{filename: '{}', token: ignored}}", file.path());
    let (_server, offered) = started::<BearerTokenAuth>(&settings).await.unwrap();
    let trial = Trial::start(server_of(&offered)).await;
    let comes_in = async |token: &str| {
        let (_client, offered) =
            started::<BearerTokenAuth>(&format!("token: {token}")).await.unwrap();
        trial.send(client_of(&offered), &[], &From::default()).await.is_ok()
    };
    assert!(comes_in("first").await && !comes_in("ignored").await);
    file.write("second\nthird\n");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(comes_in("third").await && comes_in("second").await && !comes_in("first").await);
    file.write("\n");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(comes_in("third").await);
}

#[tokio::test]
async fn a_file_that_is_not_there_stops_the_start() {
    let error = started::<BearerTokenAuth>("filename: /nowhere/token").await.err().unwrap();
    assert!(error.starts_with("/nowhere/token: No such file"), "{error}");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    check_refused::<Config>("{}", "no bearer token provided");
    check_refused::<Config>("{token: a, tokens: [b]}", "either tokens or token should be set");
    check_refused::<Config>("tokens: ['']", "`tokens` has an empty token");
    check_refused::<Config>("{token: a, header: 'a b'}", "invalid header name \"a b\"");
}

#[test]
fn tokens_never_show() {
    let config: Config = testkit::settings("{token: hunter2}");
    assert!(!format!("{config:?}").contains("hunter2"));
}
