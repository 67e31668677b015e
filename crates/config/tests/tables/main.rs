//! Rows of the collector's contract (C§1.2, C§2) and of the tables it names (C§9): data in, data
//! out.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy lifts these for test functions, but not for the helpers beside them"
)]

mod brackets;
mod decode;
mod emit;
mod escapes;
mod ids;
mod merging;
mod optional;
mod properties;
mod providers;
mod scalars;
mod smoke;
mod support;
mod typed;
