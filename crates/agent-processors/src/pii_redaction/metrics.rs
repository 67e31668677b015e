//! The processor's own metrics.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use sdk::{
    Id, Signal,
    telemetry::{Counter, Level, Telemetry},
};

/// Where something was found, as a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Spot {
    Resource,
    Scope,
    Field,
    Attribute,
    Content,
    Body,
    Event,
    Link,
    Exemplar,
    Key,
}

impl Spot {
    const fn name(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Scope => "scope",
            Self::Field => "field",
            Self::Attribute => "attribute",
            Self::Content => "content",
            Self::Body => "body",
            Self::Event => "event",
            Self::Link => "link",
            Self::Exemplar => "exemplar",
            Self::Key => "key",
        }
    }
}

/// One series of findings: the number of the type, what was done, the signal, where.
pub(super) type Series = (pii::Kind, &'static str, Signal, Spot);

/// What is counted. Labels are the component's id, names of types that are known or configured, and
/// words from fixed lists.
#[derive(Debug)]
pub(super) struct Metrics {
    id: String,
    telemetry: Shown,
    /// Made when the first of a series is found: types times actions times signals times places at most.
    findings: Mutex<HashMap<Series, Counter>>,
    pub(super) bytes: Counter,
    pub(super) hits: Counter,
    pub(super) errors: Counter,
}

/// The registry, without its content.
struct Shown(Telemetry);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Telemetry")
    }
}

impl Metrics {
    pub(super) fn new(id: &Id, telemetry: &Telemetry) -> Self {
        let id = id.to_string();
        let counter = |what: &str, help: &str| {
            let name = format!("otelcol_processor_pii_redaction_{what}");
            telemetry.counter(Level::Normal, &name, help, &[("processor", &id)])
        };
        Self {
            bytes: counter("scanned_bytes", "Bytes of text searched"),
            hits: counter("cache_hits", "Texts known from before"),
            errors: counter("errors", "Texts that could not be searched"),
            findings: Mutex::default(),
            telemetry: Shown(telemetry.clone()),
            id,
        }
    }

    /// Adds what was found in a batch.
    pub(super) fn add(&self, found: &[(Series, usize)], name: impl Fn(pii::Kind) -> String) {
        if found.is_empty() {
            return;
        }
        let mut counters = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        for (series, count) in found {
            let counter = counters.entry(*series).or_insert_with(|| {
                let (kind, action, signal, spot) = *series;
                let (kind, help) = (name(kind), "Private data found");
                let labels = [
                    ("processor", self.id.as_str()),
                    ("type", &kind),
                    ("action", action),
                    ("signal", signal.name()),
                    ("field", spot.name()),
                ];
                let metric = "otelcol_processor_pii_redaction_findings";
                self.telemetry.0.counter(Level::Normal, metric, help, &labels)
            });
            counter.add(*count);
        }
    }
}
