//! A plan becomes a graph: every instance is made and wired; nothing runs yet.
//!
//! Exporters come first, then pipelines from the end of the graph to its start, so that whatever a
//! node leads to is there when the node is made. Receivers come last.

mod graph;
mod kept;
mod surroundings;

use std::{
    collections::BTreeMap,
    sync::{Arc, Weak},
};

use sdk::{
    BuildError, ComponentKind, DynRecordProcessor, Id, Outputs, PipelineId, ProcessorShape, Signal,
    tap::{Edge, Taps},
};

pub(crate) use self::{
    graph::{
        Begun, Connector, Doors, Exporter, Extension, Graph, Parts, Pipeline, Processor, Receiver,
        address,
    },
    kept::{Kept, Prints},
    surroundings::Surroundings,
};
use crate::{
    deliver::{Deliver, DeliverContext, Troubles},
    ledger::{PipelineAccount, ProcessorAccount},
    node::{
        BatchNode, ConnectorNode, Door, End, Entrance, ExporterNode, FanOut, Head, Hop, Pass,
        ReceiverNode, Stage, Switch,
    },
    observe::{ProcessorCounters, ReceiverCounters},
    plan::{ConnectorPlan, PipelinePlan, Plan, Step, Target, signal_of},
    settings::Settings,
};

/// The graph whose place another one is to take, and which of its parts go on.
#[derive(Clone, Copy)]
pub(crate) struct Before<'b> {
    pub(crate) graph: &'b Graph,
    pub(crate) extensions: &'b [Arc<Extension>],
    pub(crate) kept: &'b Kept,
    /// Exporters of earlier graphs that still have something to send.
    pub(crate) leaving: &'b [(Id, Weak<Exporter>)],
}

/// Makes the extensions that the service uses, in the order of the config, each once.
///
/// # Errors
///
/// The first that cannot be made, by name.
pub(crate) fn extensions(
    settings: &Settings,
    surroundings: &Surroundings,
    before: Option<Before<'_>>,
) -> Result<Vec<Arc<Extension>>, BuildError> {
    let mut made: Vec<Arc<Extension>> = Vec::new();
    for id in &settings.service.extensions {
        if made.iter().any(|extension| extension.id == *id) {
            continue;
        }
        let kept = before.filter(|before| before.kept.has(ComponentKind::Extension, id));
        if let Some(kept) =
            kept.and_then(|before| before.extensions.iter().find(|old| old.id == *id))
        {
            made.push(kept.clone());
            continue;
        }
        let what = || format!("extension {:?}", id.to_string());
        let configured = settings.extensions.get(id).ok_or_else(|| not_configured(&what()))?;
        let context = surroundings.context(ComponentKind::Extension, id);
        let extension = (configured.entry.make)(configured.config.as_ref(), context)
            .map_err(|error| failed(&what(), &error))?;
        let needs = extension.dependencies();
        let (id, begun) = (id.clone(), Begun::default());
        made.push(Arc::new(Extension { id, needs, extension: extension.into(), begun }));
    }
    Ok(made)
}

/// Makes everything of a plan, but for what goes on from the graph before.
///
/// # Errors
///
/// The first component that cannot be made: `failed to create "x" receiver for data type "traces":
/// …` (C§2.8); the caller adds `failed to build pipelines: `.
pub(crate) fn graph(
    plan: &Plan,
    settings: &Settings,
    surroundings: &Surroundings,
    before: Option<Before<'_>>,
) -> Result<Graph, BuildError> {
    let (graph, heads) = (Graph::default(), BTreeMap::new());
    let mut builder = Builder { plan, settings, surroundings, before, graph, heads };
    builder.exporters()?;
    builder.connectors()?;
    for pipeline in plan.pipelines.iter().rev() {
        builder.pipeline(pipeline)?;
    }
    builder.graph.pipelines.reverse();
    builder.connector_outputs();
    builder.receivers()?;
    Ok(builder.graph)
}

/// What exists so far.
struct Builder<'b> {
    plan: &'b Plan,
    settings: &'b Settings,
    surroundings: &'b Surroundings,
    before: Option<Before<'b>>,
    graph: Graph,
    /// Where batches enter each pipeline.
    heads: BTreeMap<&'b PipelineId, Head>,
}

impl<'b> Builder<'b> {
    /// The graph before, if this component goes on.
    fn kept(&self, kind: ComponentKind, id: &Id) -> Option<&'b Graph> {
        let before = self.before.filter(|before| before.kept.has(kind, id))?;
        Some(before.graph)
    }

    /// The exporter whose place one of this id takes.
    fn elder(&self, id: &Id) -> Option<Weak<Exporter>> {
        let before = self.before?;
        let running = before.graph.exporters.get(id).map(Arc::downgrade);
        let leaving = || before.leaving.iter().rev().find(|(of, _)| of == id);
        running.or_else(|| leaving().map(|(_, exporter)| exporter.clone()))
    }

    fn exporters(&mut self) -> Result<(), BuildError> {
        for (id, signals) in &self.plan.exporters {
            let before = self.kept(ComponentKind::Exporter, id);
            if let Some(kept) = before.and_then(|graph| graph.exporters.get(id)) {
                self.graph.exporters.insert(id.clone(), kept.clone());
                continue;
            }
            let signals: Vec<Signal> = signals.iter().copied().collect();
            let what =
                || format!("{:?} exporter for data type {}", id.to_string(), words(&signals));
            let fail = |error| failed(&what(), &error);
            let configured =
                self.settings.exporters.get(id).ok_or_else(|| not_configured(&what()))?;
            let config = configured.config.as_ref();
            let context = self.surroundings.context(ComponentKind::Exporter, id);
            let exporter = (configured.entry.make)(config, &signals, context).map_err(fail)?;
            let troubles = Arc::new(Troubles::new(id.clone(), self.surroundings.host.clone()));
            let mut delivers = BTreeMap::new();
            for signal in signals.iter().copied() {
                let delivery = (configured.entry.delivery)(config, signal).map_err(fail)?;
                let extensions = &self.settings.service.extensions;
                Deliver::check(&delivery, extensions).map_err(fail)?;
                let context = DeliverContext {
                    id: id.clone(),
                    telemetry: self.surroundings.scope(ComponentKind::Exporter, id),
                    ledger: self.surroundings.ledger.clone(),
                    random: self.surroundings.random.clone(),
                    host: self.surroundings.host.clone(),
                    troubles: troubles.clone(),
                };
                let deliver = Deliver::new(exporter.clone(), delivery, signal, context);
                delivers.insert(signal, deliver);
            }
            let node = ExporterNode::new(exporter, delivers);
            let (is_exclusive, begun) = (configured.entry.is_exclusive, Begun::default());
            let exporter = Exporter { node, is_exclusive, elder: self.elder(id), begun };
            self.graph.exporters.insert(id.clone(), Arc::new(exporter));
        }
        Ok(())
    }

    fn connectors(&mut self) -> Result<(), BuildError> {
        for (id, plan) in &self.plan.connectors {
            let before = self.kept(ComponentKind::Connector, id);
            if let Some(kept) = before.and_then(|graph| graph.connectors.get(id)) {
                self.graph.connectors.insert(id.clone(), kept.clone());
                continue;
            }
            let what = || format!("{:?} connector", id.to_string());
            let configured =
                self.settings.connectors.get(id).ok_or_else(|| not_configured(&what()))?;
            let context = self.surroundings.context(ComponentKind::Connector, id);
            let connector = (configured.entry.make)(configured.config.as_ref(), context)
                .map_err(|error| failed(&what(), &error))?;
            let (doors, from, begun) = (closed_doors(plan), plan.from.clone(), Begun::default());
            let connector = Connector { connector, doors, from, begun };
            self.graph.connectors.insert(id.clone(), Arc::new(connector));
        }
        Ok(())
    }

    /// Makes one pipeline from its end to its start. What it leads to exists.
    fn pipeline(&mut self, plan: &'b PipelinePlan) -> Result<(), BuildError> {
        let (mut processors, mut records) = (Vec::new(), Vec::new());
        let account = PipelineAccount::new(plan, &self.surroundings.ledger);
        let mut hop = Hop::End(self.end(plan, &account));
        for step in plan.steps.iter().rev() {
            hop = match step {
                Step::Pass(ids) => {
                    let made = self.records(plan, ids)?;
                    let pass = self.pass(plan, &account, &made, hop)?;
                    records.splice(0..0, made);
                    pass
                }
                Step::Batch(id) => {
                    let processor = self.batch_processor(plan, &account, id, hop)?;
                    let node = processor.node.clone();
                    processors.push(processor);
                    Hop::End(End::Other(node))
                }
            };
        }
        processors.reverse();
        let edge = self.edge(&plan.id.to_string());
        self.heads.insert(&plan.id, Head::new(account.clone(), edge, hop));
        self.graph.pipelines.push(Pipeline { plan: plan.clone(), processors, records });
        Ok(())
    }

    /// The pipeline of that id before, if its processor goes on there.
    fn pipeline_before(&self, plan: &PipelinePlan, processor: &Id) -> Option<&'b Pipeline> {
        let graph = self.kept(ComponentKind::Processor, processor)?;
        graph.pipelines.iter().find(|pipeline| pipeline.plan.id == plan.id)
    }

    fn batch_processor(
        &mut self,
        plan: &PipelinePlan,
        account: &PipelineAccount,
        id: &Id,
        next: Hop,
    ) -> Result<Arc<Processor>, BuildError> {
        let before = self.pipeline_before(plan, id);
        let kept = before.and_then(|old| old.processors.iter().find(|kept| kept.id == *id));
        if let Some(kept) = kept {
            let node = kept.node.clone();
            self.graph.rails.push(Box::new(move || node.outgoing().next().set(next)));
            return Ok(kept.clone());
        }
        let ProcessorShape::Batch(processor) = self.processor(plan, id)? else {
            return Err(wrong_shape(id));
        };
        let (counters, account) = self.counters(plan, account, id)?;
        let node = Arc::new(BatchNode::new(processor.clone(), counters, account, next));
        let (id, begun) = (id.clone(), Begun::default());
        Ok(Arc::new(Processor { id, processor, node, begun }))
    }

    fn records(&self, plan: &PipelinePlan, ids: &[Id]) -> Result<NamedRecords, BuildError> {
        let made = ids.iter().map(|id| {
            let before = self.pipeline_before(plan, id);
            let kept = before.and_then(|old| old.records.iter().find(|(of, _)| of == id));
            if let Some(kept) = kept {
                return Ok(kept.clone());
            }
            match self.processor(plan, id)? {
                ProcessorShape::Record(processor) => Ok((id.clone(), processor)),
                ProcessorShape::Batch(_) => Err(wrong_shape(id)),
            }
        });
        made.collect()
    }

    fn pass(
        &self,
        plan: &PipelinePlan,
        account: &PipelineAccount,
        records: &NamedRecords,
        next: Hop,
    ) -> Result<Hop, BuildError> {
        let mut stages = Vec::with_capacity(records.len());
        for (id, processor) in records {
            let (counters, account) = self.counters(plan, account, id)?;
            stages.push(Stage::new(processor.clone(), counters, account));
        }
        let next = match next {
            Hop::End(end) => end,
            // The plan fuses neighbours, so this does not happen; it would be right all the same.
            Hop::Pass(pass) => End::Other(pass),
        };
        Ok(Hop::Pass(Arc::new(Pass::new(stages, next))))
    }

    fn processor(&self, plan: &PipelinePlan, id: &Id) -> Result<ProcessorShape, BuildError> {
        let what =
            || format!("{:?} processor, in pipeline {:?}", id.to_string(), plan.id.to_string());
        let configured = self.settings.processors.get(id).ok_or_else(|| not_configured(&what()))?;
        let context = self.surroundings.context(ComponentKind::Processor, id);
        (configured.entry.make)(configured.config.as_ref(), context)
            .map_err(|error| failed(&what(), &error))
    }

    fn counters(
        &self,
        plan: &PipelinePlan,
        account: &PipelineAccount,
        id: &Id,
    ) -> Result<(ProcessorCounters, ProcessorAccount), BuildError> {
        let account = account.processor(id).ok_or_else(|| not_configured(&id.to_string()))?;
        Ok((ProcessorCounters::new(id, plan.signal, &self.surroundings.telemetry), account))
    }

    /// What a pipeline leads to: one target as it is, several behind a fan-out.
    fn end(&self, plan: &PipelinePlan, account: &Arc<PipelineAccount>) -> End {
        let targets = plan.targets.iter().filter_map(|target| match target {
            Target::Exporter(id) => {
                let deliver = self.graph.exporters.get(id)?.node.deliver(plan.signal)?;
                let edge = self.edge(&format!("{}:{id}", plan.id));
                Some(End::Exporter(deliver.clone(), account.passage(id)?, edge))
            }
            Target::Connector(id) => {
                let connector = self.graph.connectors.get(id)?.connector.clone();
                let links = self.plan.connectors.get(id)?.links.get(&plan.signal)?;
                let passage = account.passage(id)?;
                let edge = self.edge(&format!("{}:{id}", plan.id));
                let node = ConnectorNode::new(connector, self.outputs(links), passage, edge);
                Some(End::Other(Arc::new(node)))
            }
        });
        let mut targets: Vec<End> = targets.collect();
        match (targets.len(), targets.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                let targets = targets.into_iter().chain(last).collect();
                End::Other(Arc::new(FanOut::new(targets, Some(account.clone()))))
            }
        }
    }

    /// Where batches can be looked at: as they enter a pipeline, `traces`, and as they leave it for an
    /// exporter or a connector, `traces:otlp_grpc`.
    fn edge(&self, name: &str) -> Arc<Edge> {
        self.surroundings.shared.get_or_insert_global(Taps::default).edge(name)
    }

    /// These pipelines, as a connector sees them.
    fn outputs(&self, pipelines: &[PipelineId]) -> Outputs {
        let heads = pipelines.iter().filter_map(|id| Some((id, self.heads.get(id)?)));
        let mut by_signal: BTreeMap<Signal, Vec<Head>> = BTreeMap::new();
        let mut each = BTreeMap::new();
        for (id, head) in heads {
            by_signal.entry(signal_of(id)).or_default().push(head.clone());
            each.insert(id.clone(), Entrance::One(head.clone()).to_next());
        }
        let all =
            by_signal.into_iter().map(|(signal, heads)| (signal, Entrance::new(heads).to_next()));
        Outputs::new(all.collect(), each)
    }

    /// What connectors feed from tasks of their own, now that all pipelines exist.
    fn connector_outputs(&mut self) {
        for (id, plan) in &self.plan.connectors {
            let Some(connector) = self.graph.connectors.get(id).cloned() else { continue };
            let is_kept = self.kept(ComponentKind::Connector, id).is_some();
            for (signal, door) in &connector.doors.all {
                let of_signal = plan.to.iter().filter(|id| signal_of(id) == *signal);
                let heads = of_signal.filter_map(|id| self.heads.get(id).cloned()).collect();
                self.open(door, Entrance::new(heads), is_kept);
            }
            for (id, door) in &connector.doors.each {
                if let Some(head) = self.heads.get(id).cloned() {
                    self.open(door, Entrance::One(head), is_kept);
                }
            }
        }
    }

    /// Lets a door lead somewhere: at once, or when the graph takes over.
    fn open(&mut self, door: &Arc<Door>, to: Entrance, is_kept: bool) {
        if is_kept {
            let door = door.clone();
            self.graph.rails.push(Box::new(move || door.0.set(to)));
        } else {
            door.0.set(to);
        }
    }

    fn receivers(&mut self) -> Result<(), BuildError> {
        for (id, by_signal) in &self.plan.receivers {
            let mut entrances = BTreeMap::new();
            for (signal, pipelines) in by_signal {
                let heads = pipelines.iter().filter_map(|id| self.heads.get(id).cloned());
                entrances.insert(*signal, Entrance::new(heads.collect()));
            }
            let before = self.kept(ComponentKind::Receiver, id);
            let kept = before.and_then(|old| old.receivers.iter().find(|kept| kept.id == *id));
            let receiver = match kept {
                Some(kept) => {
                    for (signal, entrance) in entrances {
                        let Some(node) = kept.nodes.get(&signal).cloned() else { continue };
                        self.graph.rails.push(Box::new(move || node.next().set(entrance)));
                    }
                    kept.clone()
                }
                None => self.receiver(id, entrances)?,
            };
            self.graph.receivers.push(receiver);
        }
        Ok(())
    }

    fn receiver(
        &self,
        id: &Id,
        entrances: BTreeMap<Signal, Entrance>,
    ) -> Result<Arc<Receiver>, BuildError> {
        let signals: Vec<Signal> = entrances.keys().copied().collect();
        let what = || format!("{:?} receiver for data type {}", id.to_string(), words(&signals));
        let configured = self.settings.receivers.get(id).ok_or_else(|| not_configured(&what()))?;
        let context = self.surroundings.context(ComponentKind::Receiver, id);
        let receiver = (configured.entry.make)(configured.config.as_ref(), context)
            .map_err(|error| failed(&what(), &error))?;
        let nodes = entrances.into_iter().map(|(signal, next)| {
            let counters = ReceiverCounters::new(id, signal, &self.surroundings.telemetry);
            (signal, Arc::new(ReceiverNode::new(counters, next)))
        });
        let (nodes, begun) = (nodes.collect(), Begun::default());
        Ok(Arc::new(Receiver { id: id.clone(), receiver: receiver.into(), nodes, begun }))
    }
}

/// Record processors with their ids.
type NamedRecords = Vec<(Id, Arc<dyn DynRecordProcessor>)>;

/// The doors of a connector before it is known what is behind them.
fn closed_doors(plan: &ConnectorPlan) -> Doors {
    let nowhere = || Arc::new(Door(Switch::new(Entrance::new(Vec::new()))));
    let all = plan.to.iter().map(|id| (signal_of(id), nowhere())).collect();
    let each = plan.to.iter().map(|id| (id.clone(), nowhere())).collect();
    Doors { all, each }
}

/// `"traces"`, or `"traces", "logs"`.
fn words(signals: &[Signal]) -> String {
    signals.iter().map(|signal| format!("\"{signal}\"")).collect::<Vec<_>>().join(", ")
}

fn failed(what: &str, error: &BuildError) -> BuildError {
    BuildError(format!("failed to create {what}: {error}"))
}

/// The plan names only what is configured; said all the same rather than left out.
fn not_configured(what: &str) -> BuildError {
    BuildError(format!("failed to create {what}: it is not configured"))
}

fn wrong_shape(id: &Id) -> BuildError {
    BuildError(format!("processor {:?} is not of the shape it is registered as", id.to_string()))
}
