//! What all components share.

use std::fmt;

/// Where a component stands in a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ComponentKind {
    /// Brings telemetry in.
    Receiver,
    /// Changes, holds or drops it.
    Processor,
    /// Sends it out.
    Exporter,
    /// Ends one pipeline and begins another.
    Connector,
    /// Runs beside the pipelines.
    Extension,
}

impl ComponentKind {
    /// The singular word, `receiver`, as in logs and metric labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Processor => "processor",
            Self::Exporter => "exporter",
            Self::Connector => "connector",
            Self::Extension => "extension",
        }
    }

    /// The key of the section that configures this kind, `receivers`.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Receiver => "receivers",
            Self::Processor => "processors",
            Self::Exporter => "exporters",
            Self::Connector => "connectors",
            Self::Extension => "extensions",
        }
    }
}

impl fmt::Display for ComponentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How settled a component is; the words of `tollgate components`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// May change or vanish.
    Development,
    /// Works; settings may still change.
    Alpha,
    /// Settings change only with notice.
    Beta,
    /// Settings stay.
    Stable,
}

impl Stability {
    /// `Development`, `Alpha`, `Beta` or `Stable`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Alpha => "Alpha",
            Self::Beta => "Beta",
            Self::Stable => "Stable",
        }
    }
}
