//! Telemetry as bytes: batches, views, editing, JSON, all on the OTLP wire form.
