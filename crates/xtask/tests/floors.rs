//! Fails when a crate depends on its own floor or a higher one (ARCHITECTURE.md, "Floors").

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed read should fail the test"
)]
use std::process::Command;

use serde_json::Value;

/// Lowest floor first. A crate may depend on lower floors only.
const FLOORS: &[&[&str]] = &[
    &["config", "pdata"],
    &["journal", "memory", "ottl", "genai", "pii", "slo"],
    &["sdk", "net", "kafka"],
    &["engine"],
    &["testkit"],
    &["receivers", "processors", "agent-processors", "connectors", "exporters", "extensions"],
    &["tollgate"],
    &["bench", "xtask", "acceptance", "custom-processor", "custom-collector"],
];

/// Pairs that the floors would allow and the architecture does not: a component knows the sdk, never
/// the engine that runs it. What engine and components share goes into the sdk or net.
const FORBIDDEN: &[(&str, &str)] = &[
    ("receivers", "engine"),
    ("processors", "engine"),
    ("agent-processors", "engine"),
    ("agent-processors", "net"),
    ("connectors", "engine"),
    ("exporters", "engine"),
    ("extensions", "engine"),
];

/// Crates that only tests may use.
const DEV_ONLY: &[&str] = &["testkit"];

/// Libraries that only the crates named may use directly, so that they can be replaced in one place.
const WRAPPED: &[(&str, &[&str])] = &[
    ("saphyr-parser", &["config"]),
    ("prometheus", &["sdk"]),
    ("bumpalo", &["pdata"]),
    ("hyper", &["net", "bench", "acceptance"]),
    ("hyper-util", &["net", "bench", "acceptance"]),
    ("flate2", &["net", "acceptance"]),
    ("rdkafka", &["kafka"]),
    ("prost", &["pdata", "bench", "net", "acceptance"]),
];

#[test]
fn every_dependency_points_down() {
    let mut wrong = Vec::new();
    for package in packages() {
        let from = package["name"].as_str().unwrap();
        let Some(from_floor) = floor(from) else {
            wrong.push(format!("{from} stands on no floor: add it to FLOORS"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            let is_dev = dependency["kind"] == "dev";
            if let Some((_, users)) = WRAPPED.iter().find(|(library, _)| *library == to)
                && !users.contains(&from)
                && !is_dev
            {
                wrong.push(format!("{from} -> {to}: only {users:?} may use it"));
            }
            let Some(to_floor) = floor(to) else { continue };
            if from_floor <= to_floor && !(is_dev && from == to) {
                wrong.push(format!("{from} (floor {from_floor}) -> {to} (floor {to_floor})"));
            }
            if FORBIDDEN.contains(&(from, to)) {
                wrong.push(format!("{from} -> {to} is forbidden"));
            }
            if DEV_ONLY.contains(&to) && !is_dev && from != "acceptance" {
                wrong.push(format!("{from} -> {to} outside [dev-dependencies]"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_crate_inherits_the_lints_and_says_what_it_is() {
    let mut wrong = Vec::new();
    for package in packages() {
        let path = package["manifest_path"].as_str().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        if !text.contains("[lints]\nworkspace = true") {
            wrong.push(format!("{path}: no `[lints] workspace = true`"));
        }
        if package["description"].is_null() {
            wrong.push(format!("{path}: no description"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}
