//! Counting every call once.
//!
//! The same model call is reported by the framework, the provider's SDK, the gateway and the server;
//! its agent repeats the sum; a client that got no answer sends everything again. The [`Ledger`] takes
//! all of it in any order and any batching and answers which calls there were:
//!
//! 1. A span or record sent twice is one ([`Call`] knows who it is).
//! 2. Where a dialect reports on spans and in log records, one of them is counted.
//! 3. Reports with the same response id, at most a minute apart, are one call.
//! 4. A leaf under a leaf, with no agent or tool between, is the same call; so is what the provider's
//!    SDK or a log record says in another place at that time of that model and those tokens.
//! 5. Of the reports of one call the best informed counts; what it does not know comes from the others.
//! 6. Sums on agents and turns count only if none of their calls came, marked as estimated; of sums over
//!    an agent's life the difference to the one before.
//!
//! Nothing here depends on the order of arrival as long as calls are remembered ([`Limits`]): when a
//! late report changes the answer, the change is handed out as a correction.
//!
//! ```
//! # use std::time::Duration;
//! # use genai::{Call, Ledger, Limits, ScopeDialect, read};
//! # use pdata::views::SpanView;
//! // A connector: counters from commits.
//! fn take(ledger: &mut Ledger, scope: &ScopeDialect, span: &SpanView<'_>, now: Duration) {
//!     if let Some(reading) = read(scope, span) {
//!         let ids = [span.trace_id(), span.span_id(), span.parent_span_id()];
//!         let times = (span.start_time_unix_nano(), span.end_time_unix_nano());
//!         ledger.add(Call::new(&reading, scope).at(ids, times.0, times.1), now);
//!     }
//! }
//! fn tick(ledger: &mut Ledger, now: Duration, counter: &mut i64) {
//!     ledger.settle(now, &mut |commit| {
//!         let input = |amounts: Option<genai::Amounts>| {
//!             amounts.and_then(|amounts| amounts.tokens.usage().input).unwrap_or(0)
//!         };
//!         *counter += input(commit.now) as i64 - input(commit.before) as i64;
//!     });
//! }
//! // A processor of runs: what a root span is told as it passes.
//! fn stamp(ledger: &Ledger, root: &SpanView<'_>) -> Option<u64> {
//!     ledger.totals(root.trace_id(), Some(root.span_id())).usage.input
//! }
//! ```

mod call;
mod cluster;
mod forgotten;
mod hash;
mod ledger;
mod packed;
mod resolve;
mod ring;
mod slab;
mod store;
#[cfg(test)]
mod tests;
mod traces;
mod types;

pub(crate) use self::hash::{Mix, hash};
pub use self::{
    call::{Call, Signal},
    ledger::Ledger,
    packed::Packed,
    types::{Added, Amounts, Commit, Limits, Stats, Totals},
};
