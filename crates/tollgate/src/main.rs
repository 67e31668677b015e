//! Tollgate: an OpenTelemetry Collector for AI agents.

fn main() {}
