//! Service level objectives for agents: did this run keep its promise?
//!
//! The crate is pure: it knows no pipeline, no clock and no file. Facts come in through [`Facts`],
//! times as numbers, settings as [`config::Value`].
//!
//! Read in this order: [`fields`] (what can be asked), [`expr`] (conditions), [`objective`]
//! (promises and their faults), [`verdict`], [`arrival`] (late, twice, elsewhere, never), [`burn`]
//! and [`ledger`] (budgets), [`rules`], [`dashboard`], [`openslo`], and last [`explain`], [`backtest`] and
//! [`suggest`].

pub mod arrival;
pub mod backtest;
pub mod burn;
pub mod dashboard;
pub mod explain;
pub mod expr;
pub mod fields;
#[doc(hidden)]
pub mod fuzzing;
pub mod ledger;
pub mod objective;
pub mod openslo;
pub mod rules;
pub mod spans;
pub mod suggest;
pub mod verdict;

mod period;
mod ratio;

pub use self::{
    expr::{Expr, ExprError, Truth},
    fields::{Fact, Facts, Field, Given, Grain, Known, Unit},
    ledger::Budget,
    objective::{Objective, Set},
    period::Period,
    ratio::Ratio,
    verdict::{Verdict, Weight},
};

/// The example of the README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
