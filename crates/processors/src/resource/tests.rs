use super::{Config, Resource};

testkit::record_processor_contract!(Resource, include_str!("README.md"));

#[test]
fn each_resource_is_edited_and_no_record() {
    let yaml = "attributes: [{key: a, action: upsert, value: 1}, {key: b, action: delete}]";
    let lines = "resource a=0 b=2\nx a=0 b=2\nresource c=3\ny b=2";
    let processor = testkit::record_processor::<Resource>(yaml);
    for batch in [testkit::spans(lines), testkit::log_records(lines), testkit::gauges(lines)] {
        let after = testkit::apply(&processor, &batch);
        let expected = "resource a=1\nx a=0 b=2\nresource c=3 a=1\ny b=2";
        assert_eq!(testkit::text(&after), expected, "{}", batch.signal());
    }
}

#[test]
fn a_resource_that_was_left_out_is_made() {
    testkit::check_record_processor::<Resource>(
        "attributes: [{key: a, action: insert, value: x}]",
        r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"s"}]}]}]}"#,
        r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":"x"}}]},
            "scopeSpans":[{"spans":[{"name":"s"}]}]}]}"#,
    );
}

#[test]
fn a_resource_without_the_attribute_stays_byte_for_byte() {
    let batch = testkit::spans("resource a=1\nx");
    testkit::check_untouched::<Resource>("attributes: [{key: b, action: delete}]", &batch);
    testkit::check_untouched::<Resource>(
        "attributes: [{key: a, action: insert, value: 2}]",
        &batch,
    );
}

#[test]
fn a_list_without_actions_is_refused() {
    testkit::check_refused::<Config>("{}", "missing required field \"attributes\"");
    testkit::check_refused::<Config>("attributes: []", "missing required field \"attributes\"");
    let wrong = "attributes: [{key: a, action: invent}]";
    testkit::check_refused::<Config>(wrong, "unsupported action \"invent\"");
}
