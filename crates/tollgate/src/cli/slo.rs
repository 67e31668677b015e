//! The flags of `slo` and its verbs.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use slo::rules::Dialect;

/// What `slo` was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slo {
    /// Say everything that is wrong with objectives.
    Check {
        /// Files of objectives, or configs with `slo` processors.
        files: Vec<PathBuf>,
    },
    /// Write rules and alerts for Prometheus.
    Rules {
        /// Where the objectives are.
        file: PathBuf,
        /// Whose names and formulas.
        dialect: Dialect,
        /// Whether sums of the whole window are added up from those of five minutes.
        is_cheap: bool,
        /// Where to write; nothing is stdout.
        output: Option<PathBuf>,
    },
    /// Write a dashboard for Grafana.
    Dashboard {
        /// Where the objectives are.
        file: PathBuf,
        /// Where to write; nothing is stdout.
        output: Option<PathBuf>,
    },
    /// Say why each thing in a recording was judged as it was.
    Explain {
        /// The recording.
        trace: PathBuf,
        /// Where the objectives are.
        objectives: PathBuf,
        /// Only this objective.
        objective: Option<String>,
        /// What no objective matches as well.
        has_unmatched: bool,
        /// For programs.
        is_json: bool,
    },
    /// Say what objectives and alerts would have done on recordings.
    Backtest {
        /// The recordings.
        files: Vec<PathBuf>,
        /// Where the objectives are.
        objectives: PathBuf,
        /// For programs.
        is_json: bool,
    },
    /// Say what could be promised, by recordings.
    Suggest {
        /// The recordings.
        files: Vec<PathBuf>,
        /// Where the objectives are whose targets are wanted; without, objectives are suggested.
        objectives: Option<PathBuf>,
        /// The part that bounds are to be kept by.
        target: String,
        /// For programs.
        is_json: bool,
    },
    /// Make objectives of OpenSLO v1.
    Import {
        /// Where the OpenSLO is.
        file: PathBuf,
        /// Where to write; nothing is stdout.
        output: Option<PathBuf>,
    },
    /// Make OpenSLO v1 of objectives.
    Export {
        /// Where the objectives are.
        file: PathBuf,
        /// Where to write; nothing is stdout.
        output: Option<PathBuf>,
    },
}

/// What is said of recordings.
const RECORDINGS: &str =
    "Recorded telemetry: OTLP requests in protobuf or JSON, or JSON lines; - is stdin";
/// What is said of a file of objectives.
const OBJECTIVES: &str = "A file of objectives, or a config with `slo` processors; - is stdin";

pub(super) fn command() -> Command {
    Command::new("slo")
        .about("Check objectives, make rules of them, and try them on recordings")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(check())
        .subcommand(rules())
        .subcommand(
            Command::new("dashboard")
                .about("Write a dashboard for Grafana, to be imported as JSON")
                .long_about(
                    "Writes a dashboard in JSON. It reads the rules of the dialect native and the counter slo_events_total \
                     from whichever Prometheus is chosen on the page.",
                )
                .arg(file(OBJECTIVES))
                .arg(output()),
        )
        .subcommand(explain())
        .subcommand(backtest())
        .subcommand(suggest())
        .subcommand(
            Command::new("import")
                .about("Make objectives of OpenSLO v1")
                .long_about(
                    "Reads OpenSLO v1, several documents and lists included, and writes objectives. What cannot be carried \
                     over is told on stderr with its place and a remedy; if that is a whole objective, the exit code is 1.",
                )
                .arg(file("A file of OpenSLO v1; - is stdin"))
                .arg(output()),
        )
        .subcommand(
            Command::new("export")
                .about("Make OpenSLO v1 of objectives")
                .arg(file(OBJECTIVES))
                .arg(output()),
        )
}

fn explain() -> Command {
    Command::new("explain")
        .about("Say why each run, call and evaluation of a recording was judged as it was")
        .long_about(
            "Judges a recording as the processors agent_runs and slo would, and tells field by field what was found and what \
             that made of it. Of attributes only the types are shown, never the values.",
        )
        .arg(file(RECORDINGS))
        .arg(objectives().required(true))
        .arg(
            Arg::new("objective").long("objective").value_name("NAME").help("Only this objective"),
        )
        .arg(
            Arg::new("unmatched")
                .long("unmatched")
                .action(ArgAction::SetTrue)
                .help("What an objective does not match as well"),
        )
        .arg(json())
}

fn backtest() -> Command {
    Command::new("backtest")
        .about("Say what objectives and alerts would have done on recordings")
        .long_about(
            "Judges recordings, in whatever order the files come, and replays the alerts minute by minute: which would have \
             fired when, and what would be left of the budgets.",
        )
        .arg(file(RECORDINGS).action(ArgAction::Append))
        .arg(objectives().required(true))
        .arg(json())
}

fn suggest() -> Command {
    Command::new("suggest")
        .about("Say what could be promised, by what was recorded")
        .long_about(
            "Writes a file of objectives whose targets and bounds the recordings would have kept. With --objectives, only \
             targets for those.",
        )
        .arg(file(RECORDINGS).action(ArgAction::Append))
        .arg(objectives())
        .arg(
            Arg::new("target")
                .long("target")
                .value_name("PART")
                .default_value("95%")
                .help("The part that bounds are to be kept by"),
        )
        .arg(json())
}

fn objectives() -> Arg {
    Arg::new("objectives")
        .long("objectives")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help(OBJECTIVES)
}

fn json() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue).help("Write JSON, for programs")
}

fn check() -> Command {
    Command::new("check")
        .about("Say everything that is wrong with objectives: where, what, and what to write instead")
        .long_about(
            "Reads files of objectives, or configs of the collector, of which it checks the `slo` processors. Faults go to \
             stderr, all at once, each with file, line and column; the exit code is 1 if one of them is an error. What is \
             promised, and which alerts come of it, goes to stdout.",
        )
        .arg(file(OBJECTIVES).action(ArgAction::Append))
}

fn rules() -> Command {
    Command::new("rules")
        .about("Write rules and alerts for Prometheus")
        .arg(file(OBJECTIVES))
        .arg(
            Arg::new("dialect")
                .long("dialect")
                .value_name("DIALECT")
                .value_parser(Dialect::ALL.map(Dialect::name))
                .default_value(Dialect::Native.name())
                .help("Whose names and formulas"),
        )
        .arg(Arg::new("cheap").long("cheap").action(ArgAction::SetTrue).help(
            "Add sums of the whole window up from those of five minutes; for native, and many objectives",
        ))
        .arg(output())
}

fn file(help: &'static str) -> Arg {
    Arg::new("file")
        .value_name("FILE")
        .required(true)
        .value_parser(clap::value_parser!(PathBuf))
        .help(help)
}

fn output() -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("Where to write; without it, stdout")
}

/// What was asked for; `None` cannot be, since a verb is required.
pub(super) fn request(matches: &ArgMatches) -> Option<Slo> {
    let (verb, inner) = matches.subcommand()?;
    let path = |name: &str| inner.try_get_one::<PathBuf>(name).ok().flatten().cloned();
    let file = path("file").unwrap_or_default();
    let text = |name: &str| inner.get_one::<String>(name).cloned();
    Some(match verb {
        "check" => Slo::Check { files: super::all(inner, "file") },
        "rules" => {
            let name = inner.get_one::<String>("dialect").map_or("", String::as_str);
            let dialect = Dialect::ALL.into_iter().find(|dialect| dialect.name() == name);
            Slo::Rules {
                file,
                dialect: dialect.unwrap_or_default(),
                is_cheap: inner.get_flag("cheap"),
                output: path("output"),
            }
        }
        "explain" => Slo::Explain {
            trace: file,
            objectives: path("objectives").unwrap_or_default(),
            objective: text("objective"),
            has_unmatched: inner.get_flag("unmatched"),
            is_json: inner.get_flag("json"),
        },
        "backtest" => Slo::Backtest {
            files: super::all(inner, "file"),
            objectives: path("objectives").unwrap_or_default(),
            is_json: inner.get_flag("json"),
        },
        "suggest" => Slo::Suggest {
            files: super::all(inner, "file"),
            objectives: path("objectives"),
            target: text("target").unwrap_or_default(),
            is_json: inner.get_flag("json"),
        },
        "dashboard" => Slo::Dashboard { file, output: path("output") },
        "import" => Slo::Import { file, output: path("output") },
        _ => Slo::Export { file, output: path("output") },
    })
}
