mod audit;
mod content;
mod everywhere;
mod known;
mod parts;
mod settings;
mod stream;
mod traps;

use std::sync::Arc;

use pdata::Context;
use sdk::{Batch, BuildContext, ComponentKind, Signal};

use super::{Config, PiiRedaction};

testkit::batch_processor_contract!(PiiRedaction, include_str!("../README.md"));

/// A processor and its context.
struct Rig {
    processor: PiiRedaction,
    context: BuildContext,
}

impl Rig {
    fn new(yaml: &str) -> Self {
        let context = testkit::context(ComponentKind::Processor, "pii_redaction");
        let config: Config = testkit::settings(yaml);
        assert_eq!(sdk::Config::problems(&config).to_string(), "");
        let processor = sdk::BatchProcessor::new(config, context.clone()).unwrap();
        Self { processor, context }
    }

    /// What is left; a second pass changes nothing.
    fn redact(&self, batch: &Batch) -> Batch {
        let left = self.processor.redact(batch);
        let checked =
            Batch::checked(left.signal(), left.bytes().clone(), Arc::new(Context::default()));
        assert_eq!(checked.unwrap().counts(), left.counts());
        let again = self.processor.redact(&left);
        assert_eq!(testkit::json_of(&again), testkit::json_of(&left));
        assert_eq!(again.bytes(), left.bytes());
        left
    }

    /// Spans in testkit's notation, and what is left of them.
    fn spans(&self, lines: &str) -> String {
        testkit::text(&self.redact(&testkit::spans(lines)))
    }

    /// The value of the attribute `key` of the only span, given as text.
    fn value(&self, key: &str, text: &str) -> String {
        let span = serde_json::json!({"resourceSpans": [{"scopeSpans": [{"spans": [{
            "attributes": [{"key": key, "value": {"stringValue": text}}]}]}]}]});
        let left = self.redact(&testkit::batch(&span.to_string()));
        attribute(&left, key)
    }

    fn series(&self, start: &str) -> Vec<String> {
        testkit::series(&self.context, start)
    }
}

/// The text of an attribute of the first span.
fn attribute(batch: &Batch, key: &str) -> String {
    let json = testkit::json_of(batch);
    let attributes = &json["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"];
    let attributes = attributes.as_array().unwrap();
    let found = attributes.iter().find(|attribute| attribute["key"] == key);
    found.map_or(String::new(), |found| found["value"]["stringValue"].as_str().unwrap().to_owned())
}

/// Without what is written about it, most tests are easier to read.
const QUIET: &str = "audit: none";

fn is_in(batch: &Batch, text: &str) -> bool {
    batch.bytes().windows(text.len()).any(|window| window == text.as_bytes())
}

fn traces(json: &str) -> Batch {
    let batch = testkit::batch(json);
    assert_eq!(batch.signal(), Signal::Traces);
    batch
}
