//! The program under test: found or built, and run to its end.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use tokio::io::AsyncWriteExt as _;

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
    let (code, stdout, stderr) = run_on(args, variables, &[]);
    let stdout = String::from_utf8(stdout).expect("stdout is no UTF-8");
    Outcome { code, stdout, stderr }
}

/// As [`run_with`], with this on stdin; answers exit code, stdout as it came, and stderr.
#[must_use]
pub fn run_on(
    args: &[&str],
    variables: &[(&str, &str)],
    input: &[u8],
) -> (Option<i32>, Vec<u8>, String) {
    let mut command = tokio::process::Command::new(path());
    command
        .args(args)
        .envs(variables.iter().copied())
        .current_dir(folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("no runtime for one process");
    let output = runtime.block_on(async {
        let mut child = command.spawn().expect("tollgate cannot be started");
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let write = async move {
            // One that does not read its stdin has closed it.
            let _ = stdin.write_all(input).await;
        };
        let end = within_deadline("the end of tollgate", child.wait_with_output());
        tokio::join!(write, end).1.expect("tollgate cannot be waited for")
    });
    let stderr = String::from_utf8(output.stderr).expect("stderr is no UTF-8");
    (output.status.code(), output.stdout, stderr)
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
