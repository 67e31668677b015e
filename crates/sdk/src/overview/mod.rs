//! What a service is made of, for those who show it.

use std::sync::{Arc, PoisonError, RwLock};

use config::{Id, PipelineId};

/// What runs now. The engine leaves it in [`Shared`](crate::Shared) before it makes any extension, and sets it
/// anew with each reload.
#[derive(Debug, Default)]
pub struct Overviews(RwLock<Arc<Overview>>);

impl Overviews {
    /// What runs at this moment.
    #[must_use]
    pub fn get(&self) -> Arc<Overview> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on this runs.
    pub fn set(&self, overview: Overview) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(overview);
    }
}

/// What runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// In the order of the data.
    pub pipelines: Vec<PipelineOverview>,
    /// In the order of the config.
    pub extensions: Vec<Id>,
    /// Every feature gate.
    pub gates: Vec<GateOverview>,
}

/// One pipeline; the ids are in the order of the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipelineOverview {
    /// Its id.
    pub id: PipelineId,
    /// What feeds it; connectors are named `connector x`.
    pub receivers: Vec<String>,
    /// Processors that share one walk over a batch have `+` between them.
    pub processors: Vec<String>,
    /// Where it leads; connectors are named `connector x`.
    pub exporters: Vec<String>,
}

/// One feature gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateOverview {
    /// How users name it.
    pub id: &'static str,
    /// How settled it is.
    pub stage: &'static str,
    /// Whether it is on.
    pub is_enabled: bool,
    /// What it does.
    pub description: &'static str,
}
