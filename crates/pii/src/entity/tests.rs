use super::*;
use crate::{Context, Engine, Finding, Kind, Policy};

#[test]
fn names_are_unique_and_lead_back_to_the_type() {
    for entity in Entity::ALL {
        assert_eq!(Entity::from_name(entity.name()), Some(*entity));
    }
}

#[test]
fn names_are_safe_inside_json_urls_and_xml() {
    let safe = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    assert!(Entity::ALL.iter().all(|entity| entity.name().bytes().all(safe)));
}

#[test]
fn locales_are_found_by_name() {
    for locale in Locale::ALL {
        assert_eq!(Locale::from_name(locale.name()), Some(locale));
    }
    assert_eq!(Locale::from_name("atlantis"), None);
}

/// Each line of the table is a text with one value, marked as `⟦TYPE⟧value⟦⟧`.
#[test]
fn every_type_has_a_detector() {
    let mut seen = Vec::new();
    for line in include_str!("../../tests/data/every_type.txt").lines() {
        let (head, rest) = line.split_once('⟦').unwrap();
        let (name, rest) = rest.split_once('⟧').unwrap();
        let (value, tail) = rest.split_once("⟦⟧").unwrap();
        let entity = Entity::from_name(name).unwrap();
        // Of countries that share a form, the one that is on says whose it is.
        let locales = entity.locale().map_or(Locale::ALL.to_vec(), |locale| vec![locale]);
        let engine = Engine::new(&Policy { on: vec![entity], locales, ..Policy::default() });
        let text = [head, value, tail].concat();
        let findings = engine.unwrap().scan(text.as_bytes(), &Context::default());
        let is_it = |finding: &Finding| {
            finding.kind == Kind::Known(entity)
                && text.get(finding.start..finding.end).is_some_and(|found| found.contains(value))
        };
        assert!(findings.iter().any(is_it), "{line}: {findings:?}");
        seen.push(entity);
    }
    let missing: Vec<_> = Entity::ALL.iter().filter(|entity| !seen.contains(entity)).collect();
    assert!(missing.is_empty(), "nothing shows that these are found: {missing:?}");
}
