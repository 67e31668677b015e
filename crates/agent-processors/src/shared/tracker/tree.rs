//! Which run each record of a trace belongs to.

use super::node::Node;

/// What stands above a node, itself included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The topmost agent or workflow; 0 if there is none as far as is known.
    pub(super) agent: u64,
    /// Where the way up ends: at this span, which has no parent, or below it, if it has not come.
    pub(super) end: u64,
    /// Whether the way up is known to its end.
    pub(super) is_complete: bool,
    /// Whether a tool call stands above with no agent between: the same call, seen again.
    pub(super) in_tool: bool,
    /// How many agents stand above each other, itself included.
    pub(super) depth: u16,
    /// [`in_tool`](Self::in_tool) of what stands right below.
    leaves_in_tool: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Unknown,
    OnTheWay,
    Known,
}

/// Of so few nodes all are looked at, which takes less time than choosing among them.
const FEW: usize = 16;

/// Where a span stands among nodes that are sorted by span.
#[inline]
pub(super) fn find(nodes: &[Node], span: u64) -> Result<usize, usize> {
    if nodes.len() > FEW {
        return nodes.binary_search_by_key(&span, Node::span);
    }
    let at: usize = nodes.iter().map(|node| usize::from(node.span() < span)).sum();
    let is_there = nodes.get(at).is_some_and(|node| node.span() == span);
    if is_there { Ok(at) } else { Err(at) }
}

/// The places of all nodes, in their order. Takes as many steps as there are nodes, however deep and
/// even in circles they stand. `path` is room to work in.
pub(super) fn places(nodes: &[Node], places: &mut Vec<Place>, path: &mut Vec<usize>) {
    places.clear();
    places.resize(nodes.len(), Place::default());
    // Most stand below the same span: that one and its place.
    let mut last = (0, Place::default());
    for start in 0..nodes.len() {
        path.clear();
        let mut at = start;
        // Up to what is known or ends the way …
        let mut above = loop {
            let (Some(node), Some(place)) = (nodes.get(at), places.get_mut(at)) else {
                break Place::default();
            };
            match place.state {
                State::Known => break *place,
                // A circle: cut where it was entered.
                State::OnTheWay => break missing(node.span()),
                State::Unknown => {}
            }
            place.state = State::OnTheWay;
            path.push(at);
            match node.parent() {
                0 => break Place { end: node.span(), is_complete: true, ..Place::default() },
                parent if parent == last.0 => break last.1,
                parent => match find(nodes, parent) {
                    Ok(next) => at = next,
                    Err(_) => break missing(parent),
                },
            }
        };
        // … and down again.
        while let Some(at) = path.pop() {
            let (Some(node), Some(place)) = (nodes.get(at), places.get_mut(at)) else { continue };
            if path.is_empty() && node.parent() != node.span() {
                last = (node.parent(), above);
            }
            above = below(&above, node);
            *place = above;
        }
    }
}

/// The place of a span that may not have come; `parent` is the span above it if that is known.
pub(super) fn place_of(nodes: &[Node], span: u64, parent: u64) -> Place {
    let mut place = Place::default();
    let (mut at, mut next) = (span, parent);
    // A way longer than there are nodes leads in a circle.
    for _ in 0..=nodes.len() {
        match find(nodes, at).ok().and_then(|at| nodes.get(at)) {
            Some(node) => {
                if node.is_agent() {
                    place.agent = at;
                }
                (place.end, place.is_complete) = (at, node.parent() == 0);
                next = node.parent();
            }
            None => (place.end, place.is_complete) = (at, false),
        }
        if next == 0 {
            break;
        }
        (at, next) = (next, 0);
    }
    place
}

fn missing(end: u64) -> Place {
    Place { end, ..Place::default() }
}

fn below(above: &Place, node: &Node) -> Place {
    let agent = match above.agent {
        0 if node.is_agent() => node.span(),
        agent => agent,
    };
    let is_tool = node.kind() == super::Kind::Tool;
    Place {
        agent,
        depth: above.depth.saturating_add(u16::from(node.is_agent())),
        in_tool: above.leaves_in_tool,
        leaves_in_tool: is_tool || (above.leaves_in_tool && !node.is_agent()),
        state: State::Known,
        ..*above
    }
}
