//! The command line: flags and verbs of the Go collector, with its words where it fails.

mod redact;
mod slo;
mod tap;
#[cfg(test)]
mod tests;

use std::{ffi::OsString, fmt, path::PathBuf};

use clap::{
    Arg, ArgAction, ArgMatches, Command,
    error::{ContextKind, ContextValue, ErrorKind},
};
use clap_complete::Shell;

pub(crate) use self::{
    redact::{Format, Redact, Reveal},
    slo::Slo,
    tap::Tap,
};

/// What the user asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// What to do.
    pub(crate) verb: Verb,
    /// `--config`, in order.
    pub(crate) configs: Vec<String>,
    /// `--set`, in order.
    pub(crate) sets: Vec<String>,
    /// `--feature-gates`, in order, commas already split.
    pub(crate) gates: Vec<String>,
    /// `--watch-config`.
    pub(crate) watches: bool,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Run the collector.
    Run,
    /// Check the config and build the graph without starting it.
    Validate,
    /// List what this binary can build; as Markdown for the documentation.
    Components { markdown: bool },
    /// Print the JSON Schema of all configs.
    ConfigSchema,
    /// Print the config with all defaults.
    PrintConfig { format: String, mode: String, validate: bool },
    /// List feature gates, or show one.
    FeatureGate { id: Option<String> },
    /// Draw the pipelines.
    Graph { format: GraphFormat },
    /// Write an input without private data.
    Redact(Box<Redact>),
    /// Open encrypted tokens.
    Reveal(Reveal),
    /// Work with objectives.
    Slo(Slo),
    /// Try configs without a network.
    Test { files: Vec<PathBuf> },
    /// Look at what passes an edge of a running collector.
    Tap(Tap),
    /// Print text and end: help or version.
    Print(String),
}

/// How to draw the pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GraphFormat {
    /// For people and terminals.
    Text,
    /// For Markdown pages.
    Mermaid,
}

/// A command line that cannot be followed; its text is what the Go collector prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the command line, program name first.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, UsageError> {
    match command().try_get_matches_from(args) {
        Ok(matches) => request(&matches),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Ok(Request {
                verb: Verb::Print(error.to_string()),
                configs: Vec::new(),
                sets: Vec::new(),
                gates: Vec::new(),
                watches: false,
            }),
            _ => Err(UsageError(translate(&error))),
        },
    }
}

fn watch_config() -> Arg {
    Arg::new("watch-config").long("watch-config").action(ArgAction::SetTrue).help(
        "Reload when a config file changes, as SIGHUP does; files are looked at once a second",
    )
}

fn version() -> Arg {
    Arg::new("version")
        .short('v')
        .long("version")
        .action(ArgAction::Version)
        .help("Print the version")
}

fn command() -> Command {
    let repeated = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .action(ArgAction::Append)
            .global(true)
            .allow_hyphen_values(true)
            .help(help)
    };
    Command::new("tollgate")
        .about("An OpenTelemetry Collector for AI agents.")
        .version(concat!("version ", env!("CARGO_PKG_VERSION")))
        .disable_version_flag(true)
        .arg(version())
        .arg(repeated(
            "config",
            "URI",
            "Where the config is: a path, or file:, env:, yaml:, http: or https: and what follows. \
             Repeat it to lay one config over another",
        ))
        .arg(repeated(
            "set",
            "KEY=VALUE",
            "One setting, laid over all configs; dots separate keys: processors.batch.timeout=2s",
        ))
        .arg(repeated(
            "feature-gates",
            "LIST",
            "Gates to turn on (id, +id) or off (-id), separated by commas",
        ))
        .arg(watch_config())
        .subcommand(
            Command::new("validate").about("Check the config and the pipelines, and start nothing"),
        )
        .subcommand(
            Command::new("components").about("List the components in this binary").arg(
                Arg::new("markdown")
                    .long("markdown")
                    .action(ArgAction::SetTrue)
                    .help("As a Markdown table"),
            ),
        )
        .subcommand(print_config_command())
        .subcommand(config_command())
        .subcommand(
            Command::new("featuregate")
                .about("List feature gates, or show one")
                .arg(Arg::new("id").value_name("ID").help("The gate to show")),
        )
        .subcommand(completion_command())
        .subcommand(redact::redact_command())
        .subcommand(redact::reveal_command())
        .subcommand(slo::command())
        .subcommand(tap::command())
        .subcommand(test_command())
        .subcommand(graph_command())
}

fn graph_command() -> Command {
    Command::new("graph").about("Draw the pipelines of the config").arg(
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(["text", "mermaid"])
            .default_value("text")
            .help("text or mermaid"),
    )
}

/// Every value of a flag or an argument that may be repeated.
fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Vec<T> {
    matches.get_many::<T>(name).unwrap_or_default().cloned().collect()
}

fn completion_command() -> Command {
    let shell = Arg::new("shell")
        .value_name("SHELL")
        .required(true)
        .value_parser(clap::value_parser!(Shell))
        .help("The shell; its manual says where the script goes");
    Command::new("completion").about("Print a script that completes commands in a shell").arg(shell)
}

fn test_command() -> Command {
    Command::new("test")
        .about("Try configs without a network: OTLP in, and what each exporter is given")
        .after_help(
            "Exit codes: 0 all tests passed, 1 some failed, 2 a test file or its config is wrong.",
        )
        .arg(
            Arg::new("files")
                .value_name("FILE")
                .required(true)
                .num_args(1..)
                .value_parser(clap::value_parser!(PathBuf))
                .help("Test files in YAML; docs/testing.md says what is in them"),
        )
}

fn config_command() -> Command {
    Command::new("config")
        .about("Tell about configs")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("schema").about(
                "Print the JSON Schema of all configs, made from the components in this binary",
            ),
        )
}

fn print_config_command() -> Command {
    let with_default = |name: &'static str, default: &'static str, help: &'static str| {
        Arg::new(name).long(name).default_value(default).value_name("X").help(help)
    };
    Command::new("print-config")
        .alias("print-initial-config")
        .about("Print the config with every default, after merging and expansion")
        .arg(with_default("format", "yaml", "yaml or json"))
        .arg(with_default("mode", "redacted", "redacted or unredacted"))
        .arg(
            Arg::new("validate")
                .long("validate")
                .value_name("BOOL")
                .value_parser(clap::value_parser!(bool))
                .num_args(0..=1)
                .require_equals(true)
                .default_value("true")
                .default_missing_value("true")
                .help("Check the config first"),
        )
}

fn completion(shell: Option<&Shell>) -> String {
    let mut script = Vec::new();
    if let Some(shell) = shell {
        clap_complete::generate(*shell, &mut command(), "tollgate", &mut script);
    }
    String::from_utf8_lossy(&script).into_owned()
}

fn request(matches: &ArgMatches) -> Result<Request, UsageError> {
    let all = |name: &str| -> Vec<String> {
        // A global flag given on both sides of the verb is found in the verb's matches.
        let inner = matches.subcommand().map_or(matches, |(_, inner)| inner);
        inner.get_many::<String>(name).unwrap_or_default().cloned().collect()
    };
    let text =
        |inner: &ArgMatches, name: &str| inner.get_one::<String>(name).cloned().unwrap_or_default();
    let verb = match matches.subcommand() {
        None => Verb::Run,
        Some(("validate", _)) => Verb::Validate,
        Some(("components", inner)) => Verb::Components { markdown: inner.get_flag("markdown") },
        Some(("print-config", inner)) => Verb::PrintConfig {
            format: text(inner, "format"),
            mode: text(inner, "mode"),
            validate: inner.get_one::<bool>("validate").copied().unwrap_or(true),
        },
        Some(("config", _)) => Verb::ConfigSchema,
        Some(("featuregate", inner)) => {
            Verb::FeatureGate { id: inner.get_one::<String>("id").cloned() }
        }
        Some(("redact", inner)) => Verb::Redact(Box::new(redact::redact(inner))),
        Some(("reveal", inner)) => Verb::Reveal(redact::reveal(inner)),
        Some(("slo", inner)) => slo::request(inner).map_or(Verb::Run, Verb::Slo),
        Some(("test", inner)) => Verb::Test { files: self::all(inner, "files") },
        Some(("tap", inner)) => Verb::Tap(tap::request(inner)),
        Some(("completion", inner)) => Verb::Print(completion(inner.get_one::<Shell>("shell"))),
        Some((_, inner)) => Verb::Graph {
            format: match text(inner, "format").as_str() {
                "mermaid" => GraphFormat::Mermaid,
                _ => GraphFormat::Text,
            },
        },
    };
    let sets = all("set");
    if let Some(wrong) = sets.iter().find(|set| !set.contains('=')) {
        return Err(UsageError(format!(
            "invalid argument {wrong:?} for \"--set\" flag: missing equal sign"
        )));
    }
    let watches = matches.get_flag("watch-config");
    let gates = split_gates(&all("feature-gates"))?;
    Ok(Request { verb, configs: all("config"), sets, gates, watches })
}

/// Splits the lists at commas. An empty list is nothing; an empty element is a mistake.
fn split_gates(lists: &[String]) -> Result<Vec<String>, UsageError> {
    let mut gates = Vec::new();
    for list in lists.iter().filter(|list| !list.is_empty()) {
        for (at, gate) in list.split(',').enumerate() {
            if gate.is_empty() {
                return Err(UsageError(format!(
                    "invalid argument {list:?} for \"--feature-gates\" flag: empty feature gate \
                     identifier at index {at}"
                )));
            }
            gates.push(gate.to_owned());
        }
    }
    Ok(gates)
}

/// Says what clap found wrong in the words that users of the Go collector know.
fn translate(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let hint =
        match (error.get(ContextKind::SuggestedArg), error.get(ContextKind::SuggestedSubcommand)) {
            (Some(ContextValue::String(word)), _) => format!("; did you mean {word:?}?"),
            (_, Some(ContextValue::Strings(words))) if !words.is_empty() => {
                format!("\n\nDid you mean this?\n\t{}\n", words.join("\n\t"))
            }
            _ => String::new(),
        };
    let argument = text(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with("--") => {
            format!("unknown flag: {argument}{hint}")
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            let letter = argument.chars().nth(1).unwrap_or('-');
            let given = std::env::args().find(|given| given.starts_with(&argument));
            let given = given.unwrap_or_else(|| argument.clone());
            format!(
                "unknown shorthand flag: '{letter}' in {given}; long flags take two dashes: --config"
            )
        }
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => {
            let word = text(ContextKind::InvalidSubcommand);
            let word = if word.is_empty() { argument } else { word };
            format!(
                "unknown command {word:?} for \"tollgate\"{hint}\nRun 'tollgate --help' for usage."
            )
        }
        _ if text(ContextKind::InvalidValue).is_empty() && !argument.is_empty() => {
            let flag = argument.split([' ', '=']).next().unwrap_or_default();
            format!("flag needs an argument: {flag}")
        }
        _ => error.to_string().trim_start_matches("error: ").trim_end().to_owned(),
    }
}
