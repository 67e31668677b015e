//! What is done to any telemetry: one folder each.
