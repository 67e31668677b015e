use super::*;

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
