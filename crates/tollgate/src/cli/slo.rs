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
        "dashboard" => Slo::Dashboard { file, output: path("output") },
        "import" => Slo::Import { file, output: path("output") },
        _ => Slo::Export { file, output: path("output") },
    })
}
