//! Where objectives come from: a file of their own, or the `slo` processors of a config.

use std::path::Path;

use agent_processors::slo::Config;
use config::{Id, Kind, Value};
use slo::{
    Set,
    objective::{Fault, Faults, Level},
};

use super::{name_of, read_text};
use crate::loader::resolver;

/// What only a config of the collector has at its top.
const SECTIONS: [&str; 3] = ["processors", "receivers", "service"];
/// The type of processors that hold objectives.
const PROCESSOR: &str = "slo";

/// Objectives, and what is wrong with them.
pub(super) struct Source {
    /// The objectives without an error.
    pub(super) set: Set,
    /// Everything that was found, each with the file it is in.
    pub(super) faults: Faults,
    /// The settings of a processor with these objectives.
    config: Config,
}

/// Reads the objectives of a file: all that it holds, whichever kind of file it is.
pub(super) fn read(path: &Path) -> Result<Vec<Source>, String> {
    let name = name_of(path);
    let text = read_text(path)?;
    let value = config::parse(&text, &name).map_err(|error| error.to_string())?;
    if !SECTIONS.iter().any(|section| value.get(section).is_some()) {
        let (set, faults) = Set::read(&value, &[]);
        return Ok(vec![Source { set, faults, config: config_of(&value) }]);
    }
    let value = expanded(path, &text)?;
    let sources: Vec<Source> =
        processors(&value).map(|(id, settings)| of_processor(id, settings)).collect();
    if sources.is_empty() {
        return Err(format!("{name}: this config has no `{PROCESSOR}` processor"));
    }
    Ok(sources)
}

/// The objectives of a file. Faults go to stderr; an error among them ends it.
pub(super) fn objectives(path: &Path) -> Result<Set, String> {
    Ok(only(path)?.set)
}

/// The settings of a processor with the objectives of a file, likewise.
pub(super) fn settings(path: &Path) -> Result<Config, String> {
    Ok(only(path)?.config)
}

/// The settings of a processor with these objectives.
pub(super) fn config_of(value: &Value) -> Config {
    let part = |key: &str| value.get(key).cloned().unwrap_or_default();
    Config {
        defaults: part("defaults"),
        objectives: part("objectives"),
        alerts: part("alerts"),
        ..Config::default()
    }
}

fn only(path: &Path) -> Result<Source, String> {
    let sources = read(path)?;
    let count = sources.len();
    let mut found = None;
    for source in sources {
        note(&source.faults);
        if source.faults.has_errors() {
            return Err(format!("{}: the objectives have faults", name_of(path)));
        }
        if found.replace(source).is_some() {
            return Err(format!(
                "{}: this config has {count} `{PROCESSOR}` processors; write the objectives of one into a file of its own",
                name_of(path)
            ));
        }
    }
    found.ok_or_else(|| format!("{}: there are no objectives", name_of(path)))
}

/// Tells faults on stderr, one a line.
pub(super) fn note(faults: &Faults) {
    for fault in faults {
        super::super::note(&format!("{fault}\n"));
    }
}

/// A config as the collector would see it, with its variables in place.
fn expanded(path: &Path, text: &str) -> Result<Value, String> {
    let uri = if super::is_stdin(path) {
        format!("yaml:{text}")
    } else {
        format!("file:{}", path.display())
    };
    let resolved = resolver().resolve(&[uri], &[] as &[&str]).map_err(|error| error.to_string())?;
    Ok(resolved.value)
}

fn processors(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let map = match value.get("processors").map(|processors| &processors.kind) {
        Some(Kind::Map(map)) => Some(map),
        _ => None,
    };
    let is_ours = |id: &str| id.trim().parse::<Id>().is_ok_and(|id| id.kind() == PROCESSOR);
    map.into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
        .filter(move |(id, _)| is_ours(id))
}

/// Reads the settings of a processor; whatever is not about objectives is left to `validate`.
fn of_processor(id: &str, settings: &Value) -> Source {
    let others: Vec<&str> = match &settings.kind {
        Kind::Map(map) => map.keys().map(config::Key::as_str).collect(),
        _ => Vec::new(),
    };
    let (set, found) = Set::read(settings, &others);
    let mut faults = Faults::default();
    for fault in &found {
        let dot = if fault.path.is_empty() { "" } else { "." };
        faults
            .push(Fault { path: format!("processors::{id}{dot}{}", fault.path), ..fault.clone() });
    }
    Source { set, faults, config: config_of(settings) }
}

/// How many faults of a level there are, in words.
pub(super) fn counted(faults: &Faults, level: Level) -> String {
    let count = faults.iter().filter(|fault| fault.level == level).count();
    let word = match level {
        Level::Warning => "warning",
        Level::Error => "error",
    };
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
