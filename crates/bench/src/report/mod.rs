//! The page: Markdown tables that can be pasted or written to `docs/performance.md`.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io::{self, Write as _};

use clap::ValueEnum as _;

use crate::error::Error;
use crate::machine::Cores;
use crate::options::RunOptions;
use crate::run::Round;
use crate::scenario::{Cell, Scenario};
use crate::stats::Summary;
use crate::subject::Kind;

const TABLE_HEAD: &str = "\
| span | spans a request | subject | CPU-s per million spans | × proxy | × pass | × Go | spans/s | core busy | p50 ms | p99 ms | peak RSS MiB | refused |
|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
";

const METHOD: &str = "\
- Load generator and sink are processes of their own on one core; the subject has the other core for itself. gRPC in, gRPC out,
  everything on 127.0.0.1. Collectors get the same YAML, with their own telemetry at its default level.
- Every subject does the same work: the same requests, distinct ones, as fast as they are answered. A measurement ends when the sink has counted
  every span; one lost, doubled or wrong span fails it. The spans of the first request are compared field by field with what was sent.
- CPU-seconds are user and system time of the subject from `/proc/<pid>/stat`, after a warm-up. They depend little on what else the machine does,
  so they and their ratios are what to compare. `core busy` is CPU time over wall time: below 100 % the subject waited for load or sink.
- Subjects take turns in every round, each time as a new process. Values are medians over the rounds, with the lowest and the highest in
  brackets; ratios are taken within a round. The byte proxy never edits or batches: it is the floor in every table. `× pass` is to Tollgate
  without any processor, measured where private data is replaced.
- Where private data is replaced, every request is made before the measurement and sent once, and no prompt is like another, so nothing that a
  subject remembers helps it; but in the table in which spans repeat the earlier turns of their run, as agents do. The private values are of 18
  kinds, and the Go collector has a rule for each. None may be left in the first request, and where there is nothing to find, nothing may change.
- Latency is from a request's first try to its success, in a closed loop, so it says how long a full house waits. `refused` counts tries that
  the subject put off (a full queue); they are repeated, and their cost counts. With the
  queue at its defaults a subject slower than the load fills it, holds it in memory and refuses; `--queue off` measures the path alone.
";

/// What one subject did in one cell.
#[derive(Debug)]
pub(crate) struct Row {
    /// Who.
    pub(crate) kind: Kind,
    /// Round by round; an error says in words what went wrong.
    pub(crate) rounds: Vec<Result<Round, String>>,
}

impl Row {
    /// A subject before its first round.
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, rounds: Vec::new() }
    }

    /// Sums up one number over the rounds that succeeded.
    fn summary(&self, number: impl Fn(&Round) -> f64) -> Option<Summary> {
        Summary::of(self.rounds.iter().flatten().map(number))
    }

    /// Sums up the ratio of CPU times to `base`, within each round.
    fn ratio(&self, base: Option<&Self>) -> Option<Summary> {
        let pairs = self.rounds.iter().zip(&base?.rounds);
        Summary::of(
            pairs
                .filter_map(|(own, base)| Some(cpu(own.as_ref().ok()?) / cpu(base.as_ref().ok()?))),
        )
    }
}

fn cpu(round: &Round) -> f64 {
    round.measurement.cpu_seconds_a_million()
}

/// All subjects in one cell.
#[derive(Debug)]
pub(crate) struct CellResult {
    /// What was measured.
    pub(crate) cell: Cell,
    /// A row for each subject.
    pub(crate) rows: Vec<Row>,
}

impl CellResult {
    fn row(&self, kind: Kind) -> Option<&Row> {
        self.rows.iter().find(|row| row.kind == kind)
    }

    /// Writes a table line for each subject.
    fn write(&self, page: &mut String) {
        for row in &self.rows {
            let number = |value: Option<Summary>, digits: usize| {
                value.map_or_else(|| "–".to_owned(), |it| format!("{:.digits$}", it.median))
            };
            let ratio = |kind| spread(row.ratio(self.row(kind)), 2);
            let measurement = |read: fn(&Round) -> f64| row.summary(read);
            let busy = measurement(|it| {
                let cpu = it.measurement.user_seconds + it.measurement.system_seconds;
                cpu / it.measurement.wall_seconds * 100.0
            });
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} % | {} | {} | {} | {} |",
                self.cell.size.title(),
                self.cell.per_request,
                row.kind.title(),
                spread(row.summary(cpu), 2),
                ratio(Kind::Proxy),
                ratio(Kind::PassThrough),
                ratio(Kind::Otelcol),
                number(
                    measurement(|it| it.measurement.spans as f64 / it.measurement.wall_seconds),
                    0
                ),
                number(busy, 0),
                number(measurement(|it| it.measurement.p50_micros as f64 / 1e3), 1),
                number(measurement(|it| it.measurement.p99_micros as f64 / 1e3), 1),
                spread(measurement(|it| mebibytes(it.measurement.peak_bytes)), 0),
                number(measurement(|it| it.measurement.refused as f64), 0),
            );
        }
    }
}

/// `median (min–max)`.
fn spread(summary: Option<Summary>, digits: usize) -> String {
    summary.map_or_else(
        || "–".to_owned(),
        |it| format!("{:.digits$} ({:.digits$}–{:.digits$})", it.median, it.min, it.max),
    )
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Resident memory of the subjects before any request.
#[derive(Debug, Default)]
pub(crate) struct Idle(Vec<(Kind, Summary)>);

impl Idle {
    /// Sums up over all cells and rounds.
    pub(crate) fn of(cells: &[CellResult]) -> Self {
        let kinds = cells.first().map(|cell| cell.rows.iter().map(|row| row.kind));
        let summary = |kind| {
            let rounds = cells.iter().filter_map(|cell| cell.row(kind)).flat_map(|row| &row.rounds);
            let bytes = rounds.flatten().map(|round| mebibytes(round.idle_bytes));
            Some((kind, Summary::of(bytes)?))
        };
        Self(kinds.into_iter().flatten().filter_map(summary).collect())
    }
}

/// Everything a run found.
#[derive(Debug)]
pub(crate) struct Report {
    machine: String,
    setup: String,
    /// The exact version of each subject measured.
    pub(crate) versions: Vec<(Kind, String)>,
    /// The subjects left out, and why.
    pub(crate) skipped: Vec<(Kind, String)>,
    /// Memory at rest.
    pub(crate) idle: Idle,
    /// The cells in the order they were measured.
    pub(crate) cells: Vec<CellResult>,
}

impl Report {
    /// An empty report of a run with these settings.
    pub(crate) fn new(machine: String, options: &RunOptions, cores: Cores) -> Self {
        let setup = format!(
            "{} rounds; work for about {} s of the byte proxy; {} connections, up to {} requests in flight (64 MiB at most); subject on core {}, \
             load and sink on core {}; sending queue {}; compression {}",
            options.rounds(),
            options.seconds(),
            options.connections,
            options.streams,
            cores.subject,
            cores.load,
            options.queue.title(),
            options.compression.name(),
        );
        Self {
            machine,
            setup,
            versions: Vec::new(),
            skipped: Vec::new(),
            idle: Idle::default(),
            cells: Vec::new(),
        }
    }

    /// How many measurements failed.
    pub(crate) fn failures(&self) -> usize {
        let rows = self.cells.iter().flat_map(|cell| &cell.rows);
        rows.flat_map(|row| &row.rounds).filter(|round| round.is_err()).count()
    }

    /// The whole page.
    pub(crate) fn page(&self) -> String {
        let mut page = format!(
            "# Performance\n\nMade by `cargo xtask bench --full --out docs/performance.md`; `cargo xtask bench --quick` gives a first answer in a \
             minute or two.\nRatios from one run on one machine are what to compare; run it on yours.\n\n## How it is measured\n\n{METHOD}\n\
             ## This run\n\n- Machine: {}\n- Settings: {}\n",
            self.machine, self.setup,
        );
        for (kind, version) in &self.versions {
            let _ = writeln!(page, "- {}: {version}", kind.title());
        }
        for (kind, reason) in &self.skipped {
            let _ = writeln!(page, "- {}: skipped, {reason}", kind.title());
        }
        page.push_str("\n| subject | idle RSS MiB |\n|---|--:|\n");
        for (kind, summary) in &self.idle.0 {
            let _ = writeln!(page, "| {} | {} |", kind.title(), spread(Some(*summary), 1));
        }
        for scenario in Scenario::value_variants().iter().copied() {
            self.write_scenario(scenario, &mut page);
        }
        page
    }

    fn write_scenario(&self, scenario: Scenario, page: &mut String) {
        let cells = || self.cells.iter().filter(move |cell| cell.cell.scenario == scenario);
        if cells().next().is_none() {
            return;
        }
        let _ = write!(page, "\n## {}\n\n{TABLE_HEAD}", scenario.title());
        cells().for_each(|cell| cell.write(page));
        let mut separator = "\n";
        for cell in cells() {
            for row in &cell.rows {
                for error in row.rounds.iter().filter_map(|round| round.as_ref().err()) {
                    let _ = writeln!(
                        page,
                        "{separator}- failed: {}, {}: {error}",
                        cell.cell.title(),
                        row.kind.title()
                    );
                    separator = "";
                }
            }
        }
    }
}

/// A line for the log after one measurement.
pub(crate) fn round_line(
    cell: Cell,
    round: u32,
    kind: Kind,
    measured: &Result<Round, Error>,
) -> String {
    let outcome = match measured {
        Ok(round) => format!(
            "{:.2} CPU-s per million spans ({} spans, {} checked, {} refused)",
            cpu(round),
            round.measurement.spans,
            round.measurement.checked,
            round.measurement.refused
        ),
        Err(error) => format!("failed: {error}"),
    };
    format!("{} · round {round} · {}: {outcome}", cell.title(), kind.title())
}

/// Writes a line for whoever waits; the page itself goes to standard output.
pub(crate) fn progress(line: &str) {
    // Nobody may be listening, and that is no reason to stop.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Prints the page.
pub(crate) fn print(page: &str) -> Result<(), Error> {
    io::stdout().lock().write_all(page.as_bytes()).map_err(Error::io("print the page"))
}
