//! `slo rules`: rules and alerts for Prometheus; `slo dashboard`: what Grafana shows of them.

use std::{path::Path, process::ExitCode};

use slo::rules::{Dialect, Options, rules};

use super::source;

pub(super) fn perform(
    file: &Path,
    dialect: Dialect,
    is_cheap: bool,
    output: Option<&Path>,
) -> Result<ExitCode, String> {
    let set = source::objectives(file)?;
    let mut options = Options::of(dialect);
    options.is_cheap = is_cheap;
    super::write(&rules(&set, options).to_string(), output)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn dashboard(file: &Path, output: Option<&Path>) -> Result<ExitCode, String> {
    let set = source::objectives(file)?;
    super::write(&format!("{:#}\n", slo::dashboard::dashboard(&set)), output)?;
    Ok(ExitCode::SUCCESS)
}
