use std::{net::SocketAddr, sync::Arc};

use pdata::{
    AnyValue, Context, KeyValue, RecordKinds, Signal, Verdict, json::value_to_string, rewrite,
};

use super::*;

/// What a span with these attributes looks like after the actions, both in testkit's notation.
#[track_caller]
fn check(actions: &str, before: &str, after: &str) {
    let batch = testkit::spans(&format!("s {before}"));
    let edited = run(actions, &batch, &Context::default());
    let expected = format!("s {after}");
    assert_eq!(testkit::text(&edited), expected.trim_end(), "{actions}");
}

fn configs(actions: &str) -> Vec<ActionConfig> {
    let yaml = format!("attributes: [{actions}]");
    testkit::settings::<crate::resource::Config>(&yaml).attributes
}

fn run(actions: &str, batch: &sdk::Batch, context: &Context) -> sdk::Batch {
    let configs = configs(actions);
    let problems = problems_of(&configs);
    assert!(problems.is_empty(), "{problems}");
    let actions = Actions::new(&configs).unwrap();
    let visit = &mut |record: &mut pdata::Record<'_>, _: &pdata::Around<'_, '_>| {
        actions.apply(record, context);
        Verdict::Keep
    };
    rewrite(batch, RecordKinds::ITEMS, visit).batch
}

#[test]
fn insert_update_and_upsert_differ_in_what_must_be_there() {
    check("{key: a, action: insert, value: x}", "b=1", "b=1 a=x");
    check("{key: a, action: insert, value: x}", "a=1", "a=1");
    check("{key: a, action: update, value: x}", "b=1", "b=1");
    check("{key: a, action: update, value: x}", "a=1 b=2", "a=x b=2");
    check("{key: a, action: upsert, value: x}", "b=1", "b=1 a=x");
    check("{key: a, action: upsert, value: x}", "a=1 b=2", "a=x b=2");
}

#[test]
fn the_yaml_type_of_a_value_is_the_type_of_the_attribute() {
    check("{key: a, action: insert, value: '7'}", "", "a=\"7\"");
    check("{key: a, action: insert, value: 7}", "", "a=7");
    check("{key: a, action: insert, value: 7.5}", "", "a=7.5");
    check("{key: a, action: insert, value: true}", "", "a=true");
    let rows = [
        ("[1, two]", r#"{"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"two"}]}}"#),
        (
            "{k: {n: 2}}",
            r#"{"kvlistValue":{"values":[{"key":"k","value":{"kvlistValue":{"values":[{"key":"n","value":{"intValue":"2"}}]}}}]}}"#,
        ),
    ];
    for (value, json) in rows {
        let action = format!("{{key: a, action: insert, value: {value}}}");
        let edited = run(&action, &testkit::spans("s"), &Context::default());
        let expected: serde_json::Value = serde_json::from_str(json).unwrap();
        let span = &testkit::json_of(&edited)["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(span["attributes"][0]["value"], expected, "{value}");
    }
}

#[test]
fn a_value_may_come_from_another_attribute() {
    check("{key: a, action: upsert, from_attribute: b}", "b=1.5", "b=1.5 a=1.5");
    check("{key: a, action: upsert, from_attribute: c}", "a=1", "a=1");
    check("{key: a, action: upsert, from_attribute: c, default_value: d}", "a=1", "a=d");
    check("{key: a, action: insert, default_value: d}", "", "a=d");
}

#[test]
fn a_value_may_come_from_the_request() {
    let mut context = Context {
        peer: Some(SocketAddr::from(([10, 0, 0, 7], 4242))),
        auth: [("subject".to_owned(), "ann".to_owned())].into(),
        ..Context::default()
    };
    context.metadata.add("X-Tenant", "one".to_owned());
    context.metadata.add("x-tenant", "two".to_owned());
    let rows = [
        ("metadata.x-tenant", "s a=one;two"),
        ("x-Tenant", "s a=one;two"),
        ("metadata.none", "s"),
        ("auth.subject", "s a=ann"),
        ("auth.none", "s"),
        ("client.address", "s a=10.0.0.7"),
    ];
    for (from, expected) in rows {
        let action = format!("{{key: a, action: insert, from_context: {from}}}");
        let edited = run(&action, &testkit::spans("s"), &context);
        assert_eq!(testkit::text(&edited), expected, "{from}");
    }
    let unknown = "{key: a, action: insert, from_context: client.address, default_value: none}";
    let edited = run(unknown, &testkit::spans("s"), &Context::default());
    assert_eq!(testkit::text(&edited), "s a=none");
}

#[test]
fn delete_takes_a_key_and_what_a_pattern_finds_anywhere_in_a_key() {
    check("{key: a, action: delete}", "a=1 ab=2", "ab=2");
    check("{pattern: 'b', action: delete}", "a=1 ab=2 bc=3", "a=1");
    check("{key: a, pattern: '^b', action: DELETE}", "a=1 ab=2 bc=3", "ab=2");
    check("{key: none, action: delete}", "a=1", "a=1");
}

#[test]
fn hash_is_sha_256_of_the_bytes_of_the_value() {
    // From Python's hashlib: b'abc', b'\x01', struct.pack('<q', 1), struct.pack('<d', 1.0).
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let one_byte = "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a";
    let int_one = "7c9fa136d4413fa6173637e883b6998d32e1d675f88cddff9dcbcf331820f4b8";
    let double_one = "6c3c396ed6b5c36dcae172271f462051b1266b851e92df3deea8ac65478fd712";
    check("{key: a, action: hash}", "a=abc b=abc", &format!("a={abc} b=abc"));
    check("{key: a, action: hash}", "a=true", &format!("a={one_byte}"));
    check("{key: a, action: hash}", "a=1", &format!("a={int_one}"));
    check("{key: a, action: hash}", "a=1.0", &format!("a={double_one}"));
    check(
        "{pattern: '^a', action: hash}",
        "a=abc ab=abc b=abc",
        &format!("a={abc} ab={abc} b=abc"),
    );
    check("{key: none, action: hash}", "a=1", "a=1");
}

#[test]
fn hash_of_what_has_no_bytes_is_the_empty_text() {
    let actions = "{key: a, action: insert, value: [1]}, {key: a, action: hash}";
    check(actions, "", "a=\"\"");
}

#[test]
fn extract_puts_named_groups_into_attributes() {
    let actions =
        "{key: url, action: extract, pattern: '^(?P<scheme>.*)://(?P<host>[^/]*)(?P<rest>x)?'}";
    check(actions, "url=http://a/b", "url=http://a/b scheme=http host=a rest=\"\"");
    check(actions, "host=old url=http://a/b", "host=a url=http://a/b scheme=http rest=\"\"");
    check(actions, "url=none", "url=none");
    check(actions, "url=7", "url=7");
    check(actions, "other=http://a/b", "other=http://a/b");
}

#[test]
fn convert_changes_what_it_can_and_leaves_the_rest() {
    let rows = [
        ("int", "a=\"12\"", "a=12"),
        ("int", "a=12.9", "a=12"),
        ("int", "a=true", "a=1"),
        ("int", "a=twelve", "a=twelve"),
        ("int", "a=\"12.5\"", "a=\"12.5\""),
        ("double", "a=\"1.5\"", "a=1.5"),
        ("double", "a=2", "a=2.0"),
        ("double", "a=false", "a=0.0"),
        ("double", "a=x", "a=x"),
        ("string", "a=12", "a=\"12\""),
        ("string", "a=1.5", "a=\"1.5\""),
        ("string", "a=true", "a=\"true\""),
        ("string", "a=x", "a=x"),
        ("string", "b=1", "b=1"),
    ];
    for (target, before, after) in rows {
        let action = format!("{{key: a, action: convert, converted_type: {target}}}");
        check(&action, before, after);
    }
}

#[test]
fn actions_are_done_in_order() {
    let actions = "{key: a, action: insert, value: 1}, {key: b, action: insert, from_attribute: a}, \
                   {key: a, action: delete}";
    check(actions, "", "b=1");
}

#[test]
fn settings_that_cannot_work_are_refused_with_their_place() {
    let rows = [
        ("{action: insert, value: 1}", "missing required field \"key\" at the 0-th action"),
        ("{action: delete}", "missing required field \"key\" at the 0-th action"),
        ("{action: hash}", "missing required field \"key\""),
        ("{action: extract, pattern: '(?P<a>x)'}", "missing required field \"key\""),
        ("{key: a, action: invent}", "unsupported action \"invent\""),
        ("{key: a}", "unsupported action \"\""),
        ("{key: a, action: insert}", "must be specified for action \"insert\""),
        ("{key: a, action: update, value: 1, from_attribute: b}", "only one of"),
        ("{key: a, action: Upsert, from_context: x, from_attribute: b}", "only one of"),
        ("{key: a, action: insert, value: 1, pattern: x}", "does not go with action \"insert\""),
        ("{key: a, action: extract}", "missing required field \"pattern\""),
        ("{key: a, action: extract, pattern: '(x)(?P<b>y)'}", "every group"),
        ("{key: a, action: extract, pattern: x}", "has no named group"),
        ("{key: a, action: extract, pattern: '('}", "not a regular expression"),
        ("{pattern: '(', action: delete}", "not a regular expression"),
        ("{key: a, action: convert}", "missing required field \"converted_type\""),
        ("{key: a, action: convert, converted_type: bool}", "invalid value \"bool\""),
        ("{key: a, action: insert, valeu: 1}", "valeu"),
    ];
    for (action, text) in rows {
        let yaml = format!("attributes: [{action}]");
        testkit::check_refused::<crate::resource::Config>(&yaml, text);
    }
    let two = "{key: a, action: delete}, {action: delete}";
    let problems = problems_of(&configs(two)).to_string();
    assert_eq!(problems, "missing required field \"key\" at the 1-th action");
}

#[test]
fn constants_read_back_as_they_were_written() {
    let value = ::config::parse("{a: [1, 2.5, true, text, null], b: {c: d}}", "test.yaml").unwrap();
    let constant = Constant::new(&value);
    let text = value_to_string(constant.get());
    let text = std::str::from_utf8(&text).unwrap();
    assert_eq!(text, r#"{"a":[1,2.5,true,"text",null],"b":{"c":"d"}}"#);
    let huge = ::config::parse("18446744073709551615", "test.yaml").unwrap();
    assert_eq!(Constant::new(&huge).get(), AnyValue::Double(18_446_744_073_709_551_615.0));
}

#[test]
fn a_constant_inside_a_batch_is_well_formed() {
    let edited = run(
        "{key: a, action: insert, value: {b: [{}, null]}}",
        &testkit::spans("s"),
        &Context::default(),
    );
    let again =
        sdk::Batch::checked(Signal::Traces, edited.bytes().clone(), Arc::default()).unwrap();
    assert_eq!(again.items(), 1);
    let mut pair = Vec::new();
    KeyValue::write(b"k", AnyValue::Empty, &mut pair);
    assert_eq!(pair, [10, 1, b'k', 18, 0], "what `Constant` relies on");
}
