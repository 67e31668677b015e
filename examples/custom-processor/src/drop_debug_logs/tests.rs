use super::{Config, DropDebugLogs};

testkit::record_processor_contract!(DropDebugLogs, include_str!("README.md"));

#[test]
fn drops_what_is_below_and_keeps_the_rest() {
    let record = |number: u32| format!(r#"{{"severityNumber":{number}}}"#);
    let logs = |records: &[String]| {
        let records = records.join(",");
        format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{records}]}}]}}]}}"#)
    };
    testkit::check_record_processor::<DropDebugLogs>(
        "below: 9",
        &logs(&[record(5), record(9), "{}".to_owned(), record(8), record(17)]),
        &logs(&[record(9), "{}".to_owned(), record(17)]),
    );
}

#[test]
fn a_severity_that_does_not_exist_is_refused() {
    testkit::check_refused::<Config>("below: 25", "`below` must be at most 24");
}

/// The steps of CONTRIBUTING.md show this very code.
#[test]
fn contributing_shows_this_code() {
    let guide = include_str!("../../../../CONTRIBUTING.md");
    let code = [include_str!("config.rs"), include_str!("mod.rs")].concat();
    let blocks: Vec<_> = guide.split("```rust\n").skip(1).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let block = block.split("   ```").next().unwrap();
        for line in block.lines().map(|line| line.strip_prefix("   ").unwrap_or(line)) {
            assert!(code.lines().any(|own| own == line), "not in the example: {line}");
        }
    }
}
