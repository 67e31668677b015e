//! Builds the collectors of others that Tollgate is compared with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::execute;

/// The Go module of the peer, from the top of the repository.
const OTELCOL_SOURCE: &str = "tests/peers/otelcol";
/// Its binary, from the top of the repository.
const OTELCOL_BINARY: &str = "target/peers/otelcol";

/// The top of the repository.
pub(crate) fn top() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}

/// Builds the Go collector into `target/peers/otelcol`, unless it is newer than its source, and
/// returns its path. The error says in one line why there is none.
pub(crate) fn build_otelcol() -> Result<PathBuf, String> {
    let (source, binary) = (top().join(OTELCOL_SOURCE), top().join(OTELCOL_BINARY));
    if is_fresh(&binary, &source) {
        return Ok(binary);
    }
    let version = collector_version(&source)?;
    let built = execute(
        Command::new("go")
            .args(["build", "-trimpath", "-buildvcs=false", "-ldflags"])
            .arg(format!("-s -w -X main.version={version}"))
            .arg("-o")
            .arg(&binary)
            .arg(".")
            .env("CGO_ENABLED", "0")
            .current_dir(&source),
    );
    match built {
        Ok(()) => Ok(binary),
        Err(error) => Err(format!("no Go collector: {error}")),
    }
}

/// Whether the binary exists and nothing in its source folder is newer.
fn is_fresh(binary: &Path, source: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    let Some(built) = modified(binary) else { return false };
    let is_older = |time: Option<SystemTime>| time.is_some_and(|time| time <= built);
    fs::read_dir(source).is_ok_and(|mut files| {
        files.all(|file| file.is_ok_and(|it| is_older(modified(&it.path()))))
    })
}

/// The version of the collector's modules, from `go.mod`.
fn collector_version(source: &Path) -> Result<String, String> {
    let path = source.join("go.mod");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    text.lines()
        .find_map(|line| line.trim().strip_prefix("go.opentelemetry.io/collector/otelcol "))
        .map(|version| version.trim().to_owned())
        .ok_or_else(|| format!("{} names no go.opentelemetry.io/collector/otelcol", path.display()))
}
