use super::*;

#[test]
fn metadata_is_found_in_any_case_and_never_shown() {
    let mut metadata = Metadata::default();
    metadata.add("X-Tenant", "acme".to_owned());
    metadata.add("x-tenant", "globex".to_owned());
    assert_eq!(metadata.get("X-TENANT"), ["acme", "globex"]);
    assert_eq!(format!("{metadata:?}"), r#"{"x-tenant"}"#);
}

#[test]
fn a_merged_context_keeps_the_named_keys_and_every_hold() {
    let hold = Arc::new(());
    let context = |tenant: &str| {
        let mut context = Context { holds: vec![Hold::new(hold.clone())], ..Context::default() };
        context.metadata.add("tenant", tenant.to_owned());
        context.metadata.add("trace", "x".to_owned());
        context
    };
    let merged = Context::merged([&context("a"), &context("a")], &["tenant".to_owned()]);
    assert_eq!(merged.metadata.get("tenant"), ["a"]);
    assert!(merged.metadata.get("trace").is_empty());
    assert_eq!(Arc::strong_count(&hold), 3);
}

#[test]
fn debug_output_names_what_was_learned_and_shows_no_value() {
    let mut context = Context::default();
    context.auth.insert("raw".to_owned(), "s3cr3t".to_owned());
    context.metadata.add("authorization", "Bearer s3cr3t".to_owned());
    let shown = format!("{context:?}");
    assert!(shown.contains("raw") && shown.contains("authorization"), "{shown}");
    assert!(!shown.contains("s3cr3t"), "{shown}");
}
