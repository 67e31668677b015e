//! From settings to a service that runs, and to the next one.
//!
//! Read in this order: [`Service`] (start, shutdown), `pipelines` and `extensions` (who starts and stops
//! when), `board` (how everyone is doing), `change` and `retire` (another config, of which only what changed
//! restarts), [`Collector`] (reload and stop).

mod board;
mod change;
mod collector;
mod extensions;
mod overview;
mod pipelines;
mod reloads;
mod retire;
mod service;

pub use self::{
    change::{Change, ChangeError, Successor},
    collector::{Collector, Control, Environment, RunError},
    service::{Service, ServiceError, ServiceOptions, log_warning},
};
