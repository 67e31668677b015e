//! `test`: a config tried without a network: OTLP in, and what each exporter is given compared with what
//! should come.
//!
//! Read in this order: [`file`](mod@file) (what a test file says), [`bench`] (the config, with receivers that are fed
//! and exporters that keep), [`compare`] (what came beside what should), [`diff`].

mod bench;
mod compare;
mod diff;
mod file;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, process::ExitCode};

use self::{
    bench::Bench,
    file::{Case, TestFile},
};
use super::print;
use crate::cli::Request;

/// The exit code when a test cannot be run: its file or its config is wrong.
const UNUSABLE: u8 = 2;

/// Runs all tests of all files, each on its own instances of everything.
pub(super) fn perform(request: &Request, files: &[PathBuf]) -> Result<ExitCode, String> {
    if !request.configs.is_empty() {
        return Err("test takes no --config: a test file names its config".to_owned());
    }
    let (mut passed, mut failed, mut unusable) = (0, 0, 0);
    for path in files {
        let name = path.display().to_string();
        let prepared = TestFile::read(path).and_then(|file| {
            let bench = Bench::new(&file, request)?;
            Ok((file, bench))
        });
        let (file, bench) = match prepared {
            Ok(prepared) => prepared,
            Err(reason) => {
                unusable += 1;
                print(&format!("ERROR {name}: {reason}\n"))?;
                continue;
            }
        };
        for case in &file.tests {
            match run(&file, case, &bench)? {
                None => {
                    passed += 1;
                    print(&format!("ok    {name}: {}\n", case.name))?;
                }
                Some(report) => {
                    failed += 1;
                    print(&format!("FAIL  {name}: {}\n{report}", case.name))?;
                }
            }
        }
    }
    let errors = if unusable > 0 { format!(", {unusable} unusable") } else { String::new() };
    print(&format!("{passed} passed, {failed} failed{errors}\n"))?;
    Ok(match (failed, unusable) {
        (0, 0) => ExitCode::SUCCESS,
        (_, 0) => ExitCode::FAILURE,
        _ => ExitCode::from(UNUSABLE),
    })
}

/// Runs one test; what is wrong, if anything is.
fn run(file: &TestFile, case: &Case, bench: &Bench) -> Result<Option<String>, String> {
    let mut report = String::new();
    let came = match bench.run(file, case) {
        Ok(came) => came,
        Err(reason) => return Ok(Some(format!("  {reason}\n"))),
    };
    for (exporter, expected) in &case.expect {
        let expected = match compare::expected(file, expected) {
            Ok(expected) => expected,
            Err(reason) => {
                report.push_str(&format!("  expect {exporter}: {reason}\n"));
                continue;
            }
        };
        let batches = came.get(exporter).map_or(&[][..], Vec::as_slice);
        if let Some(difference) = compare::difference(&expected, batches) {
            report.push_str(&format!("  exporter {exporter} (- expected, + came):\n{difference}"));
        }
    }
    Ok((!report.is_empty()).then_some(report))
}
