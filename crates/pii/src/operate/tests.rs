use proptest::prelude::*;

use crate::{Context, Engine, FieldClass, Key, Operator, Policy, RevealError, Rule, reveal};

fn key(id: &str) -> Key {
    Key::new(id, format!("the secret of the key {id}").as_bytes()).unwrap()
}

fn engine(operator: Operator) -> Engine {
    Engine::new(&Policy { operator, ..Policy::default() }).unwrap()
}

fn redact(engine: &Engine, text: &str) -> String {
    let mut out = Vec::new();
    match engine.redact(text.as_bytes(), &Context::default(), &mut out) {
        Some(_) => String::from_utf8(out).unwrap(),
        None => text.to_owned(),
    }
}

fn operators() -> Vec<Operator> {
    vec![
        Operator::default(),
        Operator::Mask { fill: '*', length: Some(8) },
        Operator::Keep { first: 0, last: 4 },
        Operator::Pseudonym(key("k1")),
        Operator::Encrypt(key("k1")),
        Operator::Fpe(key("k1")),
        Operator::Truncate,
    ]
}

#[test]
fn a_second_pass_changes_nothing() {
    let text = r#"{"to":"ada@example.org","card":4111111111111111,"password":"hunter2","note":"Dear Ms. Lovelace, 415-555-2671 from 203.0.113.77"}"#;
    for operator in operators() {
        let engine = engine(operator);
        let once = redact(&engine, text);
        assert_ne!(once, text);
        assert_eq!(redact(&engine, &once), once);
    }
}

#[test]
fn the_type_in_a_token_tells_nothing_about_what_follows_it() {
    let engine = engine(Operator::default());
    for text in
        ["[AWS_ACCESS_KEY_ID] :FmABaC#0", "[US_SSN] 536221234", "[PIN] 1234", "[PASSWORD]: a1b2c3"]
    {
        assert_eq!(redact(&engine, text), text);
    }
}

#[test]
fn json_stays_valid_also_where_a_number_is_replaced() {
    let inner = r#"{"card":4111111111111111,"all":[4111111111111111, 5555555555554444],"mail":"a@example.org\nb@example.org"}"#;
    let outer = serde_json::json!({ "arguments": inner, "phone": "+14155552671" }).to_string();
    for operator in operators().into_iter().filter(|operator| *operator != Operator::Truncate) {
        let engine = engine(operator);
        for text in [inner, &outer] {
            let redacted = redact(&engine, text);
            let value: serde_json::Value = serde_json::from_str(&redacted).unwrap();
            if let Some(arguments) = value.get("arguments") {
                serde_json::from_str::<serde_json::Value>(arguments.as_str().unwrap()).unwrap();
            }
        }
    }
}

#[test]
fn parts_that_stay_are_few() {
    let engine = engine(Operator::Keep { first: 0, last: 4 });
    assert_eq!(redact(&engine, "card 4111 1111 1111 1111"), "card **** **** **** 1111");
    assert_eq!(redact(&engine, "jane@example.com"), "j***@e***.com");
    assert_eq!(redact(&engine, "from 203.0.113.77"), "from 203.0.113.0");
    assert_eq!(redact(&engine, "password=a1b2c3"), "password=******");
}

#[test]
fn a_pseudonym_is_the_same_however_the_value_is_written() {
    let engine = engine(Operator::Pseudonym(key("k1")));
    assert_eq!(redact(&engine, "4111-1111-1111-1111"), redact(&engine, "4111 1111 1111 1111"));
    assert_eq!(redact(&engine, "A@Example.org"), redact(&engine, "a@example.org"));
    assert_ne!(redact(&engine, "b@example.org"), redact(&engine, "a@example.org"));
    let other = self::engine(Operator::Pseudonym(key("k2")));
    assert_ne!(redact(&other, "a@example.org"), redact(&engine, "a@example.org"));
}

#[test]
fn nobody_hides_a_secret_in_a_token_of_their_own() {
    let engine = engine(Operator::Pseudonym(key("k1")));
    let forged = "[EMAIL_ADDRESS:k1:aaaaaaaaaaaaaaaaaaaaaaaa]";
    assert!(super::seal::Token::parse(b"EMAIL_ADDRESS:k1:aaaaaaaaaaaaaaaaaaaaaaaa").is_some());
    assert_eq!(redact(&engine, forged), forged);
    let text = redact(&engine, "[EMAIL_ADDRESS:ada@example.org]");
    assert!(!text.contains("ada@"), "{text}");
}

#[test]
fn what_was_sealed_is_revealed_with_its_key_only() {
    let engine = engine(Operator::Encrypt(key("k1")));
    let text = "mail ada@example.org and bob@example.org [sic]";
    let sealed = redact(&engine, text);
    assert!(!sealed.contains("ada@"));
    assert_eq!(reveal(sealed.as_bytes(), &[key("k1")]).unwrap(), text.as_bytes());
    assert_eq!(reveal(sealed.as_bytes(), &[key("k2")]), Err(RevealError::NoKey));
    let wrong = Key::new("k1", b"quite another secret").unwrap();
    assert_eq!(reveal(sealed.as_bytes(), &[wrong]), Err(RevealError::Forged));
    // The type is bound to the value.
    let moved = sealed.replace("EMAIL_ADDRESS", "PASSWORD");
    assert_eq!(reveal(moved.as_bytes(), &[key("k1")]), Err(RevealError::Forged));
}

#[test]
fn an_encrypted_card_keeps_its_form_and_is_no_card() {
    let engine = engine(Operator::Fpe(key("k1")));
    let text = redact(&engine, "4111 1111 1111 1111");
    assert!(text.starts_with("4111 11") && text.ends_with(" 1111") && text.len() == 19, "{text}");
    assert!(engine.scan(text.as_bytes(), &Context::default()).is_empty());
}

#[test]
fn rules_decide_by_type_and_class_of_field() {
    let rule = |name: &str, class, operator| Rule { types: vec![name.into()], class, operator };
    let policy = Policy {
        rules: vec![
            rule("EMAIL_ADDRESS", Some(FieldClass::Content), Operator::Drop),
            rule("EMAIL_ADDRESS", None, Operator::Detect),
        ],
        ..Policy::default()
    };
    let engine = Engine::new(&policy).unwrap();
    let mut out = Vec::new();
    let text = b"ada@example.org";
    assert_eq!(engine.redact(text, &Context::default(), &mut out), None);
    let content = Context { class: FieldClass::Content, ..Context::default() };
    let changed = engine.redact(text, &content, &mut out).unwrap();
    assert!(changed.dropped.is_some() && out.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn revealing_gives_back_any_value(name in "[a-z]{1,20}", host in "[a-z]{2,20}", around in "[ -Z^-~]{0,40}") {
        let engine = engine(Operator::Encrypt(key("k1")));
        let text = format!("{around} {name}@{host}.org {around}");
        let sealed = redact(&engine, &text);
        prop_assert_eq!(reveal(sealed.as_bytes(), &[key("k1")]).unwrap(), text.into_bytes());
    }

    #[test]
    fn redacting_twice_is_redacting_once(parts in proptest::collection::vec(part(), 1..8)) {
        let engine = engine(Operator::default());
        let once = redact(&engine, &parts.concat());
        prop_assert_eq!(redact(&engine, &once), once);
    }
}

/// Pieces of which texts with findings are made.
fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(" ada@example.org ".to_owned()),
        Just(" 4111 1111 1111 1111 ".to_owned()),
        Just("\"password\": \"hunter2\", ".to_owned()),
        Just(" Dear Ms. Lovelace, ".to_owned()),
        Just(" 415-555-2671 ".to_owned()),
        Just(" AKIAQ3EGWZ5K7JXNPTLM ".to_owned()),
        "[ -~]{0,12}",
    ]
}
