//! A plan becomes a graph: every instance is made and wired; nothing runs yet.
//!
//! Exporters come first, then pipelines from the end of the graph to its start, so that whatever a
//! node leads to is there when the node is made. Receivers come last.

use std::{collections::BTreeMap, sync::Arc};

use sdk::{
    BuildContext, BuildError, BuildInfo, Clock, ComponentKind, DynBatchProcessor, DynConnector,
    DynExtension, DynReceiver, Host, Id, Next, Outputs, PipelineId, ProcessorShape, Random, Shared,
    Signal,
    tap::{Edge, Taps},
    telemetry::Telemetry,
};

use crate::{
    deliver::{Deliver, DeliverContext},
    ledger::{Account, PipelineAccount, ProcessorAccount},
    node::{
        BatchNode, ConnectorNode, End, Entrance, ExporterNode, FanOut, Head, Hop, Pass,
        ReceiverNode, Stage,
    },
    observe::{ProcessorCounters, ReceiverCounters},
    plan::{PipelinePlan, Plan, Step, Target, signal_of},
    settings::Settings,
};

/// What components are given from outside, the same for all of a service.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) info: BuildInfo,
    pub(crate) telemetry: Telemetry,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) shared: Shared,
    pub(crate) host: Host,
}

impl Surroundings {
    pub(crate) fn context(&self, kind: ComponentKind, id: &Id) -> BuildContext {
        BuildContext {
            kind,
            id: id.clone(),
            info: self.info.clone(),
            telemetry: self.telemetry.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            shared: self.shared.clone(),
            host: self.host.clone(),
        }
    }
}

/// The extensions of a service with their ids.
pub(crate) type NamedExtensions = Vec<(Id, Box<dyn DynExtension>)>;

/// Every instance of the pipelines, wired.
#[derive(Default)]
pub(crate) struct Graph {
    pub(crate) receivers: Vec<Receiver>,
    /// In the order of the plan: each before those it feeds.
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) connectors: BTreeMap<Id, Connector>,
    pub(crate) exporters: BTreeMap<Id, Exporter>,
}

impl Graph {
    /// The loss ledger: the accounts of pipelines, then those of exporters.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        let pipelines = self.pipelines.iter().map(|pipeline| &**pipeline.account.account());
        let exporters = self.exporters.values().flat_map(|exporter| exporter.node.accounts());
        pipelines.chain(exporters)
    }
}

/// An exporter with the ways to it.
pub(crate) struct Exporter {
    pub(crate) node: ExporterNode,
    /// Whether its start was tried, so that it has to be stopped.
    pub(crate) begun: bool,
}

/// A receiver and what it feeds.
pub(crate) struct Receiver {
    pub(crate) id: Id,
    pub(crate) receiver: Box<dyn DynReceiver>,
    pub(crate) outputs: Outputs,
    /// Whether its start was tried, so that it has to be stopped.
    pub(crate) begun: bool,
}

/// The parts of a pipeline that have a life of their own. Passes have none.
pub(crate) struct Pipeline {
    pub(crate) plan: PipelinePlan,
    /// Batch processors in order.
    pub(crate) processors: Vec<Processor>,
    pub(crate) account: Arc<PipelineAccount>,
}

/// A batch processor and what it feeds.
pub(crate) struct Processor {
    pub(crate) id: Id,
    pub(crate) processor: Arc<dyn DynBatchProcessor>,
    pub(crate) next: Next,
    /// Whether its start was tried, so that it has to be stopped.
    pub(crate) begun: bool,
}

/// A connector and what it feeds.
pub(crate) struct Connector {
    pub(crate) connector: Arc<dyn DynConnector>,
    pub(crate) outputs: Outputs,
    /// Pipelines that end in it.
    pub(crate) from: Vec<PipelineId>,
    /// Whether its start was tried, so that it has to be stopped.
    pub(crate) begun: bool,
}

/// Makes the extensions that the service uses, in the order of the config, each once.
///
/// # Errors
///
/// The first that cannot be made, by name.
pub(crate) fn extensions(
    settings: &Settings,
    surroundings: &Surroundings,
) -> Result<NamedExtensions, BuildError> {
    let mut made = NamedExtensions::new();
    for id in &settings.service.extensions {
        if made.iter().any(|(of, _)| of == id) {
            continue;
        }
        let what = || format!("extension {:?}", id.to_string());
        let configured = settings.extensions.get(id).ok_or_else(|| not_configured(&what()))?;
        let context = surroundings.context(ComponentKind::Extension, id);
        let extension = (configured.entry.make)(configured.config.as_ref(), context)
            .map_err(|error| failed(&what(), &error))?;
        made.push((id.clone(), extension));
    }
    Ok(made)
}

/// Makes everything of a plan.
///
/// # Errors
///
/// The first component that cannot be made: `failed to create "x" receiver for data type "traces":
/// …` (C§2.8); the caller adds `failed to build pipelines: `.
pub(crate) fn graph(
    plan: &Plan,
    settings: &Settings,
    surroundings: &Surroundings,
) -> Result<Graph, BuildError> {
    let mut builder =
        Builder { plan, settings, surroundings, graph: Graph::default(), heads: BTreeMap::new() };
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
    graph: Graph,
    /// Where batches enter each pipeline.
    heads: BTreeMap<&'b PipelineId, Head>,
}

impl<'b> Builder<'b> {
    fn exporters(&mut self) -> Result<(), BuildError> {
        for (id, signals) in &self.plan.exporters {
            let signals: Vec<Signal> = signals.iter().copied().collect();
            let what =
                || format!("{:?} exporter for data type {}", id.to_string(), words(&signals));
            let fail = |error| failed(&what(), &error);
            let configured =
                self.settings.exporters.get(id).ok_or_else(|| not_configured(&what()))?;
            let config = configured.config.as_ref();
            let context = self.surroundings.context(ComponentKind::Exporter, id);
            let exporter = (configured.entry.make)(config, &signals, context).map_err(fail)?;
            let mut delivers = BTreeMap::new();
            for signal in signals.iter().copied() {
                let delivery = (configured.entry.delivery)(config, signal).map_err(fail)?;
                let extensions = &self.settings.service.extensions;
                Deliver::check(&delivery, extensions).map_err(fail)?;
                let context = DeliverContext {
                    id: id.clone(),
                    telemetry: self.surroundings.telemetry.clone(),
                    random: self.surroundings.random.clone(),
                    host: self.surroundings.host.clone(),
                };
                let deliver = Deliver::new(exporter.clone(), delivery, signal, context);
                delivers.insert(signal, deliver);
            }
            let node = ExporterNode::new(exporter, delivers);
            self.graph.exporters.insert(id.clone(), Exporter { node, begun: false });
        }
        Ok(())
    }

    fn connectors(&mut self) -> Result<(), BuildError> {
        for (id, plan) in &self.plan.connectors {
            let what = || format!("{:?} connector", id.to_string());
            let configured =
                self.settings.connectors.get(id).ok_or_else(|| not_configured(&what()))?;
            let context = self.surroundings.context(ComponentKind::Connector, id);
            let connector = (configured.entry.make)(configured.config.as_ref(), context)
                .map_err(|error| failed(&what(), &error))?;
            let (outputs, from) = (Outputs::default(), plan.from.clone());
            self.graph
                .connectors
                .insert(id.clone(), Connector { connector, outputs, from, begun: false });
        }
        Ok(())
    }

    /// Makes one pipeline from its end to its start. What it leads to exists.
    fn pipeline(&mut self, plan: &'b PipelinePlan) -> Result<(), BuildError> {
        let mut processors = Vec::new();
        let account = PipelineAccount::new(plan, &self.surroundings.telemetry);
        let mut hop = Hop::End(self.end(plan, &account));
        for step in plan.steps.iter().rev() {
            hop = match step {
                Step::Pass(ids) => self.pass(plan, &account, ids, hop)?,
                Step::Batch(id) => {
                    let ProcessorShape::Batch(processor) = self.processor(plan, id)? else {
                        return Err(wrong_shape(id));
                    };
                    let (counters, account) = self.counters(plan, &account, id)?;
                    let node = BatchNode::new(processor.clone(), counters, account, hop);
                    let next = node.next();
                    processors.push(Processor { id: id.clone(), processor, next, begun: false });
                    Hop::End(End::Other(Arc::new(node)))
                }
            };
        }
        processors.reverse();
        let edge = self.edge(&plan.id.to_string());
        self.heads.insert(&plan.id, Head::new(account.clone(), edge, hop));
        self.graph.pipelines.push(Pipeline { plan: plan.clone(), processors, account });
        Ok(())
    }

    fn pass(
        &self,
        plan: &PipelinePlan,
        account: &PipelineAccount,
        ids: &[Id],
        next: Hop,
    ) -> Result<Hop, BuildError> {
        let mut stages = Vec::with_capacity(ids.len());
        for id in ids {
            let ProcessorShape::Record(processor) = self.processor(plan, id)? else {
                return Err(wrong_shape(id));
            };
            let (counters, account) = self.counters(plan, account, id)?;
            stages.push(Stage::new(processor, counters, account));
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
            let outputs = self.outputs(&plan.to);
            if let Some(connector) = self.graph.connectors.get_mut(id) {
                connector.outputs = outputs;
            }
        }
    }

    fn receivers(&mut self) -> Result<(), BuildError> {
        for (id, by_signal) in &self.plan.receivers {
            let signals: Vec<Signal> = by_signal.keys().copied().collect();
            let what =
                || format!("{:?} receiver for data type {}", id.to_string(), words(&signals));
            let configured =
                self.settings.receivers.get(id).ok_or_else(|| not_configured(&what()))?;
            let context = self.surroundings.context(ComponentKind::Receiver, id);
            let receiver = (configured.entry.make)(configured.config.as_ref(), context)
                .map_err(|error| failed(&what(), &error))?;
            let (mut all, mut each) = (BTreeMap::new(), BTreeMap::new());
            for (signal, pipelines) in by_signal {
                let heads = pipelines.iter().filter_map(|id| Some((id, self.heads.get(id)?)));
                for (pipeline, head) in heads.clone() {
                    let head = Entrance::One(head.clone());
                    each.insert(pipeline.clone(), self.entrance(id, *signal, head));
                }
                let heads = heads.map(|(_, head)| head.clone()).collect();
                all.insert(*signal, self.entrance(id, *signal, Entrance::new(heads)));
            }
            let outputs = Outputs::new(all, each);
            self.graph.receivers.push(Receiver { id: id.clone(), receiver, outputs, begun: false });
        }
        Ok(())
    }

    /// A way into pipelines that counts for a receiver.
    fn entrance(&self, receiver: &Id, signal: Signal, next: Entrance) -> Next {
        let counters = ReceiverCounters::new(receiver, signal, &self.surroundings.telemetry);
        Next::new(ReceiverNode::new(counters, next))
    }
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
