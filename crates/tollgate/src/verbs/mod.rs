//! What each verb does.

mod components;
mod featuregate;
mod graph;
mod print_config;
mod redact;
mod run;
mod schema;
mod slo;
mod tap;
mod test;
mod validate;

use std::{io::Write as _, process::ExitCode};

use crate::cli::{Request, Verb};

/// Does what was asked; the error is the text for stderr.
pub(crate) fn perform(request: &Request) -> Result<ExitCode, String> {
    match &request.verb {
        Verb::Print(text) => print(text),
        Verb::Components { markdown } => components::perform(*markdown),
        Verb::FeatureGate { id } => featuregate::perform(request, id.as_deref()),
        Verb::Graph { format } => graph::perform(request, *format),
        Verb::PrintConfig { format, mode, validate } => {
            print_config::perform(request, format, mode, *validate)
        }
        Verb::Redact(options) => return redact::redact(request, options),
        Verb::Reveal(options) => return redact::reveal(options),
        Verb::ConfigSchema => schema::perform(),
        Verb::Slo(verb) => return slo::perform(request, verb),
        Verb::Test { files } => return test::perform(request, files),
        Verb::Tap(tap) => tap::perform(tap),
        Verb::Validate => validate::perform(request),
        Verb::Run => run::perform(request),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Writes to stdout; a reader that went away, as `head` does, is no error.
fn print(text: &str) -> Result<(), String> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// Writes to stderr; nothing is left to do when that is closed.
fn note(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
