//! Fails when a component folder lacks a room or reaches into its neighbour (CONTRIBUTING.md).

#![expect(clippy::unwrap_used, reason = "a failed read should fail the test")]
mod tree;

use std::{fs, path::PathBuf};

/// Crates whose `src/` holds one folder per component.
const KINDS: &[&str] =
    &["receivers", "processors", "agent-processors", "connectors", "exporters", "extensions"];
/// What every component folder holds.
const ROOMS: &[&str] = &["README.md", "mod.rs", "config.rs", "tests.rs"];
/// What it may hold besides: names that say what is inside, the same everywhere.
const MORE_ROOMS: &[&str] = &[
    "encode.rs",
    "decode.rs",
    "server.rs",
    "client.rs",
    "connector.rs",
    "state.rs",
    "error.rs",
    "metrics.rs",
    "names.rs",
    "resolver.rs",
    "labels.rs",
    "action.rs",
    "matching.rs",
    "rotate.rs",
    "record",
    "record.rs",
    "runs.rs",
    "series.rs",
    "syntax.rs",
    "sanitize",
    "testdata",
];

#[test]
fn every_component_has_the_same_rooms() {
    let mut wrong = Vec::new();
    for folder in component_folders() {
        for room in ROOMS {
            // Many tests may fill a folder.
            let is_folder = *room == "tests.rs" && folder.join("tests/mod.rs").exists();
            if !folder.join(room).exists() && !is_folder {
                wrong.push(format!("{}: no {room}", folder.display()));
            }
        }
        for entry in fs::read_dir(&folder).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            let is_test_room = name == "tests";
            if !ROOMS.contains(&name.as_str())
                && !MORE_ROOMS.contains(&name.as_str())
                && !is_test_room
            {
                wrong.push(format!("{}: `{name}` is not a room", folder.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_readme_has_the_title_the_example_and_the_settings() {
    let mut wrong = Vec::new();
    for folder in component_folders() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let readme = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        if readme.lines().next() != Some(&format!("# {name}")) {
            wrong.push(format!("{}: the title of README.md is not `# {name}`", folder.display()));
        }
        for part in ["```yaml", "## Settings", "## Telemetry", "## Limits"] {
            if !readme.contains(part) {
                wrong.push(format!("{}: README.md lacks `{part}`", folder.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_component_knows_its_neighbour() {
    let mut wrong = Vec::new();
    let folders = component_folders();
    for folder in &folders {
        for file in tree::rust_files(folder) {
            let text = fs::read_to_string(&file).unwrap();
            for neighbour in folders.iter().filter(|neighbour| *neighbour != folder) {
                let other = neighbour.file_name().unwrap().to_string_lossy();
                if text.contains(&format!("crate::{other}::")) {
                    wrong.push(format!("{}: reaches into {other}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn component_folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> = KINDS
        .iter()
        .filter_map(|kind| fs::read_dir(tree::root().join("crates").join(kind).join("src")).ok())
        .flatten()
        .map(|entry| entry.unwrap().path())
        // A folder without `mod.rs` is shared by the components of a crate, not one of them.
        .filter(|path| path.is_dir() && !path.ends_with("shared"))
        .collect();
    folders.sort();
    folders
}
