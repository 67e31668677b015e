//! What the Go collector made of requests, recorded by `tests/peers/redaction.py`.

use std::fmt::Write as _;

use serde_json::Value;

use super::Redaction;

/// Cases in which ours differs on purpose, besides those whose names begin with `differs`; the other
/// tests say what it does there.
const DIFFERENT: [&str; 1] = ["redis lists"];

/// Sorts attributes: the Go collector moves the last one to where one was removed.
fn sort(value: &mut Value) {
    match value {
        Value::Array(values) => {
            values.iter_mut().for_each(sort);
            if values.iter().all(|value| value["key"].is_string()) {
                values.sort_by_key(|value| value["key"].as_str().unwrap_or_default().to_owned());
            }
        }
        Value::Object(members) => members.values_mut().for_each(sort),
        _ => {}
    }
}

#[test]
fn does_what_the_go_collector_did_but_where_it_is_to_differ() {
    let recorded: Value = serde_json::from_str(include_str!("../testdata/golden.json")).unwrap();
    let cases = recorded["cases"].as_array().unwrap();
    let mut wrong = String::new();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let processor = testkit::record_processor::<Redaction>(&case["settings"].to_string());
        let read = |json: &Value| match case["signal"].as_str().unwrap() {
            "traces" => testkit::traces(&json.to_string()),
            "logs" => testkit::logs(&json.to_string()),
            _ => testkit::metrics(&json.to_string()),
        };
        let mut ours = testkit::json_of(&testkit::apply(&processor, &read(&case["request"])));
        let mut go = testkit::json_of(&read(&case["go"]));
        sort(&mut ours);
        sort(&mut go);
        let is_different = name.starts_with("differs") || DIFFERENT.contains(&name);
        if (ours == go) == is_different {
            let _ =
                writeln!(wrong, "{name}\n  in   {}\n  ours {ours}\n  go   {go}", case["request"]);
        }
    }
    assert!(cases.len() > 70);
    assert!(wrong.is_empty(), "\n{wrong}");
}
