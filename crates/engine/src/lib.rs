//! A plan becomes running tasks. The engine knows no component: it is given a [`sdk::Registry`].
//!
//! Read in this order:
//! 1. [`settings`]: the resolved YAML, typed and checked; [`gates`]: what is off until it settled.
//! 2. [`plan`]: who feeds whom; pure.
//! 3. `build` and `node`: the plan becomes a graph of instances.
//! 4. [`deliver`]: queue, batching, retry and timeout in front of each exporter.
//! 5. [`run`]: start, stop, reload.
//! 6. `observe`: what every node is counted by; `ledger`: nothing is lost without a word; [`telemetry`]: the log and the metrics page.
//!
//! The README follows a batch through these files.

mod build;
pub mod deliver;
pub mod gates;
mod ledger;
mod node;
mod observe;
pub mod plan;
pub mod run;
pub mod settings;
pub mod telemetry;

#[cfg(test)]
#[path = "../tests/listeners/mod.rs"]
mod listeners;
