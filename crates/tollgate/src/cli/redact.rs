//! The flags of `redact` and `reveal`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use pdata::Signal;

use super::all;

/// What `redact` was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Redact {
    /// What to read; nothing or `-` is stdin.
    pub(crate) files: Vec<PathBuf>,
    /// What the input is.
    pub(crate) format: Format,
    /// Which signal OTLP holds, where it is not to be found out.
    pub(crate) signal: Option<Signal>,
    /// Types to look for, or with `+` and `-` in front to add and to leave out.
    pub(crate) types: Vec<String>,
    /// What is done to findings.
    pub(crate) operator: Option<String>,
    /// Where keys are, each as `ID=env:NAME` or `ID=file:PATH`.
    pub(crate) keys: Vec<String>,
    /// The processor of the config that says what is done.
    pub(crate) processor: Option<String>,
    /// Whether each finding is told.
    pub(crate) explain: bool,
    /// Whether nothing is written to stdout.
    pub(crate) dry_run: bool,
    /// Whether the report is left out.
    pub(crate) quiet: bool,
    /// Whether a finding makes the exit code 2.
    pub(crate) fail_on_findings: bool,
}

/// What `reveal` was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reveal {
    /// What to read; nothing or `-` is stdin.
    pub(crate) files: Vec<PathBuf>,
    /// Where keys are, as for `redact`.
    pub(crate) keys: Vec<String>,
}

/// What the input is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// To be found out.
    #[default]
    Auto,
    /// Lines of text.
    Text,
    /// One JSON document.
    Json,
    /// A JSON document a line; those that are OTLP are read as such.
    JsonLines,
    /// An OTLP request in JSON.
    OtlpJson,
    /// An OTLP request in protobuf.
    OtlpProto,
}

const FORMATS: [(&str, Format); 6] = [
    ("auto", Format::Auto),
    ("text", Format::Text),
    ("json", Format::Json),
    ("jsonl", Format::JsonLines),
    ("otlp-json", Format::OtlpJson),
    ("otlp-proto", Format::OtlpProto),
];

/// The Unix way to say stdin.
const FILES: &str = "Files to read one after the other; none, or -, is stdin";
const KEY: &str = "A key and its id: ID=env:NAME or ID=file:PATH, at least 16 bytes; never the key itself. Repeat it for more";

pub(super) fn redact_command() -> Command {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("redact")
        .about("Write text, JSON or OTLP without private data, and tell what was found")
        .long_about(
            "Reads text, JSON, JSON lines or OTLP (JSON or protobuf), replaces private data, and writes it to stdout. \
             A report with types and counts goes to stderr; it never holds what was found.\n\nText is read line by line \
             with bounded memory. A JSON document, a line of JSON lines, and an OTLP request may have 64 MiB.",
        )
        .arg(files())
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(FORMATS.map(|(name, _)| name))
                .default_value("auto")
                .help("What the input is"),
        )
        .arg(
            Arg::new("signal")
                .long("signal")
                .value_name("SIGNAL")
                .value_parser(["traces", "metrics", "logs"])
                .help("Which signal OTLP in protobuf holds; found out by default"),
        )
        .arg(
            Arg::new("types")
                .long("types")
                .value_name("LIST")
                .value_delimiter(',')
                .allow_hyphen_values(true)
                .help("Only these types (EMAIL_ADDRESS,CREDIT_CARD), or more (+AGE) and fewer (-IP_ADDRESS) than the usual"),
        )
        .arg(Arg::new("operator").long("operator").value_name("OPERATOR").help(
            "replace[:TEXT], mask, keep, pseudonym, encrypt, fpe, drop, truncate or detect; the default is replace:[{type}]",
        ))
        .arg(key())
        .arg(Arg::new("processor").long("processor").value_name("ID").help(
            "Do what this pii_redaction of --config does, instead of what --types, --operator and --key say; \
             the only one by default",
        ))
        .arg(flag("explain", "Tell each finding on stderr: where, which type, why; never the value"))
        .arg(flag("dry-run", "Write nothing to stdout"))
        .arg(flag("quiet", "No report"))
        .arg(flag("fail-on-findings", "End with exit code 2 if anything was found"))
}

pub(super) fn reveal_command() -> Command {
    Command::new("reveal")
        .about("Open the tokens that the operator `encrypt` wrote, with their key")
        .long_about(
            "Reads text line by line, opens every [TYPE:enc:ID:…] in it and writes it to stdout. What was opened, by whom \
             and when goes to stderr, one line a file.",
        )
        .arg(files())
        .arg(key().required(true))
}

fn files() -> Arg {
    Arg::new("files")
        .value_name("FILE")
        .action(ArgAction::Append)
        .value_parser(clap::value_parser!(PathBuf))
        .help(FILES)
}

fn key() -> Arg {
    Arg::new("key").long("key").value_name("ID=WHERE").action(ArgAction::Append).help(KEY)
}

pub(super) fn redact(matches: &ArgMatches) -> Redact {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let format = text("format").unwrap_or_default();
    Redact {
        files: all(matches, "files"),
        format: FORMATS
            .iter()
            .find(|(name, _)| *name == format)
            .map_or(Format::Auto, |(_, format)| *format),
        signal: text("signal").as_deref().and_then(Signal::from_name),
        types: all(matches, "types"),
        operator: text("operator"),
        keys: all(matches, "key"),
        processor: text("processor"),
        explain: matches.get_flag("explain"),
        dry_run: matches.get_flag("dry-run"),
        quiet: matches.get_flag("quiet"),
        fail_on_findings: matches.get_flag("fail-on-findings"),
    }
}

pub(super) fn reveal(matches: &ArgMatches) -> Reveal {
    Reveal { files: all(matches, "files"), keys: all(matches, "key") }
}
