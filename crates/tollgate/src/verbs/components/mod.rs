//! `components`: what this binary can build.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use sdk::{ComponentKind, Registry, Signal, Stability};

/// One component as it is listed.
struct Row {
    name: &'static str,
    /// What for, and how settled: `traces` or `traces-to-metrics`, and the word.
    stability: Vec<(String, &'static str)>,
}

const KINDS: [ComponentKind; 5] = [
    ComponentKind::Receiver,
    ComponentKind::Processor,
    ComponentKind::Exporter,
    ComponentKind::Connector,
    ComponentKind::Extension,
];

pub(super) fn perform(markdown: bool) -> Result<(), String> {
    let registry = crate::components::registry();
    super::print(&if markdown { as_markdown(&registry) } else { as_yaml(&registry) })
}

/// The Go collector's layout, four spaces a level.
fn as_yaml(registry: &Registry) -> String {
    let info = crate::environment::build_info();
    let mut text = format!(
        "buildinfo:\n    command: {}\n    description: {}\n    version: {}\n",
        info.command, info.description, info.version
    );
    for kind in KINDS {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}:", kind.section());
        for row in rows(registry, kind) {
            let _ = writeln!(
                text,
                "    - name: {}\n      module: tollgate/{}",
                row.name,
                kind.section()
            );
            text.push_str("      stability:\n");
            for (what, word) in row.stability {
                let _ = writeln!(text, "        {what}: {word}");
            }
        }
    }
    text.push_str("providers:\n");
    for scheme in ["env", "file", "http", "https", "yaml"] {
        let _ = writeln!(text, "    - scheme: {scheme}\n      module: tollgate/config");
    }
    text
}

fn as_markdown(registry: &Registry) -> String {
    let mut text = "# Components\n\nPrinted by `tollgate components --markdown`.\n".to_owned();
    for kind in KINDS {
        let section = kind.section();
        let title = section.get(..1).unwrap_or_default().to_uppercase()
            + section.get(1..).unwrap_or_default();
        let _ = write!(text, "\n## {title}\n\n| Name | For | Stability |\n|---|---|---|\n");
        for row in rows(registry, kind) {
            let signals: Vec<_> = row.stability.iter().map(|(what, _)| what.as_str()).collect();
            let word = row.stability.first().map_or("", |(_, word)| word);
            let home = home(kind, row.name);
            let link = format!("[`{0}`](../crates/{home}/src/{0}/README.md)", row.name);
            let _ = writeln!(text, "| {link} | {} | {word} |", signals.join(", "));
        }
    }
    text
}

/// The crate that holds a component's folder: that of its section, but for what is done for agents.
fn home(kind: ComponentKind, name: &str) -> &'static str {
    let mut agents = Registry::default();
    agent_processors::register(&mut agents);
    if agents.names(kind).contains(&name) { "agent-processors" } else { kind.section() }
}

fn rows(registry: &Registry, kind: ComponentKind) -> Vec<Row> {
    let by_signal = |signals: &[Signal], stability: Stability| {
        let mut signals: Vec<_> =
            signals.iter().map(|signal| (signal.to_string(), stability.name())).collect();
        signals.sort();
        signals
    };
    let row = |name: &'static str| {
        let stability = match kind {
            ComponentKind::Receiver => {
                registry.find_receiver(name).map(|entry| by_signal(entry.signals, entry.stability))
            }
            ComponentKind::Processor => {
                registry.find_processor(name).map(|entry| by_signal(entry.signals, entry.stability))
            }
            ComponentKind::Exporter => {
                registry.find_exporter(name).map(|entry| by_signal(entry.signals, entry.stability))
            }
            ComponentKind::Connector => registry.find_connector(name).map(|entry| {
                let pair = |(from, to): &(Signal, Signal)| {
                    (format!("{from}-to-{to}"), entry.stability.name())
                };
                entry.pairs.iter().map(pair).collect()
            }),
            ComponentKind::Extension => registry
                .find_extension(name)
                .map(|entry| vec![("extension".to_owned(), entry.stability.name())]),
        };
        Row { name, stability: stability.unwrap_or_default() }
    };
    registry.names(kind).into_iter().map(row).collect()
}
