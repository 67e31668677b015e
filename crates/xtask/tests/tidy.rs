//! Fails when a source file outgrows its idea, hides its tests, or names what it must not.

mod tree;

use std::fs;

/// The longest a source file may grow before it is two ideas.
const LINES_MAX: usize = 500;
/// The longest a function may grow before it is two functions.
const FUNCTION_LINES_MAX: usize = 70;

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let mut wrong = Vec::new();
    for file in tree::rust_files(&tree::root()) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > LINES_MAX && !tree::is_test(&file) {
            wrong.push(format!("{}: {lines} lines, at most {LINES_MAX}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_function_is_longer_than_seventy_lines() {
    let mut wrong = Vec::new();
    for file in tree::rust_files(&tree::root()).into_iter().filter(|file| !tree::is_test(file)) {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<_> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let indent = line.len() - code.len();
            let is_function = [
                "fn ",
                "pub fn ",
                "async fn ",
                "pub async fn ",
                "pub(crate) fn ",
                "pub(super) fn ",
                "pub(crate) async fn ",
                "pub(super) async fn ",
            ]
            .iter()
            .any(|start| code.starts_with(start));
            if !is_function {
                continue;
            }
            // rustfmt puts the closing brace under the first letter of the function.
            let end = format!("{}}}", " ".repeat(indent));
            let length = lines[at..].iter().position(|line| *line == end).unwrap_or(0);
            let has_body =
                !lines[at..=at + length].iter().any(|line| line.ends_with(';')) || length > 1;
            if has_body && length > FUNCTION_LINES_MAX {
                wrong.push(format!("{}:{}: {length} lines", file.display(), at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn tests_have_files_of_their_own_and_modules_say_what_they_are() {
    let mut wrong = Vec::new();
    for file in tree::rust_files(&tree::root().join("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        // The contract macros of testkit write tests into the components' own files.
        let writes_tests = file.components().any(|part| part.as_os_str() == "contract");
        if !tree::is_test(&file) && !writes_tests && text.contains("#[test]") {
            wrong.push(format!("{}: tests belong into tests.rs", file.display()));
        }
        let starts = text.starts_with("//!") || text.starts_with("#!");
        if !tree::is_test(&file) && !starts && !file.components().any(|p| p.as_os_str() == "fuzz") {
            wrong.push(format!("{}: does not begin with `//!`", file.display()));
        }
        let left_open = ["TODO", "FIXME", "XXX", "unimplemented!(", "todo!("];
        let is_this = file.ends_with("xtask/tests/tidy.rs");
        for word in left_open.iter().filter(|word| text.contains(**word) && !is_this) {
            wrong.push(format!("{}: {word}", file.display()));
        }
        for word in ["#[ignore", "#[should_panic"].iter().filter(|word| text.contains(**word)) {
            if !is_this {
                wrong.push(format!("{}: {word}] hides a result", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    let is_document = |path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "md");
    for file in tree::files(&tree::root()).into_iter().filter(is_document) {
        let text = fs::read_to_string(&file).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap();
            let outside = path.is_empty() || path.contains("://") || path.contains(' ');
            if !outside && !file.parent().unwrap().join(path).exists() {
                wrong.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_step_in_the_life_of_a_batch_exists() {
    let root = tree::root();
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let section = text.split("## The life of a batch").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut steps = 0;
    let mut wrong = Vec::new();
    // A step names `path/to/file.rs` and, after `::`, an item in that file.
    for reference in section.split('`').skip(1).step_by(2).filter(|code| code.contains(".rs")) {
        let (path, item) = reference.split_once("::").unwrap_or((reference, ""));
        let found = fs::read_to_string(root.join(path)).unwrap_or_default();
        let named = item.rsplit("::").next().unwrap();
        if found.is_empty() || !found.contains(named) {
            wrong.push(reference.to_owned());
        }
        steps += 1;
    }
    assert!(steps >= 7, "only {steps} steps name a file");
    assert!(wrong.is_empty(), "not found: {wrong:?}");
}
