//! What runs beside the pipelines: one folder each.
