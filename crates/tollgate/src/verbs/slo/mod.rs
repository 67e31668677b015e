//! `slo`: objectives checked, made into rules, exchanged, and tried on recordings.
//!
//! Read in this order: this file, [`source`] (where objectives come from), [`recording`] (telemetry judged), then a file for each verb.

mod backtest;
mod check;
mod explain;
mod openslo;
mod recording;
mod rules;
mod source;
mod suggest;
mod table;

use std::{io::Read as _, path::Path, process::ExitCode};

use crate::cli::{Request, Slo};

/// The longest file that is read, in bytes.
const FILE_MAX: u64 = 64 << 20;

/// Does what was asked; the error is the text for stderr.
pub(super) fn perform(request: &Request, verb: &Slo) -> Result<ExitCode, String> {
    if !request.configs.is_empty() {
        return Err("slo takes no --config: name the file of objectives or the config".to_owned());
    }
    match verb {
        Slo::Check { files } => check::perform(files),
        Slo::Rules { file, dialect, is_cheap, output } => {
            rules::perform(file, *dialect, *is_cheap, output.as_deref())
        }
        Slo::Dashboard { file, output } => rules::dashboard(file, output.as_deref()),
        Slo::Explain { trace, objectives, objective, has_unmatched, is_json } => {
            let wanted = explain::Wanted {
                objective: objective.as_deref(),
                has_unmatched: *has_unmatched,
                is_json: *is_json,
            };
            explain::perform(trace, objectives, &wanted)
        }
        Slo::Backtest { files, objectives, is_json } => {
            backtest::perform(files, objectives, *is_json)
        }
        Slo::Suggest { files, objectives, target, is_json } => {
            suggest::perform(files, objectives.as_deref(), target, *is_json)
        }
        Slo::Import { file, output } => openslo::import(file, output.as_deref()),
        Slo::Export { file, output } => openslo::export(file, output.as_deref()),
    }
}

/// How a file is called in what is said.
fn name_of(path: &Path) -> String {
    if is_stdin(path) { "stdin".to_owned() } else { path.to_string_lossy().into_owned() }
}

/// The Unix way to say stdin.
fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a whole file, or stdin.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let name = name_of(path);
    let fail = |error: std::io::Error| format!("{name}: {error}");
    let mut bytes = Vec::new();
    let limit = FILE_MAX + 1;
    if is_stdin(path) {
        std::io::stdin().take(limit).read_to_end(&mut bytes).map_err(fail)?;
    } else {
        let file = std::fs::File::open(path).map_err(fail)?;
        file.take(limit).read_to_end(&mut bytes).map_err(fail)?;
    }
    if bytes.len() as u64 > FILE_MAX {
        return Err(format!("{name}: more than {} MiB", FILE_MAX >> 20));
    }
    Ok(bytes)
}

/// Reads a whole text.
fn read_text(path: &Path) -> Result<String, String> {
    String::from_utf8(read(path)?).map_err(|error| format!("{}: {error}", name_of(path)))
}

/// Writes where the flag says, or to stdout.
fn write(text: &str, output: Option<&Path>) -> Result<(), String> {
    match output.filter(|path| !is_stdin(path)) {
        None => super::print(text),
        Some(path) => {
            std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
        }
    }
}
