//! Delivery on a paused clock, against an exporter that follows a script.

mod batch;
mod conserve;
mod disk;
mod large;
mod metrics;
mod queue;
mod retry;
mod succession;
mod support;
mod synchronous;
mod trouble;
