//! The loss ledger, as a collector tells it to its log when it stops.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::collector::fields;

/// What one account says: items by line, such as `passed to otlp_grpc`.
pub type Account = BTreeMap<String, u64>;

/// The accounts of a log by owner. Each has to add up; none may hold anything.
#[must_use]
pub fn accounts(log: &str) -> BTreeMap<String, Account> {
    assert!(!log.contains("Telemetry is not accounted for"), "{log}");
    let lines = log.lines().filter(|line| line.contains("Telemetry is accounted for."));
    lines.map(|line| read(&fields(line))).collect()
}

fn read(fields: &Value) -> (String, Account) {
    let text = |name| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let (came, left) = text("account").split_once(" = ").expect("an account has two sides");
    let side = |side: &str| -> Vec<(String, u64)> {
        let line = |line: &str| {
            let (items, words) = line.split_once(' ')?;
            Some((words.to_owned(), items.parse().ok()?))
        };
        side.split(" + ").map(|text| line(text).expect("a line is items and words")).collect()
    };
    let (came, left) = (side(came), side(left));
    let sum = |lines: &[(String, u64)]| lines.iter().map(|(_, items)| items).sum::<u64>();
    assert_eq!(sum(&came), sum(&left), "{fields}");
    (text("owner").to_owned(), came.into_iter().chain(left).collect())
}

/// Asserts that one account of a log says exactly this.
pub fn assert_account(log: &str, owner: &str, expected: &[(&str, u64)]) {
    let accounts = accounts(log);
    let lines = expected.iter().map(|(line, items)| ((*line).to_owned(), *items)).collect();
    assert_eq!(accounts.get(owner), Some(&lines), "{owner} in {accounts:#?}\n{log}");
}
