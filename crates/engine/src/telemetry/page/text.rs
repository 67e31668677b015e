//! Series in the Prometheus text format that the registry does not hold.

use std::collections::BTreeMap;

/// What scrapers are told about the collector, and about the page itself.
pub(super) fn about(resource: &[(String, String)]) -> String {
    // Two attributes may become one label; the later stands.
    let labels: BTreeMap<String, String> =
        resource.iter().map(|(name, text)| (label_name(name), label_text(text))).collect();
    let labels: Vec<_> = labels.iter().map(|(name, text)| format!("{name}=\"{text}\"")).collect();
    let errors = "promhttp_metric_handler_errors_total";
    format!(
        "# HELP {errors} Total number of internal errors encountered by the promhttp metric \
         handler.\n# TYPE {errors} counter\n{errors}{{cause=\"encoding\"}} 0\n\
         {errors}{{cause=\"gathering\"}} 0\n# HELP target_info Target metadata\n\
         # TYPE target_info gauge\ntarget_info{{{}}} 1\n",
        labels.join(",")
    )
}

/// Adds `_total` to the names of counters (`without_type_suffix: false`).
pub(super) fn with_type_suffix(page: &[u8]) -> Vec<u8> {
    let page = String::from_utf8_lossy(page);
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let is_counter: BTreeMap<_, _> = types.map(|(name, kind)| (name, kind == "counter")).collect();
    let mut renamed = String::with_capacity(page.len() + page.len() / 16);
    for line in page.lines() {
        let (before, rest) = ["# HELP ", "# TYPE "]
            .iter()
            .find_map(|mark| Some((*mark, line.strip_prefix(mark)?)))
            .unwrap_or(("", line));
        let end = rest.find(['{', ' ']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let lacks_suffix = !name.ends_with("_total");
        let suffix =
            if lacks_suffix && is_counter.get(name) == Some(&true) { "_total" } else { "" };
        renamed.extend([before, name, suffix, after, "\n"]);
    }
    renamed.into_bytes()
}

/// Letters, digits and underscores; anything else becomes an underscore.
fn label_name(name: &str) -> String {
    let mut label: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .collect();
    if label.starts_with(|first: char| first.is_ascii_digit()) {
        label.insert(0, '_');
    }
    label
}

fn label_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
