//! How telemetry leaves: one folder each.
