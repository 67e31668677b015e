//! Telemetry as bytes: what flows through a pipeline.
//!
//! A [`Batch`] is an OTLP request as it stood on the wire, checked once. Everything here reads and
//! edits that wire form; nothing decodes it into structs. Read in this order: [`wire`], [`schema`],
//! [`Batch`], [`check`], [`AnyValue`], [`views`], [`Record`], [`rewrite()`], [`texts`], [`json`].

pub mod json;
pub mod schema;
pub mod texts;
pub mod views;
pub mod wire;

mod batch;
mod builder;
mod check;
mod concat;
mod context;
mod record;
mod rewrite;
mod split;
mod value;

pub use self::{
    batch::{Batch, Packed, Signal},
    builder::{BatchBuilder, MetricHeader, RawRecord, for_each_record},
    check::{Checked, Counts, Malformed, NESTING_MAX, check, count},
    concat::{ConcatError, concat},
    context::{Context, Hold, Metadata},
    record::{
        Attributes, AttributesMut, Edited, Prepared, Record, RecordKind, RecordKinds, RecordState,
        SpanHead, Verdict,
    },
    rewrite::{Around, Rewritten, rewrite},
    split::{Limit, split},
    value::{AnyValue, Array, KeyValue, KvList},
};
