//! Tests, by what they are about.

mod fixtures;
mod hostile;
mod prices;
mod writing;

use sdk::Batch;

use super::{Config, TokenUsage};

testkit::record_processor_contract!(TokenUsage, include_str!("../README.md"));

/// The batch after a processor with these settings.
fn after(yaml: &str, batch: &Batch) -> Batch {
    testkit::apply(&testkit::record_processor::<TokenUsage>(yaml), batch)
}

/// A span of this scope, in the notation of `testkit`.
fn span(scope: &str, line: &str) -> Batch {
    in_scope(scope, &testkit::spans(line), "scopeSpans")
}

/// A log record of this scope, in the notation of `testkit`.
fn log_record(scope: &str, line: &str) -> Batch {
    in_scope(scope, &testkit::log_records(line), "scopeLogs")
}

fn in_scope(name: &str, batch: &Batch, scopes: &str) -> Batch {
    let request = testkit::json_of(batch).to_string();
    let named = request.replace(
        &format!(r#""{scopes}":[{{"#),
        &format!(r#""{scopes}":[{{"scope":{{"name":"{name}"}},"#),
    );
    assert!(named.contains(name), "{named}");
    testkit::batch(&named.replace(r#""scope":{},"#, ""))
}

/// What stands under each key of the first record after a processor with these settings.
fn attributes(yaml: &str, batch: &Batch) -> Vec<(String, String)> {
    let text = testkit::text(&after(yaml, batch));
    let words = text.split(' ').filter_map(|word| word.split_once('='));
    words.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Among the attributes afterwards are these, written `key=value`; a key alone must be absent.
#[track_caller]
fn check(yaml: &str, batch: &Batch, expected: &str) {
    let found = attributes(yaml, batch);
    for word in expected.split_whitespace() {
        let (key, value) = word.split_once('=').map_or((word, None), |(k, v)| (k, Some(v)));
        let is = found.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        assert_eq!(is, value, "{key} in {found:#?}\n{yaml}");
    }
}
