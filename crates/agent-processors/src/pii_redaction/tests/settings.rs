//! What can be asked for, and what is refused.

use super::*;

fn problems(yaml: &str) -> String {
    sdk::Config::problems(&testkit::settings::<Config>(yaml)).to_string()
}

#[test]
fn what_is_wrong_is_said_before_anything_starts() {
    for (yaml, said) in [
        ("types_off: [EMAIL]", "no type is called \"EMAIL\""),
        ("types_on: [email_address]", "no type is called"),
        ("locales: [xx]", "no locale is called \"xx\""),
        ("rules: [{types: [NOPE]}]", "rules::0: no type is called \"NOPE\""),
        ("action: {do: pseudonym}", "needs a key"),
        ("rules: [{action: {do: encrypt, key: k2}}]", "rules::0::action: needs a key"),
        ("action: {do: mask, fill: ab}", "`fill` must be one character"),
        ("content: {mode: pseudonym}", "needs a key"),
        ("keys: [{id: k1}]", "exactly one of"),
        ("keys: [{id: k1, env: A, file: b}]", "exactly one of"),
        ("keys: [{id: 'k 1', env: A}]", "is no id for a key"),
        ("custom: [{name: ROOM, pattern: '('}]", "the pattern of `ROOM` cannot be used"),
        ("action: {do: replace, text: '\"'}", "must not contain quotes"),
        ("max_text_bytes: 0", "greater than zero"),
    ] {
        assert!(problems(yaml).contains(said), "{yaml}: {}", problems(yaml));
    }
}

#[test]
fn each_action_does_what_it_says() {
    let key = "keys: [{id: k1, insecure_literal: 0123456789abcdef0123}]";
    let card = "card=4111111111111111 b=1";
    for (action, left) in [
        ("replace, text: '<{type}>'", "x card=<CREDIT_CARD> b=1"),
        ("mask, fill: '#', length: 3", "x card=### b=1"),
        ("drop_value", "x card={} b=1"),
        ("drop_attribute", "x b=1"),
        ("drop_event", "x b=1"),
        ("drop_record", ""),
        ("detect", "x card=4111111111111111 b=1"),
    ] {
        let rig = Rig::new(&format!("{{audit: none, action: {{do: {action}}}}}"));
        let batch = rig.processor.redact(&testkit::spans(&format!("x {card}")));
        assert_eq!(testkit::text(&batch), left, "{action}");
    }
    for (action, start) in
        [("pseudonym", "[CREDIT_CARD:k1:"), ("encrypt", "[CREDIT_CARD:enc:k1:"), ("fpe", "411111")]
    {
        let rig = Rig::new(&format!("{{audit: none, {key}, action: {{do: {action}}}}}"));
        let left = rig.value("card", "4111111111111111");
        assert!(left.starts_with(start) && left != "4111111111111111", "{left}");
    }
}

#[test]
fn an_event_goes_with_what_is_in_it() {
    let rig = Rig::new("{audit: none, action: {do: drop_event}}");
    let left = rig.redact(&traces(r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","events":[
        {"name":"x","attributes":[{"key":"to","value":{"stringValue":"jane.doe@example.org"}}]},{"name":"y"}]}]}]}]}"#));
    let left =
        testkit::json_of(&left)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["events"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["name"], "y");
}

#[test]
fn the_first_rule_that_fits_holds_and_fields_tell_content_from_the_rest() {
    let rig = Rig::new(
        "{audit: none, rules: [{types: [EMAIL_ADDRESS], fields: content, action: {do: replace, text: <mail>}}, {types: [EMAIL_ADDRESS], action: {do: mask}}]}",
    );
    assert_eq!(rig.value("gen_ai.prompt.0.content", "to jane.doe@example.org"), "to <mail>");
    assert_eq!(rig.value("note", "to jane.doe@example.org"), "to ********");
}

#[test]
fn own_patterns_and_names_from_a_file_are_found() {
    let file = std::env::temp_dir().join(format!("names-{}", std::process::id()));
    std::fs::write(&file, "Aylin Yilmaz\nTom Smith\n").unwrap();
    let rig = Rig::new(&format!(
        "{{audit: none, custom: [{{name: ROOM, pattern: 'room-([0-9]+)'}}], gazetteer_file: '{}'}}",
        file.display()
    ));
    assert_eq!(rig.value("a", "in room-12"), "in room-[ROOM]");
    let left = rig.value("gen_ai.prompt.0.content", "we met Aylin Yilmaz there");
    assert_eq!(left, "we met [PERSON] there");
    std::fs::remove_file(file).unwrap();
}

#[test]
fn a_key_comes_from_a_file_or_the_environment_and_is_never_shown() {
    let file = std::env::temp_dir().join(format!("key-{}", std::process::id()));
    std::fs::write(&file, "a-secret-of-the-file-1234\n").unwrap();
    let rig = Rig::new(&format!(
        "{{keys: [{{id: k1, file: '{}'}}], action: {{do: pseudonym}}}}",
        file.display()
    ));
    assert!(!format!("{:?}", rig.processor).contains("a-secret"));
    assert!(rig.value("a", "jane.doe@example.org").starts_with("[EMAIL_ADDRESS:k1:"));
    std::fs::write(&file, "short").unwrap();
    let error = |yaml: &str| {
        let context = testkit::context(ComponentKind::Processor, "pii_redaction");
        let made: Result<PiiRedaction, _> =
            sdk::BatchProcessor::new(testkit::settings(yaml), context);
        made.unwrap_err().to_string()
    };
    let short = error(&format!("keys: [{{id: k1, file: '{}'}}]", file.display()));
    assert!(short.contains("at least 16") && !short.contains("short"), "{short}");
    std::fs::remove_file(file).unwrap();
    let absent = error("keys: [{id: k1, env: NO_SUCH_VARIABLE_IS_SET}]");
    assert!(absent.contains("NO_SUCH_VARIABLE_IS_SET"), "{absent}");
    let config: Config =
        testkit::settings("keys: [{id: k1, insecure_literal: hidden-hidden-hidden}]");
    assert!(!format!("{config:?}").contains("hidden"));
}
