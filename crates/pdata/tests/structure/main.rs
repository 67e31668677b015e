//! Check, views, concat, split and builder held against prost, which reads the same bytes.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod checking;
mod parts;
mod recorded;
mod smoke;
mod structure;
#[path = "../support/mod.rs"]
mod support;
mod viewing;
mod views;
