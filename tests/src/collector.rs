//! The program running: its log, its addresses, its end.

use std::{
    net::SocketAddr,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
    task::JoinHandle,
};

use crate::{binary, within_deadline};

/// The last words of a successful start.
const READY: &str = "Everything is ready. Begin running and processing data.";

/// A running `tollgate`. Dropping it kills it.
#[derive(Debug)]
pub struct Collector {
    child: Child,
    log: Log,
    readers: Vec<JoinHandle<()>>,
}

/// Every line so far, and how many there are.
#[derive(Clone, Debug)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    count: watch::Sender<usize>,
}

impl Log {
    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn read(self, from: impl AsyncRead + Unpin) {
        let mut lines = BufReader::new(from).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            self.count.send_modify(|count| *count += 1);
        }
    }
}

impl Collector {
    /// Starts with this config and waits until everything is ready.
    pub async fn start(config: &str) -> Self {
        let collector = Self::spawn(config, &[]);
        collector.line(READY).await;
        collector
    }

    /// Starts with this config and more arguments, and waits for nothing.
    #[must_use]
    pub fn spawn(config: &str, args: &[&str]) -> Self {
        let mut command = Command::new(binary::path());
        command.args(["--config", "env:ACCEPTANCE_CONFIG"]).args(args);
        Self::run(command, config)
    }

    /// Starts with this config after `preparation`, commands of the shell, in a world of mounts of its own.
    /// The commands see `arguments` as `$1` and so on. See [`can_mount`].
    #[must_use]
    pub fn spawn_mounted(config: &str, preparation: &str, arguments: &[&str]) -> Self {
        let script = format!("set -e; {preparation}; exec \"$0\" --config env:ACCEPTANCE_CONFIG");
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
        command.arg(binary::path()).args(arguments);
        Self::run(command, config)
    }

    /// Starts another collector of the same manners, the Go one, and waits until everything is ready.
    pub async fn start_peer(program: &std::path::Path, config: &str) -> Self {
        let mut command = Command::new(program);
        command.args(["--config", "env:ACCEPTANCE_CONFIG"]);
        let collector = Self::run(command, config);
        collector.line(READY).await;
        collector
    }

    fn run(mut command: Command, config: &str) -> Self {
        let mut child = command
            .env("ACCEPTANCE_CONFIG", config)
            .current_dir(binary::folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("tollgate cannot be started");
        let log = Log { lines: Arc::default(), count: watch::Sender::new(0) };
        let readers = vec![
            tokio::spawn(log.clone().read(child.stdout.take().expect("stdout is piped"))),
            tokio::spawn(log.clone().read(child.stderr.take().expect("stderr is piped"))),
        ];
        Self { child, log, readers }
    }

    /// The first line that contains `text`, waited for.
    pub async fn line(&self, text: &str) -> String {
        self.lines_with(text, 1).await.remove(0)
    }

    /// The first `count` lines that contain `text`, waited for.
    pub async fn lines_with(&self, text: &str, count: usize) -> Vec<String> {
        let mut changes = self.log.count.subscribe();
        let search = async {
            loop {
                let found: Vec<_> =
                    self.log.lines().into_iter().filter(|line| line.contains(text)).collect();
                if found.len() >= count {
                    return found;
                }
                // The log itself holds the sender: this waits for a line, however long.
                let _ = changes.changed().await;
            }
        };
        tokio::time::timeout(crate::DEADLINE, search).await.unwrap_or_else(|_| {
            panic!("no {count} lines with {text:?} came in time in\n{}", self.log())
        })
    }

    /// Everything it wrote so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.lines().join("\n")
    }

    /// Where OTLP over gRPC is listened for.
    pub async fn grpc(&self) -> SocketAddr {
        endpoint(&self.line("Starting GRPC server").await)
    }

    /// Where OTLP over HTTP is listened for.
    pub async fn http(&self) -> SocketAddr {
        endpoint(&self.line("Starting HTTP server").await)
    }

    /// Sends a signal, `TERM` or `HUP`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().expect("tollgate has ended already");
        // The shell's own `kill`: it is everywhere, and the standard library has none.
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} {id}")])
            .status()
            .expect("a shell cannot be started");
        assert!(sent.success(), "no signal could be sent to {id}");
    }

    /// Waits for its end and for the last of its log; how it ended, and the log.
    pub async fn end(mut self) -> (ExitStatus, String) {
        let status = within_deadline("the end of tollgate", self.child.wait()).await.unwrap();
        for reader in self.readers.drain(..) {
            reader.await.unwrap();
        }
        (status, self.log())
    }

    /// Stops it as a service manager does; it must end with code 0. Its log.
    pub async fn stop(self) -> String {
        self.signal("TERM");
        let (status, log) = self.end().await;
        assert_eq!(status.code(), Some(0), "{log}");
        // Whatever a test is about: nothing went without a word.
        drop(crate::ledger::accounts(&log));
        log
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The descriptors it has open.
    #[must_use]
    pub fn descriptors(&self) -> usize {
        let id = self.child.id().expect("tollgate has ended already");
        std::fs::read_dir(format!("/proc/{id}/fd")).unwrap().count()
    }

    /// The most memory it ever had resident, in bytes.
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        let id = self.child.id().expect("tollgate has ended already");
        let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = text.lines().find(|line| line.starts_with("VmHWM:")).expect("no VmHWM");
        let kib = line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
        kib.expect("VmHWM is no number") << 10
    }
}

/// Whether this machine lets tests mount something in a world of mounts of their own.
#[must_use]
pub fn can_mount() -> bool {
    let tried = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output();
    tried.is_ok_and(|tried| tried.status.success())
}

/// The fields of a line of the log in console encoding.
#[must_use]
pub fn fields(line: &str) -> Value {
    let fields = line.rsplit('\t').next().unwrap_or_default();
    serde_json::from_str(fields).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn endpoint(line: &str) -> SocketAddr {
    let fields = fields(line);
    let text = fields.get("endpoint").and_then(Value::as_str).unwrap_or_default();
    text.parse().unwrap_or_else(|error| panic!("{error}: {line}"))
}
