//! The machine a run was made on, its cores, and the versions measured.

use std::fs;
use std::path::Path;

use tokio::process::Command;

use crate::error::Error;
use crate::options::RunOptions;
use crate::proc::{allowed_cores, field, read};
use crate::subject::Kind;

/// The lock file of this build; it names the tonic the proxy is made of.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// Which core does what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cores {
    /// Load generator and sink.
    pub(crate) load: usize,
    /// The subject, alone.
    pub(crate) subject: usize,
}

impl Cores {
    /// The first and the last core this process may run on.
    pub(crate) fn choose() -> Result<Self, Error> {
        match allowed_cores()?.as_slice() {
            [load, .., subject] => Ok(Self { load: *load, subject: *subject }),
            _ => Err(Error::Failed(
                "two cores are needed: one for the subject, one for load and sink".to_owned(),
            )),
        }
    }

    /// A command that runs `program` on one core. `taskset` becomes the program, so the process id
    /// is the program's.
    pub(crate) fn command(&self, core: usize, program: &Path) -> Command {
        let mut command = Command::new("taskset");
        command.arg("--cpu-list").arg(core.to_string()).arg(program);
        command
    }
}

/// The machine in one line.
pub(crate) fn machine() -> Result<String, Error> {
    let cpu = read("/proc/cpuinfo")?;
    let memory = read("/proc/meminfo")?;
    let load = read("/proc/loadavg")?;
    let gibibytes = field(&memory, "MemTotal")
        .and_then(|total| total.strip_suffix("kB")?.trim().parse::<f64>().ok())
        .unwrap_or_default()
        / f64::from(1 << 20);
    Ok(format!(
        "{}, {} cores, {gibibytes:.0} GiB, Linux {}; load average {} at the start",
        field(&cpu, "model name").unwrap_or("unknown CPU"),
        allowed_cores()?.len(),
        read("/proc/sys/kernel/osrelease")?.trim(),
        load.split(' ').next().unwrap_or("unknown"),
    ))
}

/// The exact version of a subject; an error says why it cannot be measured.
pub(crate) async fn version(kind: Kind, options: &RunOptions) -> Result<String, Error> {
    if kind == Kind::Proxy {
        return Ok(format!(
            "tonic {}, hyper {}, h2 {}, tokio {}",
            locked("tonic"),
            locked("hyper"),
            locked("h2"),
            locked("tokio")
        ));
    }
    let binary = kind.binary(options)?;
    if !fs::exists(&binary).unwrap_or(false) {
        return Err(Error::Failed(format!("{} does not exist", binary.display())));
    }
    let mut version = first_line(Command::new(&binary).arg("--version")).await?;
    if kind == Kind::Otelcol
        && let Ok(line) = first_line(Command::new("go").arg("version").arg(&binary)).await
        && let Some((_, go)) = line.rsplit_once(": ")
    {
        version = format!("{version}, built with {go}");
    }
    Ok(version)
}

/// The first line a command prints.
async fn first_line(command: &mut Command) -> Result<String, Error> {
    let output = command.output().await.map_err(Error::io("ask for a version"))?;
    if !output.status.success() {
        return Err(Error::Failed(format!("asking for its version failed: {}", output.status)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

/// The version of a package in the lock file.
fn locked(name: &str) -> &'static str {
    LOCK.split("[[package]]")
        .find(|package| package.contains(&format!("\nname = \"{name}\"\n")))
        .and_then(|package| package.split("version = \"").nth(1)?.split('"').next())
        .unwrap_or("unknown")
}
