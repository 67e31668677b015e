//! Collector YAML: values with positions, providers, expansion, merging, durations, ids.
