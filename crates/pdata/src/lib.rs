//! Telemetry as bytes: what flows through a pipeline.
//!
//! A [`Batch`] is an OTLP request as it stood on the wire, checked once. Everything here reads and
//! edits that wire form; nothing decodes it into structs. Read in this order: [`wire`], [`schema`],
//! [`Batch`], [`check`], [`AnyValue`].

pub mod schema;
pub mod wire;

mod batch;
mod check;
mod context;
mod value;

pub use self::{
    batch::{Batch, Signal},
    check::{Checked, Counts, Malformed, check, count},
    context::{Context, Hold, Metadata},
    value::{AnyValue, Array, KeyValue, KvList},
};
