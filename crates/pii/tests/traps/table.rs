//! The table of traps in the documents and the tests, held together.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A row: the trap, whether it is covered, the tests that show it.
struct Row {
    trap: String,
    covered: String,
    tests: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rows() -> Vec<Row> {
    let page = fs::read_to_string(root().join("docs/pii.md")).unwrap();
    let section = page.split_once("\n## Traps\n").unwrap().1;
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|line| {
        let cells: Vec<&str> = line
            .strip_prefix('|')
            .and_then(|line| line.strip_suffix('|'))
            .unwrap_or(line)
            .split('|')
            .map(str::trim)
            .collect();
        let [trap, covered, tests] = cells.try_into().unwrap();
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Row { trap: trap.to_owned(), covered: covered.to_owned(), tests }
    })
    .collect()
}

/// The names of the tests in a folder's Rust files.
fn tests_in(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_in(&path, names);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let tests = text.split("#[test]").skip(1);
            // Tests of the runtime carry another attribute.
            let other = text.split("::test").skip(1);
            for after in tests.chain(other) {
                let name = after.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
                let is_name =
                    |name: &&str| name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
                names.extend(name.map(|(name, _)| name).filter(is_name).map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_row_of_the_table_names_tests_that_exist_or_says_why_not() {
    let mut known = BTreeSet::new();
    for folder in ["crates/pii", "crates/agent-processors/src", "crates/pdata/src"] {
        tests_in(&root().join(folder), &mut known);
    }
    let rows = rows();
    assert!(rows.len() >= 35, "{} rows", rows.len());
    for Row { trap, covered, tests } in rows {
        let missing: Vec<_> = tests.iter().filter(|name| !known.contains(*name)).collect();
        assert!(missing.is_empty(), "{trap}: no test is called {missing:?}");
        match covered.as_str() {
            "yes" => assert!(!tests.is_empty(), "{trap}: no test"),
            reason => {
                let says = reason.strip_prefix("no: ").or(reason.strip_prefix("in part: "));
                assert!(says.is_some_and(|why| why.len() > 15), "{trap}: why not?");
            }
        }
    }
}

#[test]
fn every_trap_that_is_tested_stands_in_the_table() {
    let named: BTreeSet<String> = rows().into_iter().flat_map(|row| row.tests).collect();
    let mut known = BTreeSet::new();
    tests_in(&root().join("crates/pii/tests/traps"), &mut known);
    let own = ["every_row_of_the_table_names", "every_trap_that_is_tested"];
    known.retain(|name| !own.iter().any(|start| name.starts_with(start)));
    let missing: Vec<_> = known.difference(&named).collect();
    assert!(missing.is_empty(), "not in docs/pii.md: {missing:?}");
}
