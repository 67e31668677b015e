//! The program under test: found or built, and run to its end.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::within_deadline;

/// Takes the place of the program that cargo builds, to hold another build against the same tests.
const OVERRIDE: &str = "TOLLGATE_BIN";

/// What cargo tells a running test about the test itself. A build script that reads one of these
/// would run again in the inner build.
const ABOUT_THE_TEST: [&str; 5] =
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

/// Runs `tollgate` with these arguments to its end, in the folder of this crate. One that does not end is
/// killed and fails the test.
#[must_use]
pub fn run(args: &[&str]) -> Outcome {
    run_with(args, &[])
}

/// Runs `tollgate` with these arguments and environment variables to its end.
#[must_use]
pub fn run_with(args: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = tokio::process::Command::new(path());
    command
        .args(args)
        .envs(variables.iter().copied())
        .current_dir(folder())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("no runtime for one process");
    let output = runtime
        .block_on(async { within_deadline("the end of tollgate", command.output()).await })
        .expect("tollgate cannot be started");
    Outcome {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("stdout is no UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("stderr is no UTF-8"),
    }
}

/// The folder of this crate, where `bad/` and `data/` are.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program: the one named by `TOLLGATE_BIN`, else the one that cargo builds into the folder this
/// test was built into. Builds at most once in a process, and once in a run of nextest, which gives
/// every test a process.
#[must_use]
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| env::var_os(OVERRIDE).map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    // `target/debug/deps/cli-0123`; the profile's folder is two above it.
    let test = env::current_exe().expect("a test knows its file");
    let deps = test.parent().expect("a test is in a folder");
    let profile = deps.parent().expect("`deps` is in a folder");
    let target = profile.parent().expect("a profile is in the target folder");
    let program = profile.join(format!("tollgate{}", env::consts::EXE_SUFFIX));
    let stamp =
        env::var("NEXTEST_RUN_ID").ok().map(|id| target.join("tmp").join(format!("built-{id}")));
    if stamp.as_ref().is_some_and(|stamp| stamp.exists()) && program.exists() {
        return program;
    }
    let name = profile.file_name().and_then(|name| name.to_str()).unwrap_or("debug");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--quiet", "--locked", "--package", "tollgate", "--bin", "tollgate"])
        .args(["--profile", if name == "debug" { "dev" } else { name }])
        .arg("--target-dir")
        .arg(target)
        .current_dir(folder());
    for (name, _) in env::vars_os() {
        if ABOUT_THE_TEST.iter().any(|start| name.to_string_lossy().starts_with(start)) {
            cargo.env_remove(name);
        }
    }
    let built = cargo.status().expect("cargo cannot be started");
    assert!(built.success(), "tollgate does not build; the reason is above");
    if let Some(stamp) = stamp {
        // Without the stamp the next test asks cargo again, which only takes time.
        let _ = stamp.parent().map(std::fs::create_dir_all);
        let _ = std::fs::write(stamp, "");
    }
    program
}
