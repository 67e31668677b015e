//! Who feeds whom: settings become a plan, without making anything.
//!
//! - A receiver, an exporter and a connector are one instance for each id, whatever signals and
//!   pipelines use it.
//! - A processor is one instance for each pipeline. Neighbours that work record by record are fused
//!   into one [`Step::Pass`].
//! - A connector ends pipelines and begins others; which lead to which its signal pairs say.
//!
//! Read in this order: this file, `link` (connectors), `order` (which pipeline comes before which),
//! `render` (text and Mermaid).

mod link;
mod order;
mod render;

use std::collections::{BTreeMap, BTreeSet};

use sdk::{Id, PipelineId, Signal};

use crate::settings::{Faults, Settings, locate_item};

/// A graph that can be built. Every id in it is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// For each receiver the pipelines it feeds, by signal.
    pub receivers: BTreeMap<Id, BTreeMap<Signal, Vec<PipelineId>>>,
    /// Pipelines, each before those it feeds through connectors.
    pub pipelines: Vec<PipelinePlan>,
    /// For each exporter the signals it is sent.
    pub exporters: BTreeMap<Id, BTreeSet<Signal>>,
    /// The connectors in use.
    pub connectors: BTreeMap<Id, ConnectorPlan>,
}

/// One pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipelinePlan {
    /// Its id.
    pub id: PipelineId,
    /// What it carries.
    pub signal: Signal,
    /// What feeds it, in the order of the config, each once.
    pub sources: Vec<Source>,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// Where it leads, in the order of the config, each once.
    pub targets: Vec<Target>,
}

/// What feeds a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A receiver.
    Receiver(Id),
    /// A connector in which other pipelines end.
    Connector(Id),
}

/// What is done to batches at one point of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Record processors, fused: one walk over a batch for all of them.
    Pass(Vec<Id>),
    /// A processor that takes whole batches.
    Batch(Id),
}

/// Where a pipeline leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An exporter.
    Exporter(Id),
    /// A connector with which other pipelines begin.
    Connector(Id),
}

/// A connector in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectorPlan {
    /// Pipelines that end in it.
    pub from: Vec<PipelineId>,
    /// Pipelines that begin with it.
    pub to: Vec<PipelineId>,
    /// For each signal that comes in, the pipelines it leads to.
    pub links: BTreeMap<Signal, Vec<PipelineId>>,
}

/// Plans the graph of settings that were validated.
///
/// # Errors
///
/// Signals that a component does not handle, connectors that lead nowhere, and cycles, in the Go
/// collector's words (C§2.8) without `failed to build pipelines: `, each with its place.
pub fn plan(settings: &Settings) -> Result<Plan, Faults> {
    let mut faults = Faults::default();
    let mut plan = Plan::default();
    for (id, used) in &settings.service.pipelines {
        let signal = signal_of(id);
        let pipeline = PipelinePlan {
            id: id.clone(),
            signal,
            sources: each_once(&used.receivers, |id| match settings.connectors.contains_key(id) {
                true => Source::Connector(id.clone()),
                false => Source::Receiver(id.clone()),
            }),
            steps: steps(&used.processors, settings),
            targets: each_once(&used.exporters, |id| match settings.connectors.contains_key(id) {
                true => Target::Connector(id.clone()),
                false => Target::Exporter(id.clone()),
            }),
        };
        plan.add(pipeline);
    }
    check_signals(&plan, settings, &mut faults);
    link::connect(&mut plan, settings, &mut faults);
    if let Err(cycle) = order::sort(&mut plan) {
        faults.add(cycle, None);
    }
    faults.or(plan)
}

impl Plan {
    fn add(&mut self, pipeline: PipelinePlan) {
        let (id, signal) = (&pipeline.id, pipeline.signal);
        for source in &pipeline.sources {
            match source {
                Source::Receiver(receiver) => self
                    .receivers
                    .entry(receiver.clone())
                    .or_default()
                    .entry(signal)
                    .or_default()
                    .push(id.clone()),
                Source::Connector(connector) => {
                    self.connectors.entry(connector.clone()).or_default().to.push(id.clone());
                }
            }
        }
        for target in &pipeline.targets {
            match target {
                Target::Exporter(exporter) => {
                    self.exporters.entry(exporter.clone()).or_default().insert(signal);
                }
                Target::Connector(connector) => {
                    self.connectors.entry(connector.clone()).or_default().from.push(id.clone());
                }
            }
        }
        self.pipelines.push(pipeline);
    }

    /// How many walks over a batch a pipeline does.
    pub fn passes(&self, pipeline: &PipelineId) -> usize {
        let of = self.pipelines.iter().filter(|plan| plan.id == *pipeline);
        of.flat_map(|plan| &plan.steps).filter(|step| matches!(step, Step::Pass(_))).count()
    }
}

/// The signal of a pipeline.
pub(crate) fn signal_of(pipeline: &PipelineId) -> Signal {
    match pipeline.signal() {
        config::Signal::Traces => Signal::Traces,
        config::Signal::Metrics => Signal::Metrics,
        config::Signal::Logs => Signal::Logs,
        config::Signal::Profiles => Signal::Profiles,
    }
}

/// A component named twice in one list is one edge (C§2.8).
fn each_once<T>(ids: &[Id], make: impl Fn(&Id) -> T) -> Vec<T> {
    let mut seen = BTreeSet::new();
    ids.iter().filter(|id| seen.insert(*id)).map(make).collect()
}

/// Fuses neighbours that work record by record.
fn steps(ids: &[Id], settings: &Settings) -> Vec<Step> {
    let mut steps = Vec::new();
    for id in ids {
        let is_record =
            settings.processors.get(id).is_some_and(|processor| processor.entry.is_record);
        match (is_record, steps.last_mut()) {
            (true, Some(Step::Pass(pass))) => pass.push(id.clone()),
            (true, _) => steps.push(Step::Pass(vec![id.clone()])),
            (false, _) => steps.push(Step::Batch(id.clone())),
        }
    }
    steps
}

/// Refuses components that do not handle the signal of their pipeline.
fn check_signals(plan: &Plan, settings: &Settings, faults: &mut Faults) {
    for PipelinePlan { id: pipeline, signal, .. } in &plan.pipelines {
        let Some(used) = settings.service.pipelines.get(pipeline) else { continue };
        let mut refuse = |list: &str, id: &Id, what: String| {
            let (pipeline, id) = (pipeline.to_string(), id.to_string());
            let path = ["service", "pipelines", &pipeline, list];
            let message = format!("failed to create {what}: telemetry type is not supported");
            faults.add(message, locate_item(settings.source(), &path, &id));
        };
        for id in &used.receivers {
            let receiver = settings.receivers.get(id);
            if receiver.is_some_and(|receiver| !receiver.entry.signals.contains(signal)) {
                refuse("receivers", id, named(id, "receiver", *signal));
            }
        }
        for id in &used.processors {
            let processor = settings.processors.get(id);
            if processor.is_some_and(|processor| !processor.entry.signals.contains(signal)) {
                let (name, pipeline) = (id.to_string(), pipeline.to_string());
                let what = format!("{name:?} processor, in pipeline {pipeline:?}");
                refuse("processors", id, what);
            }
        }
        for id in &used.exporters {
            let exporter = settings.exporters.get(id);
            if exporter.is_some_and(|exporter| !exporter.entry.signals.contains(signal)) {
                refuse("exporters", id, named(id, "exporter", *signal));
            }
        }
    }
}

fn named(id: &Id, role: &str, signal: Signal) -> String {
    format!("{:?} {role} for data type \"{signal}\"", id.to_string())
}
