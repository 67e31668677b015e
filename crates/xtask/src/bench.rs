//! Builds what the bench needs and hands over to it.

use std::process::Command;

use crate::{execute, peers, say};

/// Builds the bench, and the subjects asked for as far as they can be built; then runs the bench
/// with the same arguments. A subject that cannot be built is left out with one line.
pub(crate) fn run(arguments: Vec<String>) -> Result<(), String> {
    build("bench")?;
    let helps = arguments.iter().any(|argument| argument == "--help" || argument == "-h");
    if !helps && wants(&arguments, "tollgate") {
        build("tollgate").unwrap_or_else(|error| say(&format!("no Tollgate: {error}")));
    }
    if !helps && wants(&arguments, "otelcol") {
        peers::build_otelcol().map_or_else(|error| say(&error), drop);
    }
    let program = peers::top().join("target/release/bench");
    execute(Command::new(program).arg("run").args(arguments).current_dir(peers::top()))
}

fn build(package: &str) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    execute(
        Command::new(cargo)
            .args(["build", "--quiet", "--release", "--package", package])
            .current_dir(peers::top()),
    )
}

/// Whether a subject is measured: no `--subject` means all of them.
fn wants(arguments: &[String], subject: &str) -> bool {
    let values = arguments
        .iter()
        .zip(arguments.iter().skip(1))
        .filter_map(|(name, value)| (name == "--subject").then_some(value.as_str()));
    let joined = arguments.iter().filter_map(|argument| argument.strip_prefix("--subject="));
    let named: Vec<&str> = values.chain(joined).flat_map(|list| list.split(',')).collect();
    named.is_empty() || named.contains(&subject)
}
