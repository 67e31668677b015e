use serde_json::{Value, json};

use super::{QUIET, Rig};

fn messages(parts: &[&str]) -> String {
    let part = |text: &&str| json!({"type": "text", "content": text});
    let parts: Vec<_> = parts.iter().map(part).collect();
    json!([{"role": "system", "parts": [{"type": "text", "content": "Be brief."}]}, {"role": "user", "parts": parts}])
        .to_string()
}

fn left(rig: &Rig, parts: &[&str]) -> Vec<String> {
    let left = rig.value("gen_ai.input.messages", &messages(parts));
    let left: Value = serde_json::from_str(&left).unwrap();
    assert_eq!(left[0]["parts"][0]["content"], "Be brief.");
    let parts = left[1]["parts"].as_array().unwrap();
    parts.iter().map(|part| part["content"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_secret_split_over_the_parts_of_a_message_is_found() {
    let rig = Rig::new(QUIET);
    assert_eq!(
        left(&rig, &["my card is 4111 1111", " 1111 1111", ", thanks"]),
        ["my card is [CREDIT_CARD]", "", ", thanks"]
    );
    assert_eq!(
        left(&rig, &["a\n\"4111 1111", " 1111 ", "1111\"\nand jane@", "example.org says \u{e9}"]),
        ["a\n\"[CREDIT_CARD]", "", "\"\nand [EMAIL_ADDRESS]", " says \u{e9}"]
    );
}

#[test]
fn parts_that_hold_nothing_together_stay_as_they_are() {
    let rig = Rig::new(QUIET);
    for parts in [&["fine", "fine too"][..], &["", ""], &["4111 1111", "is no card", "1111 1111"]] {
        assert_eq!(left(&rig, parts), parts);
    }
}

#[test]
fn messages_are_not_the_parts_of_one_another() {
    let rig = Rig::new(QUIET);
    let chat = json!([{"role": "user", "content": "order 4111 1111"}, {"content": " 1111 1111", "role": "user"}]);
    let chat = chat.to_string();
    assert_eq!(rig.value("gen_ai.input.messages", &chat), chat);
}

#[test]
fn what_is_split_is_counted_in_a_dry_run() {
    let rig = Rig::new("{dry_run: true}");
    let before = messages(&["my card is 4111 1111", " 1111 1111"]);
    assert_eq!(rig.value("gen_ai.input.messages", &before), before);
    let found = rig.series("otelcol_processor_pii_redaction_findings").join("");
    assert!(found.contains("CREDIT_CARD"), "{found}");
}
