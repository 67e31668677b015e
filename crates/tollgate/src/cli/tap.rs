//! `tollgate tap`.

use clap::{Arg, ArgMatches, Command};

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tap {
    /// The edge; none lists them.
    pub(crate) edge: Option<String>,
    /// Where the extension listens.
    pub(crate) endpoint: String,
    /// After how many batches to end; none goes on until it is interrupted.
    pub(crate) batches: Option<u64>,
    /// After how many seconds to end; none goes on until it is interrupted.
    pub(crate) seconds: Option<u64>,
}

pub(super) fn command() -> Command {
    let number = |name: &'static str, help: &'static str| {
        let parser = clap::value_parser!(u64).range(1..);
        Arg::new(name).long(name).value_name("N").value_parser(parser).help(help)
    };
    Command::new("tap")
        .about("Show what passes an edge of a running collector that has the extension `tap`")
        .arg(Arg::new("edge").value_name("EDGE").help(
            "A pipeline, `traces`, or where it leads, `traces:otlp_grpc`; without it, lists all edges",
        ))
        .arg(
            Arg::new("endpoint")
                .long("endpoint")
                .value_name("ADDRESS")
                .default_value("localhost:55690")
                .help("Where the extension listens"),
        )
        .arg(number("batches", "End after so many batches"))
        .arg(number("seconds", "End after so many seconds"))
}

pub(super) fn request(matches: &ArgMatches) -> Tap {
    Tap {
        edge: matches.get_one::<String>("edge").cloned(),
        endpoint: matches.get_one::<String>("endpoint").cloned().unwrap_or_default(),
        batches: matches.get_one::<u64>("batches").copied(),
        seconds: matches.get_one::<u64>("seconds").copied(),
    }
}
