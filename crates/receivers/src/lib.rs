//! How telemetry comes in: one folder each.
