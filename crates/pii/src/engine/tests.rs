use super::*;
use crate::{CustomRule, Locale};

fn engine() -> Engine {
    Engine::new(&Policy::default()).unwrap()
}

/// What is found, as `TYPE:text`.
fn found(text: &str) -> Vec<String> {
    found_under("", text)
}

fn found_under(key: &str, text: &str) -> Vec<String> {
    let engine = engine();
    let findings = engine.scan(text.as_bytes(), &Context::of_key(key.as_bytes()));
    findings.iter().map(|f| format!("{}:{}", engine.name(f.kind), &text[f.start..f.end])).collect()
}

/// Each line of the table: a text with its findings marked as `⟦TYPE⟧value⟦⟧`.
#[test]
fn what_is_private_is_found() {
    for line in include_str!("../../tests/data/found.txt").lines().filter(|line| !line.is_empty()) {
        let (mut text, mut wanted) = (String::new(), Vec::new());
        for (at, part) in line.split('⟦').enumerate() {
            let Some((name, value)) = part.split_once('⟧').filter(|_| at > 0) else {
                text.push_str(part);
                continue;
            };
            if !name.is_empty() {
                wanted.push(format!("{name}:{value}"));
            }
            text.push_str(value);
        }
        assert_eq!(found(&text), wanted, "{text}");
    }
}

#[test]
fn what_only_looks_like_it_is_left_alone() {
    for line in include_str!("../../tests/data/clean.txt").lines() {
        assert_eq!(found(line), [""; 0], "{line}");
    }
}

#[test]
fn the_key_tells_what_its_value_is() {
    assert_eq!(found_under("db.password", "hunter2"), ["PASSWORD:hunter2"]);
    assert_eq!(found_under("customer.name", "Ada Lovelace"), ["PERSON:Ada Lovelace"]);
    assert_eq!(
        found_under("http.request.header.authorization", "Bearer abc.def-123"),
        ["AUTH_HEADER:abc.def-123"]
    );
    assert_eq!(found_under("ssn", "536221234"), ["US_SSN:536221234"]);
}

#[test]
fn structural_fields_keep_their_numbers_and_lose_their_secrets() {
    assert_eq!(found_under("session.id", "4111111111111111"), [""; 0]);
    assert_eq!(found_under("gen_ai.usage.input_tokens", "4111111111111111"), [""; 0]);
    assert_eq!(found_under("session.id", "ada@example.org"), ["EMAIL_ADDRESS:ada@example.org"]);
}

#[test]
fn what_is_allowed_is_let_through_and_nothing_around_it() {
    let policy = Policy { allow: vec!["@corp.example".into()], ..Policy::default() };
    let engine = Engine::new(&policy).unwrap();
    let text = b"help@corp.example or ada@example.org";
    let findings = engine.scan(text, &Context::default());
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].start, 21);
}

#[test]
fn patterns_of_the_users_own_join_and_slow_ones_are_named() {
    let rule =
        |name: &str, pattern: &str| CustomRule { name: name.into(), pattern: pattern.into() };
    let custom = vec![rule("EMPLOYEE", "EMP-([0-9]{6})"), rule("ROOM", "[a-z]+-room")];
    let engine = Engine::new(&Policy { custom, ..Policy::default() }).unwrap();
    assert_eq!(engine.slow_rules().collect::<Vec<_>>(), ["ROOM"]);
    let text = b"EMP-123456 in blue-room";
    let findings = engine.scan(text, &Context::default());
    let shown: Vec<_> =
        findings.iter().map(|f| (engine.name(f.kind), &text[f.start..f.end])).collect();
    assert_eq!(shown, [("EMPLOYEE", &b"123456"[..]), ("ROOM", &b"blue-room"[..])]);
    let broken = Policy { custom: vec![rule("BAD", "(")], ..Policy::default() };
    assert!(matches!(Engine::new(&broken), Err(PolicyError::Pattern { .. })));
}

#[test]
fn countries_that_are_off_are_not_looked_for() {
    let engine = Engine::new(&Policy { locales: vec![Locale::Us], ..Policy::default() }).unwrap();
    assert!(engine.scan(b"CPF 529.982.247-25", &Context::default()).is_empty());
    assert_eq!(engine.scan(b"SSN 536-22-1234", &Context::default()).len(), 1);
}

#[test]
fn a_finding_is_explained() {
    let engine = engine();
    let text = b"my bsn is 111222333";
    let findings = engine.scan(text, &Context::default());
    let why = engine.explain(text, &findings[0]);
    assert_eq!((why.name, why.proof, why.tier), ("NL_BSN", Proof::Checksum, Tier::B));
    assert_eq!(why.context, Some(&b"bsn"[..]));
}

#[test]
fn every_processor_finds_the_same() {
    let scalar = Engine { level: Level::Scalar, ..engine() };
    let text = include_str!("../../tests/data/found.txt");
    assert_eq!(
        scalar.scan(text.as_bytes(), &Context::default()),
        engine().scan(text.as_bytes(), &Context::default())
    );
}

#[test]
fn a_name_s_particle_at_the_very_start_has_nothing_before_it() {
    for text in ["von Cab", " von C\u{df}0g", "van der Cab"] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}
