//! What runs, for those who show it.

use sdk::{GateOverview, Overview, PipelineOverview};

use crate::{plan::Plan, settings::Settings};

/// The pipelines of a plan, and the extensions and feature gates of its settings.
pub(super) fn overview(plan: &Plan, settings: &Settings) -> Overview {
    let pipelines = plan.pipelines.iter().map(|pipeline| PipelineOverview {
        id: pipeline.id.clone(),
        receivers: pipeline.sources.iter().map(ToString::to_string).collect(),
        processors: pipeline.steps.iter().map(ToString::to_string).collect(),
        exporters: pipeline.targets.iter().map(ToString::to_string).collect(),
    });
    let gates = settings.gates.iter().map(|(gate, is_enabled)| GateOverview {
        id: gate.id,
        stage: gate.stage.name(),
        is_enabled,
        description: gate.description,
    });
    let extensions = settings.service.extensions.clone();
    Overview { pipelines: pipelines.collect(), extensions, gates: gates.collect() }
}
