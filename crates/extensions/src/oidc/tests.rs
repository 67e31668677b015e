use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rcgen::KeyPair;
use serde_json::{Value, json};
use testkit::{Backend, NOW, Reply, check_refused};
use tonic::Code;

use super::{
    Config, Oidc,
    decode::{Fault, Keys, check_times},
};
use crate::shared::trial::{Arrived, From, TestFile, Trial, server_of, started};

testkit::extension_contract!(
    Oidc,
    include_str!("README.md"),
    "{issuer_url: 'http://127.0.0.1:1', audience: a}"
);

/// The RS256 example of RFC 7515, appendix A.2, and its key.
const RFC_TOKEN: &str = concat!(
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc1",
    "9yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5Y",
    "Kt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBM",
    "Hlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUi",
    "pUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
);
const RFC_MODULUS: &str = concat!(
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-y",
    "RT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-K",
    "XBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h",
    "9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
);

/// A key that signs tokens.
struct Signer {
    key: EncodingKey,
    jwk: Value,
    id: &'static str,
}

impl Signer {
    fn new(id: &'static str) -> Self {
        let pair = KeyPair::generate().unwrap();
        let key = EncodingKey::from_ec_der(&pair.serialize_der());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(id.to_owned());
        Self { key, jwk: serde_json::to_value(jwk).unwrap(), id }
    }

    fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.to_owned()), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, &self.key).unwrap()
    }
}

fn set(signers: &[&Signer]) -> String {
    json!({"keys": signers.iter().map(|signer| signer.jwk.clone()).collect::<Vec<_>>()}).to_string()
}

/// The two documents of a provider.
fn documents(backend: &Backend, keys: &str) -> [Reply; 2] {
    let issuer = format!("http://{}", backend.address());
    let found = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/keys")}).to_string();
    [
        Reply::http(200, "application/json", found),
        Reply::http(200, "application/json", keys.to_owned()),
    ]
}

/// A provider, an extension that believes it, and a server behind that.
struct Setting {
    backend: Backend,
    trial: Trial,
    _extension: Oidc,
}

impl Setting {
    async fn new(keys: &str, more: &str) -> Self {
        let backend = Backend::start([]).await;
        backend.reply(documents(&backend, keys));
        let issuer = format!("http://{}", backend.address());
        let yaml = format!("providers: [{{issuer_url: '{issuer}', audience: us, {more}}}]");
        let (_extension, offered) = started::<Oidc>(&yaml).await.unwrap();
        let trial = Trial::start(server_of(&offered)).await;
        Self { backend, trial, _extension }
    }

    fn claims(&self) -> Value {
        let issuer = format!("http://{}", self.backend.address());
        json!({"iss": issuer, "aud": "us", "sub": "frodo", "exp": NOW + 60})
    }

    async fn send(&self, token: &str) -> Result<Arrived, (Code, String)> {
        let header = format!("Bearer {token}");
        let sent = self.trial.send(None, &[("authorization", &header)], &From::default()).await;
        sent.map_err(|(status, _)| (status.code(), status.message().to_owned()))
    }
}

#[tokio::test]
async fn a_good_token_lets_in_and_tells_who_it_is() {
    let signer = Signer::new("k1");
    let setting = Setting::new(&set(&[&signer]), "groups_claim: groups").await;
    let mut claims = setting.claims();
    claims["groups"] = json!(["ring", "fellowship"]);
    (claims["tenant"], claims["age"], claims["nested"]) = (json!("blue"), json!(50), json!({}));
    let token = signer.sign(&claims);
    let arrived = setting.send(&token).await.unwrap();
    let is = |name: &str| arrived.identity.get(name).map(String::as_str);
    assert_eq!((is("subject"), is("membership")), (Some("frodo"), Some("ring,fellowship")));
    assert_eq!((is("claims.tenant"), is("claims.age")), (Some("blue"), Some("50")));
    assert_eq!((is("claims.nested"), is("raw")), (None, Some(token.as_str())));
    let paths: Vec<_> = setting.backend.take().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/.well-known/openid-configuration", "/keys"]);
}

#[tokio::test]
async fn a_token_that_is_not_for_us_or_not_of_now_does_not() {
    let signer = Signer::new("k1");
    let setting = Setting::new(&set(&[&signer]), "").await;
    let rows = [
        ("aud", json!("them"), "the token is for another audience"),
        ("aud", Value::Null, "the token is for another audience"),
        ("aud", json!(["them", "us"]), ""),
        ("iss", json!("http://evil.example"), "the token is from another issuer"),
        ("exp", json!(NOW), "the token is expired"),
        ("exp", json!(NOW + 1), ""),
        ("exp", Value::Null, "the token says no time at which it expires"),
        ("exp", json!("soon"), "the token says no time at which it expires"),
        ("nbf", json!(NOW + 301), "the token is not good yet"),
        ("nbf", json!(NOW + 299), ""),
        ("sub", json!(1), "the username returned by the OIDC provider isn't a regular string"),
    ];
    for (name, value, text) in rows {
        let mut claims = setting.claims();
        claims[name] = value.clone();
        let sent = setting.send(&signer.sign(&claims)).await;
        let said = sent.err().map(|(code, text)| {
            assert_eq!(code, Code::Unauthenticated);
            text.replace("failed to verify token: ", "")
        });
        assert_eq!(said.unwrap_or_default(), text, "{name} {value}");
    }
}

#[tokio::test]
async fn a_token_that_the_provider_did_not_sign_does_not() {
    let (signer, thief) = (Signer::new("k1"), Signer::new("k1"));
    let setting = Setting::new(&set(&[&signer]), "").await;
    let claims = setting.claims();
    let (good, stolen) = (signer.sign(&claims), thief.sign(&claims));
    // Signed with the public key as if it were a shared secret, and not signed at all.
    let secret = EncodingKey::from_secret(signer.jwk["x"].as_str().unwrap().as_bytes());
    let confused = encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap();
    let (_, payload) = good.split_once('.').unwrap();
    let none = format!("eyJhbGciOiJub25lIn0.{}.", payload.split('.').next().unwrap());
    let cut = good.get(..good.len() - 4).unwrap();
    for bad in [stolen.as_str(), &confused, &none, cut, "x", "a.b.c", &"a".repeat(20_000)] {
        let (code, text) = setting.send(bad).await.unwrap_err();
        assert_eq!(code, Code::Unauthenticated, "{bad}");
        assert!(text.starts_with("failed to verify token: "), "{text}");
    }
    for (header, text) in
        [("", "authentication didn't succeed"), ("Bearer", "invalid authorization header")]
    {
        let sent = setting.trial.send(None, &[("authorization", header)], &From::default()).await;
        let (status, headers) = sent.unwrap_err();
        assert!(status.message().starts_with(text), "{status:?}");
        assert_eq!(headers["www-authenticate"], "Bearer");
    }
    setting.send(&good).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_fetched_when_a_token_needs_it_but_not_with_every_token() {
    let (old, new) = (Signer::new("k1"), Signer::new("k2"));
    let setting = Setting::new(&set(&[&old]), "").await;
    let claims = setting.claims();
    setting.send(&old.sign(&claims)).await.unwrap();
    assert_eq!(setting.backend.take().len(), 2);
    // Within ten seconds of the last fetch nothing is fetched.
    assert!(setting.send(&new.sign(&claims)).await.is_err());
    assert!(setting.backend.take().is_empty());
    setting.backend.reply(documents(&setting.backend, &set(&[&old, &new])));
    tokio::time::advance(Duration::from_secs(10)).await;
    setting.send(&new.sign(&claims)).await.unwrap();
    setting.send(&old.sign(&claims)).await.unwrap();
    assert_eq!(setting.backend.take().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_withdrawn_key_is_believed_for_an_hour_at_most_and_a_provider_that_is_down_changes_nothing()
 {
    let (old, new) = (Signer::new("k1"), Signer::new("k2"));
    let setting = Setting::new(&set(&[&old]), "").await;
    let claims = setting.claims();
    setting.backend.reply([Reply::http(500, "text/plain", "")]);
    tokio::time::advance(Duration::from_secs(3600)).await;
    setting.send(&old.sign(&claims)).await.unwrap();
    setting.backend.reply(documents(&setting.backend, &set(&[&new])));
    tokio::time::advance(Duration::from_secs(10)).await;
    assert!(setting.send(&old.sign(&claims)).await.is_err());
    setting.send(&new.sign(&claims)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_down_at_first_makes_clients_wait() {
    let signer = Signer::new("k1");
    let backend = Backend::start([Reply::http(503, "text/plain", "")]).await;
    let issuer = format!("http://{}", backend.address());
    let yaml = format!("{{issuer_url: '{issuer}', audience: us}}");
    let (_extension, offered) = started::<Oidc>(&yaml).await.unwrap();
    let trial = Trial::start(server_of(&offered)).await;
    let setting = Setting { backend, trial, _extension };
    let token = signer.sign(&setting.claims());
    assert_eq!(setting.send(&token).await.unwrap_err().0, Code::Unavailable);
    setting.backend.reply(documents(&setting.backend, &set(&[&signer])));
    tokio::time::advance(Duration::from_secs(10)).await;
    setting.send(&token).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn keys_can_stand_in_a_file_and_the_issuer_chooses_the_provider() {
    let (one, two) = (Signer::new("k"), Signer::new("k"));
    let (first, second) = (TestFile::new(&set(&[&one])), TestFile::new(&set(&[&two])));
    let yaml = format!(
        "providers: [{{issuer_url: one, audience: us, public_keys_file: '{}'}}, {{issuer_url: two, \
         ignore_audience: true, username_claim: email, public_keys_file: '{}'}}]",
        first.path(),
        second.path()
    );
    let (_extension, offered) = started::<Oidc>(&yaml).await.unwrap();
    let trial = Trial::start(server_of(&offered)).await;
    let send = async |signer: &Signer, issuer: &str| {
        let claims =
            json!({"iss": issuer, "aud": "us", "sub": "s", "email": "e@x", "exp": NOW + 9});
        let header = format!("Bearer {}", signer.sign(&claims));
        let sent = trial.send(None, &[("authorization", &header)], &From::default()).await;
        sent.map(|arrived| arrived.identity["subject"].clone()).ok()
    };
    assert_eq!(send(&one, "one").await.as_deref(), Some("s"));
    assert_eq!(send(&two, "two").await.as_deref(), Some("e@x"));
    assert_eq!((send(&one, "two").await, send(&two, "three").await), (None, None));
    first.write(&set(&[&two]));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!((send(&one, "one").await, send(&two, "one").await.as_deref()), (None, Some("s")));
}

#[test]
fn the_example_of_the_specification_is_believed() {
    let keys = json!({"keys": [{"kty": "RSA", "n": RFC_MODULUS, "e": "AQAB"}]}).to_string();
    let keys = Keys::parse(keys.as_bytes()).unwrap();
    let claims = keys.check(RFC_TOKEN).unwrap();
    assert_eq!(claims["iss"], "joe");
    let at = |seconds| check_times(&claims, Duration::from_secs(seconds));
    assert_eq!(at(1_300_819_379), Ok(()));
    assert_eq!(at(1_300_819_380), Err(Fault::Bad("the token is expired")));
    let forged = RFC_TOKEN.replace("cC4hiUPo", "cC4hiUPp");
    assert!(keys.check(&forged).is_err());
}

#[test]
fn key_sets_that_cannot_be_used_are_refused() {
    let rows = [
        ("", "is not a set of JSON web keys"),
        (r#"{"keys": []}"#, "has no key that can be used"),
        (r#"{"keys": [{"kty": "oct", "k": "AAAA"}]}"#, "has no key that can be used"),
        (r#"{"keys": [{"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB"}]}"#, "has no key"),
        (r#"{"keys": [7, {"kty": "new"}]}"#, "has no key that can be used"),
    ];
    for (text, fault) in rows {
        assert!(Keys::parse(text.as_bytes()).unwrap_err().contains(fault), "{text}");
    }
    let many = json!({"keys": vec![json!({"kty": "oct"}); 257]}).to_string();
    assert_eq!(Keys::parse(many.as_bytes()).unwrap_err(), "has more than 256 keys");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let rows = [
        ("{}", "no IssuerURL provided for the OIDC configuration"),
        ("{issuer_url: 'http://a'}", "no Audience provided for the OIDC configuration"),
        ("{audience: a}", "no IssuerURL provided for the OIDC configuration"),
        ("{issuer_url: a, audience: a}", "issuer_url: must start with http:// or https://"),
        ("{issuer_url: 'http://a', audience: a, attribute: 'a b'}", "invalid header name \"a b\""),
        (
            "{issuer_url: 'http://a', audience: a, providers: [{issuer_url: 'http://a', audience: b}]}",
            "duplicate issuer URL found: http://a",
        ),
        (
            "providers: [{issuer_url: 'http://a', audience: a}, {issuer_url: 'http://b', audience: b, \
             ignore_issuer: true}]",
            "ignore_issuer cannot be true when multiple providers are configured",
        ),
    ];
    for (yaml, text) in rows {
        check_refused::<Config>(yaml, text);
    }
}
