//! Configs as people have them, in the layouts of vendors, charts and guides: each is taken, or refused
//! with the exact name, the place and the remedy. What is refused stands beside the config, `.txt`.

use std::{collections::BTreeMap, fs, path::Path};

use acceptance::run_with;

/// Secrets that configs ask the environment for.
const VARIABLES: [(&str, &str); 4] =
    [("VENDOR_KEY", "k"), ("TOKEN", "t"), ("SECRET", "s"), ("INGEST_TOKEN", "t")];

/// Which components there are is told elsewhere; here it only has to be told.
fn without_lists(text: &str) -> String {
    let mut parts = text.split("(valid values: [");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (list, rest) = part.split_once("])").unwrap_or_default();
        let known = ["otlp", "batch", "forward", "health_check"];
        assert!(known.iter().any(|name| list.contains(name)), "{list}");
        out.push_str("(valid values: [...])");
        out.push_str(rest);
    }
    out.trim_end().to_owned()
}

#[test]
fn each_is_taken_or_refused_with_name_place_and_remedy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/configs");
    let mut seen = 0;
    let mut differ = BTreeMap::new();
    for file in fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let config = format!("data/configs/{name}");
        let outcome = run_with(&["validate", "--config", &config], &VARIABLES);
        let expected = fs::read_to_string(file.with_extension("txt")).unwrap_or_default();
        let (got, expected) = (without_lists(&outcome.stderr), without_lists(&expected));
        if got != expected || outcome.code != Some(i32::from(!expected.is_empty())) {
            differ.insert(name, got);
        }
        seen += 1;
    }
    assert!(differ.is_empty(), "{differ:#?}");
    assert!(seen >= 78, "only {seen} configs");
}
