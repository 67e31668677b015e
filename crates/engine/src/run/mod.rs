//! From settings to a service that runs, and to the next one.
//!
//! Read in this order: [`Service`] (one config: start, shutdown), `pipelines` and `extensions` (who
//! starts and stops when), `board` (how everyone is doing), [`Collector`] (reload and stop).

mod board;
mod collector;
mod extensions;
mod overview;
mod pipelines;
mod service;

pub use self::{
    collector::{Collector, Control, Environment, RunError},
    service::{Service, ServiceError, ServiceOptions, log_warning},
};
