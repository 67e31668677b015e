//! `slo check`: everything that is wrong with objectives, and what comes of those that are right.

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use slo::{
    Objective, Ratio,
    objective::{Alerts, Level},
};

use super::{name_of, source};

pub(super) fn perform(files: &[PathBuf]) -> Result<ExitCode, String> {
    let mut has_errors = false;
    for file in files {
        for source in source::read(file)? {
            source::note(&source.faults);
            has_errors |= source.faults.has_errors();
            let errors = source::counted(&source.faults, Level::Error);
            let warnings = source::counted(&source.faults, Level::Warning);
            let count = source.set.objectives.len();
            let plural = if count == 1 { "" } else { "s" };
            let mut text =
                format!("{}: {count} objective{plural}, {errors}, {warnings}\n", name_of(file));
            for objective in &source.set.objectives {
                promise(&mut text, objective, &source.set.alerts);
            }
            super::super::print(&text)?;
        }
    }
    Ok(if has_errors { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What is promised, and which alerts come of it.
fn promise(text: &mut String, objective: &Objective, alerts: &Alerts) {
    let percent = objective.target.times(Ratio::whole(100)).unwrap_or_default();
    let Objective { name, on, good, window, .. } = objective;
    // Writing to a string does not fail.
    let _ = writeln!(text, "  {name}: {percent}% of {on} in {window}, good: {good}");
    for tier in objective.tiers(alerts) {
        let _ =
            writeln!(text, "    {} {}/{} x{}", tier.severity, tier.long, tier.short, tier.factor);
    }
}
