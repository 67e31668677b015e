//! The subjects: where their binaries are, how they are started, and on which core.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use clap::ValueEnum;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Child;
use tokio::time::{sleep, timeout};

use crate::error::Error;
use crate::machine::Cores;
use crate::options::RunOptions;
use crate::scenario::{Ports, Scenario, config};

/// Where configs and logs of the subjects go.
const WORK_DIR: &str = "target/bench";
/// A subject takes connections within this time.
const START_MAX: Duration = Duration::from_secs(30);

/// Who is measured, in the order of their turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The bare byte proxy of the bench
    Proxy,
    /// Tollgate without any processor, where a scenario is compared with that
    PassThrough,
    /// Tollgate
    Tollgate,
    /// The Go collector
    Otelcol,
}

impl Kind {
    /// The name in the tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Proxy => "byte proxy",
            Self::PassThrough => "Tollgate, no processor",
            Self::Tollgate => "Tollgate",
            Self::Otelcol => "Go collector",
        }
    }

    /// Where the binary is; for the proxy it is this one.
    pub(crate) fn binary(self, options: &RunOptions) -> Result<PathBuf, Error> {
        match self {
            Self::Proxy => this_binary(),
            Self::PassThrough | Self::Tollgate => Ok(options.tollgate.clone()),
            Self::Otelcol => Ok(options.otelcol.clone()),
        }
    }
}

/// The path of this binary.
pub(crate) fn this_binary() -> Result<PathBuf, Error> {
    std::env::current_exe().map_err(Error::io("find this binary"))
}

/// A running process, ended when dropped, and the port it listens on.
#[derive(Debug)]
pub(crate) struct Running {
    /// The process.
    pub(crate) child: Child,
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
}

impl Running {
    /// Its URL.
    pub(crate) fn url(&self) -> String {
        url(self.port)
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> Result<u32, Error> {
        self.child.id().ok_or_else(|| Error::Failed("the subject has ended".to_owned()))
    }

    /// Ends the process and waits for its end.
    pub(crate) async fn stop(mut self) -> Result<(), Error> {
        self.child.kill().await.map_err(Error::io("end a process"))
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Starts one of this binary's own servers on `core`; it prints its port.
pub(crate) async fn start_own(
    arguments: &[&str],
    core: usize,
    cores: &Cores,
) -> Result<Running, Error> {
    let mut child = cores
        .command(core, &this_binary()?)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(Error::io(format!("start {arguments:?}")))?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        output
            .read_line(&mut line)
            .await
            .map_err(Error::io(format!("read the port of {arguments:?}")))?;
    }
    let port = line.trim().parse().map_err(|_| {
        Error::Failed(format!("{arguments:?} printed `{}`, not its port", line.trim()))
    })?;
    Ok(Running { child, port })
}

/// Starts `kind` before the sink at `sink_port`, and waits until it takes connections.
pub(crate) async fn start(
    kind: Kind,
    scenario: Scenario,
    sink_port: u16,
    options: &RunOptions,
    cores: &Cores,
) -> Result<Running, Error> {
    if kind == Kind::Proxy {
        return start_own(&["proxy", "--sink", &url(sink_port)], cores.subject, cores).await;
    }
    let (receiver, metrics) = free_ports().await?;
    let work = Path::new(WORK_DIR);
    fs::create_dir_all(work).map_err(Error::io(format!("create {WORK_DIR}")))?;
    let name = format!("{}-{scenario}", kind.title().replace([',', ' '], "-").to_lowercase());
    let (config_path, log_path) =
        (work.join(format!("{name}.yaml")), work.join(format!("{name}.log")));
    let ports = Ports { receiver, metrics, sink: sink_port };
    let text = config(kind, scenario, (options.queue, options.compression), ports);
    fs::write(&config_path, text).map_err(Error::io("write the config"))?;
    let log = fs::File::create(&log_path).map_err(Error::io("create the log"))?;
    let child = cores
        .command(cores.subject, &kind.binary(options)?)
        .arg("--config")
        .arg(&config_path)
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(Error::io("open the log"))?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .map_err(Error::io(format!("start {}", kind.title())))?;
    let mut running = Running { child, port: receiver };
    match timeout(START_MAX, ready(&mut running)).await {
        Ok(Ok(())) => Ok(running),
        _ => Err(Error::Failed(format!(
            "{} does not take connections; its log: {}",
            kind.title(),
            log_path.display()
        ))),
    }
}

/// Waits until the process takes connections; fails when it ends before.
async fn ready(running: &mut Running) -> Result<(), Error> {
    while TcpStream::connect(("127.0.0.1", running.port)).await.is_err() {
        if matches!(running.child.try_wait(), Ok(Some(_))) {
            return Err(Error::Failed("the subject has ended".to_owned()));
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Two ports that are free now; a collector cannot be asked which port 0 became.
async fn free_ports() -> Result<(u16, u16), Error> {
    let listen = || async { TcpListener::bind(("127.0.0.1", 0)).await };
    let find = || Error::io("find a free port");
    let (first, second) = (listen().await.map_err(find())?, listen().await.map_err(find())?);
    let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
    Ok((port(&first).map_err(find())?, port(&second).map_err(find())?))
}
