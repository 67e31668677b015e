//! Measures Tollgate beside a bare byte proxy and the Go collector, in one run on one machine.
//!
//! One binary plays every part, each in a process of its own:
//! `run` conducts, `load` sends, `sink` receives and counts, `proxy` is the bare byte proxy.
//! Read in this order: [`scenario`] (what is measured), [`run`] (one measurement, step by step),
//! [`load`], [`sink`], [`proxy`], [`report`].

mod chat;
mod check;
mod error;
mod load;
mod machine;
mod options;
mod proc;
mod proxy;
mod raw;
mod report;
mod run;
mod scenario;
mod sink;
mod spans;
mod stats;
mod subject;
mod wire;

use std::process::ExitCode;

use clap::Parser;

use self::error::Error;
use self::options::{Command, Options};

fn main() -> ExitCode {
    match start(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::progress(&format!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs one part. Only the proxy gets a worker for each core it may use, as a collector would;
/// the others are cheapest on one thread.
fn start(options: Options) -> Result<(), Error> {
    let mut runtime = match options.command {
        Command::Proxy(_) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = runtime.enable_all().build().map_err(Error::io("start the runtime"))?;
    runtime.block_on(async {
        match options.command {
            Command::Run(options) => Box::pin(run::run(options)).await,
            Command::Load(options) => load::run(options).await,
            Command::Sink => sink::run().await,
            Command::Proxy(options) => proxy::run(options).await,
        }
    })
}
