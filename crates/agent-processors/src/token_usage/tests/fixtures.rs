//! Recorded telemetry of real SDKs, with what was really used.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::PathBuf,
    sync::Arc,
};

use genai::profile::{self, Profile};
use pdata::Context;
use sdk::{Batch, Signal};
use serde_json::Value;

use super::after;

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "tests", "data", "otlp"].iter().collect()
}

/// The traces and logs recorded under a name.
fn recorded(name: &str) -> Vec<Batch> {
    let mut batches = Vec::new();
    for (signal, word) in [(Signal::Traces, "traces"), (Signal::Logs, "logs")] {
        if let Ok(bytes) = fs::read(folder().join(format!("{name}.{word}.pb"))) {
            let context = Arc::new(Context::default());
            batches.push(Batch::checked(signal, bytes.into(), context).unwrap());
        }
        if let Ok(lines) = fs::read_to_string(folder().join(format!("{name}.{word}.jsonl"))) {
            batches.extend(lines.lines().map(|line| testkit::from(signal, line)));
        }
    }
    assert!(!batches.is_empty(), "nothing recorded under {name}");
    batches
}

/// The rows of the table: a name, the calls, and the true sums of input and output.
fn expected() -> Vec<(String, String, u64, u64)> {
    let table = fs::read_to_string(folder().join("EXPECTED.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| {
        let columns: Vec<_> = line.split('\t').collect();
        let number = |at: usize| columns[at].parse().unwrap();
        (columns[0].to_owned(), columns[1].to_owned(), number(2), number(3))
    })
    .collect()
}

/// Tokens in the words of the conventions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tokens {
    input: u64,
    output: u64,
    cache_read: u64,
    cache_write: u64,
    reasoning: u64,
}

/// The attributes of a record, as OTLP JSON writes their values.
type Attributes = BTreeMap<String, Value>;

/// A span or log record.
struct Record {
    attributes: Attributes,
    scope: String,
    id: String,
    parent: String,
}

/// Every span and log record.
fn records(batches: &[Batch]) -> Vec<Record> {
    let mut found = Vec::new();
    for batch in batches {
        let request = testkit::json_of(batch);
        for group in each(&request, ["resourceSpans", "resourceLogs"]) {
            for scope in each(group, ["scopeSpans", "scopeLogs"]) {
                let word = |value: &Value, key| value[key].as_str().unwrap_or_default().to_owned();
                found.extend(each(scope, ["spans", "logRecords"]).map(|record| Record {
                    attributes: attributes_of(record),
                    scope: word(&scope["scope"], "name"),
                    id: word(record, "spanId"),
                    parent: word(record, "parentSpanId"),
                }));
            }
        }
    }
    found
}

fn each<'v>(value: &'v Value, keys: [&str; 2]) -> impl Iterator<Item = &'v Value> {
    keys.into_iter().filter_map(|key| value.get(key)?.as_array()).flatten()
}

fn attributes_of(record: &Value) -> Attributes {
    let pairs = each(record, ["attributes", ""]);
    pairs.map(|pair| (pair["key"].as_str().unwrap().to_owned(), pair["value"].clone())).collect()
}

fn count(attributes: &Attributes, key: &str) -> u64 {
    let number = attributes.get(key).and_then(|value| value["intValue"].as_str());
    number.map_or(0, |number| number.parse().unwrap())
}

fn text<'v>(attributes: &'v Attributes, key: &str) -> Option<&'v str> {
    attributes.get(key)?["stringValue"].as_str()
}

/// Adds up what stands under the conventions' keys on records whose operation is a model call. A call
/// within a call is the same one, as are two answers of one id, of which the SDK's own is taken; where a
/// framework tells no id, the SDK's own with the same tokens is its twin. Nothing of `genai` is used here.
fn sum(records: &[Record]) -> (usize, Tokens) {
    let calls: Vec<_> = records.iter().filter(|record| is_call(record)).collect();
    let ids: HashSet<_> = calls.iter().map(|call| &call.id).filter(|id| !id.is_empty()).collect();
    let mut by_answer = BTreeMap::new();
    let id_of = |call: &Record| text(&call.attributes, "gen_ai.response.id").map(str::to_owned);
    for (at, call) in calls.iter().enumerate() {
        let is_own = call.scope.starts_with("com.anthropic.sdk");
        let is_twin = |other: &Record| {
            let both = [other, call].map(|call| tokens(&call.attributes));
            let [one, two] = both.map(|tokens| (tokens.input, tokens.output));
            id_of(other).is_none() && one == two
        };
        if ids.contains(&call.parent) || is_own && calls.iter().any(|other| is_twin(other)) {
            continue;
        }
        let answer = id_of(call).unwrap_or_else(|| at.to_string());
        if is_own || !by_answer.contains_key(&answer) {
            by_answer.insert(answer, tokens(&call.attributes));
        }
    }
    let total = by_answer.values().fold(Tokens::default(), |sum, one| sum.plus(*one));
    (by_answer.len(), total)
}

fn is_call(record: &Record) -> bool {
    let calls = ["chat", "generate_content", "text_completion", "embeddings"];
    let word = |key| text(&record.attributes, key).unwrap_or_default();
    calls.contains(&word("gen_ai.operation.name"))
        && tokens(&record.attributes).input > 0
        // Gemini CLI tells each call by this event too; it is counted on its own.
        && word("event.name") != "gen_ai.client.inference.operation.details"
}

fn tokens(attributes: &Attributes) -> Tokens {
    Tokens {
        input: count(attributes, "gen_ai.usage.input_tokens"),
        output: count(attributes, "gen_ai.usage.output_tokens"),
        cache_read: count(attributes, "gen_ai.usage.cache_read.input_tokens"),
        cache_write: count(attributes, "gen_ai.usage.cache_creation.input_tokens")
            .max(count(attributes, "gen_ai.usage.cache_write.input_tokens")),
        reasoning: count(attributes, "gen_ai.usage.reasoning.output_tokens"),
    }
}

impl Tokens {
    fn plus(self, other: Self) -> Self {
        Self {
            input: self.input + other.input,
            output: self.output + other.output,
            cache_read: self.cache_read + other.cache_read,
            cache_write: self.cache_write + other.cache_write,
            reasoning: self.reasoning + other.reasoning,
        }
    }
}

/// What the recordings tell of cache read, cache write and reasoning, by name: what the calls really used
/// (the first line of `EXPECTED.tsv`) without what the SDK leaves out.
const PARTS: &[(&str, [u64; 3])] = &[
    ("traceloop_sdk_clients", [7820, 400, 2 * 128 + 30]),
    ("openinference_sdk_clients", [7820, 440, 3 * 128 + 30]),
    ("langchain_oi", [5840, 400, 256]),
    ("langchain_tl", [5840, 400, 0]),
    ("litellm_legacy", [4840, 200, 256]),
    ("pydantic_ai", [3840, 0, 256]),
    ("strands", [5760, 0, 0]),
    ("openai_agents_oi", [3840, 80, 256]),
    ("openai_agents_tl", [3840, 0, 256]),
    ("crewai_tl", [3840, 0, 256]),
    ("google_adk", [60, 0, 30]),
    // Without streaming, version 5 tells nothing of OpenAI's cache and reasoning.
    ("vercel_v5", [2920, 200, 128]),
    ("vercel_v6", [6760, 200, 384]),
    ("langsmith_otel", [5760, 0, 384]),
    ("mlflow", [3840, 0, 0]),
    ("gemini_cli", [60, 0, 30]),
];

/// A recording after a processor with these settings.
fn processed(yaml: &str, name: &str) -> Vec<Batch> {
    recorded(name).iter().map(|batch| after(yaml, batch)).collect()
}

/// Settings that between them write everything.
const ALL: &[&str] = &[
    "",
    "{profile: v1_37, cost: amount}",
    "{profile: next, mark_accounting: true}",
    "{originals: remove, secondary: write, mark_unpriced: true, rebuild_messages: true}",
    "{profile: v1_37, originals: remove}",
    "{profile: next, originals: remove, cost: none}",
];

#[test]
fn the_tokens_written_are_those_that_were_used() {
    for (name, calls, input, output) in expected() {
        let (_, [cache_read, cache_write, reasoning]) =
            PARTS.iter().find(|(of, _)| *of == name).unwrap();
        let (cache_read, cache_write, reasoning) = (*cache_read, *cache_write, *reasoning);
        let truth = Tokens { input, output, cache_read, cache_write, reasoning };
        for yaml in ["", "profile: next", "originals: remove"] {
            let (found, tokens) = sum(&records(&processed(yaml, &name)));
            assert_eq!(tokens, truth, "{name} with {yaml:?}");
            assert_eq!(found, with_tokens(&calls), "{name} with {yaml:?}: calls");
        }
    }
}

/// How many calls have tokens, of `OCx2 OC? AN`.
fn with_tokens(calls: &str) -> usize {
    let calls = calls.split(' ').filter(|call| !call.ends_with('?'));
    calls.map(|call| call.split_once('x').map_or(1, |(_, times)| times.parse().unwrap())).sum()
}

#[test]
fn the_oldest_profile_has_no_parts_of_input_and_output_of_its_own() {
    for (name, _, input, output) in expected() {
        let before: BTreeSet<_> = keys(&recorded(&name));
        let after = processed("profile: v1_37", &name);
        let (_, tokens) = sum(&records(&after));
        assert_eq!((tokens.input, tokens.output), (input, output), "{name}");
        let added: Vec<_> = keys(&after).difference(&before).cloned().collect();
        let is_part = |key: &&String| key.contains(".cache_") || key.contains(".reasoning.");
        assert_eq!(added.iter().find(is_part), None, "{name}");
    }
}

fn keys(batches: &[Batch]) -> BTreeSet<String> {
    records(batches).into_iter().flat_map(|record| record.attributes.into_keys()).collect()
}

#[test]
fn a_second_pass_changes_nothing() {
    for (name, ..) in expected() {
        for yaml in ALL {
            for once in processed(yaml, &name) {
                let twice = after(yaml, &once);
                let same = twice.bytes() == once.bytes();
                assert!(same, "{name} with {yaml}\n{}", first_difference(&once, &twice));
            }
        }
    }
}

#[test]
fn passes_with_different_settings_agree_on_the_tokens() {
    for (name, _, input, output) in expected() {
        // Written, the secondary signal counts as well.
        for yaml in ALL.iter().filter(|yaml| !yaml.contains("secondary")) {
            let once = processed(yaml, &name);
            let twice: Vec<_> = once.iter().map(|batch| after("", batch)).collect();
            let (_, tokens) = sum(&records(&twice));
            assert_eq!((tokens.input, tokens.output), (input, output), "{name} after {yaml}");
        }
    }
}

/// Both versions of the first record that differs.
fn first_difference(one: &Batch, other: &Batch) -> String {
    let (one, other) = (records(std::slice::from_ref(one)), records(std::slice::from_ref(other)));
    let differs = one.iter().zip(&other).find(|(one, other)| one.attributes != other.attributes);
    let of = |record: &Record, other: &Record| {
        let mut only = record.attributes.clone();
        only.retain(|key, value| other.attributes.get(key) != Some(value));
        format!("{only:?}")
    };
    differs.map_or_else(String::new, |(one, two)| format!("{}\n{}", of(one, two), of(two, one)))
}

#[test]
fn originals_stay_as_they_came() {
    for (name, ..) in expected() {
        let (before, after) = (records(&recorded(&name)), records(&processed("", &name)));
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            for (key, value) in &before.attributes {
                // Under their own keys the conventions decide.
                if !key.starts_with("gen_ai.") && key != "error.type" {
                    assert_eq!(after.attributes.get(key), Some(value), "{name}: {key}");
                }
            }
        }
    }
}

#[test]
fn removing_originals_removes_only_what_stands_elsewhere() {
    for (name, ..) in expected() {
        let (before, after) =
            (records(&processed("", &name)), records(&processed("originals: remove", &name)));
        for (before, after) in before.iter().zip(&after) {
            let gone = |key: &&String| !after.attributes.contains_key(*key);
            for key in before.attributes.keys().filter(gone) {
                let dialects = genai::Dialect::ALL.iter();
                let mut new = dialects.filter_map(|dialect| {
                    profile::written_as(key.as_bytes(), *dialect, Profile::default())
                });
                assert!(new.any(|new| after.attributes.contains_key(new)), "{name}: {key} is lost");
            }
            assert!(
                after
                    .attributes
                    .iter()
                    .all(|(key, value)| before.attributes.get(key) == Some(value))
            );
        }
    }
}

#[test]
fn no_aggregate_is_given_a_cost() {
    for (name, ..) in expected() {
        let before = records(&recorded(&name));
        for (before, after) in before.iter().zip(records(&processed("", &name))) {
            let has = |record: &Record| record.attributes.contains_key("gen_ai.usage.cost");
            let operation = text(&after.attributes, "gen_ai.operation.name").unwrap_or_default();
            let is_sum = ["invoke_agent", "invoke_workflow", "execute_tool"].contains(&operation);
            assert!(!is_sum || has(before) || !has(&after), "{name}: {operation}");
        }
    }
}
