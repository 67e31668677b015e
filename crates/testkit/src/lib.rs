//! What component tests are written with. For tests only: a fault ends the test with a panic that
//! says what was expected.
//!
//! Read in this order: the README, [`context()`], `data` and `notation` (batches from text), `check`
//! (settings and record processors), [`Sink`] and [`Backend`] (what stands behind a component),
//! [`contract`] (what every component obeys).

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a fault here has to fail the test that runs"
)]

mod backend;
mod check;
mod context;
pub mod contract;
mod data;
mod notation;
mod sink;
#[cfg(test)]
mod tests;
mod wire;

pub use self::{
    backend::{Backend, Reply, Request},
    check::{
        apply, check_record_processor, check_refused, check_untouched, example, fault, problems,
        record_processor, settings,
    },
    context::{NOW, context, series},
    data::{batch, from, json_of, logs, metrics, signal_of, traces},
    notation::{gauges, log_records, spans, text},
    sink::{Answer, Sink},
    wire::{HttpAnswer, exchange},
};

/// The examples of the README are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
