use super::*;
use crate::{FieldClass, classes::Level};

fn near(text: &str, start: usize, end: usize) -> Near {
    Words::new(Level::best()).near(text.as_bytes(), start, end).unwrap_or_default()
}

fn all(near: &Near) -> Hints {
    near.words().fold(Hints::NONE, |all, (hints, _)| all.or(hints))
}

fn hints(text: &str) -> Hints {
    all(&near(text, text.len(), text.len()))
}

#[test]
fn words_count_as_a_whole() {
    assert!(hints("my ssn is ").has(Hints::SSN));
    assert!(!hints("my ssnx is ").has(Hints::SSN));
    assert!(!hints("republic is ").has(Hints::LICENSE));
}

#[test]
fn phrases_are_found_however_they_are_joined() {
    for text in ["account number: ", "account_number=", "accountNumber\":\"", "ACCOUNT-NUMBER "] {
        assert!(hints(text).has(Hints::ACCOUNT), "{text}");
    }
}

#[test]
fn words_after_the_candidate_count_too() {
    assert!(all(&near("123 (ssn) xyzzy", 0, 3)).has(Hints::SSN));
}

#[test]
fn a_key_tells_by_its_last_words() {
    assert!(of_key(b"user.password").has(Hints::PASSWORD));
    assert!(of_key(b"dbPassword").has(Hints::PASSWORD));
    assert!(!of_key(b"password_reset_url").has(Hints::PASSWORD));
    assert!(of_key(b"passport_number").has(Hints::PASSPORT));
    assert!(of_key(b"customer.name").has(Hints::NAME));
    assert!(!of_key(b"tool.name").has(Hints::NAME));
    assert!(of_key(b"gen_ai.usage.input_tokens").is_empty());
}

#[test]
fn the_nearest_word_comes_first() {
    let (first, place) = near("phone ssn ", 10, 10).words().next().unwrap();
    assert!(first.has(Hints::SSN));
    assert_eq!(place, (6, 9));
}

#[test]
fn keys_of_the_machine_are_structural() {
    for key in
        ["trace_id", "Trace_ID", "gen_ai.usage.input_tokens", "max_tokens", "x.time_unix_nano"]
    {
        assert_eq!(class_of(key.as_bytes()), FieldClass::Structural, "{key}");
    }
    for key in ["user.id", "content", "email", "token"] {
        assert_eq!(class_of(key.as_bytes()), FieldClass::Any, "{key}");
    }
}
