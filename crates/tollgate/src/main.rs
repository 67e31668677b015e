//! Tollgate: an OpenTelemetry Collector for AI agents.
//!
//! The binary knows three things: the verbs of its command line ([`cli`], [`verbs`]), the list of
//! components ([`components`]), and how to read a config and give the engine its surroundings
//! ([`loader`], [`environment`]).

mod absent;
mod cli;
mod components;
mod environment;
mod loader;
mod verbs;
mod watch;

use std::{io::Write as _, process::ExitCode};

/// Agents send many small requests at once, from many threads; glibc's allocator keeps what it
/// freed and grows with every thread. It also tells `memory_limiter` how many bytes are alive.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let outcome = match cli::parse(std::env::args_os()) {
        Ok(request) => verbs::perform(&request),
        Err(error) => Err(error.to_string()),
    };
    match outcome {
        Ok(code) => code,
        Err(text) => {
            // Nothing is left to do when stderr is closed.
            let _ = writeln!(std::io::stderr(), "Error: {text}");
            ExitCode::FAILURE
        }
    }
}
