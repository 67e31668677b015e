//! What acceptance tests are written with: the built binary, a client that may lie, a backend that
//! does as scripted.
//!
//! Read in this order: [`binary`] (the program, built and run to its end), [`collector`] (the program
//! running), [`backend`] (what it exports to), [`relay`] (what breaks off its
//! answers), [`client`] (what sends to it), [`storm`] (many that send too much), [`telemetry`] (what is
//! sent), [`records`] (what came out), [`ledger`] (what
//! became of it), [`prometheus`] (a real one). The tests are in `tests/`, one file for each promise. Nothing sleeps: a test waits for a log
//! line or a condition, at most [`DEADLINE`].

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "what fails here fails the test that called it"
)]

pub mod backend;
pub mod binary;
pub mod client;
pub mod collector;
pub mod encode;
pub mod ledger;
pub mod prometheus;
pub mod records;
pub mod relay;
pub mod storm;
pub mod telemetry;

pub use self::{
    backend::{Answer, Backend},
    binary::{Outcome, run, run_on, run_with},
    client::{Connection, GrpcAnswer, HttpAnswer},
    collector::Collector,
    prometheus::Prometheus,
    relay::Relay,
};

use std::{future::Future, time::Duration};

/// The longest wait for anything: two slow cores and a debug build need a hundredth of it.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// `future`, or a failed test that says what was waited for.
pub async fn within_deadline<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .unwrap_or_else(|_| panic!("waited {DEADLINE:?} for {what}"))
}
