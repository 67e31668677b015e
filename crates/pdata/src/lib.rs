//! Telemetry as bytes: what flows through a pipeline.
//!
//! A [`Batch`] is an OTLP request as it stood on the wire, checked once. Everything here reads and
//! edits that wire form; nothing decodes it into structs. Read in this order: [`wire`], [`schema`],
//! [`Batch`], [`check`], [`AnyValue`], [`Record`], [`rewrite()`].

pub mod schema;
pub mod wire;

mod batch;
mod check;
mod context;
mod record;
mod rewrite;
mod value;

pub use self::{
    batch::{Batch, Signal},
    check::{Checked, Counts, Malformed, check, count},
    context::{Context, Hold, Metadata},
    record::{Attributes, AttributesMut, Record, RecordKind, RecordKinds, Verdict},
    rewrite::{Around, Rewritten, rewrite},
    value::{AnyValue, Array, KeyValue, KvList},
};
