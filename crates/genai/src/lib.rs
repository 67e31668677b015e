//! What GenAI telemetry means.
//!
//! Spans and log records of more than twenty SDKs and frameworks go in as they stand on the wire;
//! out comes one [`Reading`] in the words of the OpenTelemetry GenAI conventions: who called which
//! model, how many tokens of each class were billed, what it cost, which agent and conversation it
//! belongs to. The crate is pure: it knows no pipeline, no clock and no file.
//!
//! Read in this order: [`table`] (what each dialect calls things), [`ScopeDialect`] (which dialect a
//! scope speaks), [`read()`], [`Usage`] (what the numbers include), [`profile`] (what is written),
//! [`Prices`], [`Ledger`] (counting a call once).

pub mod messages;
pub mod pick;
pub mod profile;
pub mod table;
pub mod value;

mod count;
mod dialect;
#[doc(hidden)]
pub mod fuzzing;
mod model;
mod operation;
mod price;
mod provider;
mod raw;
mod read;
mod usage;

pub use self::{
    count::{Added, Amounts, Call, Commit, Ledger, Limits, Packed, Signal, Stats, Totals},
    dialect::{Dialect, ScopeDialect},
    model::{base_model, infer_provider, routed_provider},
    operation::{Class, operation_of},
    price::{CostSource, LoadError, Prices, Pricing, RateId},
    provider::Provider,
    raw::{RawUsage, Shape},
    read::{Authority, FinishReasons, Reading, ReportedCost, Run, Source, read},
    usage::{Accounting, Inclusion, Usage},
};

/// The example of the README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
