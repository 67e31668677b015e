//! Which agent made which calls.

use std::collections::HashMap;

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An agent or a workflow.
    Agent,
    /// A call of a model.
    Model,
    /// A call of a tool.
    Tool,
    /// Anything else.
    Other,
}

/// A span of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: u64,
    /// The id of its parent.
    pub parent: Option<u64>,
    /// What it is.
    pub kind: Kind,
}

/// The calls of one agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Calls of models of its own: no other agent lies between. These add up over all agents.
    pub own_model: u64,
    /// Calls of tools of its own.
    pub own_tool: u64,
    /// Calls of models of it and of all agents below. These do not add up: an inner agent's calls
    /// are the outer one's too.
    pub all_model: u64,
    /// Calls of tools of it and of all agents below.
    pub all_tool: u64,
}

/// The calls of each agent, by its id. Spans that lie in a ring, or below one, belong to nobody.
/// Takes time in proportion to the spans and to how deep agents nest.
#[must_use]
pub fn calls(nodes: &[Node]) -> HashMap<u64, Calls> {
    let by_id: HashMap<u64, &Node> = nodes.iter().map(|node| (node.id, node)).collect();
    let mut nearest: HashMap<u64, Option<u64>> = HashMap::new();
    let mut calls: HashMap<u64, Calls> = HashMap::new();
    for node in by_id.values() {
        if node.kind == Kind::Agent {
            calls.entry(node.id).or_default();
        }
        let (model, tool) = match node.kind {
            Kind::Model => (1, 0),
            Kind::Tool => (0, 1),
            Kind::Agent | Kind::Other => continue,
        };
        let mut agent = agent_above(node, &by_id, &mut nearest);
        let own = agent;
        let mut steps = 0;
        while let Some(id) = agent {
            let sums = calls.entry(id).or_default();
            if own == Some(id) && steps == 0 {
                sums.own_model += model;
                sums.own_tool += tool;
            }
            sums.all_model += model;
            sums.all_tool += tool;
            steps += 1;
            let above = by_id.get(&id).filter(|_| steps <= nodes.len());
            agent = above.and_then(|node| agent_above(node, &by_id, &mut nearest));
        }
    }
    calls
}

/// The nearest agent above a span; what was found on the way is remembered.
fn agent_above(
    node: &Node,
    by_id: &HashMap<u64, &Node>,
    nearest: &mut HashMap<u64, Option<u64>>,
) -> Option<u64> {
    let mut path = Vec::new();
    let mut at = *node;
    let found = loop {
        if let Some(known) = nearest.get(&at.id) {
            break *known;
        }
        path.push(at.id);
        // Who comes round to a span that is on its own way is in a ring.
        nearest.insert(at.id, None);
        match at.parent.and_then(|parent| by_id.get(&parent)) {
            None => break None,
            Some(parent) if parent.kind == Kind::Agent => break Some(parent.id),
            Some(parent) => at = **parent,
        }
    };
    nearest.extend(path.into_iter().map(|id| (id, found)));
    found
}
