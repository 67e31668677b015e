use http::HeaderMap;
use testkit::check_refused;
use tonic::Code;

use super::{Config, HeadersSetter};
use crate::shared::trial::{From, TestFile, Trial, client_of, started};

testkit::extension_contract!(
    HeadersSetter,
    include_str!("README.md"),
    "headers: [{key: a, value: b}]"
);

/// What arrives with these settings, sent with the header `x-there: old`.
async fn arrives(yaml: &str, origin: &From) -> HeaderMap {
    let (_extension, offered) = started::<HeadersSetter>(yaml).await.unwrap();
    let auth = client_of(&offered);
    assert!(!auth.as_ref().unwrap().needs_tls());
    let trial = Trial::start(None).await;
    trial.send(auth, &[("x-there", "old")], origin).await.unwrap().headers
}

fn from(metadata: &[(&str, &[&str])]) -> From {
    let metadata = metadata.iter().map(|(key, values)| {
        ((*key).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
    });
    From { metadata: metadata.collect(), ..From::default() }
}

#[tokio::test]
async fn each_action_does_what_it_says() {
    let rows = [
        ("insert", "x-there", Some("old")),
        ("insert", "x-new", Some("value")),
        ("update", "x-there", Some("value")),
        ("update", "x-new", None),
        ("upsert", "x-there", Some("value")),
        ("upsert", "x-new", Some("value")),
        ("delete", "x-there", None),
        ("delete", "x-new", None),
    ];
    for (action, key, expected) in rows {
        let yaml = format!("headers: [{{key: {key}, action: {action}, value: value}}]");
        let headers = arrives(&yaml, &From::default()).await;
        let found = headers.get(key).map(|value| value.to_str().unwrap());
        assert_eq!(found, expected, "{action} {key}");
    }
}

#[tokio::test]
async fn the_tenant_of_a_client_is_the_tenant_of_its_data() {
    let yaml = "headers: [{key: X-Scope-OrgID, from_context: X-Tenant, default_value: shared}]";
    let headers = arrives(yaml, &from(&[("x-tenant", &["blue"])])).await;
    assert_eq!(headers["x-scope-orgid"], "blue");
    assert_eq!(arrives(yaml, &From::default()).await["x-scope-orgid"], "shared");
    let yaml = "headers: [{key: X-Scope-OrgID, from_context: x-tenant}]";
    assert!(!arrives(yaml, &From::default()).await.contains_key("x-scope-orgid"));
}

#[tokio::test]
async fn what_an_authenticator_found_out_can_be_sent() {
    let yaml = "headers: [{key: x-user, from_attribute: subject, default_value: nobody}]";
    let attributes = [("subject".to_owned(), "Frodo".to_owned())].into();
    let origin = From { attributes, ..From::default() };
    assert_eq!(arrives(yaml, &origin).await["x-user"], "Frodo");
    assert_eq!(arrives(yaml, &From::default()).await["x-user"], "nobody");
}

#[tokio::test]
async fn a_value_can_stand_in_a_file() {
    let file = TestFile::new("blue\n");
    let yaml = format!("headers: [{{key: x-tenant, value_file: '{}'}}]", file.path());
    assert_eq!(arrives(&yaml, &From::default()).await["x-tenant"], "blue");
}

#[tokio::test]
async fn data_of_two_tenants_is_sent_to_neither() {
    let yaml = "headers: [{key: x-scope-orgid, from_context: x-tenant}]";
    let (_extension, offered) = started::<HeadersSetter>(yaml).await.unwrap();
    let trial = Trial::start(None).await;
    let origin = from(&[("x-tenant", &["blue", "red"])]);
    let (status, _) = trial.send(client_of(&offered), &[], &origin).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().contains("2 values of \"x-tenant\""), "{}", status.message());
    assert!(!status.message().contains("blue"));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    check_refused::<Config>("{}", "missing headers configuration");
    check_refused::<Config>("headers: [{value: a}]", "missing header name");
    check_refused::<Config>("headers: [{key: 'a b', value: a}]", "invalid header name \"a b\"");
    check_refused::<Config>("headers: [{key: a}]", "missing header source");
    check_refused::<Config>(
        "headers: [{key: a, value: b, from_context: c}]",
        "invalid header source",
    );
    check_refused::<Config>("headers: [{key: a, value: b, action: set}]", "unknown action \"set\"");
    check_refused::<Config>(
        "headers: [{key: a, value: \"b\\nc\"}]",
        "has bytes that cannot be sent",
    );
}

#[tokio::test]
async fn an_additional_authenticator_that_is_not_there_stops_the_start() {
    let yaml = "{headers: [{key: a, value: b}], additional_auth: oauth2client}";
    let error = started::<HeadersSetter>(yaml).await.err().unwrap();
    assert!(error.contains("failed to resolve authenticator \"oauth2client\""), "{error}");
}
