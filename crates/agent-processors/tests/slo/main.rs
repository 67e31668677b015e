//! `agent_runs` and `slo` behind each other, as they stand in a pipeline; by what the tests are about.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails the test"
)]

mod laws;
mod replay;
mod rig;
mod runs;
mod spans;
