//! The engine from outside, with components that record what they do.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests and their helpers")]

mod fakes;
mod ledger;
mod lifecycle;
mod reload;
mod topology;
mod validation;
