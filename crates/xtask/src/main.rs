//! Chores, the bench, and the tests that hold the shape of this repository.

mod bench;
mod peers;

use std::process::{Command, ExitCode};

/// What can be asked for.
const USAGE: &str = "\
usage: cargo xtask <chore>

  bench [options]   measure Tollgate beside a byte proxy and the Go collector (--help lists the options)
  peers             build the Go collector that tests and the bench compare with";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next().unwrap_or_default();
    let done = match chore.as_str() {
        "bench" => bench::run(arguments.collect()),
        "peers" => peers::build_otelcol().map(|path| say(&path.display().to_string())),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error);
            ExitCode::FAILURE
        }
    }
}

/// Tells the person who waits.
#[expect(clippy::print_stderr, reason = "a chore talks to the terminal it was started from")]
fn say(line: &str) {
    eprintln!("{line}");
}

/// Runs a command to its end; an error names the command.
fn execute(command: &mut Command) -> Result<(), String> {
    let name = format!("`{}`", command.get_program().to_string_lossy());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} failed: {status}")),
        Err(error) => Err(format!("{name} cannot be started: {error}")),
    }
}
