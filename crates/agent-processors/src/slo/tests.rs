//! The contract and what is refused; what it does with runs and spans is in the crate's `tests/slo`.

use super::{Config, Slo};

testkit::record_processor_contract!(Slo, include_str!("README.md"));

#[test]
fn every_fault_is_told_with_its_place() {
    let yaml = "objectives: [{name: a, on: run, good: duraton <= 60s, target: 95%}]";
    testkit::check_refused::<Config>(yaml, "objectives[0]::good");
    testkit::check_refused::<Config>(yaml, "did you mean duration");
    let yaml = "objectives: [{name: a, on: run, good: not error, target: 100%}]";
    testkit::check_refused::<Config>(yaml, "objectives[0]::target");
    testkit::check_refused::<Config>("tags: all", "there are no objectives");
    let valid = "objectives: [{name: a, on: run, good: not error, target: 90%}]";
    testkit::check_refused::<Config>(&format!("{valid}\ninterval: 1ms"), "interval");
    testkit::check_refused::<Config>(&format!("{valid}\nagent_runs: ''"), "agent_runs");
    testkit::check_refused::<Config>(&format!("{valid}\nmax_remembered: 0"), "max_remembered");
}

#[test]
fn what_is_not_known_of_one_agent_is_refused() {
    let yaml = "objectives: [{name: a, on: agent, good: tool_calls <= 5, target: 95%}]";
    testkit::check_refused::<Config>(yaml, "judge the run");
}
