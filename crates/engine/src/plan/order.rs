//! Which pipeline comes before which, and cycles.

use std::collections::{BTreeMap, BTreeSet};

use sdk::{Id, PipelineId};

use super::{Plan, Source, Step, signal_of};

/// From each pipeline to those it feeds, and through which connector.
type Edges<'p> = BTreeMap<&'p PipelineId, Vec<(&'p Id, &'p PipelineId)>>;

/// Puts each pipeline before those it feeds.
///
/// One instance of a connector serves all its signal pairs, so everything that ends in it should
/// come before everything that begins with it, even where the pair is not one it supports. Where
/// that cannot be, the supported pairs alone decide.
pub(super) fn sort(plan: &mut Plan) -> Result<(), String> {
    let order = match topological(plan, &edges(plan, |_, connector, _| &connector.to)) {
        Some(order) => order,
        None => {
            let edges = edges(plan, |_, connector, from| {
                connector.links.get(&signal_of(from)).map_or(&[], Vec::as_slice)
            });
            topological(plan, &edges).ok_or_else(|| describe(plan, &edges))?
        }
    };
    let mut ranked: BTreeMap<PipelineId, usize> = BTreeMap::new();
    for (rank, id) in order.into_iter().enumerate() {
        ranked.insert(id.clone(), rank);
    }
    plan.pipelines.sort_by_key(|pipeline| ranked.get(&pipeline.id).copied());
    Ok(())
}

fn edges<'p>(
    plan: &'p Plan,
    targets: impl Fn(&'p Id, &'p super::ConnectorPlan, &'p PipelineId) -> &'p [PipelineId],
) -> Edges<'p> {
    let mut edges = Edges::new();
    for (id, connector) in &plan.connectors {
        for from in &connector.from {
            let to = targets(id, connector, from).iter().map(|to| (id, to));
            edges.entry(from).or_default().extend(to);
        }
    }
    edges
}

/// Kahn's algorithm; none if there is a cycle. Ties go by id.
fn topological(plan: &Plan, edges: &Edges<'_>) -> Option<Vec<PipelineId>> {
    let mut waiting: BTreeMap<&PipelineId, usize> =
        plan.pipelines.iter().map(|pipeline| (&pipeline.id, 0)).collect();
    for (_, to) in edges.values().flatten() {
        *waiting.entry(to).or_default() += 1;
    }
    let mut ready: BTreeSet<&PipelineId> =
        waiting.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(id) = ready.pop_first() {
        order.push(id.clone());
        for (_, to) in edges.get(id).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(to) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(to);
                }
            }
        }
    }
    (order.len() == waiting.len()).then_some(order)
}

/// The first cycle found, in the Go collector's words.
fn describe(plan: &Plan, edges: &Edges<'_>) -> String {
    let mut done = BTreeSet::new();
    for start in edges.keys() {
        let mut path = Vec::new();
        if let Some(mut cycle) = walk(start, edges, &mut path, &mut done) {
            // A circle has no start; the first connector by id makes the text the same each time.
            let first = cycle.iter().enumerate().min_by_key(|(_, step)| **step);
            let first = first.map_or(0, |(at, _)| at);
            cycle.rotate_left(first);
            return print(plan, &cycle);
        }
    }
    "cycle detected".to_owned()
}

/// The connectors and pipelines of a cycle, from the first connector on.
type Cycle<'p> = Vec<(&'p Id, &'p PipelineId, &'p PipelineId)>;

/// Depth first; a pipeline seen again on the way here closes a cycle. As deep as there are
/// pipelines at most.
fn walk<'p>(
    at: &'p PipelineId,
    edges: &Edges<'p>,
    path: &mut Cycle<'p>,
    done: &mut BTreeSet<&'p PipelineId>,
) -> Option<Cycle<'p>> {
    if let Some(first) = path.iter().position(|(_, from, _)| *from == at) {
        return Some(path.iter().skip(first).copied().collect());
    }
    if !done.insert(at) {
        return None;
    }
    for (connector, to) in edges.get(at).into_iter().flatten() {
        path.push((connector, at, to));
        let cycle = walk(to, edges, path, done);
        if cycle.is_some() {
            return cycle;
        }
        path.pop();
    }
    None
}

fn print(plan: &Plan, cycle: &Cycle<'_>) -> String {
    let mut stations = Vec::new();
    for (connector, from, to) in cycle {
        stations.push(name(connector, from, to));
        let pipeline = plan.pipelines.iter().find(|pipeline| pipeline.id == **to);
        let steps = pipeline.map_or(&[][..], |pipeline| &pipeline.steps);
        for id in steps.iter().flat_map(ids) {
            let (id, to) = (id.to_string(), to.to_string());
            stations.push(format!("processor {id:?} in pipeline {to:?}"));
        }
    }
    let back = stations.first().cloned();
    stations.extend(back);
    format!("cycle detected: {}", stations.join(" -> "))
}

fn name(connector: &Id, from: &PipelineId, to: &PipelineId) -> String {
    format!("connector {:?} ({} to {})", connector.to_string(), from.signal(), to.signal())
}

fn ids(step: &Step) -> &[Id] {
    match step {
        Step::Pass(ids) => ids,
        Step::Batch(id) => std::slice::from_ref(id),
    }
}

impl Source {
    /// The id of the component.
    pub fn id(&self) -> &Id {
        match self {
            Self::Receiver(id) | Self::Connector(id) => id,
        }
    }
}
