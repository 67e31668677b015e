mod fixtures;
mod labels;
mod lifecycle;
mod numbers;
mod runs;
mod sampling;
mod support;

use super::*;

testkit::connector_contract!(AgentMetrics, include_str!("../README.md"));
