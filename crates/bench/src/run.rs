//! Conducts a run: every cell, every round, every subject in turn.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::error::Error;
use crate::load::Measurement;
use crate::machine::{self, Cores};
use crate::options::{Queue, RunOptions};
use crate::proc::Memory;
use crate::report::{self, CellResult, Idle, Report, Row};
use crate::scenario::Cell;
use crate::subject::{self, Kind, this_binary};

/// A subject rests this long before its idle memory is read.
const IDLE: Duration = Duration::from_millis(500);
/// One measurement takes no longer than this.
const MEASUREMENT_MAX: Duration = Duration::from_secs(900);

/// One measurement and what the subject held before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    /// What the load generator found.
    pub(crate) measurement: Measurement,
    /// Resident memory after the start, before any request, in bytes.
    pub(crate) idle_bytes: u64,
}

/// Measures, prints the page, and writes it where asked. Fails, after printing, when a subject
/// failed a measurement.
pub(crate) async fn run(options: Box<RunOptions>) -> Result<(), Error> {
    let cores = Cores::choose()?;
    let mut report = Report::new(machine::machine()?, &options, cores);
    let mut present = Vec::new();
    for kind in options.subjects() {
        match machine::version(kind, &options).await {
            Ok(version) => {
                report.versions.push((kind, version));
                present.push(kind);
            }
            Err(error) => {
                report::progress(&format!("skipped: {}: {error}", kind.title()));
                report.skipped.push((kind, error.to_string()));
            }
        }
    }
    for cell in cells(&options) {
        report.cells.push(measure_cell(cell, &present, &options, &cores).await);
    }
    report.idle = Idle::of(&report.cells);
    let page = report.page();
    report::print(&page)?;
    if let Some(path) = &options.out {
        fs::write(path, &page).map_err(Error::io(format!("write {}", path.display())))?;
    }
    match report.failures() {
        0 => Ok(()),
        count => Err(Error::Failed(format!("{count} measurements failed; see above"))),
    }
}

fn cells(options: &RunOptions) -> Vec<Cell> {
    let mut cells = Vec::new();
    for scenario in options.scenarios() {
        for size in options.sizes() {
            if !scenario.takes(size) {
                continue;
            }
            for per_request in options.per_requests() {
                cells.push(Cell { scenario, size, per_request });
            }
        }
    }
    cells
}

/// Measures a cell: in every round each subject has its turn, so that what changes on the machine
/// meanwhile meets them all.
async fn measure_cell(
    cell: Cell,
    kinds: &[Kind],
    options: &RunOptions,
    cores: &Cores,
) -> CellResult {
    let kinds = kinds.iter().filter(|&&kind| cell.scenario.has(kind));
    let mut rows: Vec<Row> = kinds.map(|&kind| Row::new(kind)).collect();
    for round in 1..=options.rounds() {
        for row in &mut rows {
            let measured = Box::pin(measure(row.kind, cell, options, cores)).await;
            report::progress(&report::round_line(cell, round, row.kind, &measured));
            row.rounds.push(measured.map_err(|error| error.to_string()));
        }
    }
    CellResult { cell, rows }
}

/// Starts sink, subject and load for one measurement, each new, and ends them after it.
async fn measure(
    kind: Kind,
    cell: Cell,
    options: &RunOptions,
    cores: &Cores,
) -> Result<Round, Error> {
    let sink = subject::start_own(&["sink"], cores.load, cores).await?;
    let running = subject::start(kind, cell.scenario, sink.port, options, cores).await?;
    sleep(IDLE).await;
    let idle_bytes = Memory::of(running.pid()?)?.resident;

    let requests = cell.requests(options.seconds());
    let streams = cell.streams(options.streams);
    let mut command = cores.command(cores.load, &this_binary()?);
    command
        .args(["load", "--endpoint", &running.url(), "--sink", &sink.url()])
        .args(["--pid", &running.pid()?.to_string(), "--size", &cell.size.to_string()])
        .args(["--per-request", &cell.per_request.to_string()])
        .args(["--requests", &requests.to_string()])
        .args(["--warmup", &(requests / 5).max(streams).to_string()])
        .args(["--connections", &options.connections.to_string()])
        .args(["--streams", &streams.to_string()])
        .args(["--edit", &cell.scenario.edit(kind).to_string()])
        .args(["--content", &cell.scenario.content().to_string()])
        .args(["--compression", options.compression.name()])
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = timeout(MEASUREMENT_MAX, command.output()).await;
    let output = output
        .map_err(|_| Error::Failed(format!("no end after {MEASUREMENT_MAX:?}")))?
        .map_err(Error::io("run the load generator"))?;
    running.stop().await?;
    sink.stop().await?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let text = text.trim().trim_start_matches("bench: ");
        return Err(Error::Failed(text.chars().take(600).collect()));
    }
    let measurement = serde_json::from_slice(&output.stdout)
        .map_err(|error| Error::Failed(format!("the load generator's answer: {error}")))?;
    Ok(Round { measurement, idle_bytes })
}

impl Queue {
    /// For the page.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Default => "at its defaults: 1,000 requests in memory, a full queue refuses",
            Self::Blocking => "at its defaults, but a full queue makes the sender wait",
            Self::Off => "off: an answer means that the sink has answered",
        }
    }
}
