//! Whether the settings can work together, in the Go collector's words (C§2.8).
//!
//! The order is the Go collector's: what is inside first (components, then `service`), then the
//! whole. Unlike there, all dangling references are reported, not only the first.

use std::collections::BTreeSet;

use sdk::telemetry::Level;
use sdk::{Id, PipelineId};

use super::{Faults, PipelineSettings, Section, Settings, locate, locate_item};
use crate::gates::{ALLOW_NO_PIPELINES, Gates, PROFILES_SUPPORT};

/// Everything that is wrong.
pub(super) fn faults(settings: &Settings, gates: &Gates) -> Faults {
    let mut faults = Faults::default();
    components(settings, &mut faults);
    telemetry(settings, &mut faults);
    admission(settings, &mut faults);
    pipelines(settings, gates, &mut faults);
    whole(settings, gates, &mut faults);
    references(settings, &mut faults);
    faults
}

fn components(settings: &Settings, faults: &mut Faults) {
    problems("receivers", &settings.receivers, settings, faults);
    problems("exporters", &settings.exporters, settings, faults);
    problems("processors", &settings.processors, settings, faults);
    problems("connectors", &settings.connectors, settings, faults);
    problems("extensions", &settings.extensions, settings, faults);
}

fn problems<E>(name: &str, section: &Section<E>, settings: &Settings, faults: &mut Faults) {
    for (id, component) in section {
        let id = id.to_string();
        for problem in component.config.problems() {
            let keys = problem.path.iter().map(String::as_str);
            let path: Vec<&str> = [name, &id].into_iter().chain(keys).collect();
            let pos = locate(settings.source(), path.iter().copied());
            faults.add(format!("{}: {}", path.join("::"), problem.message), pos);
        }
    }
}

fn telemetry(settings: &Settings, faults: &mut Faults) {
    let metrics = &settings.service.telemetry.metrics;
    let pos = || locate(settings.source(), ["service", "telemetry", "metrics"]);
    if metrics.level.0 != Level::None && metrics.readers.is_empty() {
        let message = "service::telemetry: collector telemetry metrics reader should exist when \
                       metric level is not none";
        faults.add(message, pos());
    }
    for (at, reader) in metrics.readers.iter().enumerate() {
        let problems =
            reader.periodic.as_ref().map(|periodic| periodic.problems()).unwrap_or_default();
        for problem in problems {
            faults.add(
                format!("service::telemetry::metrics::readers[{at}]::periodic::{problem}"),
                locate(settings.source(), ["service", "telemetry", "metrics", "readers"]),
            );
        }
    }
    for (at, processor) in settings.service.telemetry.logs.processors.iter().enumerate() {
        for problem in processor.problems() {
            faults.add(
                format!("service::telemetry::logs::processors[{at}]: {problem}"),
                locate(settings.source(), ["service", "telemetry", "logs", "processors"]),
            );
        }
    }
    if metrics.level.0 != Level::Detailed && !metrics.views.is_empty() {
        let message = "service::telemetry::metrics::views can only be set when \
                       service::telemetry::metrics::level is detailed";
        faults.add(message, pos());
    }
}

fn admission(settings: &Settings, faults: &mut Faults) {
    for problem in settings.service.admission.problems() {
        let pos = locate(settings.source(), ["service", "admission"]);
        faults.add(format!("service::admission: {}", problem.message), pos);
    }
}

fn pipelines(settings: &Settings, gates: &Gates, faults: &mut Faults) {
    let pipelines = &settings.service.pipelines;
    for (id, pipeline) in pipelines {
        contents(settings, id, pipeline, faults);
    }
    if pipelines.is_empty() && !gates.is_enabled(ALLOW_NO_PIPELINES) {
        let pos = locate(settings.source(), ["service", "pipelines"]);
        faults.add("service::pipelines: service must have at least one pipeline", pos);
    }
    if gates.is_enabled(PROFILES_SUPPORT) {
        return;
    }
    for id in pipelines.keys().filter(|id| id.signal() == config::Signal::Profiles) {
        let id = id.to_string();
        let message = format!(
            "service::pipelines: pipeline {id:?}: profiling signal support is at alpha level, \
             gated under the {PROFILES_SUPPORT:?} feature gate"
        );
        faults.add(message, locate(settings.source(), ["service", "pipelines", &id]));
    }
}

/// What one pipeline holds, whoever exists.
fn contents(
    settings: &Settings,
    id: &PipelineId,
    pipeline: &PipelineSettings,
    faults: &mut Faults,
) {
    let id = id.to_string();
    let path = ["service", "pipelines", &id];
    for (role, ids) in [("receiver", &pipeline.receivers), ("exporter", &pipeline.exporters)] {
        if ids.is_empty() {
            let message = format!("service::pipelines::{id}: must have at least one {role}");
            faults.add(message, locate(settings.source(), path));
        }
    }
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    twice.extend(pipeline.processors.iter().filter(|processor| !seen.insert(*processor)));
    for processor in twice.into_iter().map(Id::to_string) {
        let message =
            format!("service::pipelines::{id}: references processor {processor:?} multiple times");
        let path = ["service", "pipelines", &id, "processors"];
        faults.add(message, locate_item(settings.source(), &path, &processor));
    }
    sampled(settings, &id, pipeline, faults);
}

/// Processors that must see everything, behind one that leaves out some of it.
fn sampled(settings: &Settings, id: &str, pipeline: &PipelineSettings, faults: &mut Faults) {
    let mut sampler: Option<&Id> = None;
    for processor in &pipeline.processors {
        let Some(component) = settings.processors.get(processor) else { continue };
        let entry = &component.entry;
        if let Some(sampler) = sampler
            && (entry.needs_everything)(component.config.as_ref()).unwrap_or(false)
        {
            let message = format!(
                "service::pipelines::{id}: processor {:?} has to see everything and stands behind \
                 {:?}, which leaves out records: put it in front, or set behind_sampler",
                processor.to_string(),
                sampler.to_string()
            );
            let path = ["service", "pipelines", id, "processors"];
            let pos = locate_item(settings.source(), &path, &processor.to_string());
            faults.add(message, pos);
        }
        if entry.samples {
            sampler = Some(processor);
        }
    }
}

/// Whether enough is there, and whether ids are clear.
fn whole(settings: &Settings, gates: &Gates, faults: &mut Faults) {
    let Settings { receivers, processors, exporters, connectors, extensions, .. } = settings;
    let is_empty = receivers.is_empty()
        && processors.is_empty()
        && exporters.is_empty()
        && connectors.is_empty()
        && extensions.is_empty();
    if is_empty {
        faults.add("empty configuration file", None);
    } else if !gates.is_enabled(ALLOW_NO_PIPELINES) {
        if receivers.is_empty() {
            faults.add("no receiver configuration specified in config", None);
        }
        if exporters.is_empty() {
            faults.add("no exporter configuration specified in config", None);
        }
    }
    for id in connectors.keys() {
        for (kind, clashes) in
            [("exporter", exporters.contains_key(id)), ("receiver", receivers.contains_key(id))]
        {
            if clashes {
                let id = id.to_string();
                let message = format!(
                    "connectors::{id}: ambiguous ID: Found both {id:?} {kind} and {id:?} \
                     connector. Change one of the components' IDs to eliminate ambiguity (e.g. \
                     rename {id:?} connector to \"{id}/connector\")"
                );
                faults.add(message, locate(settings.source(), ["connectors", &id]));
            }
        }
    }
}

/// Whether everything that is used is configured.
fn references(settings: &Settings, faults: &mut Faults) {
    let Settings { receivers, processors, exporters, connectors, extensions, .. } = settings;
    for id in settings.service.extensions.iter().filter(|id| !extensions.contains_key(*id)) {
        let id = id.to_string();
        let near = nearest(&id, extensions.keys());
        let message =
            format!("service::extensions: references extension {id:?} which is not configured");
        let pos = locate_item(settings.source(), &["service", "extensions"], &id);
        faults.add_with(message, pos, near);
    }
    for (pipeline, used) in &settings.service.pipelines {
        let pipeline = pipeline.to_string();
        let mut check = |role: &str, ids: &[Id], known: &BTreeSet<&Id>| {
            for id in ids.iter().filter(|id| !known.contains(id)) {
                let id = id.to_string();
                let near = nearest(&id, known.iter().copied());
                let message = format!(
                    "service::pipelines::{pipeline}: references {role} {id:?} which is not \
                     configured"
                );
                let list = format!("{role}s");
                let path = ["service", "pipelines", &pipeline, &list];
                faults.add_with(message, locate_item(settings.source(), &path, &id), near);
            }
        };
        check("receiver", &used.receivers, &receivers.keys().chain(connectors.keys()).collect());
        check("processor", &used.processors, &processors.keys().collect());
        check("exporter", &used.exporters, &exporters.keys().chain(connectors.keys()).collect());
    }
}

/// What a misspelt id may have meant.
fn nearest<'i>(id: &str, known: impl Iterator<Item = &'i Id>) -> Option<String> {
    let known: Vec<String> = known.map(Id::to_string).collect();
    let near = config::suggest(id, known.iter().map(String::as_str));
    near.map(|near| format!("did you mean {near:?}?"))
}
