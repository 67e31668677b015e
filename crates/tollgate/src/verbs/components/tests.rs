use std::{fs, path::Path};

use super::*;

/// The page in the documentation; `UPDATE_EXPECT=1` writes it anew.
#[test]
fn the_page_in_the_documentation_is_what_this_binary_prints() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/components.md");
    let printed = as_markdown(&crate::components::registry());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&page, &printed).unwrap();
    }
    let written = fs::read_to_string(&page).unwrap_or_default();
    assert_eq!(written, printed, "run with UPDATE_EXPECT=1 and read the difference");
}

#[test]
fn every_kind_is_listed_in_the_layout_of_the_go_collector() {
    let printed = as_yaml(&crate::components::registry());
    let sections: Vec<_> = printed.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        sections,
        [
            "buildinfo:",
            "receivers:",
            "processors:",
            "exporters:",
            "connectors:",
            "extensions:",
            "providers:"
        ]
    );
    assert!(printed.contains("    - name: otlp_grpc\n"), "{printed}");
    assert!(printed.contains("        traces-to-traces: Beta\n"), "{printed}");
}
