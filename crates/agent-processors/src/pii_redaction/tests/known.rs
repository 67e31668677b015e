use proptest::prelude::*;
use serde_json::{Value, json};

use super::{QUIET, Rig, is_in, traces};

fn spans(attributes: &[Vec<Value>]) -> sdk::Batch {
    let spans: Vec<_> = attributes.iter().map(|list| json!({"attributes": list})).collect();
    let resource = json!({"attributes": attributes.first()});
    let scope = json!({"name": "lib", "attributes": attributes.last()});
    traces(
        &json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]}]})
            .to_string(),
    )
}

fn hits(rig: &Rig) -> String {
    rig.series("otelcol_processor_pii_redaction_cache_hits").join("")
}

#[test]
fn an_attribute_that_held_nothing_is_known_again_and_one_that_held_something_is_not() {
    let rig = Rig::new(QUIET);
    let list = |value: &str| vec![json!({"key": "note", "value": {"stringValue": value}})];
    let clean = spans(&[vec![], list("all is well"), vec![]]);
    rig.processor.redact(&clean);
    assert!(hits(&rig).ends_with(" 0"), "{}", hits(&rig));
    assert_eq!(rig.processor.redact(&clean).bytes(), clean.bytes());
    assert!(hits(&rig).ends_with(" 2"), "the attribute and the scope's name: {}", hits(&rig));
    let private = spans(&[vec![], list("write to jane@example.org"), vec![]]);
    for _ in 0..3 {
        assert!(!is_in(&rig.processor.redact(&private), "jane@"));
    }
}

#[test]
fn what_is_only_counted_is_counted_each_time() {
    let rig = Rig::new("{dry_run: true}");
    let private = spans(&[
        vec![],
        vec![json!({"key": "note", "value": {"stringValue": "jane@example.org"}})],
        vec![],
    ]);
    rig.processor.redact(&private);
    rig.processor.redact(&private);
    let found = rig.series("otelcol_processor_pii_redaction_findings").join("");
    assert!(found.contains("EMAIL_ADDRESS") && found.ends_with(" 2"), "{found}");
}

#[test]
fn an_address_that_a_resource_may_hold_is_known_there_alone() {
    let rig = Rig::new(QUIET);
    let address = vec![json!({"key": "peer", "value": {"stringValue": "203.0.113.77"}})];
    let in_resource = spans(&[address.clone(), vec![]]);
    let left = rig.processor.redact(&in_resource);
    let left = testkit::json_of(&left);
    assert_eq!(
        left["resourceSpans"][0]["resource"]["attributes"][0]["value"]["stringValue"],
        "203.0.113.77"
    );
    let in_span = spans(&[vec![], address, vec![]]);
    for _ in 0..2 {
        assert!(!is_in(&rig.processor.redact(&in_span), "203.0.113.77"));
    }
}

fn value() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec![
        "fine",
        "chat",
        "jane@example.org",
        "4111 1111 1111 1111",
        "203.0.113.77",
        "",
        "u-123456",
        "password=hunter2!x9",
        "the pin is 4711",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    ]);
    let number = prop_oneof![
        Just(0_i64),
        Just(99),
        Just(4711),
        Just(99_999_999),
        Just(100_000_000),
        Just(-4_111_111_111_111_111),
        Just(4_111_111_111_111_111),
        Just(78_051_120),
        any::<i64>(),
    ];
    prop_oneof![
        text.prop_map(|text| json!({"stringValue": text})),
        number.clone().prop_map(|number| json!({"intValue": number.to_string()})),
        number.prop_map(|number| json!({"doubleValue": number as f64})),
        Just(json!({"doubleValue": 0.7})),
        Just(json!({"boolValue": true})),
        Just(
            json!({"arrayValue": {"values": [{"intValue": "4111111111111111"}, {"stringValue": "ok"}]}})
        ),
        Just(json!({"kvlistValue": {"values": [{"key": "pin", "value": {"intValue": "4711"}}]}})),
        Just(json!({})),
    ]
}

fn attributes() -> impl Strategy<Value = Vec<Value>> {
    let key = prop::sample::select(vec![
        "note",
        "pin",
        "password",
        "gen_ai.usage.input_tokens",
        "gen_ai.input.messages",
        "card_number",
        "customer",
        "user.id",
        "request_id",
        "redaction.masked.count",
        "redaction.types",
        "jane@example.org",
        "created_at",
        "",
    ]);
    let pair = (key, value()).prop_map(|(key, value)| json!({"key": key, "value": value}));
    prop::collection::vec(pair, 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_known_makes_no_difference(batches in prop::collection::vec(prop::collection::vec(attributes(), 1..4), 1..4)) {
        let (knows, knows_not) = (Rig::new(""), Rig::new("cache_entries: 0"));
        for _ in 0..2 {
            for batch in &batches {
                let batch = spans(batch);
                let (one, other) = (knows.processor.redact(&batch), knows_not.processor.redact(&batch));
                prop_assert_eq!(testkit::json_of(&one), testkit::json_of(&other));
                prop_assert_eq!(one.bytes(), other.bytes());
            }
        }
    }
}
