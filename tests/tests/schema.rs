//! `config schema`: an independent validator takes every example there is, and refuses what `validate`
//! refuses.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails the test")]

use std::{fs, path::Path};

use acceptance::run;
use jsonschema::Validator;
use serde_json::{Value, json};

/// The schema that the program prints.
fn schema() -> Value {
    let printed = run(&["config", "schema"]);
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    serde_json::from_str(&printed.stdout).unwrap()
}

fn validator() -> Validator {
    let schema = schema();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn faults(validator: &Validator, config: &Value) -> Vec<String> {
    let faults = validator.iter_errors(config);
    faults.map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn every_config_of_this_repository_is_valid() {
    let validator = validator();
    let mut seen = 0;
    for folder in ["configs", "tests/data", "tests/data/configs"] {
        let Ok(files) = fs::read_dir(root().join(folder)) else { continue };
        for file in files.map(|file| file.unwrap().path()) {
            if file.extension().is_none_or(|ending| ending != "yaml") {
                continue;
            }
            // What is refused stands beside it.
            if file.with_extension("txt").exists() {
                continue;
            }
            let config = yaml(&fs::read_to_string(&file).unwrap());
            assert_eq!(faults(&validator, &config), [""; 0], "{}", file.display());
            seen += 1;
        }
    }
    assert!(seen >= 20, "only {seen} configs");
}

#[test]
fn the_example_of_every_component_is_valid() {
    let validator = validator();
    let mut seen = 0;
    for (folder, section) in [
        ("receivers", "receivers"),
        ("processors", "processors"),
        ("agent-processors", "processors"),
        ("exporters", "exporters"),
        ("connectors", "connectors"),
        ("extensions", "extensions"),
    ] {
        let folder = root().join("crates").join(folder).join("src");
        for component in fs::read_dir(&folder).unwrap().map(|component| component.unwrap().path()) {
            let Ok(readme) = fs::read_to_string(component.join("README.md")) else { continue };
            let name = readme.lines().next().unwrap().trim_start_matches("# ").to_owned();
            let Some((_, example)) = readme.split_once("```yaml\n") else { continue };
            let example = yaml(example.split("```").next().unwrap());
            for id in [name.clone(), format!("{name}/another")] {
                let config = json!({ section: { id: example } });
                assert_eq!(faults(&validator, &config), [""; 0], "{name}: {example}");
            }
            seen += 1;
        }
    }
    assert!(seen >= 15, "only {seen} examples");
}

#[test]
fn what_the_collector_refuses_the_schema_refuses() {
    let validator = validator();
    for text in [
        "recievers: {otlp: }",
        "receivers: {otpl: }",
        "receivers: {otlp: {protocol: }}",
        "receivers: {otlp: {protocols: {grpc: {endpont: x}}}}",
        "receivers: {otlp: {protocols: {grpc: {endpoint: 4317}}}}",
        "processors: {batch: {send_batch_size: many}}",
        "processors: {batch: {metadata_keys: {a: b}}}",
        "processors: {batch: {send_batch_size: -1}}",
        "exporters: {otlp_grpc: {sending_queue: {num_consumer: 3}}}",
        "exporters: {otlp_grpc: {sending_queue: {enabled: maybe}}}",
        "exporters: {otlp_grpc: {sending_queue: {batch: {flush_timout: 1s}}}}",
        "exporters: {otlp_grpc: {tls: {insecure: 1}}}",
        "service: {pipelines: {traces: {receiver: [otlp]}}}",
        "service: {pipelines: {traces: {receivers: otlp}}}",
        "service: {extension: [health_check]}",
    ] {
        assert_ne!(faults(&validator, &yaml(text)), [""; 0], "{text}");
        let refused = run(&["validate", "--config", &format!("yaml:{text}")]);
        assert_eq!(refused.code, Some(1), "{text}");
    }
}

#[test]
fn references_stand_for_anything_and_empty_places_for_defaults() {
    let validator = validator();
    for text in [
        "receivers: {otlp: , otlp/2: {protocols: {grpc: , http: {endpoint: '${env:HOST}:4318'}}}}",
        "receivers: '${file:receivers.yaml}'",
        "processors: {batch: {send_batch_size: '${env:SIZE}', timeout: 5s}}",
        "exporters: {otlp: {endpoint: 'x:1', sending_queue: {enabled: false}}, otlp_grpc: {sending_queue: '${env:Q}'}}",
    ] {
        assert_eq!(faults(&validator, &yaml(text)), [""; 0], "{text}");
    }
}

#[test]
fn defaults_are_told() {
    let schema = schema();
    let batch = &schema["$defs"]["processor.batch"]["anyOf"][0]["properties"];
    assert_eq!(batch["timeout"]["default"], "200ms", "{batch:#}");
    assert_eq!(batch["send_batch_size"]["default"], 8192, "{batch:#}");
}
