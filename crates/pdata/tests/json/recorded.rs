//! Requests recorded from real agents.

use std::{fs, path::PathBuf};

use pdata::{Signal, json};

use crate::{canonical, to_json};

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data")
}

/// A file below `tests/data`.
pub(crate) fn read(name: &str) -> Vec<u8> {
    fs::read(data().join(name)).unwrap()
}

/// The recordings with this ending, by the signal in their names.
fn files(ending: &str) -> Vec<(Signal, Vec<u8>)> {
    let mut names: Vec<String> = fs::read_dir(data().join("otlp"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    let signal = |name: &str| name.rsplit('.').nth(1).and_then(Signal::from_name).unwrap();
    names.iter().map(|name| (signal(name), read(&format!("otlp/{name}")))).collect()
}

/// Every line of the recorded JSON.
pub(crate) fn json_lines() -> Vec<(Signal, Vec<u8>)> {
    let mut lines = Vec::new();
    for (signal, content) in files(".jsonl") {
        let content = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.extend(content.map(|line| (signal, line.to_vec())));
    }
    assert!(lines.len() >= 3);
    lines
}

#[test]
fn recorded_json_survives_the_way_to_protobuf_and_back() {
    for (signal, line) in json_lines() {
        let bytes = json::decode(signal, &line).unwrap();
        assert!(bytes.len() < line.len());
        let again = json::decode(signal, to_json(signal, &bytes).as_bytes()).unwrap();
        assert_eq!(canonical(signal, &again), canonical(signal, &bytes));
    }
}

#[test]
fn recorded_protobuf_survives_the_way_to_json_and_back() {
    let recorded = files(".pb");
    assert!(recorded.len() > 10);
    for (signal, bytes) in recorded {
        let text = to_json(signal, &bytes);
        let back = json::decode(signal, text.as_bytes()).unwrap();
        assert_eq!(to_json(signal, &back), text);
        assert_eq!(canonical(signal, &back), canonical(signal, &bytes));
    }
}
