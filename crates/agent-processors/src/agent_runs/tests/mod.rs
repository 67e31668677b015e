//! Tests, by what they are about.

mod connector;
mod following;
mod recorded;
mod rig;

use super::{AgentRuns, Config};

testkit::record_processor_contract!(AgentRuns, include_str!("../README.md"));

#[test]
fn limits_that_cannot_work_are_refused() {
    testkit::check_refused::<Config>("max_runs: 0", "max_runs");
    testkit::check_refused::<Config>("max_mib: 0", "max_mib");
    testkit::check_refused::<Config>("max_records_per_run: 3", "max_records_per_run");
    testkit::check_refused::<Config>("idle_timeout: -1s", "idle_timeout");
}
