use super::*;

#[test]
fn a_key_never_shows_its_secret() {
    let key = Key::new("k1", b"correct horse battery").unwrap();
    let shown = format!("{:?}", Operator::Pseudonym(key));
    assert!(!shown.contains("horse") && !shown.contains("111"), "{shown}");
}

#[test]
fn short_keys_and_odd_ids_are_refused() {
    assert_eq!(Key::new("k:1", &[1; 32]), Err(PolicyError::KeyId("k:1".into())));
    assert_eq!(Key::new("enc", &[1; 32]), Err(PolicyError::KeyId("enc".into())));
    let error = Key::new("k1", &[1; 15]).unwrap_err();
    assert_eq!(error, PolicyError::KeyLength { id: "k1".into(), length: 15 });
}

#[test]
fn what_would_break_json_is_no_replacement() {
    for text in ["\"", "\\", "a\nb"] {
        let policy = Policy { operator: Operator::Replace(text.into()), ..Policy::default() };
        assert_eq!(policy.check(), Err(PolicyError::Replacement(text.into())));
    }
}

#[test]
fn rules_name_types_that_exist() {
    let rule =
        |name: &str| Rule { types: vec![name.into()], class: None, operator: Operator::Detect };
    let mut policy = Policy { rules: vec![rule("IBAN")], ..Policy::default() };
    assert_eq!(policy.check(), Ok(()));
    policy.rules.push(rule("EMPLOYEE"));
    assert_eq!(policy.check(), Err(PolicyError::UnknownType("EMPLOYEE".into())));
    policy.custom.push(CustomRule { name: "EMPLOYEE".into(), pattern: "E[0-9]+".into() });
    assert_eq!(policy.check(), Ok(()));
    policy.custom.push(CustomRule { name: "IBAN".into(), pattern: "x".into() });
    assert_eq!(policy.check(), Err(PolicyError::Name("IBAN".into())));
}
