//! `slo import` and `slo export`: OpenSLO v1, in and out.

use std::{path::Path, process::ExitCode};

use config::Kind;
use slo::{Set, objective::Fault};

use super::{name_of, source};

/// Writes what can be carried over, and tells what cannot.
pub(super) fn import(file: &Path, output: Option<&Path>) -> Result<ExitCode, String> {
    let text = super::read_text(file)?;
    let (value, mut faults) = slo::openslo::import(&text, &name_of(file));
    let count = match value.get("objectives").map(|list| &list.kind) {
        Some(Kind::Seq(list)) => list.len(),
        _ => 0,
    };
    if count > 0 {
        // What OpenSLO allows and we do not, such as an alert that can never fire.
        let (_, further) = Set::read(&value, &[]);
        let told: Vec<Fault> = further.iter().cloned().collect();
        told.into_iter().for_each(|fault| faults.push(fault));
    }
    source::note(&faults);
    if count > 0 {
        super::write(&config::to_yaml(&value), output)?;
    }
    Ok(if faults.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Writes a document for each objective.
pub(super) fn export(file: &Path, output: Option<&Path>) -> Result<ExitCode, String> {
    let set = source::objectives(file)?;
    let list = slo::openslo::export(&set);
    let documents: Vec<String> = match &list.kind {
        Kind::Seq(objects) => objects.iter().map(config::to_yaml).collect(),
        _ => Vec::new(),
    };
    super::write(&documents.join("---\n"), output)?;
    Ok(ExitCode::SUCCESS)
}
